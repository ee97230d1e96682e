/**
 * Syncs the System Log: an archive, only ever added to.
 *
 *            from                                        T0          now
 *   past      ├──────────┼──────────┼─── … ───┼──────────┤            │     bounded windows, by `published`, in parallel
 *   live                                                 ├───────────▶│     one poll, in the order events were persisted
 *
 * The poll begins before any window is asked for, and T0 is where it began: an event published before T0 and persisted after
 * it comes with the poll, however late. A resumed backfill keeps T0. From then on Okta's own `next` link is the checkpoint.
 */
import type { Landing } from "../core/batch.ts";
import type { LogCheckpoint, Span } from "../core/checkpoint.ts";
import { RollcallError, hasCode } from "../core/error.ts";
import type { ReadPlan, Request } from "../core/stream.ts";
import { epoch, iso, missing, split, union } from "../core/window.ts";
import type { Answer } from "../okta/seam.ts";
import type { Batcher } from "./batcher.ts";
import { isEmptyList, walk } from "./read.ts";
import type { TableRun } from "./table.ts";

type LogPlan = ReadPlan & { readonly kind: "log" };
type Window = LogCheckpoint["windows"][number];

/** How far a poll that begins (anew) reaches back: events are persisted late, rarely by more than minutes. */
const POLL_OVERLAP_MS = 3_600_000;
/** Windows overlap by this much: nobody documents whether `until` includes its own instant. */
const WINDOW_OVERLAP_MS = 1_000;
/** Into how many windows the past is cut, and how many are read at once. */
const WINDOWS = 12;
const PARALLEL = 4;
const SHORTEST_WINDOW_MS = 3_600_000;
/** Okta's retention has no sharp edge: a loss at it smaller than this is no gap. */
const RETENTION_EDGE_MS = 3_600_000;
const DAY_MS = 24 * 3_600_000;
/** How often one window may begin anew within a run, when Okta refuses its cursor. */
const RESTARTS = 2;

const LANDING: Landing = { kind: "append" };

export interface LogOptions {
  /** Where the past begins, epoch ms; null: as far back as Okta keeps. */
  readonly since_ms: number | null;
  /** Reads the past once more, or goes on with that. Events that are held stay. */
  readonly restart: boolean;
}

/** Brings the log up to date. Throws a RollcallError for whatever keeps it from being complete; what was committed stays. */
export async function syncLog(
  run: TableRun,
  plan: LogPlan,
  stored: LogCheckpoint | null,
  options: LogOptions,
): Promise<void> {
  const log = new LogSync(run, plan, options);
  await log.run(stored);
}

class LogSync {
  readonly #run: TableRun;
  readonly #plan: LogPlan;
  readonly #options: LogOptions;
  /** Replaced, never altered. Null until the first poll has answered. */
  #state: LogCheckpoint | null = null;
  /** How much of the past has been walked, by window: for the progress bar only. */
  readonly #walked_ms = new Map<string, number>();
  #past_ms = 0;

  constructor(run: TableRun, plan: LogPlan, options: LogOptions) {
    this.#run = run;
    this.#plan = plan;
    this.#options = options;
  }

  async run(stored: LogCheckpoint | null): Promise<void> {
    this.#sayWhenClamped();
    await using batcher = this.#run.batcher(() => this.#log);
    this.#state = stored;
    try {
      if (stored === null) {
        await this.#begin(batcher);
      } else {
        await this.#recordLosses(batcher);
        await this.#resumeAfterOutage(batcher);
      }
      this.#planMore();
      await this.#poll(batcher);
      if (this.#log.windows.length > 0) {
        await this.#readPast(batcher);
        await this.#poll(batcher);
      }
    } catch (error) {
      if (this.#state !== null) await batcher.flush(LANDING);
      throw error;
    }
    this.#change({ refreshing: false });
    await batcher.flush(LANDING, true);
  }

  get #log(): LogCheckpoint {
    if (this.#state === null) throw new Error("the log has no checkpoint yet");
    return this.#state;
  }

  #change(change: Partial<LogCheckpoint>): void {
    this.#state = { ...this.#log, ...change };
  }

