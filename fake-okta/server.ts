/**
 * A simulated Okta org behind HTTP: the org's API on one port of the loopback interface, and on another a control endpoint
 * that changes the org, moves its clock and makes it misbehave. What it imitates, and on what evidence, is said where it
 * is done.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { hash } from "./random.ts";
import { manualClock, realClock } from "./clock.ts";
import { type FakeOrg, createFakeOrg } from "./org.ts";
import { oktaId } from "./org/ids.ts";
import type { OrgSettings } from "./org/state.ts";
import { ApiToken } from "./http/api-token.ts";
import { Buckets, type RateLimitPlan } from "./http/buckets.ts";
import { serveControl } from "./http/control.ts";
import { clientKey, type KeyKind } from "./http/credentials.ts";
import { SeenOnce } from "./http/dpop.ts";
import { Faults } from "./http/faults.ts";
import { type Access, Gate } from "./http/gate.ts";
import { type Desk, serve } from "./http/handler.ts";
import { TokenDesk } from "./http/oauth.ts";
import { RateEvents } from "./http/rate-events.ts";
import { RequestLog } from "./http/request-log.ts";
import { routes } from "./http/routes.ts";
import { Sight, type Visible } from "./http/sight.ts";

export interface FakeOktaOptions {
  readonly seed?: number;
  readonly users?: number;
  readonly groups?: number;
  readonly apps?: number;
  readonly rules?: number;
  readonly events?: number;
  readonly userTypes?: number;
  readonly host?: string;
  /** 0: any free port. */
  readonly port?: number;
  readonly controlPort?: number;
  readonly latency_ms?: number;
  readonly rateLimits?: RateLimitPlan;
  /** What kind of service app the org has; `dpop` requires DPoP of it. The SSWS token is good in every org. */
  readonly auth?: "token" | "oauth" | "dpop";
  /** The service app's key: RSA unless told otherwise. */
  readonly keyKind?: KeyKind;
  /** Links of lists name the org's `-admin` twin host. */
  readonly adminLinks?: boolean;
  /** The org's custom domain, as `https://id.acme.test`: told by the well-known document. */
  readonly customDomain?: string;
  /** How far behind the index is that `search` reads. */
  readonly searchLag_ms?: number;
  /** Past events persisted long after they were published: true for a few in a thousand, up to 20 minutes. */
  readonly latePersistence?: boolean | { readonly share: number; readonly delay_ms: number };
  /** Start of the org's clock in epoch ms; the machine's time when left out. */
  readonly now?: number;
  /** `manual`: time moves only through `org.clock.advance` and by `tick_ms` with each request. */
  readonly clock?: "real" | "manual";
  readonly tick_ms?: number;
  readonly accessTokenLifetime_s?: number;
  /** Scopes granted to the service app; every one that the routes need when left out. */
  readonly scopes?: readonly string[];
  /** False: the caller has no admin role, lists answer `200 []` and the rest E0000006. */
  readonly adminRole?: boolean;
  /** What the caller's role is narrowed to: lists shrink, reading a hidden row by its id is refused. */
  readonly visible?: Visible;
  /** Caps page sizes, to force many pages on few rows. */
  readonly pageSize?: number;
  /** A full last page has a `next`, too, and an empty page behind it. */
  readonly emptyLastPage?: boolean;
  /** The SSWS token dies 30 days after its last use, and with its creator, the org's first user. */
  readonly tokenDies?: boolean;
  /** The log tells of spent rate limits. Not by default: reading the log would make it longer. */
  readonly rateLimitEvents?: boolean;
  /** Bodies are compressed for clients that ask for it, as Okta's are. Not by default: a benchmark would measure zlib. */
  readonly gzip?: boolean;
}

export interface FakeOkta extends AsyncDisposable {
  /** The org's address, `http://host:port`. */
  readonly url: string;
  readonly controlUrl: string;
  /** The valid SSWS token. */
  readonly token: string;
  readonly clientId: string;
  /** The service app's private key as JWK (with `kid`) and as PKCS#8 PEM. Made when first asked for. */
  readonly privateKeyJwk: Readonly<Record<string, unknown>>;
  readonly privateKeyPem: string;
  readonly org: FakeOrg;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Ends access tokens, rotates the DPoP nonce. */
  readonly tokens: TokenDesk;
  /** Admin role and token, changeable while running. */
  readonly access: Access;
  close(): Promise<void>;
}

/** The size of an org of which nothing else is said: what the CLI and the demo start. */
export const defaultSize = { users: 5000, groups: 300, apps: 60, rules: 20, events: 200_000, userTypes: 3 } as const;

const everyScope: readonly string[] = [...new Set(routes.flatMap((route) => route.scope ?? []))];
const commonLateness = { share: 0.002, delay_ms: 1_200_000 };

