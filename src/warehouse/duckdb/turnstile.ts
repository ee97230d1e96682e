/**
 * Lets people's statements in: a bounded number at once, the others in the order they came. An import that lacks memory has those inside
 * stopped, and nobody let in until it has got through.
 */
import { RollcallError } from "../../core/error.ts";

/** One statement's time inside. Dispose of it when the engine has nothing of the statement any more. */
export interface Turn extends Disposable {
  /** Aborted, with the error to tell, when the statement has to end. */
  readonly signal: AbortSignal;
}

interface Inside {
  readonly stop: AbortController;
  readonly left: PromiseWithResolvers<void>;
}

export class Turnstile {
  readonly #room: number;
  readonly #inside = new Set<Inside>();
  readonly #waiting: (() => void)[] = [];
  #held = 0;
  #closed = false;

  /** `room`: how many may be inside at once. */
  constructor(room: number) {
    this.#room = room;
  }

  /** Waits for a place. Rejects with `CANCELLED` when the signal comes first, or the warehouse closes. */
  async enter(signal: AbortSignal): Promise<Turn> {
    while (!this.#closed && !signal.aborted && (this.#held > 0 || this.#inside.size >= this.#room))
      await this.#next(signal);
    if (this.#closed || signal.aborted) {
      this.#wake();
      throw cancelled();
    }
    const inside: Inside = { stop: new AbortController(), left: Promise.withResolvers() };
    this.#inside.add(inside);
    return {
      signal: inside.stop.signal,
      [Symbol.dispose]: () => {
        if (!this.#inside.delete(inside)) return;
        inside.left.resolve();
        this.#wake();
      },
    };
  }

  /** Stops everybody inside and waits until they have left. Nobody is let in until the answer is disposed of. */
  async clear(): Promise<Disposable> {
    this.#held += 1;
    await this.#stopAll(
      new RollcallError(
        "QUERY_STOPPED",
        "The query was stopped so that the import can go on: together they needed more memory than there is.",
      ),
    );
    let holds = true;
    return {
      [Symbol.dispose]: () => {
        if (!holds) return;
        holds = false;
        this.#held -= 1;
        for (let free = this.#room; free > 0; free -= 1) this.#wake();
      },
    };
  }

  /** For ever: stops everybody inside, waits until they have left, and turns away who comes and who waits. */
  async close(): Promise<void> {
    this.#closed = true;
    for (let waiting = this.#waiting.length; waiting > 0; waiting -= 1) this.#wake();
    await this.#stopAll(cancelled());
  }

  async #stopAll(reason: RollcallError): Promise<void> {
    const inside = [...this.#inside];
    for (const { stop } of inside) stop.abort(reason);
    await Promise.all(inside.map(({ left }) => left.promise));
  }

  #wake(): void {
    this.#waiting.shift()?.();
  }

  #next(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const leave = () => {
      const at = this.#waiting.indexOf(resolve);
      if (at >= 0) this.#waiting.splice(at, 1);
      resolve();
    };
    this.#waiting.push(resolve);
    signal.addEventListener("abort", leave, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", leave));
  }
}

export function cancelled(): RollcallError {
  return new RollcallError("CANCELLED", "The query was cancelled.");
}
