/** Proof of possession (RFC 9449; fact sheet 5.3): each request shows that we hold the key that the token is bound to. */
import { createHash, randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { ServerClock } from "./server-clock.ts";
import { header, type Headers } from "./transport.ts";

export interface Prover {
  /** For one request only. `url` without query and fragment; `token`: the access token, for requests to the API. */
  proof(method: string, url: string, token: string | null): Promise<string>;
  /** Remembers the nonce that an answer hands out: Okta renews it daily, and may do so mid-run. */
  learn(headers: Headers): void;
}

/** Okta takes RSA and EC proofs; an EC signature costs a tenth of a millisecond. */
const alg = "ES256";

/** With a key pair of its own, which never leaves the process. */
export async function proverOf(server: ServerClock): Promise<Prover> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  const jwk = await exportJWK(publicKey);
  let nonce: string | null = null;
  return {
    proof(method, url, token) {
      const ath = token === null ? {} : { ath: createHash("sha256").update(token).digest("base64url") };
      const claims = { htm: method, htu: url, ...(nonce === null ? {} : { nonce }), ...ath };
      return new SignJWT(claims)
        .setProtectedHeader({ typ: "dpop+jwt", alg, jwk })
        .setJti(randomUUID())
        .setIssuedAt(Math.floor(server.now_ms() / 1_000))
        .sign(privateKey);
    },
    learn(headers) {
      nonce = header(headers, "dpop-nonce") ?? nonce;
    },
  };
}
