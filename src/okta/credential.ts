/** The credential, from the environment variables that Okta's own SDKs use. Never from the command line, never printed. */
import { createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { RollcallError } from "../core/error.ts";
import { Secret } from "../core/secret.ts";

export type Credential =
  | { readonly kind: "token"; readonly token: Secret }
  | { readonly kind: "oauth"; readonly clientId: string; readonly key: SigningKey };

/** Signs client assertions (fact sheet 5.2). Node prints a KeyObject without its contents. */
export interface SigningKey {
  readonly alg: "RS256" | "ES256";
  /** Null where the key does not say (PEM): Okta then tries the app's keys. */
  readonly kid: string | null;
  readonly key: KeyObject;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** RS256 demands at least this (RFC 7518, 3.3). */
const rsa_bits_min = 2048;

/**
 * Reads OKTA_CLIENT_TOKEN (or OKTA_API_TOKEN), or OKTA_CLIENT_CLIENTID with OKTA_CLIENT_PRIVATEKEY or OKTA_CLIENT_PRIVATEKEY_FILE.
 * Throws RollcallError CREDENTIAL_MISSING, CREDENTIAL_AMBIGUOUS, CREDENTIAL_INVALID; no message contains a value.
 */
export function credentialFromEnvironment(env: Environment, readFile: (path: string) => string): Credential {
  const tokens = new Set(
    [env["OKTA_CLIENT_TOKEN"], env["OKTA_API_TOKEN"]].map(trimmedToken).filter((token) => token !== ""),
  );
  const clientId = env["OKTA_CLIENT_CLIENTID"]?.trim() ?? "";
  const inline = env["OKTA_CLIENT_PRIVATEKEY"]?.trim() ?? "";
  const path = env["OKTA_CLIENT_PRIVATEKEY_FILE"]?.trim() ?? "";
  const oauth = [clientId, inline, path].some((value) => value !== "");
  if (tokens.size > 0 && oauth) throw ambiguous("Both a token and an OAuth client are set");
  if (tokens.size > 1) throw ambiguous("OKTA_CLIENT_TOKEN and OKTA_API_TOKEN differ", "Unset one of the two.");
  for (const token of tokens) {
    if (!/^[\x21-\x7e]+$/.test(token))
      throw invalid("The token contains characters that no Okta token has", "Paste the token again.");
    return { kind: "token", token: new Secret(token) };
  }
  if (!oauth) throw missing("No credential is set");
  if (clientId === "") throw missing("A private key is set, but not OKTA_CLIENT_CLIENTID");
  if (inline !== "" && path !== "") {
    throw ambiguous("Both OKTA_CLIENT_PRIVATEKEY and OKTA_CLIENT_PRIVATEKEY_FILE are set", "Unset one of the two.");
  }
  if (inline === "" && path === "") throw missing("OKTA_CLIENT_CLIENTID is set, but no private key");
  return { kind: "oauth", clientId, key: signingKey(inline === "" ? fileText(path, readFile) : inline) };
}

/** People paste the whole header along. */
function trimmedToken(value: string | undefined): string {
  return (value ?? "")
    .trim()
    .replace(/^(authorization:\s*)?ssws\s+/i, "")
    .trim();
}

function fileText(path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path).trim();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw invalid(
      `The file in OKTA_CLIENT_PRIVATEKEY_FILE cannot be read${code}`,
      "Check the path and its permissions.",
    );
  }
}

/** A private key as JWK or PEM (PKCS#1, PKCS#8, SEC1; escaped newlines too): RSA for RS256, EC P-256 for ES256. */
export function signingKey(text: string): SigningKey {
  const jwk = text.startsWith("{") ? jwkOf(text) : null;
  const key = jwk === null ? pemKey(text) : jwkKey(jwk);
  const kid = typeof jwk?.["kid"] === "string" && jwk["kid"] !== "" ? jwk["kid"] : null;
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === "rsa") {
    if ((details?.modulusLength ?? 0) < rsa_bits_min)
      throw invalid(`The RSA key is shorter than ${rsa_bits_min} bits`, "Make a longer key.");
    return { alg: "RS256", kid, key };
  }
  if (key.asymmetricKeyType === "ec" && details?.namedCurve === "prime256v1") return { alg: "ES256", kid, key };
  throw invalid("The private key is neither RSA nor EC P-256", "Use an RSA or EC P-256 key.");
}

function jwkOf(text: string): JsonWebKey {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid("The private key begins as a JWK, but is not JSON");
  }
  const jwk = value as JsonWebKey;
  if (Array.isArray(jwk["keys"]))
    throw invalid("The private key is a set of keys", "Give the one private key, not the set.");
  if (typeof jwk.d !== "string")
    throw invalid("The JWK is a public key: it has no “d”", "Give the private key that Okta showed once.");
  return jwk;
}

// The errors below do not carry their cause: what Node says about a key may quote it.
function jwkKey(jwk: JsonWebKey): KeyObject {
  try {
    return createPrivateKey({ key: jwk, format: "jwk" });
  } catch {
    throw invalid("The JWK is damaged or of an unknown kind");
  }
}

function pemKey(text: string): KeyObject {
  const pem = text
    .replace(/^(["'])([\s\S]*)\1$/, "$2")
    .replaceAll("\\r", "")
    .replaceAll("\\n", "\n")
    .trim();
  if (/^-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) throw invalid("The PEM is a public key", "Give the private key.");
  if (/ENCRYPTED/.test(pem))
    throw invalid("The private key is locked with a passphrase", "Give it without one (openssl pkey -in … -out …).");
  if (!/^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) throw invalid("The private key is neither a JWK nor PEM");
  try {
    return createPrivateKey(pem);
  } catch {
    throw invalid("The PEM is damaged or of an unknown kind");
  }
}

function missing(reason: string): RollcallError {
  return new RollcallError("CREDENTIAL_MISSING", `${reason}.`);
}

function ambiguous(reason: string, fix?: string): RollcallError {
  return new RollcallError("CREDENTIAL_AMBIGUOUS", `${reason}.`, fix === undefined ? {} : { fix });
}

function invalid(reason: string, fix?: string): RollcallError {
  return new RollcallError("CREDENTIAL_INVALID", `${reason}.`, fix === undefined ? {} : { fix });
}
