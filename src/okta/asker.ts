/** One permitted exchange: a permit from the bucket, the exchange, and what its headers teach. Shared by reads and token requests. */
import { bucketOf } from "./bucket.ts";
import type { Governor } from "./governor.ts";
import { dateOf } from "./rate.ts";
import type { Meter } from "./seam.ts";
import type { ServerClock } from "./server-clock.ts";
import type { Exchange, Response, Transport } from "./transport.ts";
import { agent_name } from "./version.ts";

/** `prepare` is called when the permit is there: assertions and proofs must be fresh. Throws what the transport throws. */
export type Ask = (
  exchange: Pick<Exchange, "method" | "path">,
  prepare: () => Promise<Pick<Exchange, "headers" | "body">>,
  meter: Meter | null,
  signal: AbortSignal,
) => Promise<Response>;

export interface AskerOptions {
  readonly origin: string;
  readonly governor: Governor;
  readonly server: ServerClock;
  readonly transport: Transport;
}

export function askerOf({ origin, governor, server, transport }: AskerOptions): Ask {
  return async (exchange, prepare, meter, signal) => {
    using permit = await governor.acquire(bucketOf(pathOf(exchange.path)), signal);
    const own = await prepare();
    if (meter !== null) meter.requests += 1;
    const response = await transport.send(
      {
        ...exchange,
        ...own,
        origin,
        headers: { accept: "application/json", "accept-encoding": "gzip", "user-agent": agent_name, ...own.headers },
      },
      signal,
    );
    const date_ms = dateOf(response.headers);
    if (date_ms !== null) server.observe(date_ms, response.sent_ms, response.received_ms);
    permit.observe(response.status, response.headers);
    if (meter !== null) {
      meter.bucket = permit.state();
      if (response.status === 429) meter.rateLimited += 1;
    }
    return response;
  };
}

/** A path without its query. */
export function pathOf(target: string): string {
  const at = target.indexOf("?");
  return at < 0 ? target : target.slice(0, at);
}
