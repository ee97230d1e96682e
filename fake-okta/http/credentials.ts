import { generateKeyPairSync, type KeyObject } from "node:crypto";

/** The key of the org's service app, in the forms people hold it. The public half is registered with the org. */
export interface ClientKey {
  readonly publicKey: KeyObject;
  readonly kid: string;
  readonly pem: string;
  readonly jwk: Readonly<Record<string, unknown>>;
}

export type KeyKind = "RSA" | "EC";

const made = new Map<KeyKind, ClientKey>();

/** One key per kind and process: making an RSA key takes longer than starting an org. */
export function clientKey(kind: KeyKind): ClientKey {
  const known = made.get(kind);
  if (known) return known;
  const { publicKey, privateKey } =
    kind === "RSA"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const kid = `fake-${kind.toLowerCase()}-key`;
  const jwk = { ...privateKey.export({ format: "jwk" }), kid, alg: kind === "RSA" ? "RS256" : "ES256", use: "sig" };
  const key: ClientKey = { publicKey, kid, pem: privateKey.export({ format: "pem", type: "pkcs8" }).toString(), jwk };
  made.set(kind, key);
  return key;
}