  // ── what is to be read ──────────────────────────────────────────────────────────────────────────────────────────────

  #now_ms(): number {
    return this.#run.context.okta.now_ms();
  }

  /** The oldest instant that Okta still keeps. */
  #horizon_ms(): number {
    return this.#now_ms() - this.#plan.retention_days * DAY_MS;
  }

  #sayWhenClamped(): void {
    const { since_ms } = this.#options;
    const horizon_ms = this.#horizon_ms();
    if (since_ms === null || since_ms >= horizon_ms) return;
    this.#run.notice(
      "LOGS_SINCE_CLAMPED",
      `Okta keeps ${this.#plan.retention_days} days of log: ${iso(since_ms)} is earlier, reading begins at ${iso(horizon_ms)}.`,
    );
  }

  /** A new log: polls first, and commits the poll's place and T0 before any window is asked for. */
  async #begin(batcher: Batcher): Promise<void> {
    const t0_ms = this.#now_ms() - POLL_OVERLAP_MS;
    const from_ms = Math.max(this.#options.since_ms ?? 0, this.#horizon_ms());
    this.#run.phase = "poll";
    const answer = await this.#first(this.#pollFrom(t0_ms));
    const past: Span = { from: iso(from_ms), to: iso(t0_ms) };
    await this.#run.add(batcher, answer, LANDING, () => {
      this.#state = {
        version: 1,
        kind: "log",
        t0: iso(t0_ms),
        poll: { next: nextOf(answer), at: iso(answer.date_ms) },
        windows: split(past, WINDOWS, SHORTEST_WINDOW_MS).map(unread),
        coverage: union([{ from: iso(t0_ms), to: iso(answer.date_ms) }]),
        refreshing: this.#readsAll(),
      };
    });
    await batcher.flush(LANDING, true);
  }

  #isRefresh(): boolean {
    return this.#run.context.mode === "full_refresh";
  }

  #readsAll(): boolean {
    return this.#isRefresh() || this.#options.restart;
  }

  /** Of a restart: as far back as was ever read or is wanted now. Of a full refresh: as far as Okta keeps. */
  #againFrom(): string {
    const { coverage, windows, t0 } = this.#log;
    const horizon_ms = this.#horizon_ms();
    if (this.#isRefresh()) return iso(horizon_ms);
    const wanted_ms = [...coverage, ...windows].map(({ from }) => epoch(from));
    return iso(Math.max(horizon_ms, Math.min(this.#options.since_ms ?? horizon_ms, epoch(t0), ...wanted_ms)));
  }

  /** A full refresh or a restart reads all that Okta still has; an earlier --logs-since reads what was left out before. */
  #planMore(): void {
    const { coverage, windows, t0, refreshing } = this.#log;
    const horizon_ms = this.#horizon_ms();
    if (this.#readsAll() && !refreshing) {
      const past = { from: this.#againFrom(), to: iso(this.#now_ms()) };
      this.#change({ refreshing: true, windows: split(past, WINDOWS, SHORTEST_WINDOW_MS).map(unread) });
    } else if (this.#options.since_ms !== null) {
      const wanted = { from: iso(Math.max(this.#options.since_ms, horizon_ms)), to: t0 };
      const holes = missing(wanted, [...coverage, ...windows]).filter(isNoticeable);
      this.#change({
        windows: [...holes.flatMap((hole) => split(hole, WINDOWS, SHORTEST_WINDOW_MS)).map(unread), ...windows],
      });
    }
  }

  /** What of the unread past Okta has dropped meanwhile is no longer asked for; what of it was never held is lost: recorded, and said. */
  async #recordLosses(batcher: Batcher): Promise<void> {
    const horizon = iso(this.#horizon_ms());
    const dropped = this.#log.windows.map(({ from, to }) => ({ from, to: earlier(to, horizon) })).filter(isNoticeable);
    if (dropped.length === 0) return;
    // A past that is read once more is held already, whatever Okta drops of it.
    const lost = union(dropped).flatMap((span) => missing(span, this.#log.coverage));
    for (const span of lost.filter(isNoticeable)) this.#noteGap(batcher, span);
    const windows = this.#log.windows
      .filter(({ to }) => epoch(to) > epoch(horizon))
      .map((window) => ({ ...window, from: later(window.from, horizon) }));
    this.#change({ windows });
    await batcher.flush(LANDING, true);
  }

  /** After an outage longer than Okta's retention the poll's place is worthless: the log begins anew behind the gap. */
  async #resumeAfterOutage(batcher: Batcher): Promise<void> {
    const lost = { from: this.#log.poll.at, to: iso(this.#horizon_ms()) };
    if (!isNoticeable(lost)) return;
    const t0_ms = this.#now_ms() - POLL_OVERLAP_MS;
    const answer = await this.#first(this.#pollFrom(t0_ms));
    await this.#run.add(batcher, answer, LANDING, () => {
      this.#noteGap(batcher, lost);
      const { windows, coverage } = this.#log;
      this.#change({
        t0: iso(t0_ms),
        poll: { next: nextOf(answer), at: iso(answer.date_ms) },
        windows: [...windows, ...split({ from: lost.to, to: iso(t0_ms) }, WINDOWS, SHORTEST_WINDOW_MS).map(unread)],
        coverage: union([...coverage, { from: iso(t0_ms), to: iso(answer.date_ms) }]),
      });
    });
    await batcher.flush(LANDING, true);
  }

  #noteGap(batcher: Batcher, span: Span): void {
    const reason = `Okta keeps ${this.#plan.retention_days} days of log and Rollcall did not read it in that time`;
    const gap = { ...span, noticedAt: iso(this.#now_ms()), reason };
    batcher.addGap(gap);
    this.#run.gaps.push(gap);
    this.#run.notice(
      "LOG_GAP",
      `Events between ${span.from} and ${span.to} are lost for ever: ${reason}. Recorded in rollcall.gaps.`,
    );
  }

  // ── the live tail ───────────────────────────────────────────────────────────────────────────────────────────────────

  async #poll(batcher: Batcher): Promise<void> {
    this.#run.phase = "poll";
    try {
      await this.#pollOn(batcher, null);
    } catch (error) {
      if (!hasCode(error, "CURSOR_REFUSED")) throw error;
      const since_ms = epoch(this.#log.poll.at) - POLL_OVERLAP_MS;
      this.#run.notice(
        "POLL_RESTARTED",
        `Okta refused the log's cursor; polling begins anew at ${iso(since_ms)}. Events read twice are stored once.`,
      );
      await this.#pollOn(batcher, since_ms);
    }
  }

  /**
   * Polls on from the checkpoint's link, or anew from `since_ms`, until it has all that was persisted before it began: until an
   * empty page, or (a busy org never sends one) a page whose last event was published after the first answer.
   */
  async #pollOn(batcher: Batcher, since_ms: number | null): Promise<void> {
    const run = this.#run;
    const began = this.#pollFrom(since_ms ?? epoch(this.#log.t0));
    const next = since_ms === null ? this.#log.poll.next : null;
    let began_ms: number | null = null;
    for await (const answer of walk(run.context.okta, { began, next, endless: true }, run.list)) {
      began_ms ??= answer.date_ms;
      const at = iso(answer.date_ms);
      const { coverage, poll } = this.#log;
      const from = since_ms === null ? poll.at : iso(since_ms);
      await run.add(batcher, answer, LANDING, () =>
        this.#change({ poll: { next: nextOf(answer), at }, coverage: union([...coverage, { from, to: at }]) }),
      );
      if (isEmptyList(answer.bytes) || (lastPublished_ms(answer.bytes) ?? 0) >= began_ms) return;
    }
  }

  #pollFrom(since_ms: number): Request {
    return {
      path: this.#plan.path,
      query: { since: iso(since_ms), sortOrder: "ASCENDING", limit: String(this.#plan.pageSize) },
    };
  }

  async #first(request: Request): Promise<Answer> {
    for await (const answer of walk(
      this.#run.context.okta,
      { began: request, next: null, endless: true },
      this.#run.list,
    ))
      return answer;
    throw new RollcallError("BODY_NOT_A_LIST", "The log did not answer.");
  }

  // ── the past ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Oldest first: that is what Okta drops next. */
  async #readPast(batcher: Batcher): Promise<void> {
    this.#run.phase = "backfill";
    const { windows } = this.#log;
    this.#past_ms = windows.reduce((sum, { from, to }) => sum + epoch(to) - epoch(from), 0);
    const waiting = windows.values();
    const failing = new AbortController();
    const worker = async () => {
      for (const window of waiting) {
        if (failing.signal.aborted) return;
        await this.#readWindow(batcher, window);
      }
    };
    const workers = await Promise.allSettled(
      Array.from({ length: PARALLEL }, () =>
        worker().catch((error: unknown) => {
          failing.abort();
          throw error;
        }),
      ),
    );
    const failed = workers.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    this.#run.fraction = null;
  }

  async #readWindow(batcher: Batcher, window: Window): Promise<void> {
    for (let restarts = 0, { next } = window; ; restarts++, next = null) {
      try {
        await this.#walkWindow(batcher, window, next);
        return;
      } catch (error) {
        if (!hasCode(error, "CURSOR_REFUSED") || restarts >= RESTARTS) throw error;
        this.#run.notice(
          "READING_RESTARTED",
          `Okta refused a cursor of the log between ${window.from} and ${window.to}; that window begins anew.`,
        );
      }
    }
  }

  async #walkWindow(batcher: Batcher, { from, to }: Window, next: string | null): Promise<void> {
    const run = this.#run;
    const until = iso(epoch(to) + WINDOW_OVERLAP_MS);
    const query = { since: from, until, sortOrder: "ASCENDING", limit: String(this.#plan.pageSize) };
    for await (const answer of walk(
      run.context.okta,
      { began: { path: this.#plan.path, query }, next, endless: false },
      run.list,
    )) {
      this.#noteProgress({ from, to }, answer);
      await run.add(batcher, answer, LANDING, () => {
        const { windows, coverage } = this.#log;
        const others = windows.filter((other) => other.from !== from || other.to !== to);
        this.#change(
          answer.next === null
            ? { windows: others, coverage: union([...coverage, { from, to }]) }
            : { windows: [...others, { from, to, next: answer.next }].sort(byTime) },
        );
      });
    }
  }

  /** A bounded window comes in the order of `published`: the last one on the page tells how far it is. */
  #noteProgress({ from, to }: Span, { bytes, next }: Answer): void {
    const reached_ms = next === null ? epoch(to) : lastPublished_ms(bytes);
    if (reached_ms !== null) this.#walked_ms.set(from, Math.max(0, Math.min(reached_ms, epoch(to)) - epoch(from)));
    const walked_ms = this.#walked_ms.values().reduce((sum, ms) => sum + ms, 0);
    this.#run.fraction = this.#past_ms > 0 ? walked_ms / this.#past_ms : null;
  }
}

function unread(span: Span): Window {
  return { from: span.from, to: span.to, next: null };
}

function byTime(a: Span, b: Span): number {
  return epoch(a.from) - epoch(b.from);
}

/** A poll always has a next link (docs: System Log query, polling requests); without one there is no checkpoint. */
function nextOf(answer: Answer): string {
  if (answer.next === null)
    throw new RollcallError(
      "BODY_NOT_A_LIST",
      "Okta's log poll came without a next link, so its place cannot be kept.",
    );
  return answer.next;
}

function earlier(a: string, b: string): string {
  return epoch(a) < epoch(b) ? a : b;
}

function later(a: string, b: string): string {
  return epoch(a) > epoch(b) ? a : b;
}

function isNoticeable({ from, to }: Span): boolean {
  return epoch(to) - epoch(from) > RETENTION_EDGE_MS;
}

const PUBLISHED = '"published":"';

function lastPublished_ms(bytes: Uint8Array): number | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = buffer.lastIndexOf(PUBLISHED);
  if (at === -1) return null;
  const start = at + PUBLISHED.length;
  const time = Date.parse(buffer.toString("latin1", start, start + 24));
  return Number.isNaN(time) ? null : time;
}
