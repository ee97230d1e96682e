/** Runs as people see them: rows of the store, with what is live beside them. */
import type { z } from "@hono/zod-openapi";
import type { Selectable } from "kysely";
import type { Run as RunWords, RunLine as RunLineWords, RunTable as RunTableWords } from "../api/contract/runs.ts";
import { RollcallError } from "../core/error.ts";
import type { RunLogRow, RunRow, RunTableRow } from "../store/schema.ts";
import type { ServiceContext } from "./context.ts";
import { failureOf, instant } from "./words.ts";

export type Run = z.infer<typeof RunWords>;
type RunTable = z.infer<typeof RunTableWords>;
type RunLine = z.infer<typeof RunLineWords>;

export interface RunFilter {
  readonly source?: string | undefined;
  readonly table?: string | undefined;
  readonly status?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** The latest first. */
export async function listRuns(context: ServiceContext, filter: RunFilter): Promise<{ runs: Run[]; more: boolean }> {
  const { db } = context.store;
  let query = db
    .selectFrom("run")
    .selectAll("run")
    .orderBy("run.id", "desc")
    .limit(filter.limit + 1);
  if (filter.source !== undefined) query = query.where("run.source_id", "=", filter.source);
  if (filter.status !== undefined) query = query.where("run.status", "=", filter.status);
  // Ids begin with their time: an earlier run has a smaller one.
  if (filter.before !== undefined) query = query.where("run.id", "<", filter.before);
  const { table } = filter;
  if (table !== undefined) {
    query = query.where((where) =>
      where.exists(
        where
          .selectFrom("run_table")
          .select("run_table.run_id")
          .whereRef("run_table.run_id", "=", "run.id")
          .where("run_table.table_name", "=", table),
      ),
    );
  }
  const rows = await query.execute();
  return { runs: await viewsOf(context, rows.slice(0, filter.limit)), more: rows.length > filter.limit };
}

/** Throws NO_SUCH_OBJECT. */
export async function getRun(context: ServiceContext, id: string): Promise<Run> {
  const row = await context.store.db.selectFrom("run").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new RollcallError("NO_SUCH_OBJECT", `There is no run ${id}.`);
  const [view] = await viewsOf(context, [row]);
  return view!;
}

async function viewsOf(context: ServiceContext, rows: readonly Selectable<RunRow>[]): Promise<Run[]> {
  if (rows.length === 0) return [];
  const { db } = context.store;
  const tables = await db
    .selectFrom("run_table")
    .selectAll()
    .where(
      "run_id",
      "in",
      rows.map(({ id }) => id),
    )
    .execute();
  const sources = await db.selectFrom("source").select(["id", "name"]).execute();
  const nameOf = new Map(sources.map(({ id, name }) => [id, name]));
  const byRun = Map.groupBy(tables, ({ run_id }) => run_id);
  return rows.map((row) => viewOf(context, row, byRun.get(row.id) ?? [], nameOf.get(row.source_id) ?? row.source_id));
}

function viewOf(
  context: ServiceContext,
  row: Selectable<RunRow>,
  tables: readonly Selectable<RunTableRow>[],
  sourceName: string,
): Run {
  const views = tables.map((table) => tableView(context, table));
  // A run's own count is written at its end; until then it is the tables'.
  const requests = row.finished_ms === null ? views.reduce((sum, table) => sum + table.requests, 0) : row.requests;
  return {
    id: row.id,
    sourceId: row.source_id,
    sourceName,
    status: row.status as Run["status"],
    cause: row.cause as Run["cause"],
    requestedBy: row.requested_by,
    requestedAt: instant(row.requested_ms),
    startedAt: instant(row.started_ms),
    finishedAt: instant(row.finished_ms),
    requests,
    rateLimited: row.rate_limited,
    shareInUse: row.finished_ms === null ? context.live.shareInUse(row.id) : null,
    failure: failureOf(row.error_json),
    tables: views,
  };
}

function tableView(context: ServiceContext, row: Selectable<RunTableRow>): RunTable {
  const live = row.finished_ms === null ? context.live.progress(row.run_id, row.table_name) : null;
  const { read, inserted, updated, unchanged, deleted, rejected, requests } = live ?? row;
  return {
    table: row.table_name,
    status: row.status as RunTable["status"],
    mode: row.mode as RunTable["mode"],
    phase: live?.phase ?? null,
    read,
    inserted,
    updated,
    unchanged,
    deleted,
    rejected,
    oddValues: row.odd_values,
    requests,
    fraction: live?.fraction ?? null,
    rowsPerSecond: live?.rowsPerSecond ?? null,
    eta_s: live?.eta_s ?? null,
    startedAt: instant(row.started_ms),
    finishedAt: instant(row.finished_ms),
    failure: failureOf(row.error_json),
  };
}

export interface LineFilter {
  readonly table?: string | undefined;
  readonly level?: RunLine["level"] | undefined;
  readonly after: number;
}

/** As many lines as one answer holds; the next begin after the last id. */
const LINES_MAX = 1000;

export async function runLines(context: ServiceContext, runId: string, filter: LineFilter): Promise<RunLine[]> {
  await getRun(context, runId);
  let query = context.store.db
    .selectFrom("run_log")
    .selectAll()
    .where("run_id", "=", runId)
    .where("id", ">", filter.after)
    .orderBy("id")
    .limit(LINES_MAX);
  if (filter.table !== undefined) query = query.where("table_name", "=", filter.table);
  if (filter.level !== undefined) query = query.where("level", "=", filter.level);
  return (await query.execute()).map(lineView);
}

export function lineView(row: Selectable<RunLogRow>): RunLine {
  const { id, at_ms, level, table_name, code, message } = row;
  return { id, at: instant(at_ms), level, table: table_name, code, message };
}
