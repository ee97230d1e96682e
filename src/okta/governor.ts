/**
 * Who may send, and when: one queue for an org, an account per bucket, a cap on requests in flight. Belongs to the org's credential,
 * not to a stream (design, law 8).
 */
import { answered, isNearEnd, openAccount, unanswered, wait_msOf, type Account } from "./account.ts";
import { cancelled, type Clock } from "./clock.ts";
import { dateOf, rateOf, refusalOf, type Refusal } from "./rate.ts";
import type { BucketState } from "./seam.ts";
import type { ServerClock } from "./server-clock.ts";
import type { Headers } from "./transport.ts";

/**
 * Requests of one credential at the same time: the smallest orgs allow 35 for all their clients (fact sheet 4.2), of which a token
 * may use half, of which we use three quarters.
 */
export const in_flight_max = 12;
/** After a concurrency 429 nothing is sent for this long (with jitter in between). */
export const concurrency_pause_ms = { least: 1_000, most: 5_000 } as const;
/** The cap halves at a concurrency 429, and doubles again after this long without one. */
export const concurrency_calm_ms = 60_000;
/** After a 429 that does not say until when, its bucket rests for this long. */
export const unclear_pause_ms = 5_000;

export interface Permit extends Disposable {
  /** To be called once with the answer; without it the request counts as spent. */
  observe(status: number, headers: Headers): void;
  /** What is known of the bucket now. */
  state(): BucketState;
}

export interface Governor extends Disposable {
  /** First come, first served within a bucket; a bucket that must wait holds up no other. Throws CANCELLED. */
  acquire(bucket: string, signal: AbortSignal): Promise<Permit>;
  buckets(): readonly BucketState[];
}

export interface GovernorOptions {
  readonly share_percent: number;
  readonly clock: Clock;
  readonly server: ServerClock;
  /** In [0, 1). */
  readonly random?: () => number;
}

interface Waiter {
  readonly account: Account;
  readonly grant: (permit: Permit) => void;
  readonly refuse: (error: Error) => void;
}

interface Alarm {
  readonly at_ms: number;
  readonly off: AbortController;
}

export function openGovernor(options: GovernorOptions): Governor {
  return new OrgGovernor(options);
}

class OrgGovernor implements Governor {
  readonly #options: GovernorOptions;
  readonly #accounts = new Map<string, Account>();
  /** By the local clock, as all times here. */
  readonly #restUntil_ms = new Map<Account, number>();
  readonly #queue: Waiter[] = [];
  #inFlight = 0;
  #cap = in_flight_max;
  #pausedUntil_ms = 0;
  #calmAt_ms = Infinity;
  #closed = false;
  #alarm: Alarm | null = null;

  constructor(options: GovernorOptions) {
    this.#options = options;
  }

  acquire(bucket: string, signal: AbortSignal): Promise<Permit> {
    return new Promise((resolve, reject) => {
      if (signal.aborted || this.#closed) return reject(cancelled());
      const leave = () => {
        const at = this.#queue.indexOf(waiter);
        if (at >= 0) this.#queue.splice(at, 1);
        reject(cancelled());
      };
      const done = () => signal.removeEventListener("abort", leave);
      const waiter: Waiter = {
        account: this.#account(bucket),
        grant: (granted) => (done(), resolve(granted)),
        refuse: (error) => (done(), reject(error)),
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#queue.push(waiter);
      this.#pump();
    });
  }

  buckets(): readonly BucketState[] {
    return Array.from(this.#accounts.values(), stateOf);
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#setAlarm(Infinity);
    for (const waiter of this.#queue.splice(0)) waiter.refuse(cancelled());
  }

  #account(bucket: string): Account {
    const known = this.#accounts.get(bucket);
    if (known !== undefined) return known;
    const account = openAccount(bucket);
    this.#accounts.set(bucket, account);
    return account;
  }

  /** Grants what may be sent now, and sets the one alarm for the earliest moment at which more may. */
  #pump(): void {
    const now_ms = this.#options.clock.now_ms();
    if (now_ms >= this.#calmAt_ms) {
      this.#cap = Math.min(in_flight_max, this.#cap * 2);
      this.#calmAt_ms = this.#cap === in_flight_max ? Infinity : now_ms + concurrency_calm_ms;
    }
    let wake_ms = Infinity;
    const full = new Set<Account>();
    for (let at = 0; at < this.#queue.length && this.#inFlight < this.#cap;) {
      const waiter = this.#queue[at]!;
      const wait_ms = full.has(waiter.account) ? null : this.#wait_ms(waiter.account, now_ms);
      if (wait_ms !== null && wait_ms <= 0) {
        this.#queue.splice(at, 1);
        waiter.grant(this.#permit(waiter.account));
        continue;
      }
      full.add(waiter.account);
      if (wait_ms !== null) wake_ms = Math.min(wake_ms, now_ms + wait_ms);
      at += 1;
    }
    this.#setAlarm(wake_ms);
  }

  /** Null: until an answer comes. */
  #wait_ms(account: Account, now_ms: number): number | null {
    const { server, share_percent } = this.#options;
    const rest_ms = Math.max(this.#pausedUntil_ms, this.#restUntil_ms.get(account) ?? 0) - now_ms;
    const wait_ms = wait_msOf(account, share_percent, server.now_ms());
    return wait_ms === null ? null : Math.max(wait_ms, rest_ms);
  }

  #setAlarm(at_ms: number): void {
    if (this.#alarm?.at_ms === at_ms) return;
    this.#alarm?.off.abort();
    this.#alarm = null;
    if (at_ms === Infinity || this.#closed) return;
    const alarm: Alarm = { at_ms, off: new AbortController() };
    this.#alarm = alarm;
    const { clock } = this.#options;
    const ring = () => {
      if (this.#alarm !== alarm) return;
      this.#alarm = null;
      this.#pump();
    };
    clock.sleep(at_ms - clock.now_ms(), alarm.off.signal).then(ring, () => {});
  }

  #permit(account: Account): Permit {
    const { generation } = account;
    const nearEnd = isNearEnd(account, this.#options.server.now_ms());
    let observed = false;
    let released = false;
    this.#inFlight += 1;
    account.inFlight += 1;
    return {
      observe: (status, headers) => {
        observed = true;
        const rate = rateOf(headers);
        const date_ms = dateOf(headers);
        answered(account, generation, rate, date_ms, this.#options.server.now_ms());
        if (status === 429) this.#refused(account, refusalOf(rate, date_ms));
      },
      state: () => stateOf(account),
      [Symbol.dispose]: () => {
        if (released) return;
        released = true;
        this.#inFlight -= 1;
        account.inFlight -= 1;
        if (!observed) unanswered(account, nearEnd);
        this.#pump();
      },
    };
  }

  #refused(account: Account, why: Refusal): void {
    const { clock, random = Math.random } = this.#options;
    const now_ms = clock.now_ms();
    if (why === "window") account.remaining = 0;
    else if (why === "unclear") this.#restUntil_ms.set(account, now_ms + unclear_pause_ms);
    else if (now_ms >= this.#pausedUntil_ms) {
      // Those refused together are one event: the cap halves once.
      const { least, most } = concurrency_pause_ms;
      this.#cap = Math.max(1, Math.floor(this.#cap / 2));
      this.#pausedUntil_ms = now_ms + least + random() * (most - least);
      this.#calmAt_ms = now_ms + concurrency_calm_ms;
    }
  }
}

function stateOf({ name, limit, remaining }: Account): BucketState {
  return { name, limit, remaining };
}
