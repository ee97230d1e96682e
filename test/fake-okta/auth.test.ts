import assert from "node:assert/strict";
import { createHash, createPrivateKey, randomUUID, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { type FakeOkta, startFakeOkta } from "../../fake-okta/server.ts";
import { ask, errorCode, ids } from "./ask.ts";

const small = { users: 8, groups: 3, apps: 3, rules: 2, events: 20 };
type Claims = Record<string, unknown>;

async function assertion(
  fake: FakeOkta,
  changes: Claims = {},
  key: KeyObject = createPrivateKey(fake.privateKeyPem),
): Promise<string> {
  const now_s = Math.floor(fake.org.clock.now() / 1000);
  const claims = {
    iss: fake.clientId,
    sub: fake.clientId,
    aud: `${fake.url}/oauth2/v1/token`,
    iat: now_s,
    exp: now_s + 300,
    jti: randomUUID(),
    ...changes,
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: String(fake.privateKeyJwk.alg), kid: String(fake.privateKeyJwk.kid) })
    .sign(key);
}

interface TokenReply {
  readonly status: number;
  readonly nonce: string | null;
  readonly body: Record<string, unknown>;
}

async function askToken(
  fake: FakeOkta,
  jwt: string,
  scope = "okta.users.read okta.groups.read",
  headers: Record<string, string> = {},
): Promise<TokenReply> {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    scope,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: jwt,
  });
  const response = await fetch(`${fake.url}/oauth2/v1/token`, { method: "POST", body, headers });
  const parsed: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, nonce: response.headers.get("dpop-nonce"), body: parsed };
}

test("a wrong or revoked SSWS token is 401 E0000011, none at all 403 E0000005", async () => {
  await using fake = await startFakeOkta(small);
  assert.equal(errorCode(await ask(fake, "/api/v1/users", { authorization: "SSWS wrong" })), "E0000011");
  assert.equal(errorCode(await ask(fake, "/api/v1/users", {})), "E0000005");
  assert.equal((await ask(fake, "/api/v1/users")).status, 200);
  fake.access.tokenRevoked = true;
  const reply = await ask(fake, "/api/v1/users");
  assert.deepEqual([reply.status, errorCode(reply)], [401, "E0000011"]);
});

for (const keyKind of ["RSA", "EC"] as const) {
  test(`the token endpoint takes a good assertion once and refuses each bad one (${keyKind})`, async () => {
    await using fake = await startFakeOkta({ ...small, auth: "oauth", keyKind });
    const now_s = Math.floor(fake.org.clock.now() / 1000);
    const jwt = await assertion(fake);
    const good = await askToken(fake, jwt);
    assert.deepEqual([good.status, good.body.token_type, good.body.expires_in], [200, "Bearer", 3600]);
    const stranger = (await generateKeyPair(keyKind === "RSA" ? "RS256" : "ES256", { extractable: true })).privateKey;
    const bad: ReadonlyArray<readonly [jwt: string, says: RegExp]> = [
      [jwt, /already been used/],
      [await assertion(fake, { aud: fake.url }), /audience/],
      [await assertion(fake, { exp: now_s - 1 }), /expired/],
      [await assertion(fake, { exp: now_s + 7200 }), /too far/],
      [await assertion(fake, { exp: undefined }), /'exp'/],
      [await assertion(fake, { iss: "0oaOther" }), /issuer/],
      [await assertion(fake, { sub: "0oaOther" }), /subject/],
      [await assertion(fake, {}, stranger as unknown as KeyObject), /signature/],
      ["not.a.jwt", /parsing/],
    ];
    for (const [wrong, says] of bad) {
      const reply = await askToken(fake, wrong);
      assert.deepEqual([reply.status, reply.body.error], [401, "invalid_client"], String(says));
      assert.match(String(reply.body.error_description), says);
    }
  });
}

test("one scope that was not granted fails the whole token request; a lacking one is a 403 with its name", async () => {
  await using fake = await startFakeOkta({ ...small, auth: "oauth", scopes: ["okta.users.read", "okta.groups.read"] });
  const refused = await askToken(fake, await assertion(fake), "okta.users.read okta.logs.read");
  assert.deepEqual([refused.status, refused.body.error], [400, "invalid_scope"]);
  const { body } = await askToken(fake, await assertion(fake), "okta.users.read");
  const authorization = `Bearer ${String(body.access_token)}`;
  assert.equal((await ask(fake, "/api/v1/users", { authorization })).rows.length > 0, true);
  const lacking = await ask(fake, "/api/v1/groups", { authorization });
  assert.deepEqual([lacking.status, lacking.body], [403, ""]);
  assert.match(
    lacking.headers.get("www-authenticate") ?? "",
    /^Bearer .*scope="okta.groups.read", error="insufficient_scope"/,
  );
});

test("an access token ends after its lifetime, or when told: 401 invalid_token", async () => {
  await using fake = await startFakeOkta({ ...small, auth: "oauth", clock: "manual", accessTokenLifetime_s: 600 });
  const token = async (): Promise<string> =>
    `Bearer ${String((await askToken(fake, await assertion(fake))).body.access_token)}`;
  const first = await token();
  fake.org.clock.advance(599_000);
  assert.equal((await ask(fake, "/api/v1/users", { authorization: first })).status, 200);
  fake.org.clock.advance(1000);
  const over = await ask(fake, "/api/v1/users", { authorization: first });
  assert.equal(over.status, 401);
  assert.match(over.headers.get("www-authenticate") ?? "", /error="invalid_token"/);
  const second = await token();
  fake.tokens.expireTokens();
  assert.equal((await ask(fake, "/api/v1/users", { authorization: second })).status, 401);
});

