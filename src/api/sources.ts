/** Sources and their tables over HTTP. */
import { RollcallError } from "../core/error.ts";
import { TREATMENT_CHANGE_NOTE, TREATMENT_NOTE } from "../core/treatment.ts";
import { demandName } from "../service/confirmation.ts";
import type { ServiceContext } from "../service/context.ts";
import { addressOf } from "../service/linking.ts";
import { sourceTypes } from "../service/form.ts";
import * as pausing from "../service/pausing.ts";
import * as sources from "../service/sources.ts";
import { buckets } from "../service/buckets.ts";
import { getSource, listSources } from "../service/source-view.ts";
import * as tables from "../service/tables.ts";
import { actorOf, bind, demand, type App } from "./bind.ts";
import { API } from "./contract/api.ts";

export function bindSources(app: App, service: ServiceContext): void {
  const operations = API.sources;
  bind(app, operations.types, async () => [...sourceTypes(service.demo)]);
  bind(app, operations.understand, async ({ body }) => {
    try {
      const { origin } = addressOf(body.address, service.demo);
      return { ok: true, origin, message: `Understood as ${origin}.` };
    } catch (error) {
      if (!(error instanceof RollcallError)) throw error;
      return { ok: false, origin: null, message: `${error.message} ${error.fix}` };
    }
  });
  bind(app, operations.preflight, ({ body, signal }) => sources.preflightForm(service, body.fields, signal));
  bind(app, operations.list, () => listSources(service));
  bind(app, operations.create, ({ body, caller, signal }) =>
    sources.createSource(service, body, actorOf(caller), signal),
  );
  bind(app, operations.get, ({ params }) => getSource(service, params.id));
  bind(app, operations.change, ({ params, body, caller, signal }) =>
    sources.changeSource(service, params.id, body, actorOf(caller), signal),
  );
  bind(app, operations.remove, ({ params, body, caller }) =>
    sources.removeSource(service, params.id, body, actorOf(caller)),
  );
  bind(app, operations.pause, ({ params, caller }) => pausing.pauseSource(service, params.id, actorOf(caller)));
  bind(app, operations.resume, ({ params, caller }) => pausing.resumeSource(service, params.id, actorOf(caller)));
  bind(app, operations.check, ({ params, signal }) => sources.preflightSource(service, params.id, signal));
  bind(app, operations.pull, ({ params, caller }) => sources.pullTables(service, params.id, actorOf(caller)));
  bind(app, operations.buckets, ({ params, query }) => buckets(service, params.id, query.hours));
  bindTables(app, service);
}

function bindTables(app: App, service: ServiceContext): void {
  const operations = API.sources;
  bind(app, operations.changeTables, ({ params, body, caller }) =>
    tables.changeTables(service, params.id, body, {
      actor: actorOf(caller),
      demandEraser: () => demand(caller, "admin"),
    }),
  );
  bind(app, operations.columns, async ({ params }) => {
    const { prefix } = await getSource(service, params.id);
    return {
      columns: await tables.columnChoices(service, prefix, params.table),
      note: `${TREATMENT_NOTE} ${TREATMENT_CHANGE_NOTE}`,
    };
  });
  bind(app, operations.sync, ({ params, body, caller }) =>
    tables.runWithWish(service, params.id, { tables: body.tables, wish: null }, actorOf(caller)),
  );
  bind(app, operations.resync, ({ params, body, caller }) =>
    tables.runWithWish(service, params.id, { tables: body.tables, wish: "resync" }, actorOf(caller)),
  );
  bind(app, operations.allowMassDelete, async ({ params, body, caller }) => {
    demandName(body.confirm, (await getSource(service, params.id)).name);
    return tables.runWithWish(service, params.id, { tables: body.tables, wish: "allow_mass_delete" }, actorOf(caller));
  });
  bind(app, operations.deleteData, ({ params, body, caller }) =>
    tables.deleteData(service, params.id, body, actorOf(caller)),
  );
}
