/** Saved queries over HTTP. */
import type { ServiceContext } from "../service/context.ts";
import { changeQuery, createQuery, getQuery, listQueries, materialiseNow, removeQuery } from "../service/queries.ts";
import { actorOf, type App, bind } from "./bind.ts";
import { API } from "./contract/api.ts";

export function bindQueries(app: App, context: ServiceContext): void {
  const { queries } = API;
  bind(app, queries.list, () => listQueries(context));
  bind(app, queries.create, ({ body, caller }) => createQuery(context, body, actorOf(caller)));
  bind(app, queries.get, ({ params }) => getQuery(context, params.id));
  bind(app, queries.change, ({ params, body, caller }) => changeQuery(context, params.id, body, actorOf(caller)));
  bind(app, queries.remove, ({ params, caller }) => removeQuery(context, params.id, actorOf(caller)));
  bind(app, queries.materialise, ({ params, caller, signal }) =>
    materialiseNow(context, params.id, actorOf(caller), signal),
  );
}
