/** Time that passes only when everybody waits: sleeping costs nothing, and the order of events is exact. */
import { setImmediate as turn } from "node:timers/promises";
import { cancelled, type Clock } from "../../src/okta/clock.ts";

interface Sleeper {
  readonly at_ms: number;
  readonly wake: () => void;
}

export interface VirtualClock extends Clock {
  /** Lets time pass until `done` is settled. Throws when nobody sleeps and it is not: a deadlock. */
  until<T>(done: Promise<T>): Promise<T>;
  readonly sleepers: () => number;
}

export function virtualClock(start_ms = 1_000_000): VirtualClock {
  let now_ms = start_ms;
  const sleepers: Sleeper[] = [];
  return {
    now_ms: () => now_ms,
    sleepers: () => sleepers.length,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(cancelled());
        const leave = () => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          reject(cancelled());
        };
        const sleeper: Sleeper = {
          at_ms: now_ms + Math.max(0, ms),
          wake: () => {
            signal.removeEventListener("abort", leave);
            resolve();
          },
        };
        signal.addEventListener("abort", leave, { once: true });
        sleepers.push(sleeper);
      });
    },
    async until(done) {
      let settled = false;
      done.then(
        () => (settled = true),
        () => (settled = true),
      );
      for (;;) {
        await turn();
        if (settled) return done;
        const next = sleepers.reduce<Sleeper | null>((a, b) => (a === null || b.at_ms < a.at_ms ? b : a), null);
        if (next === null) throw new Error("nobody sleeps, and it is not done");
        sleepers.splice(sleepers.indexOf(next), 1);
        now_ms = Math.max(now_ms, next.at_ms);
        next.wake();
      }
    },
  };
}
