import { createHash } from "node:crypto";
import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK } from "jose";
import { z } from "zod";
import type { Call } from "./answer.ts";

/** An error of the OAuth endpoints: `{error, error_description}` (fact sheet 5.4 and Okta's list of OAuth errors). */
export class OAuthError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, description: string) {
    super(description);
    this.status = status;
    this.code = code;
  }
}

/** Identifiers that may be used once. Old ones are forgotten after two hours of org time. */
export class SeenOnce {
  readonly #seen = new Map<string, number>();

  /** Whether this is the first time. */
  first(id: string, now: number): boolean {
    for (const [old, at] of this.#seen) {
      if (at > now - 7_200_000) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(id)) return false;
    this.#seen.set(id, now);
    return true;
  }
}

/** A proof may be this old, or this far ahead (fact sheet 5.3). */
const leeway_s = 300;

const headerShape = z.looseObject({
  typ: z.string().optional(),
  alg: z.string().optional(),
  jwk: z.record(z.string(), z.unknown()).optional(),
});
const claimsShape = z.looseObject({
  htm: z.string().optional(),
  htu: z.string().optional(),
  iat: z.number().optional(),
  jti: z.string().optional(),
  ath: z.string().optional(),
  nonce: z.string().optional(),
});

const wrong = (description: string): OAuthError => new OAuthError(400, "invalid_dpop_proof", description);

/**
 * Checks a request's DPoP proof (RFC 9449, with Okta's sentences). `token` is the access token presented, whose hash the
 * proof must carry; undefined at the token endpoint. Returns the key's thumbprint and the nonce. Throws `OAuthError`.
 */
export async function checkProof(
  call: Call,
  now: number,
  seen: SeenOnce,
  token: string | undefined,
): Promise<{ jkt: string; nonce: string | undefined }> {
  const sent = call.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "dpop").length;
  if (sent === 0)
    throw token === undefined
      ? wrong("The DPoP proof JWT header is missing.")
      : new OAuthError(400, "invalid_request", "The resource request requires a DPoP proof.");
  if (sent > 1) throw wrong("Multiple DPoP proof JWT headers are not allowed.");
  const { claims, jkt } = await verifiedProof(String(call.headers.dpop));
  const now_s = now / 1000;
  const ath = token === undefined ? undefined : createHash("sha256").update(token).digest("base64url");
  const checks: ReadonlyArray<readonly [failed: boolean, description: string]> = [
    [claims.htm?.toUpperCase() !== call.method, "'htm' claim in the DPoP proof JWT is invalid."],
    [claims.htu !== call.invokedOrigin + call.path, "'htu' claim in the DPoP proof JWT is invalid."],
    [claims.iat === undefined, "'iat' claim in the DPoP proof JWT is invalid."],
    [(claims.iat ?? 0) > now_s + leeway_s, "The DPoP proof JWT is issued in the future."],
    [(claims.iat ?? 0) < now_s - leeway_s, "The DPoP proof JWT is issued more than five minutes in the past."],
    [claims.jti === undefined, "'jti' claim in the DPoP proof JWT is invalid."],
    [
      ath !== undefined && claims.ath !== ath,
      "'ath' claim in the DPoP proof does not match the presented access_token.",
    ],
    [claims.jti !== undefined && !seen.first(`proof ${claims.jti}`, now), "The DPoP proof JWT has already been used."],
  ];
  for (const [failed, description] of checks) if (failed) throw wrong(description);
  return { jkt, nonce: claims.nonce };
}

async function verifiedProof(proof: string): Promise<{ claims: z.output<typeof claimsShape>; jkt: string }> {
  const header = parseHeader(proof);
  if (header.typ !== "dpop+jwt") throw wrong("'typ' must be 'dpop+jwt' in the DPoP proof JWT.");
  if (!/^(RS|ES)(256|384|512)$/.test(header.alg ?? ""))
    throw wrong("The DPoP proof JWT signature algorithm is invalid.");
  const { jwk } = header;
  if (jwk === undefined || jwk.d !== undefined) throw wrong("The DPoP proof JWT is invalid.");
  try {
    const key = await importJWK({ ...jwk, kty: String(jwk.kty) }, header.alg);
    const { payload } = await compactVerify(proof, key);
    const claims = claimsShape.parse(JSON.parse(new TextDecoder().decode(payload)));
    return { claims, jkt: await calculateJwkThumbprint({ ...jwk, kty: String(jwk.kty) }) };
  } catch {
    throw wrong("The DPoP proof JWT signature is invalid.");
  }
}

function parseHeader(proof: string): z.output<typeof headerShape> {
  try {
    return headerShape.parse(decodeProtectedHeader(proof));
  } catch {
    throw wrong("The DPoP proof JWT cannot be parsed.");
  }
}
