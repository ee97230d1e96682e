/** Dashboards and the overview over HTTP. */
import type { ServiceContext } from "../service/context.ts";
import {
  changeDashboard,
  createDashboard,
  getDashboard,
  listDashboards,
  removeDashboard,
} from "../service/dashboards.ts";
import { overview } from "../service/overview.ts";
import { actorOf, type App, bind } from "./bind.ts";
import { API } from "./contract/api.ts";

export function bindDashboards(app: App, context: ServiceContext): void {
  const { dashboards } = API;
  bind(app, dashboards.list, () => listDashboards(context));
  bind(app, dashboards.create, ({ body, caller }) => createDashboard(context, body, actorOf(caller)));
  bind(app, dashboards.get, ({ params }) => getDashboard(context, params.id));
  bind(app, dashboards.change, ({ params, body, caller }) =>
    changeDashboard(context, params.id, body, actorOf(caller)),
  );
  bind(app, dashboards.remove, ({ params, caller }) => removeDashboard(context, params.id, actorOf(caller)));
  bind(app, dashboards.overview, ({ query }) => overview(context, query.source ?? null));
}
