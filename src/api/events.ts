/** What happens now, as server-sent events: for as long as whoever listens reads, and may. */
import type { Context } from "hono";
import type { Live, LiveEvent } from "../service/live.ts";
import { type App, bind, type Env, may } from "./bind.ts";
import { callerNow } from "./caller.ts";
import { API } from "./contract/api.ts";
import type { ApiDeps } from "./deps.ts";
import { EVENTS_ALIVE_EVERY_MS, EVENTS_WAITING_MAX } from "./limits.ts";

type Stream = ReadableStreamDefaultController<Uint8Array>;

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache",
  connection: "keep-alive",
  "transfer-encoding": "chunked",
} as const;

export function bindEvents(app: App, deps: ApiDeps): void {
  const operation = API.runs.events;
  bind(app, operation, async ({ query, caller, context }) => {
    // Of an answer without a body nobody would ever end the listening.
    if (context.req.method === "HEAD") return new Response(null, { headers: HEADERS });
    const wanted = (event: LiveEvent) =>
      query.source === undefined || sourceOf(event) === query.source || event.type === "line";
    const stillMay = async () => may(await callerNow(deps, caller), operation["x-needs"]);
    const cut = () => cutOff(context);
    const events = new Events({ live: deps.service.live, wanted, stillMay, cut });
    const waiting = new CountQueuingStrategy({ highWaterMark: EVENTS_WAITING_MAX });
    return new Response(new ReadableStream(events, waiting), { headers: HEADERS });
  });
}

interface Listening {
  readonly live: Live;
  readonly wanted: (event: LiveEvent) => boolean;
  readonly stillMay: () => Promise<boolean>;
  /** Ends the connection, whatever is on its way through it. */
  readonly cut: () => void;
}

/**
 * What one listener is sent. The stream's own queue is what waits for its reader: one that is full belongs to somebody who does not
 * read. It is given up where it is filled, since whatever empties it is held up by the same reader. With each sign of life it is asked
 * whether the listener still may listen.
 */
class Events {
  readonly #listening: Listening;
  readonly #encoder = new TextEncoder();
  #end: () => void = () => undefined;
  #isOver = false;

  constructor(listening: Listening) {
    this.#listening = listening;
  }

  start(stream: Stream): void {
    const { live, wanted } = this.#listening;
    this.#give(stream, ": hello\n\n");
    const unwatch = live.watch((event) => {
      if (wanted(event)) this.#give(stream, `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    });
    const beats = setInterval(() => void this.#beat(stream), EVENTS_ALIVE_EVERY_MS);
    this.#end = () => {
      unwatch();
      clearInterval(beats);
    };
  }

  /** The listener went away. */
  cancel(): void {
    this.#isOver = true;
    this.#end();
  }

  #give(stream: Stream, text: string): void {
    if ((stream.desiredSize ?? 0) > 0) return stream.enqueue(this.#encoder.encode(text));
    this.#close(stream);
    this.#listening.cut();
  }

  async #beat(stream: Stream): Promise<void> {
    const isWelcome = await this.#listening.stillMay().catch(() => false);
    if (this.#isOver) return;
    if (isWelcome) this.#give(stream, ": alive\n\n");
    else this.#close(stream);
  }

  #close(stream: Stream): void {
    this.cancel();
    stream.close();
  }
}

/** The connection has to be ended at its socket: an end in its place in the queue would wait for the reader, too. */
function cutOff(context: Context<Env>): void {
  const connection = context.env as { readonly outgoing?: { destroy(): unknown } } | undefined;
  connection?.outgoing?.destroy();
}

function sourceOf(event: LiveEvent): string | null {
  return event.type === "run" ? event.run.sourceId : event.type === "source" ? event.sourceId : null;
}
