/** A small HTTP server that answers as told: for tests of one fault at a time. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "../../src/core/secret.ts";
import { openClient, type ClientOptions } from "../../src/okta/client.ts";
import { systemClock, type Clock } from "../../src/okta/clock.ts";
import type { Credential } from "../../src/okta/credential.ts";
import type { Org } from "../../src/okta/org.ts";
import type { Answer, Meter, OktaClient } from "../../src/okta/seam.ts";
import type { Request } from "../../src/core/stream.ts";

export interface SmallOrg extends AsyncDisposable {
  readonly org: Org;
  /** Path and query of every request so far. */
  readonly asked: string[];
  readonly requests: IncomingMessage[];
}

export type Handler = (request: IncomingMessage, response: ServerResponse, number: number, body: string) => void;

export async function smallOrg(handler: Handler, port = 0): Promise<SmallOrg> {
  const asked: string[] = [];
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      asked.push(request.url ?? "");
      requests.push(request);
      handler(request, response, asked.length, Buffer.concat(pieces).toString());
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const org: Org = {
    id: "00o1",
    host,
    origin: `http://${host}`,
    loopback: true,
    canonicalHost: host,
    hosts: new Set([host, "acme.okta.com", "acme-admin.okta.com"]),
    answered: { date_ms: 0, sent_ms: 0, received_ms: 0 },
  };
  return {
    org,
    asked,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sleeps take no time; what was slept is remembered. */
export function hastyClock(): Clock & { readonly slept_ms: number[] } {
  const slept_ms: number[] = [];
  let ahead_ms = 0;
  return {
    slept_ms,
    now_ms: () => systemClock.now_ms() + ahead_ms,
    async sleep(ms, signal) {
      await systemClock.sleep(0, signal);
      slept_ms.push(ms);
      ahead_ms += ms;
    },
  };
}

export const token_value = "00SecretTokenThatMustNeverBeSeen-1234567890";
export const token: Credential = { kind: "token", token: new Secret(token_value) };

export function clientOf(small: SmallOrg, options: Partial<ClientOptions> = {}): OktaClient {
  return openClient({
    org: small.org,
    credential: token,
    share_percent: 75,
    scopes: ["okta.users.read"],
    clock: hastyClock(),
    random: () => 0.5,
    ...options,
  });
}

export function newMeter(): Meter {
  return { requests: 0, rateLimited: 0, bucket: null };
}

export const users: Request = { path: "/api/v1/users", query: { limit: "200", filter: 'status eq "ACTIVE"' } };

export function get(
  client: OktaClient,
  target: Parameters<OktaClient["get"]>[0] = users,
  options: Partial<Parameters<OktaClient["get"]>[1]> = {},
): Promise<Answer> {
  return client.get(target, {
    meter: newMeter(),
    signal: new AbortController().signal,
    scope: "okta.users.read",
    body: "list",
    ...options,
  });
}

export function rateHeaders(
  limit: number,
  remaining: number,
  in_s: number,
  now_ms = Date.now(),
): Record<string, string> {
  return {
    "x-rate-limit-limit": String(limit),
    "x-rate-limit-remaining": String(remaining),
    "x-rate-limit-reset": String(Math.floor(now_ms / 1000) + in_s),
  };
}

export function oktaError(
  response: ServerResponse,
  status: number,
  errorCode: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(
    JSON.stringify({ errorCode, errorSummary: "words", errorLink: errorCode, errorId: "oae1", errorCauses: [] }),
  );
}
