/**
 * Who may send, and when: one queue for an org, an account per bucket, a cap on requests in flight. Belongs to the org's credential,
 * not to a stream (design, law 8).
 */
import { answered, lost, openAccount, wait_msOf, type Account } from "./account.ts";
import { cancelled, type Clock } from "./clock.ts";
import { dateOf, rateOf, refusalOf } from "./rate.ts";
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

export function openGovernor({ share_percent, clock, server, random = Math.random }: GovernorOptions): Governor {
  const accounts = new Map<string, Account>();
  const restUntil_ms = new Map<Account, number>();
  const queue: Waiter[] = [];
  let inFlight = 0;
  let cap = in_flight_max;
  let pausedUntil_ms = 0;
  let calmAt_ms = Infinity;
  let closed = false;
  let alarm: { readonly at_ms: number; readonly off: AbortController } | null = null;

  /** Grants what may be sent now, and sets the one alarm for the earliest moment at which more may. */
  function pump(): void {
    const now_ms = clock.now_ms();
    if (now_ms >= calmAt_ms) {
      cap = Math.min(in_flight_max, cap * 2);
      calmAt_ms = cap === in_flight_max ? Infinity : now_ms + concurrency_calm_ms;
    }
    let wake_ms = Infinity;
    const full = new Map<Account, number | null>();
    for (let at = 0; at < queue.length && inFlight < cap;) {
      const waiter = queue[at]!;
      const known = full.get(waiter.account);
      const wait_ms = known === undefined ? waitOf(waiter.account, now_ms) : known;
      if (wait_ms !== null && wait_ms <= 0) {
        queue.splice(at, 1);
        waiter.grant(permit(waiter.account));
        continue;
      }
      full.set(waiter.account, wait_ms);
      if (wait_ms !== null) wake_ms = Math.min(wake_ms, now_ms + wait_ms);
      at += 1;
    }
    setAlarm(queue.length === 0 ? Infinity : wake_ms);
  }

  function waitOf(account: Account, now_ms: number): number | null {
    const rest_ms = Math.max(pausedUntil_ms, restUntil_ms.get(account) ?? 0) - now_ms;
    const wait_ms = wait_msOf(account, share_percent, server.now_ms());
    return wait_ms === null ? null : Math.max(wait_ms, rest_ms);
  }

  function setAlarm(at_ms: number): void {
    if (alarm !== null && alarm.at_ms === at_ms) return;
    alarm?.off.abort();
    alarm = null;
    if (at_ms === Infinity || closed) return;
    const set = { at_ms, off: new AbortController() };
    alarm = set;
    clock.sleep(at_ms - clock.now_ms(), set.off.signal).then(
      () => {
        if (alarm === set) alarm = null;
        pump();
      },
      () => {},
    );
  }

  function permit(account: Account): Permit {
    const { generation } = account;
    let observed = false;
    let released = false;
    inFlight += 1;
    account.inFlight += 1;
    return {
      observe(status, headers) {
        observed = true;
        const rate = rateOf(headers);
        const date_ms = dateOf(headers);
        answered(account, generation, rate, date_ms, server.now_ms());
        if (status === 429) refused(account, refusalOf(rate, date_ms));
      },
      state: () => stateOf(account),
      [Symbol.dispose]() {
        if (released) return;
        released = true;
        inFlight -= 1;
        account.inFlight -= 1;
        if (!observed) lost(account);
        pump();
      },
    };
  }

  function refused(account: Account, why: "concurrency" | "window" | "unclear"): void {
    const now_ms = clock.now_ms();
    if (why === "window") account.remaining = 0;
    else if (why === "unclear") restUntil_ms.set(account, now_ms + unclear_pause_ms);
    else if (now_ms >= pausedUntil_ms) {
      // Those refused together are one event: the cap halves once.
      const { least, most } = concurrency_pause_ms;
      cap = Math.max(1, Math.floor(cap / 2));
      pausedUntil_ms = now_ms + least + random() * (most - least);
      calmAt_ms = now_ms + concurrency_calm_ms;
    }
  }

  return {
    acquire(bucket, signal) {
      return new Promise<Permit>((resolve, reject) => {
        if (signal.aborted || closed) return reject(cancelled());
        let account = accounts.get(bucket);
        if (account === undefined) accounts.set(bucket, (account = openAccount(bucket)));
        const leave = () => {
          const at = queue.indexOf(waiter);
          if (at >= 0) queue.splice(at, 1);
          reject(cancelled());
        };
        const done = () => signal.removeEventListener("abort", leave);
        const waiter: Waiter = {
          account,
          grant: (granted) => (done(), resolve(granted)),
          refuse: (error) => (done(), reject(error)),
        };
        signal.addEventListener("abort", leave, { once: true });
        queue.push(waiter);
        pump();
      });
    },
    buckets: () => [...accounts.values()].map(stateOf),
    [Symbol.dispose]() {
      closed = true;
      setAlarm(Infinity);
      for (const waiter of queue.splice(0)) waiter.refuse(cancelled());
    },
  };
}

function stateOf({ name, limit, remaining }: Account): BucketState {
  return { name, limit, remaining };
}
