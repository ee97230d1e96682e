/** Okta's token endpoint: client credentials with a signed assertion, and DPoP once Okta asks for it (fact sheet 5.2, 5.3). */
import { z } from "zod";
import { RollcallError } from "../core/error.ts";
import type { Ask } from "./asker.ts";
import { tokenForm } from "./assertion.ts";
import { saidBy } from "./classify.ts";
import type { Clock } from "./clock.ts";
import type { Credential } from "./credential.ts";
import { proverOf, type Prover } from "./dpop.ts";
import type { Token, TokenSource } from "./oauth.ts";
import { dateOf, rateOf, refusalOf } from "./rate.ts";
import { pause, retriesOf, TROUBLE_OF, type Trouble } from "./retry.ts";
import type { ServerClock } from "./server-clock.ts";
import type { Response } from "./transport.ts";

/** The org's own server; `/oauth2/default` cannot grant `okta.*` scopes. */
const TOKEN_PATH = "/oauth2/v1/token";
/** When what we thought of Okta's time was wrong by more than this, a refusal may have come from that. */
const skew_ms = 2_000;
/** How often one fetch is repeated with a new nonce. */
const nonce_retries_max = 3;

const Granted = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z.string(),
  expires_in: z.number().positive(),
});

export interface TokenEndpointOptions {
  readonly origin: string;
  readonly credential: Extract<Credential, { kind: "oauth" }>;
  readonly ask: Ask;
  readonly clock: Clock;
  readonly server: ServerClock;
  readonly random: () => number;
  /** The client's life: a fetch is shared, so no single request's end ends it. */
  readonly signal: AbortSignal;
}

/** `fetch` throws RollcallError: CREDENTIAL_REFUSED, RATE_LIMITED, OKTA_UNAVAILABLE, NETWORK, REDIRECTED, CANCELLED. */
export function tokenEndpoint({
  origin,
  credential,
  ask,
  clock,
  server,
  random,
  signal,
}: TokenEndpointOptions): TokenSource {
  const url = origin + TOKEN_PATH;
  let prover: Prover | null = null;

  async function post(scopes: readonly string[]): Promise<Response> {
    const response = await ask(
      { method: "POST", path: TOKEN_PATH },
      async () => ({
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          ...(prover === null ? {} : { dpop: await prover.proof("POST", url, null) }),
        },
        body: await tokenForm(credential, url, scopes, server.now_ms()),
      }),
      null,
      signal,
    );
    prover?.learn(response.headers);
    return response;
  }

  /** Whether another try may do: with a proof, with its nonce, or with Okta's time. */
  async function mend(oauth: string | null, tries: Tries, offsetBefore_ms: number): Promise<boolean> {
    if (prover === null && (oauth === "invalid_dpop_proof" || oauth === "use_dpop_nonce")) {
      prover = await proverOf(server);
      return true;
    }
    if (oauth === "use_dpop_nonce") return (tries.nonces += 1) <= nonce_retries_max;
    if (oauth !== "invalid_client" && oauth !== "invalid_dpop_proof") return false;
    const skewed = Math.abs(offset() - offsetBefore_ms) > skew_ms;
    return skewed && (tries.skews += 1) === 1;
  }

  const offset = () => server.now_ms() - clock.now_ms();

  return {
    prover: () => prover,
    async fetch(scopes) {
      const retries = retriesOf(clock, random);
      const tries = { nonces: 0, skews: 0 };
      for (;;) {
        const asked_ms = clock.now_ms();
        const offsetBefore_ms = offset();
        try {
          const response = await post(scopes);
          if (response.status === 200) return tokenIn(response, asked_ms);
          const { oauth } = saidBy(response);
          if (oauth === "invalid_scope") return null;
          if (await mend(oauth, tries, offsetBefore_ms)) continue;
          const { trouble, error } = unwell(response);
          await pause(retries, trouble, error, clock, signal);
        } catch (error) {
          if (!(error instanceof RollcallError) || error.code !== "NETWORK") throw error;
          await pause(retries, "unwell", error, clock, signal);
        }
      }
    },
  };
}

/** Throws where the same request will not succeed later. */
function unwell(response: Response): { readonly trouble: Trouble; readonly error: RollcallError } {
  const { status, headers } = response;
  if (status === 429) {
    return {
      trouble: TROUBLE_OF[refusalOf(rateOf(headers), dateOf(headers))],
      error: failure("RATE_LIMITED", response),
    };
  }
  if (status >= 500 || status === 423 || status === 408) {
    return { trouble: "unwell", error: failure("OKTA_UNAVAILABLE", response) };
  }
  throw failure(status >= 300 && status < 400 ? "REDIRECTED" : "CREDENTIAL_REFUSED", response);
}

interface Tries {
  nonces: number;
  skews: number;
}

/** Throws NETWORK (the same request is tried again) for a 200 that grants nothing. */
function tokenIn(response: Response, asked_ms: number): Token {
  const granted = Granted.safeParse(json(response.bytes));
  if (!granted.success) throw new RollcallError("NETWORK", `POST ${TOKEN_PATH} answered 200 without a token.`);
  const { access_token, token_type, expires_in } = granted.data;
  return { value: access_token, bound: token_type.toLowerCase() === "dpop", asked_ms, life_ms: expires_in * 1_000 };
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

/** What to do, by OAuth's `error`. */
const FIXES: Readonly<Record<string, string>> = {
  invalid_client:
    "Check the client id, and that the public half of this private key is on the service app (Applications → the app → General → Client Credentials).",
  invalid_dpop_proof:
    "Check the service app's DPoP setting (Applications → the app → General), and report this if it stays.",
  unauthorized_client: "Check that the app is an API Services app with the client credentials grant.",
  access_denied: "Check that the service app is active and may use these scopes.",
};

function failure(
  code: "CREDENTIAL_REFUSED" | "RATE_LIMITED" | "OKTA_UNAVAILABLE" | "REDIRECTED",
  response: Response,
): RollcallError {
  const { code: okta, oauth } = saidBy(response);
  const what = [String(response.status), okta, oauth].filter((part) => part !== null).join(" ");
  const fix = code === "CREDENTIAL_REFUSED" ? FIXES[oauth ?? ""] : undefined;
  return new RollcallError(
    code,
    `Okta gave no token: POST ${TOKEN_PATH} answered ${what}.`,
    fix === undefined ? {} : { fix },
  );
}
