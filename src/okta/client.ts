/** The engine's Okta: one authenticated, permitted, retried GET at a time (see seam.ts). */
import { RollcallError } from "../core/error.ts";
import type { Request } from "../core/stream.ts";
import { askerOf, pathOf, type Ask } from "./asker.ts";
import { tokenAuth, type Auth } from "./auth.ts";
import { isCut, isOf } from "./body.ts";
import { classify } from "./classify.ts";
import type { Clock } from "./clock.ts";
import type { Credential } from "./credential.ts";
import { in_flight_max, openGovernor } from "./governor.ts";
import { homeward, nextOf, ownPath, queryText } from "./link.ts";
import { oauthAuth } from "./oauth.ts";
import type { Org } from "./org.ts";
import { dateOf } from "./rate.ts";
import { pause, retriesOf, TROUBLE_OF, type Trouble } from "./retry.ts";
import type { Answer, GetOptions, Link, OktaClient } from "./seam.ts";
import { serverClock } from "./server-clock.ts";
import { tokenEndpoint, type TokenEndpointOptions } from "./token-endpoint.ts";
import { openTransport, type Response } from "./transport.ts";

/** A page is not asked for smaller than this after a 500. */
export const page_size_min = 10;
/** A refused DPoP proof is followed by a new one this often per request: nonces rotate daily (fact sheet 5.3). */
const proof_retries_max = 3;

export interface ClientOptions {
  readonly org: Org;
  readonly credential: Credential;
  /** How much of each limit that Okta's headers report may be used. */
  readonly share_percent: number;
  /** Every scope that the run wants: an OAuth token is asked for all of them at once. */
  readonly scopes: readonly string[];
  readonly clock: Clock;
  /** In [0, 1); for tests. */
  readonly random?: () => number;
}

export function openClient(options: ClientOptions): OktaClient {
  const { org, credential, clock, share_percent, random = Math.random } = options;
  const server = serverClock(clock);
  server.observe(org.answered.date_ms, org.answered.sent_ms, org.answered.received_ms);
  const transport = openTransport({ clock, connections: in_flight_max, loopback: org.loopback });
  const governor = openGovernor({ share_percent, clock, server, random });
  const life = new AbortController();
  const ask = askerOf({ origin: org.origin, governor, server, transport });
  const auth = authOf(credential, options.scopes, {
    origin: org.origin,
    ask,
    clock,
    server,
    random,
    signal: life.signal,
  });
  const reader: Reader = { org, auth, ask, clock, random };
  return {
    org: { id: org.id, host: org.host, origin: org.origin, canonicalHost: org.canonicalHost },
    credential: {
      get kind() {
        return auth.kind;
      },
    },
    get: (target, get) => read(reader, target, { ...get, signal: AbortSignal.any([get.signal, life.signal]) }),
    now_ms: () => server.now_ms(),
    buckets: () => governor.buckets(),
    async [Symbol.asyncDispose]() {
      life.abort();
      governor[Symbol.dispose]();
      await transport[Symbol.asyncDispose]();
    },
  };
}

function authOf(
  credential: Credential,
  scopes: readonly string[],
  options: Omit<TokenEndpointOptions, "credential">,
): Auth {
  if (credential.kind === "token") return tokenAuth(credential);
  return oauthAuth({ scopes, clock: options.clock, tokens: tokenEndpoint({ ...options, credential }) });
}

interface Reader {
  readonly org: Org;
  readonly auth: Auth;
  readonly ask: Ask;
  readonly clock: Clock;
  readonly random: () => number;
}

type Target = Request | { readonly link: Link; readonly began: Request };

/** What the next try does differently. */
type Outcome =
  | { readonly kind: "answer"; readonly response: Response }
  | { readonly kind: "again"; readonly trouble: Trouble; readonly smaller: boolean; readonly error: RollcallError }
  | { readonly kind: "renew" | "proof"; readonly error: RollcallError }
  | { readonly kind: "fail"; readonly error: RollcallError };

