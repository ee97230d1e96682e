/** Metrics over HTTP, in Prometheus's text format. */
import type { Asking } from "../service/asking.ts";
import type { ServiceContext } from "../service/context.ts";
import { Metrics } from "../service/metrics.ts";
import { type App, bind } from "./bind.ts";
import { API } from "./contract/api.ts";

export function bindMetrics(app: App, context: ServiceContext, asking: Asking): void {
  const metrics = new Metrics(context);
  asking.watch(metrics.queryEnded);
  bind(app, API.machine.metrics, async () => {
    const headers = { "content-type": metrics.contentType, "cache-control": "no-store" };
    return new Response(await metrics.text(), { headers });
  });
}
