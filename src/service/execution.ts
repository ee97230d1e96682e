/** One run from claimed to ended: opens the org, syncs, and writes what comes of it to the rows while it goes. */
import type { Kysely, Selectable } from "kysely";
import { ERRORS, report, RollcallError, type ErrorReport } from "../core/error.ts";
import type { Notice, Progress, RunEvent, RunResult, TableEnd, TableResult } from "../core/run.ts";
import type { SyncMode } from "../core/stream.ts";
import type { Treatment } from "../core/treatment.ts";
import { sync, type TableChoice } from "../engine/sync.ts";
import { STREAMS } from "../okta/streams.ts";
import { finish } from "../store/runs.ts";
import type { RunRow, RunTableRow, SourceRow, SourceTableRow, Tables } from "../store/schema.ts";
import type { ServiceContext } from "./context.ts";
import { credentialOf, openSource } from "./linking.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { getRun, lineView } from "./runs.ts";
import { setPause } from "./pausing.ts";
import { linkedOf } from "./sources.ts";
import { tellOutcome } from "./telling.ts";

/** Counters of a running table are written this often at most; what happens in between is only live. */
const WRITE_EVERY_MS = 1000;
/** A bucket's stand is kept once in this long. */
const SAMPLE_EVERY_MS = 60_000;

interface Execution {
  readonly context: ServiceContext;
  readonly run: Selectable<RunRow>;
  readonly source: Selectable<SourceRow>;
  readonly tables: readonly Selectable<SourceTableRow>[];
  readonly modes: ReadonlyMap<string, SyncMode>;
  readonly signal: AbortSignal;
}

/** Never throws for what Okta or the warehouse do: that is in the rows. `stopping` tells a person's word from the server's end. */
export async function execute(
  context: ServiceContext,
  run: Selectable<RunRow>,
  signal: AbortSignal,
  stopping: AbortSignal,
): Promise<void> {
  const execution = await begin(context, run, signal);
  const writing = new Writing(execution);
  let result: RunResult | null = null;
  let failure: ErrorReport | null = null;
  try {
    result = await synced(execution, writing);
  } catch (error) {
    if (!(error instanceof RollcallError)) context.log.error({ err: error, run: run.id }, "a run ended unexpectedly");
    failure = report(error);
  }
  const settled = await writing.settled();
  const stopped = stopping.aborted && (failure?.code === "CANCELLED" || result?.status === "cancelled");
  await end(execution, settled, result, stopped ? serverStopped() : failure);
}

async function begin(context: ServiceContext, run: Selectable<RunRow>, signal: AbortSignal): Promise<Execution> {
  const { db } = context.store;
  const source = await db.selectFrom("source").selectAll().where("id", "=", run.source_id).executeTakeFirstOrThrow();
  const parts = await db.selectFrom("run_table").select(["table_name", "mode"]).where("run_id", "=", run.id).execute();
  const modes = new Map(parts.map(({ table_name, mode }) => [table_name, mode as SyncMode]));
  const names = [...modes.keys()];
  const now_ms = context.now_ms();
  const mine = db.updateTable("source_table").where("source_id", "=", source.id).where("table_name", "in", names);
  await mine.set({ last_begun_ms: now_ms, retry_at_ms: null, last_run_id: run.id }).execute();
  const tables = await db
    .selectFrom("source_table")
    .selectAll()
    .where("source_id", "=", source.id)
    .where("table_name", "in", names)
    .execute();
  context.live.tell({ type: "run", run: await getRun(context, run.id) });
  return { context, run, source, tables, modes, signal };
}

async function synced(execution: Execution, writing: Writing): Promise<RunResult> {
  const { context, source, signal } = execution;
  const linked = linkedOf(context, source);
  const credential = credentialOf(linked.auth, linked.clientId, linked.secret);
  const chosen = STREAMS.flatMap((stream) => {
    const row = execution.tables.find(({ table_name }) => table_name === stream.table);
    return row === undefined ? [] : [choiceOf(execution, stream, row)];
  });
  const link = { org: linked.org, credential, sharePercent: source.share_percent };
  await using okta = await openSource(
    link,
    chosen.map(({ stream }) => stream),
    signal,
  );
  return await sync({
    okta,
    warehouse: context.warehouse,
    prefix: source.prefix,
    tables: chosen,
    logsSince_ms: source.logs_since_ms,
    completeEvery_ms: source.complete_every_ms,
    allowMassDelete: false,
    hashKey: context.hashKey,
    signal,
    emit: (event) => writing.take(event),
  });
}

