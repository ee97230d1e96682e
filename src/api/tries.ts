/** Who failed to log in how often lately: in memory, bounded, forgotten at a restart. */
import { TRIES_REMEMBERED, TRIES_WINDOW_MS } from "./limits.ts";
import { TriedTooOften } from "./problem.ts";

interface Count {
  readonly began_ms: number;
  failed: number;
}

/** Counts in windows that begin with the first failure of a name. */
export class Tries {
  readonly #counts = new Map<string, Count>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Counts a try as failed before it is made, so that a crowd of tries at once is counted too; `forgive` takes it back. Throws
   * TOO_MANY_TRIES when there were too many.
   */
  take(name: string, now_ms: number): void {
    const count = this.#current(name, now_ms);
    if (count.failed >= this.#most) {
      const wait_ms = count.began_ms + TRIES_WINDOW_MS - now_ms;
      throw new TriedTooOften("Too many log-ins failed.", Math.ceil(wait_ms / 1000));
    }
    count.failed += 1;
  }

  /** All of a name's failures; or this one only. */
  forgive(name: string, which: "all" | "one"): void {
    const count = this.#counts.get(name);
    if (count === undefined) return;
    if (which === "all") this.#counts.delete(name);
    else count.failed = Math.max(0, count.failed - 1);
  }

  #current(name: string, now_ms: number): Count {
    const known = this.#counts.get(name);
    if (known !== undefined && now_ms - known.began_ms < TRIES_WINDOW_MS) return known;
    this.#counts.delete(name);
    const oldest = this.#counts.keys().next();
    if (this.#counts.size >= TRIES_REMEMBERED && oldest.done === false) this.#counts.delete(oldest.value);
    const fresh = { began_ms: now_ms, failed: 0 };
    this.#counts.set(name, fresh);
    return fresh;
  }
}
