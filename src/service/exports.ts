/** Whole results as files. Values stay what they are: a cell that begins with `=` is a value, and a spreadsheet is told so when it opens the file. */
import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Caller } from "../api/bind.ts";
import { RollcallError } from "../core/error.ts";
import { DOWNLOAD_PREFIX } from "../store/files.ts";
import type { JsonValue, QueryColumn } from "../warehouse/warehouse.ts";
import { type Asking, bytesOf, type Opened } from "./asking.ts";
import { accessOf } from "./catalogue.ts";
import type { ServiceContext } from "./context.ts";

export interface FileAnswer {
  readonly body: ReadableStream<Uint8Array>;
  /** Null where nobody can tell before the end. */
  readonly bytes: number | null;
}

const utf8 = new TextEncoder();

/** RFC 4180, UTF-8, with a header line. Null is an empty field, the empty text `""`; nested values are JSON. */
export async function exportCsv(asking: Asking, ask: Ask): Promise<FileAnswer> {
  const opened = await asking.open(ask.sql, ask.timeout_ms, ask.caller, ask.signal);
  return { body: bytesOf(pieces(opened, csvHeader, csvRow), opened.stop, (text) => utf8.encode(text)), bytes: null };
}

/** One JSON object a row. */
export async function exportNdjson(asking: Asking, ask: Ask): Promise<FileAnswer> {
  const opened = await asking.open(ask.sql, ask.timeout_ms, ask.caller, ask.signal);
  return {
    body: bytesOf(
      pieces(opened, () => "", ndjsonRow),
      opened.stop,
      (text) => utf8.encode(text),
    ),
    bytes: null,
  };
}

export interface Ask {
  readonly sql: string;
  readonly timeout_ms: number;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

/** A result that breaks off ends the transfer with an error: half a file never looks like a whole one. */
async function* pieces(
  { stream, ended }: Opened,
  header: (columns: readonly QueryColumn[]) => string,
  row: (values: readonly JsonValue[], columns: readonly QueryColumn[]) => string,
): AsyncGenerator<string> {
  let rows = 0;
  let error: unknown = new RollcallError("CANCELLED", "The export was stopped.");
  try {
    const first = header(stream.columns);
    if (first !== "") yield first;
    for await (const batch of stream.batches) {
      rows += batch.length;
      yield batch.map((values) => row(values, stream.columns)).join("");
    }
    error = null;
  } catch (thrown) {
    error = thrown;
    throw thrown;
  } finally {
    await stream[Symbol.asyncDispose]();
    await ended(error === null ? rows : null, error);
  }
}

const csvHeader = (columns: readonly QueryColumn[]): string =>
  `${columns.map(({ name }) => quoted(name)).join(",")}\r\n`;

export function csvRow(values: readonly JsonValue[]): string {
  return `${values.map(csvField).join(",")}\r\n`;
}

function csvField(value: JsonValue): string {
  if (value === null) return "";
  if (typeof value === "string") return value === "" ? '""' : quoted(value);
  return quoted(typeof value === "object" ? JSON.stringify(value) : String(value));
}

const quoted = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function ndjsonRow(values: readonly JsonValue[], columns: readonly QueryColumn[]): string {
  return `${JSON.stringify(Object.fromEntries(columns.map(({ name }, at) => [name, values[at] ?? null])))}\n`;
}

/** A result as one Parquet file; it is made before the answer begins, and deleted when it has been sent. */
export async function exportParquet(context: ServiceContext, asking: Asking, ask: Ask): Promise<FileAnswer> {
  const { sql, timeout_ms, caller } = ask;
  const file = await asking.inTurn(sql, timeout_ms, caller, ask.signal, (signal) =>
    context.warehouse.exportParquet(sql, { access: accessOf(caller), timeout_ms }, signal),
  );
  return { body: sent(file.path, () => file[Symbol.asyncDispose]()), bytes: file.bytes };
}

/** A consistent copy of the whole warehouse, deleted when it has been sent. */
export async function downloadSnapshot(context: ServiceContext, signal: AbortSignal): Promise<FileAnswer> {
  const directory = await mkdtemp(join(context.dataDir, DOWNLOAD_PREFIX));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const file = join(directory, "warehouse.duckdb");
    await context.warehouse.snapshot(file, signal);
    return { body: sent(file, remove), bytes: (await stat(file)).size };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A file's bytes; `done` once, however the sending ends. */
function sent(path: string, done: () => PromiseLike<void>): ReadableStream<Uint8Array> {
  const file = createReadStream(path);
  file.once("close", () => void done());
  return Readable.toWeb(file) as ReadableStream<Uint8Array>;
}
