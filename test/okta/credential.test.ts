/** Seen to fail when: a secret has no redacting inspect · a Node error is kept as cause · escaped newlines are not undone. */
import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { inspect } from "node:util";
import { RollcallError, type ErrorCode } from "../../src/core/error.ts";
import { credentialFromEnvironment, type Credential } from "../../src/okta/credential.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const pem = (key: KeyObject, type: "pkcs1" | "pkcs8" | "sec1") => String(key.export({ type, format: "pem" }));
const jwk = (key: KeyObject, more: object = {}) => JSON.stringify({ ...key.export({ format: "jwk" }), ...more });
const files = (path: string): string => {
  if (path === "/key.pem") return pem(rsa, "pkcs8");
  throw Object.assign(new Error(`ENOENT: no such file ${path}`), { code: "ENOENT" });
};
const read = (env: Record<string, string>): Credential => credentialFromEnvironment(env, files);

const tokens: readonly Record<string, string>[] = [
  { OKTA_CLIENT_TOKEN: "00abc-DEF_1" },
  { OKTA_API_TOKEN: "00abc-DEF_1" },
  { OKTA_CLIENT_TOKEN: "00abc-DEF_1", OKTA_API_TOKEN: "00abc-DEF_1" },
  { OKTA_CLIENT_TOKEN: " SSWS 00abc-DEF_1\n" },
  { OKTA_CLIENT_TOKEN: "Authorization: SSWS 00abc-DEF_1" },
  { OKTA_CLIENT_TOKEN: "00abc-DEF_1", OKTA_CLIENT_CLIENTID: "", OKTA_CLIENT_PRIVATEKEY: " " },
];
for (const env of tokens) {
  test(`token: ${JSON.stringify(env)}`, () => {
    const credential = read(env);
    assert.ok(credential.kind === "token");
    assert.equal(credential.token.reveal(), "00abc-DEF_1");
  });
}

const keys: readonly (readonly [string, Record<string, string>, "RS256" | "ES256", string | null])[] = [
  ["JWK, RSA, kid", { OKTA_CLIENT_PRIVATEKEY: jwk(rsa, { kid: "k1" }) }, "RS256", "k1"],
  ["JWK, EC", { OKTA_CLIENT_PRIVATEKEY: jwk(ec) }, "ES256", null],
  ["PEM, PKCS#1", { OKTA_CLIENT_PRIVATEKEY: pem(rsa, "pkcs1") }, "RS256", null],
  ["PEM, PKCS#8", { OKTA_CLIENT_PRIVATEKEY: pem(rsa, "pkcs8") }, "RS256", null],
  ["PEM, SEC1", { OKTA_CLIENT_PRIVATEKEY: pem(ec, "sec1") }, "ES256", null],
  ["PEM, EC PKCS#8", { OKTA_CLIENT_PRIVATEKEY: pem(ec, "pkcs8") }, "ES256", null],
  ["PEM, escaped newlines", { OKTA_CLIENT_PRIVATEKEY: pem(rsa, "pkcs8").replaceAll("\n", "\\n") }, "RS256", null],
  [
    "PEM, CRLF escaped and quoted",
    { OKTA_CLIENT_PRIVATEKEY: `"${pem(rsa, "pkcs1").replaceAll("\n", "\\r\\n")}"` },
    "RS256",
    null,
  ],
  ["a file", { OKTA_CLIENT_PRIVATEKEY_FILE: "/key.pem" }, "RS256", null],
];
for (const [name, env, alg, kid] of keys) {
  test(`key: ${name}`, () => {
    const credential = read({ OKTA_CLIENT_CLIENTID: " 0oa1 ", ...env });
    assert.ok(credential.kind === "oauth");
    assert.deepEqual([credential.clientId, credential.key.alg, credential.key.kid], ["0oa1", alg, kid]);
  });
}

