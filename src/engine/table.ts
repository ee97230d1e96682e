/** One table during one run: its counters, its events, and the way of its pages into the warehouse. */
import { type Gap, NOTHING_WRITTEN, type Landing, type Written } from "../core/batch.ts";
import type { Checkpoint } from "../core/checkpoint.ts";
import { conform } from "../core/conform.ts";
import { RollcallError, report, type ErrorReport } from "../core/error.ts";
import type { NoticeCode, Progress, RunEvent, TableResult, TableStatus } from "../core/run.ts";
import { rowShape, type RowShape } from "../core/shape.ts";
import type { Stream, SyncMode } from "../core/stream.ts";
import { iso } from "../core/window.ts";
import type { Answer, GetOptions, Meter, OktaClient } from "../okta/seam.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import { Batcher, type BatchLimits, type Pending } from "./batcher.ts";

export interface TableContext {
  readonly okta: OktaClient;
  readonly warehouse: Warehouse;
  readonly prefix: string;
  readonly stream: Stream;
  readonly mode: SyncMode;
  readonly limits: BatchLimits;
  readonly meter: Meter;
  readonly emit: (event: RunEvent) => void;
  /** Aborted by a person's Ctrl-C or by another table's end of the run. */
  readonly signal: AbortSignal;
}

/** Progress is told at most this often between commits. */
const PROGRESS_EVERY_MS = 1_000;
/** Over what time rows per second are averaged. */
const RATE_WINDOW_MS = 10_000;

export class TableRun {
  readonly context: TableContext;
  /** What this run found lost for ever. */
  readonly gaps: Gap[] = [];
  /** Without the org's own attributes until they are known. */
  shape: RowShape;
  phase: Progress["phase"] = "preparing";
  /** 0 to 1 where the plan can tell; for the progress bar. */
  fraction: number | null = null;
  #read = 0;
  /** Rows that came in, committed or not: what a person watching wants to see move. */
  #received = 0;
  #rejected = 0;
  #oddValues = 0;
  #written: Written = NOTHING_WRITTEN;
  #told_ms = 0;
  /** Rows asked for with each request. */
  #pageSize: number;
  readonly #marks: { readonly at_ms: number; readonly read: number; readonly fraction: number | null }[] = [];
  readonly #startedAt: string;
  readonly #never = new AbortController().signal;

  constructor(context: TableContext) {
    this.context = context;
    this.shape = rowShape(context.stream, []);
    this.#startedAt = iso(context.okta.now_ms());
    const { read } = context.stream;
    this.#pageSize = read.kind === "log" ? read.pageSize : Number(read.lists[0].query["limit"] ?? 0);
  }

  /** The options of every GET of this table. */
  get list(): GetOptions {
    const { meter, signal, stream } = this.context;
    return { meter, signal, scope: stream.permission.scope, body: "list" };
  }

  get object(): GetOptions {
    return { ...this.list, body: "object" };
  }

