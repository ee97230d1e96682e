import { randomUUID } from "node:crypto";
import { compactVerify, decodeJwt, decodeProtectedHeader } from "jose";
import { z } from "zod";
import { type Answer, type Call, object } from "./answer.ts";
import { type ClientKey } from "./credentials.ts";
import { checkProof, OAuthError, type SeenOnce } from "./dpop.ts";

export interface OAuthSettings {
  readonly clientId: string;
  readonly key: () => ClientKey;
  readonly dpop: boolean;
  /** Scopes granted to the service app. */
  readonly granted: ReadonlySet<string>;
  readonly lifetime_s: number;
}

/** A token the org has given out. `jkt` is the thumbprint of the DPoP key it is bound to. */
export interface AccessToken {
  readonly expires_ms: number;
  readonly scopes: ReadonlySet<string>;
  readonly jkt: string | undefined;
}

/** An assertion may live for an hour at most (fact sheet 5.2). */
const longestAssertion_s = 3600;

const claimsShape = z.looseObject({
  iss: z.string().optional(),
  sub: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  exp: z.number().optional(),
  iat: z.number().optional(),
  jti: z.string().optional(),
});

/** The org's token endpoint and the tokens it has given out (fact sheet 5.2, 5.3). */
export class TokenDesk {
  readonly settings: OAuthSettings;
  readonly #seen: SeenOnce;
  readonly #tokens = new Map<string, AccessToken>();
  #nonce: string = randomUUID();
  #olderNonce: string | undefined;

  constructor(settings: OAuthSettings, seen: SeenOnce) {
    this.settings = settings;
    this.#seen = seen;
  }

  /** Makes a new DPoP nonce. The old one stays good for a while in Okta (three days); `keepOld` false ends it at once. */
  rotateNonce(keepOld = false): void {
    this.#olderNonce = keepOld ? this.#nonce : undefined;
    this.#nonce = randomUUID();
  }

  /** Ends every access token given out so far, as if its hour were over. */
  expireTokens(): void {
    for (const [text, token] of this.#tokens) this.#tokens.set(text, { ...token, expires_ms: 0 });
  }

  find(text: string): AccessToken | undefined {
    return this.#tokens.get(text);
  }

  /** Answers `POST /oauth2/v1/token`. */
  async answer(call: Call, now: number): Promise<Answer> {
    try {
      return await this.#grant(call, now);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const answer = object(JSON.stringify({ error: error.code, error_description: error.message }), error.status);
      if (error.code === "use_dpop_nonce") answer.headers["dpop-nonce"] = this.#nonce;
      return answer;
    }
  }

  async #grant(call: Call, now: number): Promise<Answer> {
    const form = new URLSearchParams(call.body);
    if (form.get("grant_type") !== "client_credentials")
      throw new OAuthError(
        400,
        "unsupported_grant_type",
        "The authorization grant type is not supported by the authorization server.",
      );
    if (form.get("client_assertion_type") !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") {
      throw new OAuthError(
        401,
        "invalid_client",
        "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.",
      );
    }
    await this.#checkAssertion(form.get("client_assertion") ?? "", `${call.invokedOrigin}${call.path}`, now);
    const jkt = this.settings.dpop ? await this.#checkDpop(call, now) : undefined;
    const scopes = (form.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
    const missing = scopes.filter((scope) => !this.settings.granted.has(scope));
    if (scopes.length === 0)
      throw new OAuthError(
        400,
        "invalid_scope",
        "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
      );
    if (missing.length > 0)
      throw new OAuthError(
        400,
        "invalid_scope",
        "One or more scopes are not configured for the authorization server resource.",
      );
    const text = `eyJraWQiOiJmYWtlIn0.${randomUUID().replaceAll("-", "")}${randomUUID().replaceAll("-", "")}.${randomUUID()}`;
    this.#forgetExpired(now);
    this.#tokens.set(text, { expires_ms: now + this.settings.lifetime_s * 1000, scopes: new Set(scopes), jkt });
    const answer = object(
      JSON.stringify({
        token_type: jkt === undefined ? "Bearer" : "DPoP",
        expires_in: this.settings.lifetime_s,
        access_token: text,
        scope: scopes.join(" "),
      }),
    );
    if (jkt !== undefined) answer.headers["dpop-nonce"] = this.#nonce;
    return answer;
  }

  /** A day after their end, tokens are forgotten: until then they are known and told to be expired. */
  #forgetExpired(now: number): void {
    for (const [text, token] of this.#tokens)
      if (token.expires_ms + 86_400_000 < now && token.expires_ms > 0) this.#tokens.delete(text);
  }

  async #checkDpop(call: Call, now: number): Promise<string> {
    const proof = await checkProof(call, now, this.#seen, undefined);
    const good = proof.nonce !== undefined && (proof.nonce === this.#nonce || proof.nonce === this.#olderNonce);
    if (!good) throw new OAuthError(400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.");
    return proof.jkt;
  }

  /** Throws `invalid_client` with Okta's sentence unless the assertion is ours, fresh, for this URL and never used. */
  async #checkAssertion(assertion: string, tokenUrl: string, now: number): Promise<void> {
    const { clientId } = this.settings;
    const claims = await this.#verifiedClaims(assertion);
    const now_s = Math.floor(now / 1000);
    const audiences = typeof claims.aud === "string" ? [claims.aud] : (claims.aud ?? []);
    const wrongs: ReadonlyArray<readonly [wrong: boolean, description: string]> = [
      [claims.iss !== clientId, "The issuer claim for client_assertion is not a valid client_id."],
      [claims.sub !== clientId, "The subject claim for client_assertion is not a valid client_id."],
      [
        !audiences.includes(tokenUrl),
        "The audience claim for client_assertion must be the endpoint invoked for the request.",
      ],
      [claims.exp === undefined, "The client_assertion must contain the 'exp' claim as seconds since epoch."],
      [(claims.exp ?? 0) <= now_s, "The client_assertion token is expired."],
      [
        (claims.exp ?? 0) > now_s + longestAssertion_s,
        "The client_assertion token has an expiration too far into the future.",
      ],
      [(claims.iat ?? now_s) > now_s + 300, "The client_assertion token must be issued before the current time."],
      [
        claims.jti !== undefined && !this.#seen.first(`assertion ${claims.jti}`, now),
        "The client_assertion token has already been used.",
      ],
    ];
    for (const [wrong, description] of wrongs) if (wrong) throw new OAuthError(401, "invalid_client", description);
  }

  async #verifiedClaims(assertion: string): Promise<z.output<typeof claimsShape>> {
    const key = this.settings.key();
    const read = (): { claims: z.output<typeof claimsShape>; kid: string | undefined } => {
      try {
        return { claims: claimsShape.parse(decodeJwt(assertion)), kid: decodeProtectedHeader(assertion).kid };
      } catch {
        throw new OAuthError(401, "invalid_client", "The parsing of the client_assertion failed.");
      }
    };
    const { claims, kid } = read();
    if (kid !== undefined && kid !== key.kid)
      throw new OAuthError(401, "invalid_client", "The client_assertion JWT kid is invalid.");
    try {
      await compactVerify(assertion, key.publicKey, {
        algorithms: ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
      });
    } catch {
      throw new OAuthError(401, "invalid_client", "The client_assertion signature is invalid.");
    }
    return claims;
  }
}
