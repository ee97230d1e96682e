/**
 * The queue of runs: who may run what, and what of it a dead process left. The seam that a queue with several workers would fill:
 * nobody else changes a run's `status`, `worker` or `heartbeat_ms`.
 */
import { type Kysely, type Selectable, sql } from "kysely";
import { ERRORS, type ErrorReport } from "../core/error.ts";
import type { RunStatus } from "../core/run.ts";
import { newId } from "./id.ts";
import type { Store } from "./open.ts";
import type { RunRow, Tables } from "./schema.ts";

export interface Wanted {
  readonly sourceId: string;
  readonly tables: readonly { readonly table: string; readonly mode: string }[];
  readonly cause: RunRow["cause"];
  /** Who asked, where a person or a key did. */
  readonly by: string | null;
  readonly now_ms: number;
}

/**
 * Puts a run into the queue; its id, or null where the source has one under way: the database decides, not a look before. To be called
 * with the transaction that writes whatever holds only if the run is there.
 */
export async function enqueue(
  trx: Kysely<Tables>,
  { sourceId, tables, cause, by, now_ms }: Wanted,
): Promise<string | null> {
  const id = newId("run", now_ms);
  const inserted = await trx
    .insertInto("run")
    .values({ id, source_id: sourceId, status: "queued", cause, requested_by: by, requested_ms: now_ms, ...FRESH })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  if (inserted === undefined) return null;
  const rows = tables.map(({ table, mode }) => ({
    run_id: id,
    table_name: table,
    status: "queued",
    mode,
    ...NOTHING,
  }));
  if (rows.length > 0) await trx.insertInto("run_table").values(rows).execute();
  return id;
}

const FRESH = {
  started_ms: null,
  finished_ms: null,
  worker: null,
  heartbeat_ms: null,
  cancel_requested: 0,
  requests: 0,
  rate_limited: 0,
  error_json: null,
} as const;

const NOTHING = {
  read: 0,
  inserted: 0,
  updated: 0,
  unchanged: 0,
  deleted: 0,
  rejected: 0,
  odd_values: 0,
  requests: 0,
  started_ms: null,
  finished_ms: null,
  error_json: null,
} as const;

/** Takes the run that has waited longest; null where none waits. No run is taken twice. */
export async function claim({ db }: Store, worker: string, now_ms: number): Promise<Selectable<RunRow> | null> {
  const oldest = db.selectFrom("run").select("id").where("status", "=", "queued").orderBy("id").limit(1);
  const claimed = await db
    .updateTable("run")
    .set({ status: "running", worker, started_ms: now_ms, heartbeat_ms: now_ms })
    .where("id", "=", oldest)
    .where("status", "=", "queued")
    .returningAll()
    .executeTakeFirst();
  return claimed ?? null;
}

/** Says that the run's process lives; whether the run goes on: false once somebody wants it stopped, or it is no longer running. */
export async function heartbeat({ db }: Store, runId: string, now_ms: number): Promise<boolean> {
  const row = await db
    .updateTable("run")
    .set({ heartbeat_ms: now_ms })
    .where("id", "=", runId)
    .where("status", "=", "running")
    .returning("cancel_requested")
    .executeTakeFirst();
  return row !== undefined && row.cancel_requested === 0;
}

/** One that waits ends at once; one that runs is to stop at its next batch boundary; one that has ended stays as it is. */
export async function requestCancel({ db }: Store, runId: string, now_ms: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable("run")
      .set({ cancel_requested: 1 })
      .where("id", "=", runId)
      .where("status", "in", ["queued", "running"])
      .execute();
    const waiting = await trx
      .selectFrom("run")
      .select("id")
      .where("id", "=", runId)
      .where("status", "=", "queued")
      .executeTakeFirst();
    if (waiting === undefined) return;
    const error = cancelled("The run was cancelled before it began.");
    await finish(trx, runId, { status: "cancelled", requests: 0, rateLimited: 0, error, now_ms });
  });
}

export interface Ending {
  readonly status: RunStatus;
  readonly requests: number;
  readonly rateLimited: number;
  readonly error: ErrorReport | null;
  readonly now_ms: number;
}

/**
 * Ends a run, and with it whatever of its tables has no end yet: failed or cancelled, as the run is. Whether it was under way; one
 * that has ended stays as it is. To be called with the transaction that writes the tables' results.
 */
export async function finish(db: Kysely<Tables>, runId: string, ending: Ending): Promise<boolean> {
  const { status, requests, rateLimited, error, now_ms } = ending;
  const error_json = error === null ? null : JSON.stringify(error);
  const ended = await db
    .updateTable("run")
    .set({ status, finished_ms: now_ms, requests, rate_limited: rateLimited, error_json })
    .where("id", "=", runId)
    .where("status", "in", ["queued", "running"])
    .returning("id")
    .executeTakeFirst();
  if (ended === undefined) return false;
  await db
    .updateTable("run_table")
    .set({ status: status === "failed" ? "failed" : "cancelled", finished_ms: now_ms, error_json })
    .where("run_id", "=", runId)
    .where("status", "in", ["queued", "running"])
    .execute();
  return true;
}

