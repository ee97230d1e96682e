/** Sources as people see them: rows of the store, with what follows from them. */
import type { z } from "@hono/zod-openapi";
import { sql, type Selectable } from "kysely";
import type { Source as SourceWords, SourceTable as SourceTableWords } from "../api/contract/sources.ts";
import { snakeCase } from "../core/column.ts";
import { RollcallError } from "../core/error.ts";
import { describe, nextDue_ms, Schedule } from "../core/schedule.ts";
import type { Stream } from "../core/stream.ts";
import { STREAMS } from "../okta/streams.ts";
import type { SourceRow, SourceTableRow } from "../store/schema.ts";
import type { ServiceContext } from "./context.ts";
import { isStale, type Moment, seedOf } from "./due.ts";
import { momentOf } from "./watchdog.ts";
import { failureOf, instant } from "./words.ts";

export type Source = z.infer<typeof SourceWords>;
type SourceTable = z.infer<typeof SourceTableWords>;

/** Days of the little chart beside a source. */
const RECENT_DAYS = 7;
const DAY_MS = 86_400_000;

export async function listSources(context: ServiceContext): Promise<Source[]> {
  const rows = await context.store.db.selectFrom("source").selectAll().orderBy("created_ms").execute();
  return viewsOf(context, rows);
}

/** Throws NO_SUCH_OBJECT. */
export async function getSource(context: ServiceContext, id: string): Promise<Source> {
  const [view] = await viewsOf(context, [await sourceRow(context, id)]);
  return view!;
}

/** Throws NO_SUCH_OBJECT. */
export async function sourceRow({ store }: ServiceContext, id: string): Promise<Selectable<SourceRow>> {
  const row = await store.db.selectFrom("source").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new RollcallError("NO_SUCH_OBJECT", `There is no source ${id}.`);
  return row;
}

interface Beside {
  readonly moment: Moment;
  /** The run under way, by source. */
  readonly running: ReadonlyMap<string, string>;
  /** Status of the tables in it, by run and table. */
  readonly statusNow: ReadonlyMap<string, string>;
  readonly moved: ReadonlyMap<string, number>;
  readonly recent: ReadonlyMap<string, readonly { readonly day: string; readonly rows: number }[]>;
  readonly tables: ReadonlyMap<string, readonly Selectable<SourceTableRow>[]>;
}

async function viewsOf(context: ServiceContext, rows: readonly Selectable<SourceRow>[]): Promise<Source[]> {
  if (rows.length === 0) return [];
  const beside = await besideOf(context);
  return rows.map((row) => viewOf(context, row, beside));
}

async function besideOf(context: ServiceContext): Promise<Beside> {
  const { db } = context.store;
  const tables = await db.selectFrom("source_table").selectAll().execute();
  const open = await db
    .selectFrom("run")
    .select(["id", "source_id"])
    .where("status", "in", ["queued", "running"])
    .execute();
  const ids = [...new Set([...open.map(({ id }) => id), ...tables.flatMap(({ last_run_id }) => last_run_id ?? [])])];
  const parts =
    ids.length === 0
      ? []
      : await db
          .selectFrom("run_table")
          .select(["run_id", "table_name", "status", "inserted", "updated", "deleted"])
          .where("run_id", "in", ids)
          .execute();
  return {
    moment: await momentOf(context),
    running: new Map(open.map(({ id, source_id }) => [source_id, id])),
    statusNow: new Map(parts.map(({ run_id, table_name, status }) => [`${run_id} ${table_name}`, status])),
    moved: new Map(
      parts.map(({ run_id, table_name, inserted, updated, deleted }) => [
        `${run_id} ${table_name}`,
        inserted + updated + deleted,
      ]),
    ),
    recent: await recentRows(context),
    tables: Map.groupBy(tables, ({ source_id }) => source_id),
  };
}

async function recentRows(context: ServiceContext): Promise<Beside["recent"]> {
  const today_ms = Math.floor(context.now_ms() / DAY_MS) * DAY_MS;
  const from_ms = today_ms - (RECENT_DAYS - 1) * DAY_MS;
  const rows = await context.store.db
    .selectFrom("run_table")
    .innerJoin("run", "run.id", "run_table.run_id")
    .select(["run.source_id", "run.requested_ms", sql<number>`sum(inserted + updated + deleted)`.as("rows")])
    .where("run.requested_ms", ">=", from_ms)
    .groupBy(["run.id"])
    .execute();
  const days = Array.from({ length: RECENT_DAYS }, (_, at) => from_ms + at * DAY_MS);
  return new Map(
    [...Map.groupBy(rows, ({ source_id }) => source_id)].map(([source, of]) => [
      source,
      days.map((day_ms) => ({
        day: instant(day_ms).slice(0, 10),
        rows: of
          .filter(({ requested_ms }) => requested_ms >= day_ms && requested_ms < day_ms + DAY_MS)
          .reduce((sum, { rows: moved }) => sum + moved, 0),
      })),
    ]),
  );
}

