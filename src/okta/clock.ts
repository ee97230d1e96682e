/** Local time, for sleeping and for measuring only: what happened when is told by Okta's `Date` (see server-clock.ts). */
import { RollcallError } from "../core/error.ts";

export interface Clock {
  /** Milliseconds, never going backwards. The system's clock starts at the epoch time of the process's start. */
  now_ms(): number;
  /** Resolves after `ms`; throws CANCELLED as soon as `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The longest that one timer of Node can wait; longer sleeps wake early, and whoever slept looks again. */
const timer_max_ms = 2 ** 31 - 1;

export const systemClock: Clock = {
  now_ms: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(cancelled());
      const onAbort = () => {
        clearTimeout(timer);
        reject(cancelled());
      };
      const timer = setTimeout(
        () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        },
        Math.min(Math.max(0, ms), timer_max_ms),
      );
      signal.addEventListener("abort", onAbort, { once: true });
    }),
};

export function cancelled(): RollcallError {
  return new RollcallError("CANCELLED", "The run was cancelled.");
}

/** Waits for work that others share: when `signal` is aborted only this waiter leaves, with CANCELLED; the work goes on. */
export async function waitFor<T>(shared: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw cancelled();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(cancelled());
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([shared, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