/** Starts an org. Rejects when a port is taken. */
export async function startFakeOkta(options: FakeOktaOptions = {}): Promise<FakeOkta> {
  const { seed = 1, host = "127.0.0.1", rateLimits = "none", auth = "token", keyKind = "RSA" } = options;
  // Refuse before anything listens.
  if (options.adminLinks) adminTwin(originOf(host, 1));
  const closing = new AbortController();
  const api = createServer({ keepAliveTimeout: 60_000 });
  const control = createServer();
  const url = await listen(api, host, options.port ?? 0);
  const controlUrl = await listen(control, host, options.controlPort ?? 0);
  const org = createFakeOrg(orgSettings(options, url));
  const seen = new SeenOnce();
  const key = (): ReturnType<typeof clientKey> => clientKey(keyKind);
  const clientId = oktaId(seed, "app", 0x1_0000_0000);
  const tokenText = `00${hash(seed, 1, 81).toString(36)}-${hash(seed, 2, 81).toString(36)}_${hash(seed, 3, 81).toString(36)}-SSWS`;
  const access: Access = { adminRole: options.adminRole ?? true, tokenRevoked: false, visible: options.visible };
  const granted = new Set(options.scopes ?? everyScope);
  const tokens = new TokenDesk(
    { clientId, key, dpop: auth === "dpop", granted, lifetime_s: options.accessTokenLifetime_s ?? 3600 },
    seen,
  );
  const faults = new Faults(seed);
  const requests = new RequestLog();
  const desk: Desk = {
    org: org.state,
    serving: {
      linkOrigin: options.adminLinks ? adminTwin(url) : url,
      pageSize: options.pageSize,
      alternate: options.customDomain,
      emptyLastPage: options.emptyLastPage ?? false,
      sight: new Sight(() => access.visible, seed, org.state.everyoneId),
    },
    buckets: new Buckets(rateLimits, seed),
    faults,
    gate: new Gate(new ApiToken(tokenText, org.state, options.tokenDies ?? false), tokens, seen, access),
    tokens,
    requests,
    rateEvents: options.rateLimitEvents ? new RateEvents(org.state) : undefined,
    gzip: options.gzip ?? false,
    latency_ms: options.latency_ms ?? 0,
    tick_ms: options.tick_ms ?? 0,
    closing: closing.signal,
  };
  attend(api, (request, response) => serve(desk, request, response));
  const credentials = () => ({ token: tokenText, clientId, privateKey: key().jwk });
  const controlled = { org, faults, requests, tokens, access, credentials };
  attend(control, (request, response) => serveControl(controlled, request, response));
  const close = async (): Promise<void> => {
    closing.abort();
    await Promise.all([shut(api), shut(control)]);
  };
  return {
    url,
    controlUrl,
    token: tokenText,
    clientId,
    get privateKeyJwk() {
      return key().jwk;
    },
    get privateKeyPem() {
      return key().pem;
    },
    org,
    faults,
    requests,
    tokens,
    access,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function orgSettings(options: FakeOktaOptions, origin: string): OrgSettings {
  const start_ms = options.now ?? Date.now();
  const late = options.latePersistence ?? true;
  return {
    ...defaultSize,
    ...definedSizes(options),
    seed: options.seed ?? 1,
    clock: options.clock === "manual" ? manualClock(start_ms) : realClock(start_ms),
    origin,
    searchLag_ms: options.searchLag_ms ?? 0,
    latePersistence: late === true ? commonLateness : late === false ? { share: 0, delay_ms: 0 } : late,
  };
}

function definedSizes(options: FakeOktaOptions): Partial<Record<keyof typeof defaultSize, number>> {
  const { users, groups, apps, rules, events, userTypes } = options;
  return Object.fromEntries(
    Object.entries({ users, groups, apps, rules, events, userTypes }).filter(([, size]) => size !== undefined),
  );
}

/**
 * The org's `-admin` twin: the first label gets `-admin`; an address gets it at its end. Throws for an IPv6 address, of which
 * no other host name can be made.
 */
export function adminTwin(origin: string): string {
  const { protocol, hostname, port } = new URL(origin);
  if (hostname.startsWith("[")) throw new RangeError(`${hostname} has no -admin twin: serve 127.0.0.1 or localhost`);
  const twin = /^[\d.]+$/.test(hostname) ? `${hostname}-admin` : hostname.replace(/^[^.]+/, "$&-admin");
  return `${protocol}//${twin}${port === "" ? "" : `:${port}`}`;
}

/** Serves every request with `serveOne`; what it throws is a fault of this program and ends the connection. */
function attend(server: Server, serveOne: (request: IncomingMessage, response: ServerResponse) => Promise<void>): void {
  server.on("request", (request, response) => {
    serveOne(request, response).catch((error: unknown) => {
      if (!request.socket.destroyed)
        process.emitWarning(error instanceof Error ? (error.stack ?? error.message) : String(error), "FakeOktaWarning");
      response.destroy();
    });
  });
}

function originOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no TCP address"));
      else resolve(originOf(host, address.port));
    });
  });
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
