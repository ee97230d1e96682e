/** What every answer carries and every request must pass before anybody looks at it: headers, host, origin, size. */
import { isIP } from "node:net";
import { randomUUID } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { RollcallError } from "../core/error.ts";
import type { Env } from "./bind.ts";
import type { ApiDeps } from "./deps.ts";
import { BODY_MAX_BYTES, BODY_OF_STRANGER_MAX_BYTES, HSTS_S } from "./limits.ts";
import { readSettings } from "../store/settings.ts";
import { sameText } from "./hidden.ts";

type Middleware = MiddlewareHandler<Env>;

/** Nothing from elsewhere, no script but our files; style attributes, because the component library sets them. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");
/** An answer of the API is data, never a page. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

const HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
} as const;

/** Methods that change nothing. */
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Whether the person's side of the connection is TLS. */
export function isSecure(context: Context<Env>, { trustProxy }: Pick<ApiDeps, "trustProxy">): boolean {
  return trustProxy && context.req.header("x-forwarded-proto")?.split(",").at(-1)?.trim() === "https";
}

/** Who is at the other end: the connection's, or what the trusted proxy (the last to add to the list) saw. */
export function addressOf(context: Context<Env>, { trustProxy }: Pick<ApiDeps, "trustProxy">): string {
  const forwarded = context.req.header("x-forwarded-for")?.split(",").at(-1)?.trim();
  if (trustProxy && forwarded !== undefined && forwarded !== "") return forwarded;
  const connection = context.env as { readonly incoming?: { readonly socket: { readonly remoteAddress?: string } } };
  return connection?.incoming?.socket.remoteAddress ?? "unknown";
}

/** Gives each request an id, its answer the headers, and the log one line without query, body or headers. */
export function dressed(deps: ApiDeps): Middleware {
  return async (context, next) => {
    const began_ms = performance.now();
    const requestId = randomUUID();
    context.set("requestId", requestId);
    context.set("caller", null);
    await next();
    const { path, method } = context.req;
    const isPage = context.res.headers.get("content-type")?.startsWith("text/html") === true;
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
    // A 304 has no type to go by, and what it says would replace the policy of the page that the browser kept.
    if (context.res.status !== 304) context.header("content-security-policy", isPage ? PAGE_POLICY : DATA_POLICY);
    context.header("x-request-id", requestId);
    if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
    if (isSecure(context, deps)) context.header("strict-transport-security", `max-age=${HSTS_S}`);
    const duration_ms = Math.round(performance.now() - began_ms);
    deps.log.debug({ requestId, method, path, status: context.res.status, duration_ms }, "request");
  };
}

/** `host:port`, `[v6]:port` → the name alone, lower case; null where it is none. */
function nameOf(host: string | undefined): string | null {
  const url = host === undefined || /[/?#@\\\s]/.test(host) ? null : URL.parse(`http://${host}`);
  return url === null ? null : url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

/**
 * Refuses a name that nobody gave this server: a page elsewhere could point its own name at this address (DNS rebinding)
 * and would then be of the same origin. A bare address cannot be pointed anywhere, and needs no list.
 */
export function hostKnown(deps: ApiDeps): Middleware {
  const known = new Set([...deps.hosts.map((host) => nameOf(host)), "localhost"]);
  return async (context, next) => {
    const name = nameOf(context.req.header("host") ?? new URL(context.req.url).host);
    const isKnown = name !== null && (isIP(name) !== 0 || name.endsWith(".localhost") || known.has(name));
    if (!isKnown && (name === null || name !== (await publicName(deps))))
      throw new RollcallError("HOST_REFUSED", "This server does not answer under that name.");
    await next();
  };
}

async function publicName({ store }: ApiDeps): Promise<string | null> {
  const { publicUrl } = await readSettings(store.db);
  return publicUrl === null ? null : nameOf(URL.parse(publicUrl)?.host);
}

/**
 * Refuses what another site's page sends in a person's name: by what the browser says of the request's origin, and by the
 * session's token, which only our page has. A key is no cookie: nobody sends it for somebody else.
 */
export function ownPageOnly(deps: ApiDeps): Middleware {
  return async (context, next) => {
    const { req } = context;
    const caller = context.get("caller");
    if (SAFE.has(req.method) || caller?.kind === "api_key") return next();
    const site = req.header("sec-fetch-site");
    const origin = req.header("origin");
    if ((site !== undefined && site !== "same-origin" && site !== "none") || !(await isOwn(origin, context, deps)))
      throw new RollcallError("CSRF_REFUSED", "This request came from another site.");
    if (caller !== null && !sameText(req.header("x-csrf-token") ?? "", context.get("csrfToken") ?? ""))
      throw new RollcallError("CSRF_REFUSED", "This request lacks its session's x-csrf-token.");
    await next();
  };
}

async function isOwn(origin: string | undefined, context: Context<Env>, deps: ApiDeps): Promise<boolean> {
  if (origin === undefined) return true;
  const host = URL.parse(origin)?.host;
  if (host === undefined || host === "") return false;
  if (host === (context.req.header("host") ?? new URL(context.req.url).host).toLowerCase()) return true;
  // Behind a proxy that does not pass the host on, only the settings know what people call this server.
  const { publicUrl } = await readSettings(deps.store.db);
  return publicUrl !== null && host === URL.parse(publicUrl)?.host;
}

/** Bounds the body before anybody reads it: little for strangers. */
export function bounded(): Middleware {
  const onError = (): never => {
    throw new RollcallError("BODY_TOO_LONG", "The request's body is too long.");
  };
  const ofStranger = bodyLimit({ maxSize: BODY_OF_STRANGER_MAX_BYTES, onError });
  const ofCaller = bodyLimit({ maxSize: BODY_MAX_BYTES, onError });
  return (context, next) => (context.get("caller") === null ? ofStranger : ofCaller)(context, next);
}
