/** `rollcall sources`: what a running server has linked, and telling it to sync, pause and resume. */
import type { Result } from "../api/contract/client.ts";
import type { SourcesConfig } from "../config.ts";
import type { Context } from "./context.ts";
import { grid, printable } from "./grid.ts";
import { didYouMean } from "./nearest.ts";
import { count } from "./number.ts";
import { Remote } from "./remote.ts";
import { left, print, right } from "./report.ts";
import { runLines } from "./runs.ts";
import { sourceOf } from "./source-of.ts";
import { usage } from "./value.ts";

type Source = Result<"get /api/sources/{id}">;

export async function listSources(config: SourcesConfig, context: Context): Promise<number> {
  await using remote = new Remote(config, context.signal);
  const sources = await remote.call("get /api/sources", {});
  return print(config, context, { sources }, () =>
    sources.length === 0 ? [`No org is linked yet: open ${config.server} and choose + New source.`] : list(sources),
  );
}

export async function showSource(config: SourcesConfig, context: Context): Promise<number> {
  await using remote = new Remote(config, context.signal);
  const source = await sourceOf(remote, config.source);
  return print(config, context, { source }, () => about(source));
}

export async function syncSource(config: SourcesConfig, context: Context): Promise<number> {
  await using remote = new Remote(config, context.signal);
  const source = await sourceOf(remote, config.source);
  const tables = config.tables === null ? {} : { tables: tablesOf(source, config.tables) };
  const run = await remote.call("post /api/sources/{id}/sync", { params: { id: source.id }, body: tables });
  return print(config, context, { run }, () => [
    ...runLines(run),
    `Follow it: rollcall runs log ${run.id} --server ${config.server}`,
  ]);
}

export async function pauseSource(config: SourcesConfig, context: Context): Promise<number> {
  await using remote = new Remote(config, context.signal);
  const { id } = await sourceOf(remote, config.source);
  const source = await remote.call("post /api/sources/{id}/pause", { params: { id } });
  return print(config, context, { source }, () => [`${printable(source.name)} is paused: nothing runs until resumed.`]);
}

export async function resumeSource(config: SourcesConfig, context: Context): Promise<number> {
  await using remote = new Remote(config, context.signal);
  const { id } = await sourceOf(remote, config.source);
  const source = await remote.call("post /api/sources/{id}/resume", { params: { id } });
  return print(config, context, { source }, () => [
    `${printable(source.name)} runs by its schedule again; next at ${source.nextRunAt ?? "no time: nothing is scheduled"}.`,
  ]);
}

function tablesOf(source: Source, wanted: readonly string[]): string[] {
  const known = source.tables.map(({ table }) => table);
  const unknown = wanted.find((table) => !known.includes(table));
  if (unknown === undefined) return [...wanted];
  throw usage(
    `--tables: ${source.name} has no table "${unknown}".${didYouMean(unknown, known)}`,
    `Its tables are ${known.join(", ")}.`,
  );
}

function list(sources: readonly Source[]): string[] {
  return grid(
    [
      left("source"),
      left("prefix"),
      left("org"),
      left("status"),
      right("rows"),
      left("last completed"),
      left("next run"),
    ],
    sources.map((source) => [
      source.name,
      source.prefix,
      source.origin.replace(/^https?:\/\//, ""),
      source.status,
      count(source.rowsStored),
      source.lastCompletedAt ?? "never",
      source.nextRunAt ?? "–",
    ]),
  );
}

function about(source: Source): string[] {
  const facts = [
    `${printable(source.name)} (${source.id}): ${source.origin}, org ${source.orgId}, ${source.status}`,
    ...(source.paused === null
      ? []
      : [
          `  paused since ${source.paused.since}: ${printable(source.paused.failure.message)}`,
          `  next: ${printable(source.paused.failure.fix)}`,
        ]),
    "",
  ];
  const head = [
    left("table"),
    left("status"),
    left("mode"),
    right("rows"),
    left("every"),
    left("last completed"),
    left("next run"),
  ];
  const rows = source.tables.map((table) => [
    table.queryName,
    table.enabled ? `${table.status ?? "not yet run"}${table.stale ? ", stale" : ""}` : "off",
    table.mode,
    count(table.rowsStored),
    table.scheduleText,
    table.lastCompletedAt ?? "never",
    table.nextRunAt ?? "–",
  ]);
  const failures = source.tables.flatMap(({ table, failure }) =>
    failure === null
      ? []
      : [`${table}: ${printable(failure.message)} [${failure.code}]`, `  next: ${printable(failure.fix)}`],
  );
  return [...facts, ...grid(head, rows), ...failures];
}
