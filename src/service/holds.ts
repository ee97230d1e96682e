/** Sources whose stored rows somebody is changing beside the runs: no run is asked for there meanwhile. Of this process only, as the runner is. */
import { RollcallError } from "../core/error.ts";

export class Holds {
  readonly #why = new Map<string, string>();

  /**
   * Takes the source until disposed of; `why` is a sentence for whoever asks meanwhile. Whoever takes it looks for a run under way
   * afterwards: one asked for before is in the rows by then, and none comes after. Throws RUN_UNDER_WAY where it is taken.
   */
  take(sourceId: string, why: string): Disposable {
    this.demandFree(sourceId);
    this.#why.set(sourceId, why);
    return { [Symbol.dispose]: () => void this.#why.delete(sourceId) };
  }

  /** Throws RUN_UNDER_WAY. */
  demandFree(sourceId: string): void {
    const why = this.#why.get(sourceId);
    if (why !== undefined) throw new RollcallError("RUN_UNDER_WAY", why, { fix: "Wait for its end, then ask again." });
  }
}
