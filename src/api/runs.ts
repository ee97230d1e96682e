/** Runs over HTTP. */
import type { ServiceContext } from "../service/context.ts";
import { cancelRun } from "../service/requests.ts";
import { getRun, listRuns, runLines } from "../service/runs.ts";
import { actorOf, bind, type App } from "./bind.ts";
import { API } from "./contract/api.ts";

export function bindRuns(app: App, service: ServiceContext): void {
  const operations = API.runs;
  bind(app, operations.list, ({ query }) => listRuns(service, query));
  bind(app, operations.get, ({ params }) => getRun(service, params.id));
  bind(app, operations.cancel, ({ params, caller }) => cancelRun(service, params.id, actorOf(caller)));
  bind(app, operations.lines, ({ params, query }) => runLines(service, params.id, query));
}
