/** The warehouse over HTTP: what it holds, asking it, taking results and copies away. */
import { type Asking, clearHistory, history } from "../service/asking.ts";
import { accessOf, catalogue, tableDetail } from "../service/catalogue.ts";
import type { ServiceContext } from "../service/context.ts";
import { downloadSnapshot, exportCsv, exportNdjson, exportParquet, type FileAnswer } from "../service/exports.ts";
import { getPublication, publish, setPublication } from "../service/publication.ts";
import { record } from "../store/audit.ts";
import { queryTimeout_ms } from "../store/settings.ts";
import { actorOf, type App, bind } from "./bind.ts";
import { API } from "./contract/api.ts";

const MEDIA = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson",
  parquet: "application/vnd.apache.parquet",
} as const;

export function bindWarehouse(app: App, context: ServiceContext, asking: Asking): void {
  const { warehouse } = API;
  bind(app, warehouse.catalogue, ({ caller }) => catalogue(context, accessOf(caller)));
  bind(app, warehouse.table, async ({ params, caller, signal }) => {
    const leave = await asking.turn(caller, signal);
    return tableDetail(context, params, accessOf(caller), signal).finally(leave);
  });

  bind(app, warehouse.query, async ({ body: { sql, maxRows, timeout_s, remember }, caller, signal }) => {
    const timeout_ms = Math.min(timeout_s * 1000, await queryTimeout_ms(context.store.db));
    const lines = await asking.answer(sql, { maxRows, timeout_ms, remember }, caller, signal);
    return new Response(lines, { headers: { "content-type": "application/x-ndjson", ...UNSTORED } });
  });

  bind(app, warehouse.export, async ({ body: { sql, format, name }, caller, signal }) => {
    const ask = { sql, timeout_ms: await queryTimeout_ms(context.store.db), caller, signal };
    const file =
      format === "csv"
        ? await exportCsv(asking, ask)
        : format === "ndjson"
          ? await exportNdjson(asking, ask)
          : await exportParquet(context, asking, ask);
    return download(file, `${name}.${format}`, MEDIA[format]);
  });

  bind(app, warehouse.history, ({ query, caller }) => history(context, caller, query.limit));
  bind(app, warehouse.clearHistory, ({ caller }) => clearHistory(context, caller));

  bind(app, warehouse.snapshot, async ({ caller, signal }) => {
    const file = await downloadSnapshot(context, signal);
    const deed = { action: "warehouse.copied", object: { kind: "warehouse", id: null }, detail: { bytes: file.bytes } };
    await record(context.store.db, actorOf(caller), deed, context.now_ms());
    return download(file, "warehouse.duckdb", "application/octet-stream");
  });
  bind(app, warehouse.publication, () => getPublication(context));
  bind(app, warehouse.setPublication, ({ body, caller }) => setPublication(context, body, actorOf(caller)));
  bind(app, warehouse.publish, ({ caller, signal }) => publish(context, actorOf(caller), signal));
}

/** Nobody in between keeps people's data, or holds lines back until there are more. */
const UNSTORED = { "cache-control": "no-store", "x-accel-buffering": "no" } as const;

function download({ body, bytes }: FileAnswer, name: string, media: string): Response {
  // Plain characters only: what a header may hold, and what every file system takes.
  const plain = name.replace(/[^\w.-]+/g, "_").replace(/^\.+/, "");
  return new Response(body, {
    headers: {
      "content-type": media,
      "content-disposition": `attachment; filename="${plain}"`,
      ...(bytes === null ? {} : { "content-length": String(bytes) }),
      ...UNSTORED,
    },
  });
}
