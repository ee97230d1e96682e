/** One run of one org into one warehouse: every chosen table side by side, each ending in its own way. */
import type { Gap } from "../core/batch.ts";
import { parseCheckpoint, type Checkpoint } from "../core/checkpoint.ts";
import { RollcallError, report, type ErrorReport } from "../core/error.ts";
import { runStatus, type RunEvent, type RunResult, type TableResult } from "../core/run.ts";
import { rowShape } from "../core/shape.ts";
import type { Stream, SyncMode } from "../core/stream.ts";
import { planOf } from "../core/treating.ts";
import type { Treatment } from "../core/treatment.ts";
import { iso } from "../core/window.ts";
import type { Meter, OktaClient } from "../okta/seam.ts";
import type { Treated, Warehouse } from "../warehouse/warehouse.ts";
import { discoverAttributes } from "./attributes.ts";
import { BATCH_LIMITS, type BatchLimits } from "./batcher.ts";
import { syncList } from "./list.ts";
import { syncLog } from "./log.ts";
import { withRemedy } from "./rights.ts";
import { TableRun, ending } from "./table.ts";

/** A table and what a person chose for it. */
export interface TableChoice {
  readonly stream: Stream;
  readonly mode: SyncMode;
  /** How far increments reach back behind their cursor, at most 60 days; only where Okta has a time filter. 0 unless given. */
  readonly lookBack_ms?: number;
  /** What is done to columns before they are stored. Not given: what is done to the stored rows already. */
  readonly treatment?: Treatment;
  /** As the run's, for this table. */
  readonly completeEvery_ms?: number;
  /** A person's word: a complete reading from scratch (of the log: its past once more, and nothing is removed). Given again, it goes on with the one it began. */
  readonly restart?: boolean;
  /** As the run's, for this table. */
  readonly allowMassDelete?: boolean;
}

export interface SyncOptions {
  readonly okta: OktaClient;
  readonly warehouse: Warehouse;
  readonly prefix: string;
  /** The chosen streams, each with the mode it is synced in. */
  readonly tables: readonly TableChoice[];
  /** Where the log's past begins, epoch ms; null: as far back as Okta keeps. */
  readonly logsSince_ms: number | null;
  /** How old a complete reading may become before it is done again; 0: at once. */
  readonly completeEvery_ms: number;
  readonly allowMassDelete: boolean;
  /** This installation's key for hashed columns, at least 16 bytes. Needed where a treatment hashes. */
  readonly hashKey?: Uint8Array;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
  /** For tests: smaller batches meet more crashes. */
  readonly batchLimits?: BatchLimits;
}

/**
 * Runs once. Never throws for what Okta or the warehouse do to a table: that is in the result.
 * Throws RollcallError for what keeps a run from starting (`PREFIX_TAKEN`, `LOOK_BACK_INVALID`, a warehouse that cannot be used).
 */
export async function sync(options: SyncOptions): Promise<RunResult> {
  const { okta, warehouse, prefix, tables } = options;
  for (const choice of tables) checkLookBack(choice);
  const startedAt = iso(okta.now_ms());
  await warehouse.claim(prefix, { id: okta.org.id, host: okta.org.host });
  const checkpoints = await warehouse.checkpoints(prefix);
  const runEnd = new RunEnd(options.signal);
  const runs = tables.map(async (choice) => {
    const { stream } = choice;
    const meter: Meter = { requests: 0, rateLimited: 0, bucket: null };
    const { result, gaps } = await syncTable(options, choice, meter, checkpoints.get(stream.table), runEnd);
    options.emit({ type: "table", table: stream.table, result });
    return { table: stream.table, result, rateLimited: meter.rateLimited, gaps };
  });
  const ended = await Promise.all(runs);
  const gaps = ended.flatMap(({ table, gaps: lost }) =>
    lost.map(({ from, to, reason }) => ({ table, from, to, reason })),
  );
  return {
    type: "run",
    status: runStatus(ended.map(({ result }) => result.status)),
    org: { id: okta.org.id, host: okta.org.host },
    startedAt,
    finishedAt: iso(okta.now_ms()),
    requests: ended.reduce((sum, { result }) => sum + result.requests, 0),
    rateLimited: ended.reduce((sum, { rateLimited }) => sum + rateLimited, 0),
    tables: Object.fromEntries(ended.map(({ table, result }) => [table, result])),
    ...(gaps.length === 0 ? {} : { gaps }),
  };
}

/** What ends all tables at once: a person's cancellation, or a failure that reaches the whole source (a refused credential). */
class RunEnd {
  readonly signal: AbortSignal;
  readonly #fatal = new AbortController();
  readonly #cancelled: AbortSignal;
  #error: RollcallError | null = null;

