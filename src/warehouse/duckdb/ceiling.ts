/**
 * What people's statements may add to the process. The engine's own limit does not see all that a statement makes (values within one call, the
 * states of some aggregates), so the process is looked at while statements are inside.
 */
import { RollcallError } from "../../core/error.ts";

/** Bytes of the whole process up to which nothing is stopped; docs/operators.md says how much a server needs. */
const PROCESS_BYTES = 1_200_000_000;
/** Where the process is larger to begin with, as memory that is free again does not go back at once: bytes that may come on top. */
const GROWTH_BYTES = 600_000_000;
const LOOK_EVERY_MS = 50;

export class Ceiling {
  /** Bytes of the process now. */
  readonly #resident: () => number;
  readonly #inside = new Set<(reason: RollcallError) => void>();
  #most_bytes = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor(resident: () => number = () => process.memoryUsage.rss()) {
    this.#resident = resident;
  }

  /** From now until disposal `stop` is called, once, should all that are inside make the process too large. */
  enter(stop: (reason: RollcallError) => void): Disposable {
    if (this.#inside.size === 0) {
      this.#most_bytes = Math.max(PROCESS_BYTES, this.#resident() + GROWTH_BYTES);
      this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    }
    this.#inside.add(stop);
    return {
      [Symbol.dispose]: () => {
        this.#inside.delete(stop);
        if (this.#inside.size === 0) clearInterval(this.#looking);
      },
    };
  }

  #look(): void {
    if (this.#resident() <= this.#most_bytes) return;
    for (const stop of this.#inside) stop(tooLarge());
  }
}

export function tooLarge(cause?: unknown): RollcallError {
  return new RollcallError(
    "QUERY_TOO_LARGE",
    "The query needs more memory or temporary disk space than is set aside for queries.",
    { cause },
  );
}