function choiceOf(
  { modes }: Execution,
  stream: (typeof STREAMS)[number],
  row: Selectable<SourceTableRow>,
): TableChoice {
  return {
    stream,
    mode: modes.get(stream.table) ?? stream.modes[0],
    lookBack_ms: row.look_back_ms,
    treatment: JSON.parse(row.treatment_json) as Treatment,
    restart: row.wish === "resync",
    allowMassDelete: row.wish === "allow_mass_delete",
  };
}

/** Writes a run's events to the rows, in their order, one after the other; progress only as often as it is worth. */
class Writing {
  readonly #of: Execution;
  #last: Promise<unknown> = Promise.resolve();
  readonly #written_ms = new Map<string, number>();
  readonly #sampled_ms = new Map<string, number>();
  readonly #settled = new Map<string, Outcome>();

  constructor(execution: Execution) {
    this.#of = execution;
  }

  take(event: RunEvent): void {
    if (event.type === "progress") this.#progress(event);
    else if (event.type === "notice") this.#queue(() => this.#notice(event));
    else this.#queue(() => this.#table(event));
  }

  /** Resolves when everything taken is written, to the tables whose end is. */
  async settled(): Promise<ReadonlyMap<string, Outcome>> {
    await this.#last;
    return this.#settled;
  }

  #queue(write: () => Promise<unknown>): void {
    const { log } = this.#of.context;
    this.#last = this.#last
      .then(write)
      .catch((error: unknown) => log.error({ err: error }, "a run's event was not written"));
  }

  #progress(progress: Progress): void {
    const { context, run } = this.#of;
    context.live.note(run.id, progress);
    const now_ms = context.now_ms();
    if (now_ms - (this.#written_ms.get(progress.table) ?? 0) < WRITE_EVERY_MS) return;
    this.#written_ms.set(progress.table, now_ms);
    this.#queue(async () => {
      const { read, inserted, updated, unchanged, deleted, rejected, requests } = progress;
      await this.#set(progress.table, {
        status: "running",
        read,
        inserted,
        updated,
        unchanged,
        deleted,
        rejected,
        requests,
      });
      await this.#grow(progress);
      await this.#sample(progress, now_ms);
      context.live.tell({ type: "run", run: await getRun(context, run.id) });
    });
  }

  /** A table's first import takes long: what is stored of it already is said while it goes. Later runs say it at their end, as it is counted then. */
  async #grow({ table, inserted, deleted }: Progress): Promise<void> {
    const { context, source, tables } = this.#of;
    const before = tables.find(({ table_name }) => table_name === table);
    if (before === undefined || before.last_completed_ms !== null) return;
    await context.store.db
      .updateTable("source_table")
      .set({ rows_stored: Math.max(0, before.rows_stored + inserted - deleted) })
      .where("source_id", "=", source.id)
      .where("table_name", "=", table)
      .execute();
  }

  async #sample({ bucket }: Progress, now_ms: number): Promise<void> {
    const { context, source } = this.#of;
    if (bucket === null || now_ms - (this.#sampled_ms.get(bucket.name) ?? 0) < SAMPLE_EVERY_MS) return;
    this.#sampled_ms.set(bucket.name, now_ms);
    const { name, limit, remaining } = bucket;
    await context.store.db
      .insertInto("bucket_sample")
      .values({ source_id: source.id, bucket: name, at_ms: now_ms, limit_per_window: limit, remaining })
      .onConflict((clash) => clash.doNothing())
      .execute();
  }

  async #notice({ table, code, message }: Notice): Promise<void> {
    await this.#say(code === "LOG_GAP" ? "warn" : "info", table, code, message);
  }

  async #table(ended: TableEnd): Promise<void> {
    const { table, result } = ended;
    const { context, run, source } = this.#of;
    const { read, inserted, updated, unchanged, deleted, rejected, oddValues, requests, status, error } = result;
    const now_ms = context.now_ms();
    const settling = await this.#settling(ended, now_ms);
    const set = {
      status,
      read,
      inserted,
      updated,
      unchanged,
      deleted,
      rejected,
      odd_values: oddValues,
      requests,
      finished_ms: now_ms,
      error_json: error === null ? null : JSON.stringify(error),
    };
    // Together: a process that died in between would leave a table that its run completed, so that nobody resumes it, and that was never synced.
    await context.store.db.transaction().execute(async (trx) => {
      await this.#set(table, set, trx);
      if (settling !== null) await settle(trx, this.#of, settling);
    });
    if (settling !== null) this.#settled.set(table, settling.outcome);
    if (error === null) await this.#say("info", table, "TABLE_COMPLETED", summary(result));
    else await this.#say(status === "failed" ? "error" : "warn", table, error.code, `${error.message} ${error.fix}`);
    context.live.tell({ type: "run", run: await getRun(context, run.id) });
    if (settling !== null) context.live.tell({ type: "source", sourceId: source.id });
  }

  /** What the end means for the table; null where whose word cancelled it, a person's or the server's end, is known at the run's end only. */
  async #settling({ table, result }: TableEnd, now_ms: number): Promise<Settling | null> {
    const before = this.#of.tables.find(({ table_name }) => table_name === table);
    if (before === undefined || result.status === "cancelled") return null;
    const outcome = outcomeOf(before, result, null, now_ms);
    return { outcome, rows: await sizeOf(this.#of, outcome), now_ms };
  }

  async #set(table: string, set: Partial<RunTableRow>, db = this.#of.context.store.db): Promise<void> {
    const { context, run } = this.#of;
    await db
      .updateTable("run_table")
      .set((of) => ({ ...set, started_ms: of.fn.coalesce("started_ms", of.val(context.now_ms())) }))
      .where("run_id", "=", run.id)
      .where("table_name", "=", table)
      .execute();
  }

  async #say(level: "info" | "warn" | "error", table: string | null, code: string, message: string): Promise<void> {
    const { context, run } = this.#of;
    const row = { run_id: run.id, at_ms: context.now_ms(), level, table_name: table, code, message };
    const { id } = await context.store.db.insertInto("run_log").values(row).returning("id").executeTakeFirstOrThrow();
    context.live.tell({ type: "line", runId: run.id, line: lineView({ ...row, id }) });
  }
}

