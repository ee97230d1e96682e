/** How often and how long a request is tried again, by what went wrong. */
import type { RollcallError } from "../core/error.ts";
import type { Clock } from "./clock.ts";
import type { Refusal } from "./rate.ts";

interface Patience {
  /** Further tries after the first. */
  readonly retries: number;
  /** No further try starts later than this after the first failure of the kind. */
  readonly within_ms: number;
  /** The pause before the first further try; doubles each time, with jitter between half and whole. */
  readonly first_pause_ms: number;
  readonly longest_pause_ms: number;
}

export const PATIENCE = {
  /** Okta is unwell (5xx, 423), the network failed, a body was cut. */
  unwell: { retries: 8, within_ms: 300_000, first_pause_ms: 500, longest_pause_ms: 30_000 },
  /** 200 with a body that is no list: a proxy's page, perhaps of a moment. */
  not_a_list: { retries: 1, within_ms: 60_000, first_pause_ms: 1_000, longest_pause_ms: 1_000 },
  /** Too many requests at once; the governor makes the pause. */
  concurrency: { retries: 200, within_ms: 600_000, first_pause_ms: 0, longest_pause_ms: 0 },
  /** The bucket is spent; the governor waits for its reset, and an honest reset never ends a run. */
  window: { retries: Infinity, within_ms: Infinity, first_pause_ms: 0, longest_pause_ms: 0 },
  /** 429 without an honest reset. */
  unclear_limit: { retries: 8, within_ms: 600_000, first_pause_ms: 2_000, longest_pause_ms: 60_000 },
} as const satisfies Record<string, Patience>;

export type Trouble = keyof typeof PATIENCE;

export const TROUBLE_OF: Readonly<Record<Refusal, Trouble>> = {
  window: "window",
  concurrency: "concurrency",
  unclear: "unclear_limit",
};

export interface Retries {
  /** The pause before the next try, ms; null when patience has ended. */
  pause_ms(trouble: Trouble): number | null;
}

/** The patience of one request. */
export function retriesOf(clock: Clock, random: () => number = Math.random): Retries {
  const met = new Map<Trouble, { count: number; readonly since_ms: number }>();
  return {
    pause_ms(trouble) {
      const { retries, within_ms, first_pause_ms, longest_pause_ms }: Patience = PATIENCE[trouble];
      const now_ms = clock.now_ms();
      const before = met.get(trouble) ?? { count: 0, since_ms: now_ms };
      met.set(trouble, before);
      const whole_ms = Math.min(longest_pause_ms, first_pause_ms * 2 ** before.count);
      const pause_ms = whole_ms * (0.5 + random() / 2);
      before.count += 1;
      return before.count > retries || now_ms - before.since_ms + pause_ms > within_ms ? null : pause_ms;
    },
  };
}

/** Waits before the next try; throws `error` when patience has ended, and CANCELLED. */
export async function pause(
  retries: Retries,
  trouble: Trouble,
  error: RollcallError,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const pause_ms = retries.pause_ms(trouble);
  if (pause_ms === null) throw error;
  if (pause_ms > 0) await clock.sleep(pause_ms, signal);
}