  /** A batcher that commits into this table and counts what it did; `checkpoint` as in `Batcher`. */
  batcher(checkpoint: () => Checkpoint): Batcher {
    return new Batcher((pending) => this.#commit(pending), checkpoint, this.context.limits);
  }

  /**
   * Conforms an answer's rows, then moves the checkpoint behind them, then adds them: an answer that is no list moves nothing,
   * and no batch can be closed between the last two.
   */
  async add(batcher: Batcher, answer: Omit<Answer, "next">, landing: Landing, move: () => void): Promise<void> {
    this.#noticeShrunkPage(answer.limit);
    const conformed = conform(answer.bytes, answer.date_ms, this.shape);
    move();
    this.#received += conformed.page.rows + conformed.rejected;
    await batcher.add({ ...conformed, raw: answer.bytes }, landing);
    this.#tell(false);
  }

  /** Okta answered 500 to the page size it was asked for, and the client went on with a smaller one. */
  #noticeShrunkPage(limit: number | null): void {
    if (limit === null || limit >= this.#pageSize) return;
    this.notice("PAGE_SHRUNK", `Okta failed on pages of ${this.#pageSize} rows; reading goes on with ${limit}.`);
    this.#pageSize = limit;
  }

  notice(code: NoticeCode, message: string): void {
    this.context.emit({ type: "notice", table: this.context.stream.table, code, message });
  }

  /** Says that the table has begun. */
  begin(): void {
    this.#tell(true);
  }

  /** Adds what `finish` wrote. */
  count(written: Written): void {
    this.#written = sum(this.#written, written);
    this.#tell(true);
  }

  result(status: TableStatus, error: ErrorReport | null): TableResult {
    return {
      status,
      mode: this.context.mode,
      read: this.#read,
      ...this.#written,
      rejected: this.#rejected,
      oddValues: this.#oddValues,
      requests: this.context.meter.requests,
      startedAt: this.#startedAt,
      finishedAt: iso(this.context.okta.now_ms()),
      error,
    };
  }

  async #commit(pending: Pending): Promise<void> {
    let { pages } = pending;
    let written: Written;
    try {
      written = await this.#write(pending, pages);
    } catch (error) {
      if (error instanceof RollcallError || pages.length === 0) throw error;
      // The pages looked plain and the warehouse could not read them (30 February, broken UTF-8): mend them all, once.
      pages = pages.map(({ raw, page }) => ({ ...conform(raw, page.readAt_ms, this.shape, true), raw }));
      written = await this.#write(pending, pages);
    }
    for (const { page, rejected, oddValues } of pages) {
      this.#read += page.rows + rejected;
      this.#rejected += rejected;
      this.#oddValues += oddValues;
    }
    this.count(written);
  }

  #write({ landing, gone, gaps, checkpoint }: Pending, pages: Pending["pages"]): Promise<Written> {
    const { warehouse, prefix, stream } = this.context;
    const batch = { table: stream.table, pages: pages.map(({ page }) => page), landing, gone, gaps, checkpoint };
    // A cancelled run still commits what it has read: that is its batch boundary.
    return warehouse.commit(prefix, batch, this.#never);
  }

  #tell(always: boolean): void {
    const now_ms = performance.now();
    if (!always && now_ms - this.#told_ms < PROGRESS_EVERY_MS) return;
    this.#told_ms = now_ms;
    const { stream, mode, meter, emit } = this.context;
    const { rowsPerSecond, eta_s } = this.#rate(now_ms);
    emit({
      type: "progress",
      table: stream.table,
      mode,
      phase: this.phase,
      read: this.#received,
      ...this.#written,
      rejected: this.#rejected,
      requests: meter.requests,
      fraction: this.fraction,
      rowsPerSecond,
      eta_s,
      bucket: meter.bucket,
    });
  }

  #rate(now_ms: number): { rowsPerSecond: number; eta_s: number | null } {
    this.#marks.push({ at_ms: now_ms, read: this.#received, fraction: this.fraction });
    while (this.#marks.length > 2 && now_ms - this.#marks[0]!.at_ms > RATE_WINDOW_MS) this.#marks.shift();
    const first = this.#marks[0]!;
    const elapsed_s = (now_ms - first.at_ms) / 1_000;
    if (elapsed_s <= 0) return { rowsPerSecond: 0, eta_s: null };
    const moved = this.fraction !== null && first.fraction !== null ? this.fraction - first.fraction : 0;
    return {
      rowsPerSecond: Math.round((this.#received - first.read) / elapsed_s),
      eta_s: this.fraction !== null && moved > 0 ? Math.round(((1 - this.fraction) / moved) * elapsed_s) : null,
    };
  }
}

/** How a table ended: what was thrown decides between skipped, held, cancelled and failed. */
export function ending(error: unknown): { readonly status: TableStatus; readonly error: ErrorReport } {
  const code = error instanceof RollcallError ? error.code : null;
  const status =
    code === "NOT_LICENSED"
      ? "skipped"
      : code === "HELD_MASS_DELETE"
        ? "held"
        : code === "CANCELLED"
          ? "cancelled"
          : "failed";
  return { status, error: report(error) };
}

function sum(a: Written, b: Written): Written {
  return {
    inserted: a.inserted + b.inserted,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    deleted: a.deleted + b.deleted,
  };
}
