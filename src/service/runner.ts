/** Keeps the sources current: looks at the rows, begins what is due, runs a few sources at a time, and stops well. */
import { ROLLCALL } from "../store/audit.ts";
import type { ServiceContext } from "./context.ts";
import { dueTables } from "./due.ts";
import { execute } from "./execution.ts";
import { requestRun } from "./requests.ts";
import { hasCode } from "../core/error.ts";
import { claim, heartbeat } from "../store/runs.ts";
import { recoverRuns } from "./recovery.ts";

/** How many sources are synced at the same time. */
const RUNS_AT_ONCE = 4;
/** How often the rows are looked at without being woken: how late a run may begin. */
const LOOK_EVERY_MS = 5000;
/** How often a run says that its process lives. */
const HEARTBEAT_EVERY_MS = 15_000;

export class Runner implements AsyncDisposable {
  readonly #context: ServiceContext;
  /** This process, in the rows of the runs it runs. */
  readonly #worker: string;
  readonly #stopping = new AbortController();
  readonly #running = new Map<string, { readonly ended: Promise<void>; readonly cancel: AbortController }>();
  #wake: () => void = () => undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(context: ServiceContext, worker: string) {
    this.#context = context;
    this.#worker = worker;
    context.orders.on("wake", () => this.#wake());
    context.orders.on("cancel", (runId) => this.#running.get(runId)?.cancel.abort());
  }

  /** Recovers what a dead process left, then goes on until disposed of. */
  async start(): Promise<void> {
    await this.#recover();
    this.#ended = this.#loop();
  }

  /** Whatever is `running` in the rows and not here: a dead process left it, or this one could not write its end (a full disk). Nobody else would. */
  async #recover(): Promise<void> {
    const left = await recoverRuns(this.#context, ({ id }) => this.#running.has(id));
    let resumed = 0;
    for (const { sourceId, tables } of left) if (await this.#ask(sourceId, "resumed", tables)) resumed += 1;
    if (resumed > 0) this.#context.log.info({ runs: resumed }, "runs that were cut off are resumed");
  }

  /** Runs stop at a batch boundary; the next start goes on with them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
    await this.#ended;
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    let beat_ms = 0;
    while (!signal.aborted) {
      const woken = this.#woken();
      try {
        await this.#recover();
        await this.#enqueueDue();
        await this.#begin();
        if (this.#context.now_ms() - beat_ms >= HEARTBEAT_EVERY_MS) {
          beat_ms = this.#context.now_ms();
          for (const id of this.#running.keys()) await heartbeat(this.#context.store, id, beat_ms);
        }
      } catch (error) {
        // The rows could not be read or written: nothing is lost, the next look tries again.
        this.#context.log.error({ err: error }, "the runner could not look at the rows");
      }
      await woken;
    }
  }

  /** Resolves when woken, or after a while. */
  #woken(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #enqueueDue(): Promise<void> {
    const { store, now_ms } = this.#context;
    const sources = await store.db.selectFrom("source").selectAll().where("paused_json", "is", null).execute();
    const tables = await store.db.selectFrom("source_table").selectAll().where("enabled", "=", 1).execute();
    const bySource = Map.groupBy(tables, ({ source_id }) => source_id);
    for (const source of sources) {
      const due = dueTables(source, bySource.get(source.id) ?? [], now_ms());
      if (due.length === 0) continue;
      const retry = due.every(({ retry_at_ms }) => retry_at_ms !== null);
      await this.#ask(
        source.id,
        retry ? "retry" : "schedule",
        due.map(({ table_name }) => table_name),
      );
    }
  }

  /** Whether it was to be had now. */
  async #ask(sourceId: string, cause: "schedule" | "retry" | "resumed", tables: readonly string[]): Promise<boolean> {
    try {
      await requestRun(this.#context, sourceId, { cause, by: ROLLCALL, tables });
      return true;
    } catch (error) {
      // One run per source at a time: what is due meanwhile is due at its end.
      if (!hasCode(error, "RUN_UNDER_WAY", "SOURCE_PAUSED", "REQUEST_INVALID", "NO_SUCH_OBJECT")) throw error;
      return false;
    }
  }

  async #begin(): Promise<void> {
    const { store, now_ms } = this.#context;
    while (this.#running.size < RUNS_AT_ONCE && !this.#stopping.signal.aborted) {
      const run = await claim(store, this.#worker, now_ms());
      if (run === null) return;
      const cancel = new AbortController();
      const signal = AbortSignal.any([cancel.signal, this.#stopping.signal]);
      const ended = execute(this.#context, run, signal, this.#stopping.signal)
        .catch((error: unknown) => this.#context.log.error({ err: error, run: run.id }, "a run's end was not written"))
        .finally(() => {
          this.#running.delete(run.id);
          this.#wake();
        });
      this.#running.set(run.id, { ended, cancel });
    }
  }
}
