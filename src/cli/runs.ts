/** `rollcall runs`: what a running server attempted, what came of it and what it said; and cancelling one. */
import type { Result } from "../api/contract/client.ts";
import type { RunsConfig } from "../config.ts";
import type { Context } from "./context.ts";
import { grid, printable } from "./grid.ts";
import { count, span } from "./number.ts";
import { Remote } from "./remote.ts";
import { left, print, right } from "./report.ts";
import { sourceOf } from "./source-of.ts";

type Run = Result<"get /api/runs/{id}">;

export async function listRuns(config: RunsConfig, context: Context): Promise<number> {
  await using remote = new Remote(config, context.signal);
  const source = config.source === null ? {} : { source: (await sourceOf(remote, config.source)).id };
  const { runs, more } = await remote.call("get /api/runs", { query: { ...source, limit: config.limit } });
  return print(config, context, { runs, more }, () =>
    runs.length === 0
      ? ["Nothing has run yet."]
      : [...list(runs), ...(more ? ["There are more: ask for them with --limit."] : [])],
  );
}

export async function showRun(config: RunsConfig, context: Context): Promise<number> {
  await using remote = new Remote(config, context.signal);
  const run = await remote.call("get /api/runs/{id}", { params: { id: config.id } });
  return print(config, context, { run }, () => runLines(run));
}

export async function logOfRun(config: RunsConfig, context: Context): Promise<number> {
  await using remote = new Remote(config, context.signal);
  const table = config.table === null ? {} : { table: config.table };
  const lines = await remote.call("get /api/runs/{id}/log", { params: { id: config.id }, query: table });
  return print(config, context, { lines }, () =>
    lines.map(({ at, level, table: of, message }) =>
      [at, level.padEnd(5), ...(of === null ? [] : [`${of}:`]), printable(message)].join(" "),
    ),
  );
}

export async function cancelRun(config: RunsConfig, context: Context): Promise<number> {
  await using remote = new Remote(config, context.signal);
  const run = await remote.call("post /api/runs/{id}/cancel", { params: { id: config.id } });
  return print(config, context, { run }, () => [
    `${run.id} ends at its next batch boundary; what was read is kept, and the next run goes on from there.`,
  ]);
}

function list(runs: readonly Run[]): string[] {
  return grid(
    [
      left("run"),
      left("source"),
      left("status"),
      left("cause"),
      left("started"),
      right("took"),
      right("read"),
      right("written"),
      right("requests"),
    ],
    runs.map((run) => [
      run.id,
      run.sourceName,
      run.status,
      run.cause,
      run.startedAt ?? "–",
      took(run),
      count(sum(run, ["read"])),
      count(sum(run, ["inserted", "updated", "deleted"])),
      count(run.requests),
    ]),
  );
}

type Figure = "read" | "inserted" | "updated" | "deleted";
const sum = ({ tables }: Run, figures: readonly Figure[]) =>
  tables.reduce((all, table) => all + figures.reduce((own, figure) => own + table[figure], 0), 0);

const took = ({ startedAt, finishedAt }: Run) =>
  startedAt === null || finishedAt === null ? "–" : span((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);

/** One run, table by table. */
export function runLines(run: Run): string[] {
  const failures = [
    ...(run.failure === null ? [] : [{ of: "the run", failure: run.failure }]),
    ...run.tables.flatMap(({ table, failure }) => (failure === null ? [] : [{ of: table, failure }])),
  ];
  return [
    `${run.id}: ${printable(run.sourceName)}, ${run.status}${run.startedAt === null ? "" : `, began ${run.startedAt}, took ${took(run)}`}`,
    ...grid(
      [
        left("table"),
        left("mode"),
        left("status"),
        right("read"),
        right("inserted"),
        right("updated"),
        right("unchanged"),
        right("deleted"),
        right("rejected"),
      ],
      run.tables.map((table) => [
        table.table,
        table.mode,
        table.phase === null ? table.status : `${table.status}: ${table.phase}`,
        ...[table.read, table.inserted, table.updated, table.unchanged, table.deleted, table.rejected].map((value) =>
          count(value),
        ),
      ]),
    ),
    ...failures.flatMap(({ of, failure }) => [
      `${of}: ${printable(failure.message)} [${failure.code}]`,
      `  next: ${printable(failure.fix)}`,
    ]),
  ];
}
