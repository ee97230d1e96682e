/** One flag's value each, from text to what it means. All throw `USAGE` (or a nearer code), which names the flag and the text. */
import { z } from "zod";
import { RollcallError } from "../core/error.ts";
import type { Stream, SyncMode } from "../core/stream.ts";
import { didYouMean } from "./nearest.ts";

/** A wrong use of the command line or the environment. */
export function usage(message: string, fix?: string): RollcallError {
  return new RollcallError("USAGE", message, fix === undefined ? {} : { fix });
}

/** A whole number within bounds. */
export function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw usage(`${flag} takes a whole number from ${least} to ${most}, not "${text}".`);
  }
  return value;
}

/** One of a fixed list of words. */
export function oneOf<const Words extends readonly string[]>(flag: string, text: string, words: Words): Words[number] {
  if (words.includes(text)) return text;
  throw usage(`${flag} takes one of ${words.join(", ")}, not "${text}".${didYouMean(text, words)}`);
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A span of time such as `90m`, `24h`, `7d`, `1d12h`, or `0`; in ms. */
export function duration_ms(flag: string, text: string): number {
  if (text === "0") return 0;
  if (!/^(\d+[smhdw])+$/.test(text)) {
    throw usage(`${flag} takes a duration such as 90m, 24h or 7d, or 0; not "${text}".`, "Units are s, m, h, d and w.");
  }
  let total_ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw])/g)) total_ms += Number(count) * UNIT_MS[unit!]!;
  if (total_ms > Number.MAX_SAFE_INTEGER) throw usage(`${flag}: "${text}" is longer than can be counted.`);
  return total_ms;
}

/** A date (its first moment, UTC) or a date-time (UTC where no offset is given); epoch ms. */
export function time_ms(flag: string, text: string): number {
  if (z.iso.date().safeParse(text).success) return Date.parse(text);
  const upper = text.toUpperCase();
  if (z.iso.datetime({ offset: true }).safeParse(upper).success) return Date.parse(upper);
  if (z.iso.datetime({ local: true }).safeParse(upper).success) return Date.parse(`${upper}Z`);
  throw usage(
    `${flag} takes an ISO 8601 date or date-time, not "${text}".`,
    "For example 2026-01-31 or 2026-01-31T08:00:00Z; without an offset it is UTC.",
  );
}

/** `a,b` and repetitions of the flag as one list, each once; null where nothing was said. */
export function tableNames(flag: string, texts: readonly string[] | undefined): readonly string[] | null {
  if (texts === undefined) return null;
  const named = texts.flatMap((text) => text.split(",")).map((name) => name.trim());
  if (named.some((name) => name === "")) throw usage(`${flag} names no table in "${texts.join(",")}".`);
  return [...new Set(named)];
}

/** `users,logs` as streams, in the registry's order; all of them where nothing was said. */
export function tables(texts: readonly string[] | undefined, streams: readonly Stream[]): readonly Stream[] {
  if (texts === undefined) return streams;
  const names = texts.flatMap((text) => text.split(",")).map((name) => name.trim());
  if (names.some((name) => name === ""))
    throw usage(`--tables names no table in "${texts.join(",")}".`, known(streams));
  const wanted = new Set(names.map((name) => streamNamed("--tables", name, streams)));
  return streams.filter((stream) => wanted.has(stream));
}

/** Each chosen stream with its mode: its default unless `--mode TABLE=MODE` says otherwise. */
export function modes(
  texts: readonly string[],
  chosen: readonly Stream[],
  streams: readonly Stream[],
): readonly { readonly stream: Stream; readonly mode: SyncMode }[] {
  const said = new Map<Stream, SyncMode>();
  for (const text of texts) {
    const [table, word, ...rest] = text.split("=").map((part) => part.trim());
    if (!table || !word || rest.length > 0)
      throw usage(`--mode takes TABLE=MODE, not "${text}".`, "For example --mode users=full_refresh.");
    const stream = streamNamed("--mode", table, streams);
    if (!chosen.includes(stream))
      throw usage(`--mode names ${table}, which --tables leaves out.`, "Add it to --tables or drop the --mode.");
    const mode = modeNamed(stream, word);
    if ((said.get(stream) ?? mode) !== mode)
      throw usage(`--mode gives ${table} two modes: ${said.get(stream)} and ${mode}.`);
    said.set(stream, mode);
  }
  return chosen.map((stream) => ({ stream, mode: said.get(stream) ?? stream.modes[0] }));
}

function streamNamed(flag: string, name: string, streams: readonly Stream[]): Stream {
  const stream = streams.find((candidate) => candidate.table === name);
  if (stream !== undefined) return stream;
  const names = streams.map((candidate) => candidate.table);
  throw usage(`${flag}: there is no table "${name}".${didYouMean(name, names)}`, known(streams));
}

function known(streams: readonly Stream[]): string {
  return `The tables are ${streams.map((stream) => stream.table).join(", ")}.`;
}

/** `incremental` is what people call it everywhere; for a table that only grows it means `append`. */
function modeNamed(stream: Stream, word: string): SyncMode {
  const meant = word === "incremental" && !stream.modes.includes("incremental") ? "append" : word;
  const mode = stream.modes.find((candidate) => candidate === meant);
  if (mode !== undefined) return mode;
  throw usage(
    `--mode: table ${stream.table} has no mode "${word}".${didYouMean(word, stream.modes)}`,
    `Its modes are ${stream.modes.join(", ")}; the first is the default.`,
  );
}