/** A run that did not end by itself, and what of it is still to be done. */
export interface CutOff {
  readonly runId: string;
  readonly sourceId: string;
  readonly tables: readonly string[];
}

/** A run that is not begun again, and why. */
export interface Death extends CutOff {
  readonly failure: ErrorReport;
}

export type UnderWay = Pick<Selectable<RunRow>, "id" | "worker">;

export interface Recovered {
  /** To be begun again. */
  readonly cutOff: readonly CutOff[];
  /** Ended just now, and left to the schedule: its like may be what kills the process. */
  readonly deadly: readonly Death[];
}

/** What ends a run without its having come to an end. */
const CUT_OFF = ["PROCESS_DIED", "SERVER_STOPPED"] as const;

/** So many deaths of the process in a row under runs of one source, and the next run waits for the schedule: it may be what kills it. */
const DEATHS_MAX = 3;

/**
 * Ends the runs that nobody runs any more, as `PROCESS_DIED` (one that was to be cancelled as `CANCELLED`), and gives what was cut off
 * and not begun again since: computed from the rows, so that a process that dies during its recovery loses nothing. To be called with
 * the transaction that writes what follows. One process per data directory: unless `isAlive` says otherwise, every worker is dead.
 */
export async function recover(
  trx: Kysely<Tables>,
  now_ms: number,
  isAlive: (run: UnderWay) => boolean = () => false,
): Promise<Recovered> {
  const running = await trx.selectFrom("run").selectAll().where("status", "=", "running").execute();
  const deadly: Death[] = [];
  for (const run of running) {
    if (isAlive(run)) continue;
    const last = (await deathsInARow(trx, run.source_id)) >= DEATHS_MAX - 1;
    const error = run.cancel_requested === 1 ? cancelled("The run was cancelled.") : died(last);
    const status = run.cancel_requested === 1 ? "cancelled" : "failed";
    await finish(trx, run.id, { status, requests: run.requests, rateLimited: run.rate_limited, error, now_ms });
    const tables = await tablesCutOff(trx, run.id);
    if (last && tables.length > 0) deadly.push({ runId: run.id, sourceId: run.source_id, tables, failure: error });
  }
  const cutOff: CutOff[] = [];
  for (const { id, source_id } of await latestRuns(trx)) {
    if ((await deathsInARow(trx, source_id)) >= DEATHS_MAX) continue;
    const tables = await tablesCutOff(trx, id);
    if (tables.length > 0) cutOff.push({ runId: id, sourceId: source_id, tables });
  }
  return { cutOff, deadly };
}

function cancelled(message: string): ErrorReport {
  return { code: "CANCELLED", message, fix: ERRORS.CANCELLED.fix };
}

function died(last: boolean): ErrorReport {
  const message = "The process died during the run, or could not write its end.";
  if (!last) return { code: "PROCESS_DIED", message, fix: ERRORS.PROCESS_DIED.fix };
  return {
    code: "PROCESS_DIED",
    message: `${message} So did the runs before it, ${DEATHS_MAX} in a row at least.`,
    fix: "See the server's own log, its memory and its disk. The tables are synced again at their next time, or when you sync them; they go on where they stood.",
  };
}

async function tablesCutOff(db: Kysely<Tables>, runId: string): Promise<readonly string[]> {
  const tables = await db
    .selectFrom("run_table")
    .select("table_name")
    .where("run_id", "=", runId)
    .where("status", "in", ["failed", "cancelled"])
    .where(codeOf("run_table.error_json"), "in", CUT_OFF)
    .execute();
  return tables.map(({ table_name }) => table_name);
}

/** Of each source its latest run, where that was cut off. */
async function latestRuns(db: Kysely<Tables>): Promise<readonly { readonly id: string; readonly source_id: string }[]> {
  const latest = db
    .selectFrom("run")
    .select((of) => of.fn.max("id").as("id"))
    .groupBy("source_id");
  return db
    .selectFrom("run")
    .select(["id", "source_id"])
    .where("id", "in", latest)
    .where(codeOf("run.error_json"), "in", CUT_OFF)
    .execute();
}

/** How many of the source's last runs ended with their process, one after the other; not counted beyond `DEATHS_MAX`. */
async function deathsInARow(db: Kysely<Tables>, sourceId: string): Promise<number> {
  const last = await db
    .selectFrom("run")
    .select(codeOf("error_json").as("code"))
    .where("source_id", "=", sourceId)
    .where("finished_ms", "is not", null)
    .orderBy("id", "desc")
    .limit(DEATHS_MAX)
    .execute();
  const survived = last.findIndex(({ code }) => code !== "PROCESS_DIED");
  return survived === -1 ? last.length : survived;
}

/** The code in an ErrorReport's JSON, in SQL. */
function codeOf(column: string) {
  return sql<string | null>`json_extract(${sql.ref(column)}, '$.code')`;
}