function viewOf(context: ServiceContext, row: Selectable<SourceRow>, beside: Beside): Source {
  const order = new Map(STREAMS.map(({ table }, at) => [table, at]));
  const tables = [...(beside.tables.get(row.id) ?? [])]
    .sort((one, other) => (order.get(one.table_name) ?? 0) - (order.get(other.table_name) ?? 0))
    .flatMap((table) => tableView(context, row, table, beside) ?? []);
  const latest = (times: readonly (string | null)[]) => times.filter((time) => time !== null).sort();
  const paused = failureOf(row.paused_json);
  return {
    id: row.id,
    type: row.kind as Source["type"],
    name: row.name,
    description: row.description,
    prefix: row.prefix,
    origin: row.origin,
    orgId: row.org_id,
    auth: row.auth,
    clientId: row.client_id,
    sharePercent: row.share_percent,
    completeEvery_s: row.complete_every_ms / 1000,
    logsSince: instant(row.logs_since_ms),
    takesNewTables: row.takes_new_tables === 1,
    status: statusOf(paused !== null, beside.running.has(row.id), tables),
    paused:
      paused === null
        ? null
        : { since: instant(row.paused_ms ?? 0), by: paused.code === "PAUSED" ? "person" : "rollcall", failure: paused },
    lastCompletedAt: latest(tables.map(({ lastCompletedAt }) => lastCompletedAt)).at(-1) ?? null,
    nextRunAt: latest(tables.map(({ nextRunAt }) => nextRunAt))[0] ?? null,
    rowsStored: tables.reduce((sum, { rowsStored }) => sum + rowsStored, 0),
    rowsByDay: [...(beside.recent.get(row.id) ?? [])],
    currentRun: beside.running.get(row.id) ?? null,
    tables,
    createdAt: instant(row.created_ms),
  };
}

/** Null for a table that this version no longer knows. */
function tableView(
  context: ServiceContext,
  source: Selectable<SourceRow>,
  row: Selectable<SourceTableRow>,
  beside: Beside,
): SourceTable | null {
  const stream = STREAMS.find(({ table }) => table === row.table_name);
  if (stream === undefined) return null;
  const schedule = Schedule.parse(JSON.parse(row.schedule_json));
  const runNow = beside.running.get(source.id);
  const statusNow = runNow === undefined ? undefined : beside.statusNow.get(`${runNow} ${row.table_name}`);
  const runId = statusNow === undefined ? row.last_run_id : runNow!;
  const waits = row.enabled === 1 && source.paused_json === null;
  const neverRun = row.last_status === null && row.last_run_id === null;
  return {
    ...facts(stream, source.prefix),
    enabled: row.enabled === 1,
    mode: row.mode as SourceTable["mode"],
    schedule,
    scheduleText: describe(schedule),
    lookBack_s: row.look_back_ms / 1000,
    treatment: JSON.parse(row.treatment_json) as SourceTable["treatment"],
    status: (statusNow ?? row.last_status) as SourceTable["status"],
    stale: isStale(source, row, beside.moment),
    lastBegunAt: neverRun ? null : instant(row.last_begun_ms),
    lastCompletedAt: instant(row.last_completed_ms),
    nextRunAt: waits ? instant(nextRun_ms(schedule, row, context.now_ms())) : null,
    retryAt: instant(row.retry_at_ms),
    failure: failureOf(row.last_error_json),
    rowsStored: row.rows_stored,
    rowsMoved: runId === null ? 0 : (beside.moved.get(`${runId} ${row.table_name}`) ?? 0),
    runId,
  };
}

function facts(stream: Stream, prefix: string) {
  return {
    table: stream.table,
    about: stream.about,
    docs: stream.docs,
    isLog: stream.read.kind === "log",
    queryName: `${prefix}.${stream.table}`,
    modes: [...stream.modes],
    key: snakeCase(stream.key),
    incrementalField: stream.incrementalField,
  };
}

function nextRun_ms(schedule: Schedule, row: Selectable<SourceTableRow>, now_ms: number): number | null {
  const next = nextDue_ms(schedule, seedOf(row), now_ms);
  return row.retry_at_ms === null ? next : Math.min(row.retry_at_ms, next ?? Infinity);
}

/** The worst first; a source whose every table is off is off. */
function statusOf(paused: boolean, running: boolean, tables: readonly SourceTable[]): Source["status"] {
  const enabled = tables.filter((table) => table.enabled);
  const has = (status: SourceTable["status"]) => enabled.some((table) => table.status === status);
  if (running) return "running";
  if (paused) return "paused";
  if (enabled.length === 0) return "off";
  if (has("failed")) return "failed";
  if (has("held")) return "held";
  return enabled.every((table) => table.lastCompletedAt !== null) ? "completed" : "waiting";
}
