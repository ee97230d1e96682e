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

/** An interrupt is heard between the engine's calls, which the guard keeps short. */
const LEAVES_WITHIN_MS = 3_000;

interface Inside {
  readonly stop: AbortController;
  readonly left: PromiseWithResolvers<void>;
}

export class Turnstile {
  readonly #room: number;
  readonly #inside = new Set<Inside>();
  readonly #waiting: PromiseWithResolvers<Inside>[] = [];
  #held = 0;
  #closed = false;

  /** `room`: how many may be inside at once. */
  constructor(room: number) {
    this.#room = room;
  }

  get isEmpty(): boolean {
    return this.#inside.size === 0 && this.#waiting.length === 0;
  }

  /** Waits for a place. Rejects with `CANCELLED` when the signal comes first, or the warehouse closes. */
  async enter(signal: AbortSignal): Promise<Turn> {
    if (this.#closed || signal.aborted) throw cancelled();
    const waiter = Promise.withResolvers<Inside>();
    const leave = () => {
      const at = this.#waiting.indexOf(waiter);
      if (at >= 0) this.#waiting.splice(at, 1);
      waiter.reject(cancelled());
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#waiting.push(waiter);
    this.#serve();
    const inside = await waiter.promise.finally(() => signal.removeEventListener("abort", leave));
    return {
      signal: inside.stop.signal,
      [Symbol.dispose]: () => {
        this.#inside.delete(inside);
        inside.left.resolve();
        this.#serve();
      },
    };
  }

  /** Stops everybody inside and waits until they have left, for a while at most. Nobody is let in until the answer is disposed of. */
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
        if (holds) this.#held -= 1;
        holds = false;
        this.#serve();
      },
    };
  }

  /** For ever: stops everybody inside, waits until they have left, and turns away who comes and who waits. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiter of this.#waiting.splice(0)) waiter.reject(cancelled());
    await this.#stopAll(cancelled());
  }

  /** Whoever does not leave within a while is waited for no longer: an import, or the process's end, hangs on nobody's statement. */
  async #stopAll(reason: RollcallError): Promise<void> {
    const inside = [...this.#inside];
    for (const { stop } of inside) stop.abort(reason);
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const patience = setTimeout(resolve, LEAVES_WITHIN_MS);
    await Promise.race([Promise.all(inside.map(({ left }) => left.promise)), late]);
    clearTimeout(patience);
  }

  /** Gives free places to who waits longest. A place is taken here, so nobody who comes meanwhile gets it. */
  #serve(): void {
    while (this.#held === 0 && this.#inside.size < this.#room) {
      const waiter = this.#waiting.shift();
      if (waiter === undefined) return;
      const inside: Inside = { stop: new AbortController(), left: Promise.withResolvers() };
      this.#inside.add(inside);
      waiter.resolve(inside);
    }
  }
}

export function cancelled(): RollcallError {
  return new RollcallError("CANCELLED", "The query was cancelled.");
}
