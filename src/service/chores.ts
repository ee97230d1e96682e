/** What the server does beside the runs: queries on a schedule, copies, stale tables, messages, tidying. Each looks at the rows, none keeps state. */
import type { ServiceContext } from "./context.ts";
import { dispatchNotifications } from "./notifications.ts";
import { publishIfDue } from "./publication.ts";
import { runQueryChores } from "./query-chores.ts";
import { tidy } from "./tidying.ts";
import { watch } from "./watchdog.ts";

/** How often each looks: how late a message may leave, or a view be filled. */
const LOOK_EVERY_MS = 5000;
const WATCH_EVERY_MS = 60_000;
const TIDY_EVERY_MS = 3_600_000;
/** Memory is given back after one to two of these without a run or a query. */
const REST_EVERY_MS = 10_000;

type Chore = readonly [every_ms: number, work: (signal: AbortSignal) => Promise<unknown>];

/** Goes on until disposed of. The chores go side by side: a copy of a large warehouse holds up no message. */
export class Chores implements AsyncDisposable {
  readonly #context: ServiceContext;
  readonly #stopping = new AbortController();
  #ended: Promise<unknown> = Promise.resolve();

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  start(): void {
    const context = this.#context;
    const chores: readonly Chore[] = [
      [LOOK_EVERY_MS, (signal) => runQueryChores(context, context.now_ms(), signal)],
      [LOOK_EVERY_MS, (signal) => publishIfDue(context, context.now_ms(), signal)],
      [LOOK_EVERY_MS, (signal) => dispatchNotifications(context, signal)],
      [WATCH_EVERY_MS, () => watch(context)],
      [TIDY_EVERY_MS, () => tidy(context)],
      [REST_EVERY_MS, () => rest(context)],
    ];
    this.#ended = Promise.all(chores.map((chore) => this.#keepDoing(chore)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #keepDoing([every_ms, work]: Chore): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await work(signal);
      } catch (error) {
        // What a chore meets is its own to tell; this is what none of them expected.
        if (!signal.aborted) this.#context.log.error({ err: error }, "a chore failed");
      }
      await pause(every_ms, signal);
    }
  }
}

async function rest({ store: { db }, warehouse }: ServiceContext): Promise<void> {
  const running = await db.selectFrom("run").select("id").where("status", "=", "running").executeTakeFirst();
  if (running === undefined) await warehouse.rest();
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
