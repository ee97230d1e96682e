/**
 * Syncs a table whose stream is a list: a complete reading when one is due, else an increment.
 *
 *   complete reading   list ──▶ catch-up ──▶ second look ──▶ finish (sweep, or switch)
 *   increment          what changed at or after the cursor, no upper bound
 *
 * A list shifts while it is read: users move with their status, groups with their name. So what changed since the reading's
 * first answer is read again by filter, and each row still unseen is asked for by its id; only Okta's own "not found" deletes it.
 */
import { randomUUID } from "node:crypto";
import type { Landing } from "../core/batch.ts";
import type { ListCheckpoint, Reading } from "../core/checkpoint.ts";
import { RollcallError, hasCode, throwIfCancelled } from "../core/error.ts";
import type { ReadPlan, Request } from "../core/stream.ts";
import { epoch, iso } from "../core/window.ts";
import type { Answer } from "../okta/seam.ts";
import type { Batcher } from "./batcher.ts";
import { isEmptyList, walk } from "./read.ts";
import type { TableRun } from "./table.ts";
import { silentlyEmpty } from "./rights.ts";

type ListPlan = ReadPlan & { readonly kind: "list" };

/** How far the checkpoint stays behind a reading's first answer: Okta may make a change visible a little late. */
const LAG_MS = 5 * 60_000;
/** A complete reading older than this is begun anew: Okta's cursors are not promised to live. */
const READING_LIFE_MS = 24 * 3_600_000;
/** How often a reading may begin anew within one run, when Okta refuses its cursor. */
const RESTARTS = 2;
/** Larger sweeps than both of these wait for a person's word. */
const SWEEP_SHARE = 0.3;
const SWEEP_ROWS = 20;
/** Unseen rows asked for by id: so many are fetched from the warehouse at a time, and so many asked at once. */
const LOOK_KEYS = 200;
const LOOK_PARALLEL = 4;

const NEW: ListCheckpoint = {
  version: 1,
  kind: "list",
  cursor: null,
  completeAt: null,
  reading: null,
  increment: null,
};

export interface ListOptions {
  readonly completeEvery_ms: number;
  readonly allowMassDelete: boolean;
  /** How far an increment reaches back behind the cursor, which stays where it is. */
  readonly lookBack_ms: number;
  /** A complete reading from scratch, or the one that was begun so. */
  readonly restart: boolean;
}

/** Brings the table up to date. Throws a RollcallError for whatever keeps it from being complete; what was committed stays. */
export async function syncList(
  run: TableRun,
  plan: ListPlan,
  stored: ListCheckpoint | null,
  options: ListOptions,
): Promise<void> {
  for (let restarts = 0; ; restarts++) {
    const sync = new ListSync(run, plan, stored ?? NEW, options);
    try {
      await sync.run();
      return;
    } catch (error) {
      if (!hasCode(error, "CURSOR_REFUSED") || restarts >= RESTARTS) throw error;
      stored = await sync.beginAnew(error);
    }
  }
}

class ListSync {
  readonly #run: TableRun;
  readonly #plan: ListPlan;
  readonly #options: ListOptions;
  /** Replaced, never altered: a batch keeps the value of the moment it was closed. */
  #state: ListCheckpoint;

  constructor(run: TableRun, plan: ListPlan, state: ListCheckpoint, options: ListOptions) {
    this.#run = run;
    this.#plan = plan;
    this.#state = state;
    this.#options = options;
  }

  async run(): Promise<void> {
    await this.#dropStaleReading();
    await this.#dropForRestart();
    if (this.#isCompleteDue()) await this.#completeReading();
    else await this.#increment(this.#plan.since!, this.#state.cursor!);
    if (this.#plan.since === null && this.#run.context.mode === "incremental") {
      this.#run.notice(
        "NO_TIME_FILTER",
        "Okta has no time filter for this list: it is read whole, and only what changed is written.",
      );
    }
  }

  /** After a refused cursor: forgets the reading or the increment's place, and says so. */
  async beginAnew(cause: RollcallError): Promise<ListCheckpoint> {
    const { reading } = this.#state;
    this.#run.notice("READING_RESTARTED", `${cause.message} The reading begins anew.`);
    if (reading !== null) await this.#abandon(reading);
    this.#state = { ...this.#state, increment: null };
    return this.#state;
  }

