/** What happens now: progress that no row holds, and events for whoever watches. Lost with the process, and nothing depends on it. */
import { EventEmitter } from "node:events";
import type { z } from "@hono/zod-openapi";
import type { LiveEvent as LiveEventWords } from "../api/contract/runs.ts";
import type { Progress } from "../core/run.ts";

export type LiveEvent = z.infer<typeof LiveEventWords>;

/** How a running table stands, by run and table. */
export class Live {
  readonly #progress = new Map<string, Map<string, Progress>>();
  readonly #events = new EventEmitter<{ event: [LiveEvent] }>();

  constructor() {
    // One listener per open page; there is no leak to warn of.
    this.#events.setMaxListeners(0);
  }

  note(runId: string, progress: Progress): void {
    const tables = this.#progress.get(runId) ?? new Map<string, Progress>();
    this.#progress.set(runId, tables.set(progress.table, progress));
  }

  progress(runId: string, table: string): Progress | null {
    return this.#progress.get(runId)?.get(table) ?? null;
  }

  /** 0 to 1: how much of the fullest bucket's window is spent; null while none has been heard of. */
  shareInUse(runId: string): number | null {
    const shares = [...(this.#progress.get(runId)?.values() ?? [])].flatMap(({ bucket }) =>
      bucket === null || bucket.limit === null || bucket.remaining === null || bucket.limit === 0
        ? []
        : [1 - bucket.remaining / bucket.limit],
    );
    return shares.length === 0 ? null : Math.max(0, Math.min(1, Math.max(...shares)));
  }

  forget(runId: string): void {
    this.#progress.delete(runId);
  }

  tell(event: LiveEvent): void {
    this.#events.emit("event", event);
  }

  /** Gives what follows to `listener` until the returned function is called. */
  watch(listener: (event: LiveEvent) => void): () => void {
    this.#events.on("event", listener);
    return () => void this.#events.off("event", listener);
  }
}