  constructor(cancelled: AbortSignal) {
    this.#cancelled = cancelled;
    this.signal = AbortSignal.any([cancelled, this.#fatal.signal]);
  }

  /** Notes a table's end; tables that were cut short by another's failure report that failure, not a cancellation. */
  reportOf(error: unknown): { readonly status: TableResult["status"]; readonly error: ErrorReport } {
    const ended = ending(error);
    if (this.#cancelled.aborted && ended.status === "cancelled") return ended;
    if (ended.status === "cancelled" && this.#error !== null) return { status: "failed", error: report(this.#error) };
    if (error instanceof RollcallError && error.reach === "source" && this.#error === null) {
      this.#error = error;
      this.#fatal.abort();
    }
    return ended;
  }
}

async function syncTable(
  options: SyncOptions,
  choice: TableChoice,
  meter: Meter,
  stored: string | undefined,
  runEnd: RunEnd,
): Promise<{ readonly result: TableResult; readonly gaps: readonly Gap[] }> {
  const { okta, warehouse, prefix, emit } = options;
  const { stream, mode } = choice;
  const limits = options.batchLimits ?? BATCH_LIMITS;
  const run = new TableRun({ okta, warehouse, prefix, stream, mode, limits, meter, emit, signal: runEnd.signal });
  try {
    run.begin();
    const checkpoint = stored === undefined ? null : parseCheckpoint(stream.table, stored);
    const { reread } = await prepare(run, choice, options.hashKey ?? null);
    await readTable(run, reread ? null : checkpoint, choice, options);
    await warehouse.note(prefix, { table: stream.table, mode, syncedAt: iso(okta.now_ms()) });
    return { result: concluded(run), gaps: run.gaps };
  } catch (error) {
    const ended = runEnd.reportOf(withRemedy(error, okta, stream));
    return { result: run.result(ended.status, ended.error), gaps: run.gaps };
  }
}

const UNTREATED: Treated = { changed: false, reread: false };

/** Brings the table to the org's attributes, the rows that are there to the treatment, and the run to the shape that follows from both. */
async function prepare(run: TableRun, choice: TableChoice, key: Uint8Array | null): Promise<Treated> {
  const { okta, warehouse, prefix, stream, meter, signal } = run.context;
  const { attributes, unreadable } = await discoverAttributes(okta, stream, { meter, signal });
  if (unreadable !== null) {
    run.notice(
      "PROFILE_SCHEMA_UNREADABLE",
      `${unreadable} The base attributes become columns; the whole profile is kept as JSON.`,
    );
  }
  for (const { column, change } of await warehouse.migrate(prefix, [{ stream, attributes }])) {
    run.notice("COLUMN_ADDED", `Column ${column} was ${change} and filled for the rows already there.`);
  }
  const stored = await warehouse.treatment(prefix, stream.table);
  const treatment = choice.treatment ?? stored.treatment;
  run.shape = rowShape(stream, attributes, planOf(stream, stored.attributes, treatment, key));
  const untreated = Object.keys(stored.treatment).length === 0 && Object.keys(treatment).length === 0;
  const treated = untreated ? UNTREATED : await warehouse.treat(prefix, stream, treatment, key);
  if (treated.changed) {
    const again = treated.reread ? " The table is read again, for what is kept from now on." : "";
    run.notice("TREATMENT_CHANGED", `What is dropped and hashed was changed, also in the rows already stored.${again}`);
  }
  return treated;
}

function readTable(
  run: TableRun,
  checkpoint: Checkpoint | null,
  { stream, lookBack_ms = 0, restart = false, ...choice }: TableChoice,
  options: SyncOptions,
): Promise<void> {
  const { read, table } = stream;
  if (checkpoint !== null && checkpoint.kind !== read.kind) {
    throw new RollcallError(
      "CHECKPOINT_UNREADABLE",
      `The saved place of table ${table} belongs to another kind of table.`,
    );
  }
  if (read.kind === "log")
    return syncLog(run, read, checkpoint as (Checkpoint & { kind: "log" }) | null, {
      since_ms: options.logsSince_ms,
      restart,
    });
  return syncList(run, read, checkpoint as (Checkpoint & { kind: "list" }) | null, {
    completeEvery_ms: choice.completeEvery_ms ?? options.completeEvery_ms,
    allowMassDelete: choice.allowMassDelete ?? options.allowMassDelete,
    lookBack_ms,
    restart,
  });
}

/** The result of a table that was read to its end, with what a person should know said aloud. */
function concluded(run: TableRun): TableResult {
  const result = run.result("completed", null);
  if (result.rejected > 0)
    run.notice("ROWS_REJECTED", `${result.rejected} rows came without their key and were not stored.`);
  if (result.oddValues > 0)
    run.notice("ODD_VALUES", `${result.oddValues} values did not fit their declared type; they are in _extra.`);
  return result;
}

/** Okta knows changes of the last months by their time; further back a complete reading is the better question. */
const LOOK_BACK_MOST_MS = 60 * 24 * 3_600_000;

function checkLookBack({ stream, lookBack_ms = 0 }: TableChoice): void {
  if (!(lookBack_ms >= 0 && lookBack_ms <= LOOK_BACK_MOST_MS))
    throw new RollcallError(
      "LOOK_BACK_INVALID",
      `Looking back ${lookBack_ms} ms in ${stream.table} is not within 0 to 60 days.`,
    );
  if (lookBack_ms > 0 && (stream.read.kind === "log" || stream.read.since === null))
    throw new RollcallError("LOOK_BACK_INVALID", `The table ${stream.table} has no increments that could look back.`);
}