  async #dropStaleReading(): Promise<void> {
    const { reading } = this.#state;
    if (reading === null) return;
    if (reading.landing !== this.#landingKind()) {
      await this.#abandon(reading);
    } else if (reading.startedAt !== null && this.#now_ms() - epoch(reading.startedAt) > READING_LIFE_MS) {
      this.#run.notice(
        "READING_RESTARTED",
        `A complete reading begun at ${reading.startedAt} was not finished within 24 hours; it begins anew.`,
      );
      await this.#abandon(reading);
    }
  }

  /** A person wants all of it anew: a reading that was begun for another reason does not count. */
  async #dropForRestart(): Promise<void> {
    const { reading } = this.#state;
    if (this.#options.restart && reading !== null && reading.restarted !== true) await this.#abandon(reading);
  }

  async #abandon(reading: Reading): Promise<void> {
    this.#state = { ...this.#state, reading: null };
    const { warehouse, prefix, stream } = this.#run.context;
    await warehouse.abandon(prefix, stream.table, reading.id, this.#state);
  }

  #isCompleteDue(): boolean {
    const { reading, cursor, completeAt } = this.#state;
    if (this.#run.context.mode === "full_refresh" || this.#plan.since === null) return true;
    if (this.#options.restart || reading !== null || cursor === null || completeAt === null) return true;
    return this.#now_ms() - epoch(completeAt) >= this.#options.completeEvery_ms;
  }

  #landingKind(): Reading["landing"] {
    return this.#run.context.mode === "full_refresh" ? "stage" : "upsert";
  }

  #now_ms(): number {
    return this.#run.context.okta.now_ms();
  }

  // ── increment ───────────────────────────────────────────────────────────────────────────────────────────────────────

  async #increment(since: (from: string) => Request, cursor: string): Promise<void> {
    const run = this.#run;
    run.phase = "increment";
    const landing: Landing = { kind: "upsert", reading: null };
    const open = this.#state.increment;
    const from = open?.since ?? iso(epoch(cursor) - this.#options.lookBack_ms);
    await using batcher = run.batcher(() => this.#state);
    const pages = walk(run.context.okta, { began: since(from), next: open?.next ?? null, endless: false }, run.list);
    await this.#flushing(batcher, landing, async () => {
      for await (const answer of pages) {
        const startedAt = this.#state.increment?.startedAt ?? iso(answer.date_ms);
        await run.add(batcher, answer, landing, () => {
          this.#state =
            answer.next === null
              ? { ...this.#state, cursor: iso(epoch(startedAt) - LAG_MS), increment: null }
              : { ...this.#state, increment: { since: from, startedAt, next: answer.next } };
        });
      }
    });
  }

  // ── complete reading ────────────────────────────────────────────────────────────────────────────────────────────────

  async #completeReading(): Promise<void> {
    const fresh: Reading = {
      id: randomUUID(),
      landing: this.#landingKind(),
      startedAt: null,
      phase: "list",
      list: 0,
      next: null,
      catchupAt: null,
      ...(this.#options.restart ? { restarted: true } : {}),
    };
    const open = this.#state.reading;
    const reading = open === null ? fresh : resumed(open);
    this.#state = { ...this.#state, reading };
    const landing: Landing =
      reading.landing === "stage" ? { kind: "stage", reading: reading.id } : { kind: "upsert", reading: reading.id };
    await using batcher = this.#run.batcher(() => this.#state);
    await this.#flushing(batcher, landing, async () => {
      await this.#walkLists(batcher, landing);
      await this.#catchUp(batcher, landing);
    });
    await this.#secondLook(batcher, landing);
    await this.#finish();
    // Without a time filter nothing catches up with what was created behind the place where the reading was resumed.
    if (open !== null && this.#plan.since === null) await this.#completeReading();
  }

  get #reading(): Reading {
    const { reading } = this.#state;
    if (reading === null) throw new Error("no complete reading is open");
    return reading;
  }

  #move(change: Partial<Reading>): void {
    this.#state = { ...this.#state, reading: { ...this.#reading, ...change } };
  }

  async #walkLists(batcher: Batcher, landing: Landing): Promise<void> {
    const run = this.#run;
    run.phase = this.#state.completeAt === null && landing.kind === "upsert" ? "backfill" : "complete reading";
    const { lists } = this.#plan;
    while (this.#reading.phase === "list") {
      const { list, next } = this.#reading;
      const began = lists[list];
      if (began === undefined) {
        this.#move({ phase: "catchup", next: null });
        return;
      }
      for await (const answer of walk(run.context.okta, { began, next, endless: false }, run.list)) {
        await this.#refuseSilentEmptiness(answer);
        const startedAt = this.#reading.startedAt ?? iso(answer.date_ms);
        await run.add(batcher, answer, landing, () =>
          this.#move(
            answer.next === null ? { startedAt, list: list + 1, next: null } : { startedAt, next: answer.next },
          ),
        );
      }
    }
  }

  /** `200 []` where every org has rows, and nothing held yet: rights are missing although Okta did not say so (fact sheet, fact 0). */
  async #refuseSilentEmptiness(answer: Answer): Promise<void> {
    const { warehouse, prefix, stream } = this.#run.context;
    const { startedAt, list } = this.#reading;
    if (!stream.neverEmpty || startedAt !== null || list > 0 || !isEmptyList(answer.bytes)) return;
    if ((await warehouse.count(prefix, stream.table)) > 0) return;
    throw silentlyEmpty(stream.table);
  }

  async #catchUp(batcher: Batcher, landing: Landing): Promise<void> {
    const { since } = this.#plan;
    const run = this.#run;
    const { startedAt } = this.#reading;
    if (this.#reading.phase !== "catchup") return;
    if (since !== null && startedAt !== null) {
      run.phase = "catch-up";
      const began = since(iso(epoch(startedAt) - LAG_MS));
      for await (const answer of walk(
        run.context.okta,
        { began, next: this.#reading.next, endless: false },
        run.list,
      )) {
        const catchupAt = this.#reading.catchupAt ?? iso(answer.date_ms);
        await run.add(batcher, answer, landing, () =>
          this.#move(
            answer.next === null ? { catchupAt, phase: "look", next: null } : { catchupAt, next: answer.next },
          ),
        );
      }
    }
    this.#move({ phase: "look", next: null });
  }

  /** Asks for every unseen row by its id, after the sweep's size was found plausible. */
  async #secondLook(batcher: Batcher, landing: Landing): Promise<void> {
    const { warehouse, prefix, stream, signal } = this.#run.context;
    const { id, startedAt } = this.#reading;
    if (startedAt === null) return;
    this.#run.phase = "second look";
    for (let before = Infinity; ;) {
      const { held, unseen, gone, keys } = await warehouse.unseen(prefix, stream.table, id, startedAt, LOOK_KEYS);
      if (isTooLarge(unseen + gone, held) && !this.#options.allowMassDelete) await this.#hold(unseen + gone, held);
      if (unseen === 0) return;
      if (unseen >= before)
        throw new RollcallError("BODY_NOT_A_LIST", `Okta answers reads of ${stream.table} by id with other objects.`);
      before = unseen;
      throwIfCancelled(signal);
      await this.#flushing(batcher, landing, () => this.#lookAt(keys, batcher, landing));
    }
  }

  async #lookAt(keys: readonly string[], batcher: Batcher, landing: Landing): Promise<void> {
    const run = this.#run;
    const waiting = keys.values();
    const worker = async () => {
      for (const key of waiting) {
        try {
          const answer = await run.context.okta.get(this.#plan.one(key), run.object);
          await run.add(batcher, { ...answer, bytes: asList(answer.bytes) }, landing, () => {});
        } catch (error) {
          if (!hasCode(error, "NOT_FOUND")) throw error;
          await batcher.addGone(key, landing);
        }
      }
    };
    const workers = await Promise.allSettled(Array.from({ length: LOOK_PARALLEL }, worker));
    const failed = workers.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  /** Deletes nothing and forgets the reading: the next one looks afresh, with a person's word or with better rights. */
  async #hold(gone: number, held: number): Promise<never> {
    const { stream } = this.#run.context;
    const { startedAt, catchupAt } = this.#reading;
    if (this.#reading.landing === "upsert")
      this.#state = { ...this.#state, cursor: this.#cursorAfter(catchupAt ?? startedAt) };
    await this.#abandon(this.#reading);
    throw new RollcallError(
      "HELD_MASS_DELETE",
      `A complete reading of ${stream.table} did not find ${gone} of ${held} rows. That is more than the safety threshold, so nothing was deleted.`,
    );
  }

  async #finish(): Promise<void> {
    const { warehouse, prefix, stream } = this.#run.context;
    const { id, startedAt, catchupAt, landing } = this.#reading;
    this.#run.phase = landing === "stage" ? "switch" : "second look";
    const cursor = this.#cursorAfter(catchupAt ?? startedAt);
    this.#state = { ...this.#state, cursor, completeAt: startedAt, reading: null, increment: null };
    this.#run.count(await warehouse.finish(prefix, stream.table, id, this.#state));
  }

  #cursorAfter(time: string | null): string | null {
    return time === null || this.#plan.since === null ? null : iso(epoch(time) - LAG_MS);
  }

  /** Runs `reading` and commits what it read, also when it ends early: the checkpoint covers exactly that. */
  async #flushing(batcher: Batcher, landing: Landing, reading: () => Promise<void>): Promise<void> {
    try {
      await reading();
    } catch (error) {
      await batcher.flush(landing);
      throw error;
    }
    await batcher.flush(landing, true);
  }
}

function isTooLarge(deletions: number, held: number): boolean {
  if (deletions === 0 || held === 0) return false;
  return deletions >= held || (deletions > SWEEP_ROWS && deletions > held * SWEEP_SHARE);
}

/** A reading that was past its lists catches up anew: what changed while nobody read belongs to it, too. */
function resumed(reading: Reading): Reading {
  const again = reading.phase === "look" || (reading.phase === "catchup" && reading.landing === "stage");
  return again ? { ...reading, phase: "catchup", next: null, catchupAt: null } : reading;
}

/** One object's bytes as a list of one. */
function asList(object: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(object.length + 2);
  bytes[0] = 0x5b;
  bytes.set(object, 1);
  bytes[bytes.length - 1] = 0x5d;
  return bytes;
}
