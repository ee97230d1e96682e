/** The server's whole surface: one list of what guards it, one list of what answers. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { RollcallError } from "../core/error.ts";
import { bindAudit } from "./audit.ts";
import type { App, Env } from "./bind.ts";
import { known } from "./caller.ts";
import { bindChannels } from "./channels.ts";
import type { ApiDeps } from "./deps.ts";
import { bindDashboards } from "./dashboards.ts";
import { bindDocument } from "./document.ts";
import { bindEntrance } from "./entrance.ts";
import { bindEvents } from "./events.ts";
import { bindKeys } from "./keys.ts";
import { bindMachine } from "./machine.ts";
import { bindMetrics } from "./metrics.ts";
import { bindPeople } from "./people.ts";
import { answer, InvalidRequest } from "./problem.ts";
import { bounded, dressed, hostKnown, ownPageOnly } from "./security.ts";
import { bindQueries } from "./queries.ts";
import { bindRuns } from "./runs.ts";
import { bindSettings } from "./settings.ts";
import { bindSources } from "./sources.ts";
import { bindWarehouse } from "./warehouse.ts";
import { WebFiles } from "./web-files.ts";

/** Each binds the operations of one part of the contract. */
const BINDINGS: readonly ((app: App, deps: ApiDeps) => void)[] = [
  bindEntrance,
  bindPeople,
  bindKeys,
  bindAudit,
  bindSettings,
  bindMachine,
  (app, { service }) => bindSources(app, service),
  (app, { service }) => bindRuns(app, service),
  bindEvents,
  (app, { service, asking }) => bindWarehouse(app, service, asking),
  (app, { service }) => bindChannels(app, service),
  (app, { service, asking }) => bindMetrics(app, service, asking),
  (app, { service }) => bindQueries(app, service),
  (app, { service }) => bindDashboards(app, service),
  bindDocument,
];

/** Everything under one roof: API, its document, the web page. It listens nowhere by itself. */
export function api(deps: ApiDeps): App {
  const app: App = new OpenAPIHono<Env>({
    defaultHook: (result) => {
      if (!result.success) throw InvalidRequest.of(result.error, result.target === "json" ? "body" : result.target);
    },
  });
  app.onError((error, context) => answer(error, context, deps.log));
  app.use(dressed(deps), hostKnown(deps), known(deps), ownPageOnly(deps), bounded());
  for (const bindPart of BINDINGS) bindPart(app, deps);
  const files = WebFiles.of(deps.webDir);
  app.notFound((context) => {
    const { path, method } = context.req;
    const isRead = method === "GET" || method === "HEAD";
    if (isRead && (!path.startsWith("/api/") || path === "/api/docs")) {
      const file = files.answer(context);
      if (file !== null) return file;
    }
    throw new RollcallError("NO_SUCH_OBJECT", `There is nothing at ${method} ${path.slice(0, 200)}.`, {
      fix: "See /api/docs for what there is.",
    });
  });
  return app;
}