async function read(reader: Reader, target: Target, options: GetOptions): Promise<Answer> {
  const began = "link" in target ? target.began.query : target.query;
  let link = ownPath("link" in target ? target.link : linkOf(target));
  const retries = retriesOf(reader.clock, reader.random);
  let renewed = false;
  let proofs = 0;
  for (;;) {
    const outcome = await attempt(reader, link, options);
    switch (outcome.kind) {
      case "answer":
        return answerOf(outcome.response, link, began, reader.org);
      case "fail":
        throw outcome.error;
      case "renew":
        if (renewed) throw outcome.error;
        renewed = true;
        break;
      case "proof":
        proofs += 1;
        if (proofs > proof_retries_max) throw outcome.error;
        break;
      case "again":
        if (outcome.smaller && options.body === "list") link = withSmallerPage(link);
        await pause(retries, outcome.trouble, outcome.error, reader.clock, options.signal);
    }
  }
}

async function attempt(reader: Reader, link: Link, options: GetOptions): Promise<Outcome> {
  const { auth, org } = reader;
  const path = pathOf(link);
  await auth.ready(options.scope, options.signal);
  let sent: Readonly<Record<string, string>> = {};
  let response: Response;
  try {
    const prepare = async () => ({ headers: (sent = await auth.headers("GET", org.origin + path)) });
    response = await reader.ask({ method: "GET", path: link }, prepare, options.meter, options.signal);
  } catch (error) {
    if (!(error instanceof RollcallError) || error.code !== "NETWORK") throw error;
    return { kind: "again", trouble: "unwell", smaller: false, error };
  }
  auth.learn(response.headers);
  const asked = { path, scope: options.scope, cursor: parameter(link, "after") !== null, oauth: auth.kind !== "token" };
  const verdict = classify(response, asked);
  switch (verdict.kind) {
    case "fine":
      return bodyOutcome(response, path, options.body);
    case "unavailable":
      return { kind: "again", trouble: "unwell", smaller: verdict.smaller, error: verdict.error };
    case "rate":
      // An honest window is waited for as often as it takes: the governor holds the bucket until its reset.
      return { kind: "again", trouble: TROUBLE_OF[verdict.refusal], smaller: false, error: verdict.error };
    case "renew":
      auth.refused(sent);
      return verdict;
    default:
      return verdict;
  }
}

function bodyOutcome(response: Response, path: string, body: GetOptions["body"]): Outcome {
  if (isCut(response.bytes)) {
    const error = new RollcallError("NETWORK", `GET ${path} answered with a body that ends early.`);
    return { kind: "again", trouble: "unwell", smaller: false, error };
  }
  if (response.status === 200 && isOf(body, response.bytes)) return { kind: "answer", response };
  const error = new RollcallError(
    "BODY_NOT_A_LIST",
    `GET ${path} answered ${response.status} with a body that is no JSON ${body}.`,
  );
  return { kind: "again", trouble: "not_a_list", smaller: false, error };
}

function answerOf(response: Response, link: Link, began: Readonly<Record<string, string>>, org: Org): Answer {
  const date_ms = dateOf(response.headers);
  if (date_ms === null)
    throw new RollcallError("BODY_NOT_A_LIST", `GET ${pathOf(link)} was answered without a Date, so not by Okta.`);
  const limit = parameter(link, "limit");
  const next = nextOf(response.headers);
  const merged = limit === null ? began : { ...began, limit };
  return {
    bytes: response.bytes,
    date_ms,
    next: next === null ? null : homeward(next, org, merged),
    limit: limit === null ? null : Number(limit),
  };
}

function linkOf(request: Request): Link {
  const query = queryText(Object.entries(request.query));
  return query === "" ? request.path : `${request.path}?${query}`;
}

function parameter(link: Link, name: string): string | null {
  return new URLSearchParams(link.slice(pathOf(link).length)).get(name);
}

/** Halves `limit`, down to a floor; the rest of the link stays as Okta wrote it. */
function withSmallerPage(link: Link): Link {
  return link.replace(/([?&]limit=)(\d+)/, (_, name: string, limit: string) => {
    return name + Math.max(Math.min(Number(limit), page_size_min), Math.floor(Number(limit) / 2));
  });
}
