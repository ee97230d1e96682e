/** Turns per caller: a few at a time, a few more waiting, first come first served; one caller's crowd delays nobody else. */
import { RollcallError, throwIfCancelled } from "../core/error.ts";

interface Line {
  running: number;
  readonly waiting: (() => void)[];
}

export class Turns {
  readonly #running: number;
  readonly #waiting: number;
  readonly #lines = new Map<string, Line>();

  constructor(running: number, waiting: number) {
    this.#running = running;
    this.#waiting = waiting;
  }

  /**
   * Waits for a turn of `caller`; the function it resolves to gives the turn back, and does nothing the second time. Throws TOO_MANY_TRIES
   * when too many wait already, CANCELLED when `signal` aborts meanwhile.
   */
  async take(caller: string, signal: AbortSignal): Promise<() => void> {
    throwIfCancelled(signal);
    const line = this.#lines.get(caller) ?? { running: 0, waiting: [] };
    this.#lines.set(caller, line);
    if (line.running < this.#running) line.running += 1;
    else await this.#wait(line, signal);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = line.waiting.shift();
      if (next !== undefined) return next();
      line.running -= 1;
      if (line.running === 0) this.#lines.delete(caller);
    };
  }

  /** Resolves when a turn is handed on; it stays counted as running meanwhile. */
  #wait(line: Line, signal: AbortSignal): Promise<void> {
    if (line.waiting.length >= this.#waiting) {
      throw new RollcallError(
        "TOO_MANY_TRIES",
        `${line.running + line.waiting.length} of your queries run or wait already.`,
        {
          fix: "Wait until some have ended, or stop them.",
        },
      );
    }
    return new Promise((resolve, reject) => {
      const turn = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        line.waiting.splice(line.waiting.indexOf(turn), 1);
        reject(new RollcallError("CANCELLED", "The query was stopped before it began."));
      };
      line.waiting.push(turn);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}
