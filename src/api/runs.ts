/** Runs over HTTP, and what happens now as server-sent events. */
import { streamSSE } from "hono/streaming";
import type { ServiceContext } from "../service/context.ts";
import { cancelRun } from "../service/requests.ts";
import type { LiveEvent } from "../service/live.ts";
import { getRun, listRuns, runLines } from "../service/runs.ts";
import { actorOf, bind, type App } from "./bind.ts";
import { API } from "./contract/api.ts";

/** A comment line is sent this often, so that proxies keep the connection and a client notices a dead one. */
const ALIVE_EVERY_MS = 15_000;
/** A client that does not read is cut off when so many events wait for it: it connects again and asks for what it missed. */
const WAITING_MAX = 1000;

export function bindRuns(app: App, service: ServiceContext): void {
  const operations = API.runs;
  bind(app, operations.list, ({ query }) => listRuns(service, query));
  bind(app, operations.get, ({ params }) => getRun(service, params.id));
  bind(app, operations.cancel, ({ params, caller }) => cancelRun(service, params.id, actorOf(caller)));
  bind(app, operations.lines, ({ params, query }) => runLines(service, params.id, query));
  bind(app, operations.events, async ({ query, context }) =>
    streamSSE(context, async (stream) => {
      const waiting: LiveEvent[] = [];
      let wake: () => void = () => undefined;
      const unwatch = service.live.watch((event) => {
        if (query.source !== undefined && sourceOf(event) !== query.source && event.type !== "line") return;
        waiting.push(event);
        wake();
      });
      stream.onAbort(() => wake());
      await stream.write(": hello\n\n");
      while (!stream.aborted && !stream.closed && waiting.length < WAITING_MAX) {
        const event = waiting.shift();
        if (event !== undefined) await stream.writeSSE({ event: event.type, data: JSON.stringify(event) });
        else if (await pause((resolve) => (wake = resolve))) await stream.write(": alive\n\n");
      }
      unwatch();
    }),
  );
}

/** True when nothing woke it. */
function pause(given: (wake: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ALIVE_EVERY_MS);
    given(() => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

function sourceOf(event: LiveEvent): string | null {
  return event.type === "run" ? event.run.sourceId : event.type === "source" ? event.sourceId : null;
}
