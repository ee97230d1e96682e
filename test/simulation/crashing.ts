/** The process ends at a commit: everything after it fails, nothing more is written. */
import type { Batch } from "../../src/core/batch.ts";
import type { Warehouse } from "../../src/warehouse/warehouse.ts";
import type { Crash } from "./history.ts";
import { over } from "./simulated.ts";

export class Crashing {
  readonly #at: Crash | null;
  #commits = 0;
  happened = false;

  constructor(at: Crash | null) {
    this.#at = at;
  }

  refuseWhenGone(): void {
    if (this.happened) throw new Error("crashed");
  }

  guard(warehouse: Warehouse): Warehouse {
    const writing =
      <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        this.refuseWhenGone();
        const isIt = ++this.#commits === this.#at?.commit;
        if (isIt && this.#at?.when === "before") this.happened = true;
        this.refuseWhenGone();
        const result = await write(...args);
        if (isIt) this.happened = true;
        this.refuseWhenGone();
        return result;
      };
    return over(warehouse, {
      commit: writing((prefix: string, batch: Batch, signal: AbortSignal) => warehouse.commit(prefix, batch, signal)),
      finish: writing((...args: Parameters<Warehouse["finish"]>) => warehouse.finish(...args)),
      abandon: writing((...args: Parameters<Warehouse["abandon"]>) => warehouse.abandon(...args)),
      note: writing((...args: Parameters<Warehouse["note"]>) => warehouse.note(...args)),
    });
  }
}