function summary({ read, inserted, updated, unchanged, deleted }: TableResult): string {
  return `${read} read: ${inserted} inserted, ${updated} updated, ${unchanged} unchanged, ${deleted} deleted.`;
}

function serverStopped(): ErrorReport {
  return { code: "SERVER_STOPPED", message: "The server was stopped during the run.", fix: ERRORS.SERVER_STOPPED.fix };
}

interface Settling {
  readonly outcome: Outcome;
  /** In the warehouse now; null: not known, or nothing of it was begun. */
  readonly rows: number | null;
  readonly now_ms: number;
}

/** What a table's end means for its row, the run's part in it, and its size over time. */
async function settle(
  trx: Kysely<Tables>,
  { run, source }: Execution,
  { outcome: { table, set, part }, rows, now_ms }: Settling,
): Promise<void> {
  await trx
    .updateTable("source_table")
    .set({ ...set, ...(rows === null ? {} : { rows_stored: rows }) })
    .where("source_id", "=", source.id)
    .where("table_name", "=", table)
    .execute();
  if (part !== null)
    await trx.updateTable("run_table").set(part).where("run_id", "=", run.id).where("table_name", "=", table).execute();
  if (rows !== null)
    await trx
      .insertInto("table_size")
      .values({ source_id: source.id, table_name: table, at_ms: now_ms, rows })
      .execute();
}

async function sizeOf({ context, source }: Execution, { table, result }: Outcome): Promise<number | null> {
  return result === null ? null : context.warehouse.count(source.prefix, table).catch(() => null);
}

/** Rows of the run, of the tables that have no end yet, and what is to be told of it, in one transaction. */
async function end(
  execution: Execution,
  settled: ReadonlyMap<string, Outcome>,
  result: RunResult | null,
  failure: ErrorReport | null,
): Promise<void> {
  const { context, run, source, tables } = execution;
  const now_ms = context.now_ms();
  const left = tables
    .filter(({ table_name }) => !settled.has(table_name))
    .map((table) => outcomeOf(table, result?.tables[table.table_name] ?? null, failure, now_ms));
  const outcomes = [...settled.values(), ...left];
  const sizes = await Promise.all(left.map((outcome) => sizeOf(execution, outcome)));
  await context.store.db.transaction().execute(async (trx) => {
    for (const [at, outcome] of left.entries())
      await settle(trx, execution, { outcome, rows: sizes[at] ?? null, now_ms });
    await finish(trx, run.id, {
      status:
        failure === null
          ? (result?.status ?? "failed")
          : failure.code === "CANCELLED" || failure.code === "SERVER_STOPPED"
            ? "cancelled"
            : "failed",
      requests: result?.requests ?? 0,
      rateLimited: result?.rateLimited ?? 0,
      error: failure,
      now_ms,
    });
    await tellOutcome(trx, { source, outcomes, now_ms });
  });
  const fatal = outcomes.map(({ failure: of }) => of).find((of) => of !== null && isForThePerson(of));
  if (fatal !== undefined && fatal !== null) await setPause(context, source.id, fatal);
  context.live.tell({ type: "run", run: await getRun(context, run.id) });
  context.live.forget(run.id);
  context.live.tell({ type: "source", sourceId: source.id });
}

/** A failure beyond a single table that no retry cures: nothing runs until a person acts. */
function isForThePerson({ code }: ErrorReport): boolean {
  return ERRORS[code].retry === "never" && ERRORS[code].reach !== "table";
}