test("no admin role: 200 [] where lists are, 403 E0000006 elsewhere, and it can come back", async () => {
  await using fake = await startFakeOkta({ ...small, adminRole: false });
  for (const path of ["/api/v1/users?limit=1", "/api/v1/groups", "/api/v1/apps"]) {
    const reply = await ask(fake, path);
    assert.deepEqual([reply.status, reply.body, reply.next], [200, [], undefined], path);
    assert.ok(reply.self?.endsWith(path), path);
  }
  for (const path of [
    "/api/v1/logs",
    "/api/v1/groups/rules",
    "/api/v1/meta/types/user",
    "/api/v1/meta/schemas/user/default",
  ]) {
    assert.equal(errorCode(await ask(fake, path)), "E0000006", path);
  }
  fake.access.adminRole = true;
  assert.equal(ids((await ask(fake, "/api/v1/users?limit=1")).rows).length, 1);
});

interface Prover {
  readonly jwk: JWK;
  prove(claims: Claims, header?: Claims): Promise<string>;
}

async function prover(): Promise<Prover> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwk = await exportJWK(publicKey);
  return {
    jwk,
    prove: (claims, header = {}) =>
      new SignJWT({ iat: Math.floor(Date.now() / 1000), jti: randomUUID(), ...claims })
        .setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk, ...header })
        .sign(privateKey),
  };
}

test("DPoP: proof, then nonce, then a bound token; rotating the nonce asks for the new one", async () => {
  await using fake = await startFakeOkta({ ...small, auth: "dpop" });
  const me = await prover();
  const htu = `${fake.url}/oauth2/v1/token`;
  const without = await askToken(fake, await assertion(fake));
  assert.deepEqual([without.status, without.body.error], [400, "invalid_dpop_proof"]);
  const nonceless = await askToken(fake, await assertion(fake), "okta.users.read", {
    dpop: await me.prove({ htm: "POST", htu }),
  });
  assert.deepEqual([nonceless.status, nonceless.body.error], [400, "use_dpop_nonce"]);
  const nonce = nonceless.nonce;
  assert.ok(nonce !== null);
  const granted = await askToken(fake, await assertion(fake), "okta.users.read", {
    dpop: await me.prove({ htm: "POST", htu, nonce }),
  });
  assert.deepEqual([granted.status, granted.body.token_type, granted.nonce], [200, "DPoP", nonce]);
  fake.tokens.rotateNonce();
  const stale = await askToken(fake, await assertion(fake), "okta.users.read", {
    dpop: await me.prove({ htm: "POST", htu, nonce }),
  });
  assert.equal(stale.body.error, "use_dpop_nonce");
  assert.notEqual(stale.nonce, nonce);
});

test("DPoP at the API: a fresh proof over method, URL without query, time and token, by the token's own key", async () => {
  await using fake = await startFakeOkta({ ...small, auth: "dpop" });
  const me = await prover();
  const tokenUrl = `${fake.url}/oauth2/v1/token`;
  const { nonce } = await askToken(fake, await assertion(fake), "okta.users.read", {
    dpop: await me.prove({ htm: "POST", htu: tokenUrl }),
  });
  const { body } = await askToken(fake, await assertion(fake), "okta.users.read", {
    dpop: await me.prove({ htm: "POST", htu: tokenUrl, nonce }),
  });
  const token = String(body.access_token);
  const ath = createHash("sha256").update(token).digest("base64url");
  const good = { htm: "GET", htu: `${fake.url}/api/v1/users`, ath };
  const askWith = (dpop: string, scheme = "DPoP") =>
    ask(fake, "/api/v1/users?limit=1", { authorization: `${scheme} ${token}`, dpop });
  const proof = await me.prove(good);
  assert.equal((await askWith(proof)).status, 200);
  const now_s = Math.floor(Date.now() / 1000);
  const wrong: ReadonlyArray<readonly [proof: string, says: RegExp]> = [
    [proof, /already been used/],
    [await me.prove({ ...good, htm: "POST" }), /'htm'/],
    [await me.prove({ ...good, htu: `${fake.url}/api/v1/users?limit=1` }), /'htu'/],
    [await me.prove({ ...good, ath: "x" }), /'ath'/],
    [await me.prove({ ...good, iat: now_s - 400 }), /more than five minutes/],
    [await me.prove({ ...good, iat: now_s + 400 }), /future/],
    [await me.prove(good, { typ: "JWT" }), /'typ'/],
    [await (await prover()).prove(good), /not bound/],
    ["nonsense", /parsed/],
  ];
  for (const [bad, says] of wrong) {
    const reply = await askWith(bad);
    assert.equal(reply.status, 400, String(says));
    assert.match(JSON.stringify(reply.body), says);
  }
  assert.match(
    JSON.stringify((await askWith(await me.prove(good), "Bearer")).body),
    /must use the DPoP authentication scheme/,
  );
});
