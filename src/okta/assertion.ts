/** How a service app says who it is at the token endpoint: `private_key_jwt` (fact sheet 5.2). */
import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { Credential } from "./credential.ts";

/** An assertion is for one request; Okta takes up to an hour. */
const assertion_life_s = 300;
/** Okta refuses an assertion from its future: this much is allowed for its servers not agreeing among themselves. */
const issued_before_s = 5;

/** The body of one token request, never to be sent twice. `url` is exactly the one invoked; `server_ms` is Okta's time. */
export async function tokenForm(
  { clientId, key }: Extract<Credential, { kind: "oauth" }>,
  url: string,
  scopes: readonly string[],
  server_ms: number,
): Promise<string> {
  const issued_s = Math.floor(server_ms / 1_000) - issued_before_s;
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: key.alg, ...(key.kid === null ? {} : { kid: key.kid }) })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(url)
    .setJti(randomUUID())
    .setIssuedAt(issued_s)
    .setExpirationTime(issued_s + assertion_life_s)
    .sign(key.key);
  return new URLSearchParams({
    grant_type: "client_credentials",
    scope: scopes.join(" "),
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: assertion,
  }).toString();
}
