import type { ApiToken } from "./api-token.ts";
import type { Answer, Call } from "./answer.ts";
import { checkProof, OAuthError, type SeenOnce } from "./dpop.ts";
import { OktaError } from "./errors.ts";
import type { TokenDesk } from "./oauth.ts";
import type { Route } from "./routes.ts";
import type { Visible } from "./sight.ts";
import { refused } from "./spoil.ts";
import { object } from "./answer.ts";

/** What the org's administrators may change about the connector's access while it runs. */
export interface Access {
  /** False: scopes without an admin role, so lists answer `200 []` (fact sheet 0.0). */
  adminRole: boolean;
  /** True: the SSWS token has been revoked. */
  tokenRevoked: boolean;
  /** What the caller's role is narrowed to; undefined: it sees all. */
  visible: Visible | undefined;
}

/** Scheme and credential of an Authorization header. */
export function readAuthorization(call: Call): { scheme: string; credential: string } | undefined {
  const match = /^(\S+) +(\S+)$/.exec(call.headers.authorization ?? "");
  return match ? { scheme: match[1] ?? "", credential: match[2] ?? "" } : undefined;
}

/** Decides whether a request may pass. Its refusals differ by scheme (fact sheet 5.4). */
export class Gate {
  readonly #token: ApiToken;
  readonly #desk: TokenDesk;
  readonly #seen: SeenOnce;
  readonly access: Access;

  constructor(token: ApiToken, desk: TokenDesk, seen: SeenOnce, access: Access) {
    this.#token = token;
    this.#desk = desk;
    this.#seen = seen;
    this.access = access;
  }

  /** The refusal, or undefined when the request may pass. Throws `OktaError`. */
  async refusal(call: Call, route: Route, now: number): Promise<Answer | undefined> {
    if (route.scope === undefined) return undefined;
    const sent = readAuthorization(call);
    if (!sent) throw new OktaError("E0000005");
    if (sent.scheme === "SSWS") {
      if (this.access.tokenRevoked || !this.#token.accepts(sent.credential, now)) throw new OktaError("E0000011");
      return undefined;
    }
    if (sent.scheme !== "Bearer" && sent.scheme !== "DPoP") throw new OktaError("E0000011");
    return this.#oauthRefusal(call, route.scope, sent.scheme, sent.credential, now);
  }

  async #oauthRefusal(
    call: Call,
    scope: string,
    scheme: "Bearer" | "DPoP",
    text: string,
    now: number,
  ): Promise<Answer | undefined> {
    const no = (status: number, error: string, description: string): Answer =>
      refused(status, call.invokedOrigin, call.path, error, description, scope, scheme);
    const token = this.#desk.find(text);
    if (!token) return no(401, "invalid_token", "The access token is invalid.");
    if (token.expires_ms <= now) return no(401, "invalid_token", "The access token has expired.");
    if (scheme === "Bearer" && token.jkt !== undefined) {
      const description = "The resource request must use the DPoP authentication scheme when using a DPoP bound token.";
      return object(JSON.stringify({ error: "invalid_request", error_description: description }), 400);
    }
    if (scheme === "DPoP") {
      if (token.jkt === undefined) return no(401, "invalid_token", "The presented access_token is not DPoP bound.");
      try {
        const proof = await checkProof(call, now, this.#seen, text);
        if (proof.jkt !== token.jkt)
          throw new OAuthError(400, "invalid_dpop_proof", "The access_token is not bound to the provided DPoP proof.");
      } catch (error) {
        if (!(error instanceof OAuthError)) throw error;
        return object(JSON.stringify({ error: error.code, error_description: error.message }), error.status);
      }
    }
    if (!token.scopes.has(scope))
      return no(403, "insufficient_scope", "The access token provided does not contain the required scopes.");
    return undefined;
  }
}