const secret = "S3cretSentinelValue";
const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
const client = { OKTA_CLIENT_CLIENTID: "0oa1" };
const refused: readonly (readonly [string, Record<string, string>, ErrorCode, RegExp])[] = [
  ["nothing", {}, "CREDENTIAL_MISSING", /No credential/],
  ["a client without a key", client, "CREDENTIAL_MISSING", /no private key/],
  ["a key without a client", { OKTA_CLIENT_PRIVATEKEY: jwk(rsa) }, "CREDENTIAL_MISSING", /OKTA_CLIENT_CLIENTID/],
  [
    "both kinds",
    { ...client, OKTA_CLIENT_TOKEN: secret, OKTA_CLIENT_PRIVATEKEY: jwk(rsa) },
    "CREDENTIAL_AMBIGUOUS",
    /Both/,
  ],
  [
    "a token and a key file",
    { OKTA_API_TOKEN: secret, OKTA_CLIENT_PRIVATEKEY_FILE: "/key.pem" },
    "CREDENTIAL_AMBIGUOUS",
    /Both/,
  ],
  ["two tokens", { OKTA_CLIENT_TOKEN: secret, OKTA_API_TOKEN: `${secret}2` }, "CREDENTIAL_AMBIGUOUS", /differ/],
  [
    "two keys",
    { ...client, OKTA_CLIENT_PRIVATEKEY: jwk(rsa), OKTA_CLIENT_PRIVATEKEY_FILE: "/key.pem" },
    "CREDENTIAL_AMBIGUOUS",
    /Both/,
  ],
  ["a token with a line break", { OKTA_CLIENT_TOKEN: `${secret}\nx` }, "CREDENTIAL_INVALID", /characters/],
  ["no key at all", { ...client, OKTA_CLIENT_PRIVATEKEY: secret }, "CREDENTIAL_INVALID", /neither a JWK nor PEM/],
  ["damaged JSON", { ...client, OKTA_CLIENT_PRIVATEKEY: `{"d":"${secret}` }, "CREDENTIAL_INVALID", /not JSON/],
  [
    "a damaged JWK",
    { ...client, OKTA_CLIENT_PRIVATEKEY: `{"kty":"RSA","d":"${secret}"}` },
    "CREDENTIAL_INVALID",
    /damaged/,
  ],
  [
    "a public JWK",
    { ...client, OKTA_CLIENT_PRIVATEKEY: '{"kty":"RSA","n":"x","e":"AQAB"}' },
    "CREDENTIAL_INVALID",
    /public/,
  ],
  ["a key set", { ...client, OKTA_CLIENT_PRIVATEKEY: `{"keys":[${jwk(rsa)}]}` }, "CREDENTIAL_INVALID", /set of keys/],
  [
    "a damaged PEM",
    { ...client, OKTA_CLIENT_PRIVATEKEY: `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----` },
    "CREDENTIAL_INVALID",
    /damaged/,
  ],
  [
    "a public PEM",
    { ...client, OKTA_CLIENT_PRIVATEKEY: "-----BEGIN PUBLIC KEY-----\nx" },
    "CREDENTIAL_INVALID",
    /public/,
  ],
  [
    "a locked PEM",
    { ...client, OKTA_CLIENT_PRIVATEKEY: "-----BEGIN ENCRYPTED PRIVATE KEY-----\nx" },
    "CREDENTIAL_INVALID",
    /passphrase/,
  ],
  ["a short RSA key", { ...client, OKTA_CLIENT_PRIVATEKEY: jwk(small) }, "CREDENTIAL_INVALID", /2048/],
  ["another curve", { ...client, OKTA_CLIENT_PRIVATEKEY: jwk(p384) }, "CREDENTIAL_INVALID", /neither RSA nor EC P-256/],
  [
    "a file that is not there",
    { ...client, OKTA_CLIENT_PRIVATEKEY_FILE: `/${secret}` },
    "CREDENTIAL_INVALID",
    /ENOENT/,
  ],
];
for (const [name, env, code, message] of refused) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => read(env),
      (error) => {
        assert.ok(error instanceof RollcallError);
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.ok(!printed(error).includes(secret));
        return true;
      },
    );
  });
}

function printed(value: unknown): string {
  return inspect(value, { depth: Infinity, showHidden: true, getters: true }) + JSON.stringify(value) + String(value);
}

test("a credential cannot be printed", () => {
  const credential = read({ OKTA_CLIENT_TOKEN: secret });
  const key = read({ ...client, OKTA_CLIENT_PRIVATEKEY: jwk(rsa) });
  assert.ok(credential.kind === "token");
  for (const text of [printed(credential), printed(credential.token), printed(Object.assign({}, credential.token))]) {
    assert.ok(!text.includes(secret), text);
  }
  const { d = "" } = rsa.export({ format: "jwk" });
  assert.ok(!printed(key).includes(d.slice(0, 20)));
});
