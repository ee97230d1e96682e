/**
 * Service apps against the simulated org. Seen to fail when: `htu` keeps the query · `ath` is left out · a proof is used twice · the
 * nonce is not learned · each request fetches a token · the assertion's times come from the local clock · a token is never renewed.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { startFakeOkta, type FakeOkta, type FakeOktaOptions } from "../../fake-okta/server.ts";
import { hasCode } from "../../src/core/error.ts";
import { openClient, type ClientOptions } from "../../src/okta/client.ts";
import { systemClock } from "../../src/okta/clock.ts";
import { credentialFromEnvironment, type Credential } from "../../src/okta/credential.ts";
import { parseOrg, resolveOrg } from "../../src/okta/org.ts";
import type { OktaClient } from "../../src/okta/seam.ts";
import { openTransport } from "../../src/okta/transport.ts";
import { get, hastyClock, oktaError, smallOrg, clientOf, users } from "./small-org.ts";

const size = { users: 30, groups: 3, apps: 2, rules: 1, events: 50, pageSize: 10 };
const scopes = ["okta.users.read", "okta.groups.read"];

function credentialOf(fake: FakeOkta): Credential {
  return credentialFromEnvironment(
    { OKTA_CLIENT_CLIENTID: fake.clientId, OKTA_CLIENT_PRIVATEKEY: JSON.stringify(fake.privateKeyJwk) },
    () => "",
  );
}

async function linked(fake: FakeOkta, options: Partial<ClientOptions> = {}): Promise<OktaClient> {
  await using transport = openTransport({ clock: systemClock, connections: 1, loopback: true });
  const org = await resolveOrg(parseOrg(fake.url), transport, new AbortController().signal);
  return openClient({
    org,
    credential: credentialOf(fake),
    share_percent: 75,
    scopes,
    clock: hastyClock(),
    ...options,
  });
}

const start = (options: FakeOktaOptions) => startFakeOkta({ ...size, ...options });

async function walk(client: OktaClient): Promise<number> {
  let rows = 0;
  const began = { path: "/api/v1/users", query: { limit: "10" } };
  for (let answer = await get(client, began); ; answer = await get(client, { link: answer.next, began })) {
    rows += (JSON.parse(Buffer.from(answer.bytes).toString()) as unknown[]).length;
    if (answer.next === null) return rows;
  }
}

const tokenRequests = (fake: FakeOkta) =>
  fake.requests.recent.filter(({ path }) => path === "/oauth2/v1/token").map(({ status }) => status);

for (const auth of ["oauth", "dpop"] as const) {
  for (const keyKind of ["RSA", "EC"] as const) {
    test(`${auth}, ${keyKind} key: a walk over pages with one token, also when begun by many at once`, async () => {
      await using fake = await start({ auth, keyKind });
      await using client = await linked(fake);
      const groups = { path: "/api/v1/groups", query: {} };
      const [rows] = await Promise.all([
        walk(client),
        walk(client),
        get(client, groups, { scope: "okta.groups.read" }),
      ]);
      assert.ok(rows >= 20, String(rows));
      assert.equal(client.credential.kind, auth);
      assert.deepEqual(tokenRequests(fake), auth === "oauth" ? [200] : [400, 400, 200]);
    });
  }

  test(`${auth}: a token that ended is renewed once, for all`, async () => {
    await using fake = await start({ auth });
    await using client = await linked(fake);
    await get(client);
    fake.tokens.expireTokens();
    const before = tokenRequests(fake).length;
    await Promise.all([get(client), get(client), get(client)]);
    assert.deepEqual(tokenRequests(fake).slice(before), [200]);
  });

  test(`${auth}: a scope that was not granted fails alone, without a request`, async () => {
    await using fake = await start({ auth, scopes: ["okta.users.read"] });
    await using client = await linked(fake);
    await get(client);
    const before = fake.requests.total;
    const refused = get(client, { path: "/api/v1/groups", query: {} }, { scope: "okta.groups.read" });
    await assert.rejects(refused, (error) => hasCode(error, "SCOPE_MISSING") && error.fix.includes("okta.groups.read"));
    assert.equal(fake.requests.total, before);
    await get(client);
  });

  test(`${auth}: a local clock that is hours off does not matter`, async () => {
    for (const hours of [-30, 7]) {
      await using fake = await start({ auth, now: Date.now() + hours * 3_600_000 });
      await using client = await linked(fake);
      await get(client);
      assert.ok(Math.abs(client.now_ms() - fake.org.clock.now()) < 5_000);
    }
  });

  test(`${auth}: the org's clock is set while we run`, async () => {
    await using fake = await start({ auth });
    await using client = await linked(fake);
    await get(client);
    for (const hours of [5, -20]) {
      fake.org.clock.advance(hours * 3_600_000);
      await get(client);
    }
  });

  test(`${auth}: token requests are tried again when Okta is unwell, and when its bucket is spent`, async () => {
    await using fake = await start({ auth });
    fake.faults.add({
      match: { path: "/oauth2/v1/token" },
      times: 2,
      fault: { kind: "status", status: 503, code: "E0000010" },
    });
    fake.faults.add({ match: { path: "/oauth2/v1/token" }, times: 3, fault: { kind: "rateLimit" } });
    fake.faults.add({ match: { path: "/oauth2/v1/token" }, times: 4, fault: { kind: "reset" } });
    await using client = await linked(fake);
    await get(client);
  });
}

for (const auth of ["oauth", "dpop"] as const) {
  test(`${auth}: an assertion refused for its time is made again with Okta's`, async () => {
    await using fake = await start({ auth, now: Date.now() + 7 * 3_600_000 });
    await using transport = openTransport({ clock: systemClock, connections: 1, loopback: true });
    const org = await resolveOrg(parseOrg(fake.url), transport, new AbortController().signal);
    const wrong = { ...org, answered: { ...org.answered, date_ms: Date.now() } };
    await using client = await linked(fake, { org: wrong });
    await get(client);
    assert.equal(tokenRequests(fake)[0], 401);
  });
}

test("no scope granted at all: each is named", async () => {
  await using fake = await start({ auth: "oauth", scopes: ["okta.logs.read"] });
  await using client = await linked(fake);
  for (const scope of scopes)
    await assert.rejects(
      get(client, users, { scope }),
      (error) => hasCode(error, "SCOPE_MISSING") && error.message.includes(scope),
    );
  assert.deepEqual(tokenRequests(fake), [400, 400, 400]);
});

test("a key that is not the app's is CREDENTIAL_REFUSED after one request", async () => {
  await using fake = await start({ auth: "oauth" });
  await using other = await start({ auth: "oauth", keyKind: "EC" });
  await using client = await linked(fake, {
    credential: { ...credentialOf(other), clientId: fake.clientId } as Credential,
  });
  await assert.rejects(
    get(client),
    (error) => hasCode(error, "CREDENTIAL_REFUSED") && error.message.includes("invalid_client"),
  );
  assert.equal(tokenRequests(fake).length, 1);
});

test("a short-lived token is renewed before it ends", async () => {
  await using fake = await start({ auth: "oauth", accessTokenLifetime_s: 100 });
  const clock = hastyClock();
  await using client = await linked(fake, { clock });
  await get(client);
  await clock.sleep(70_000, new AbortController().signal);
  await get(client);
  assert.equal(tokenRequests(fake).length, 1);
  await clock.sleep(20_000, new AbortController().signal);
  await get(client);
  assert.equal(tokenRequests(fake).length, 2);
});

test("the DPoP nonce is rotated while we run", async () => {
  await using fake = await start({ auth: "dpop" });
  await using client = await linked(fake);
  await get(client);
  fake.tokens.rotateNonce();
  fake.tokens.expireTokens();
  const before = tokenRequests(fake).length;
  await get(client);
  assert.deepEqual(tokenRequests(fake).slice(before), [400, 200]);
});

test("links on the -admin host are asked at the configured host, for which the proof is made", async () => {
  await using fake = await start({ auth: "dpop", adminLinks: true });
  await using client = await linked(fake);
  assert.ok((await walk(client)) >= 20);
  assert.deepEqual([...new Set(fake.requests.recent.map(({ host }) => host))], [new URL(fake.url).host]);
});

test("every request has a proof of its own; the API may ask for a nonce, too", async () => {
  const proofs: string[] = [];
  await using small = await smallOrg((request, response) => {
    if (request.method === "POST") {
      const nonce =
        String(request.headers["dpop"] ?? "") === "" ? null : decodeJwt(String(request.headers["dpop"]))["nonce"];
      if (nonce === null) return response.writeHead(400).end('{"error":"invalid_dpop_proof"}');
      if (nonce === undefined) return response.writeHead(400, { "dpop-nonce": "n1" }).end('{"error":"use_dpop_nonce"}');
      return response.end('{"token_type":"DPoP","expires_in":3600,"access_token":"t0ken","scope":"x"}');
    }
    proofs.push(String(request.headers["dpop"]));
    assert.equal(request.headers.authorization, "DPoP t0ken");
    const { nonce } = decodeJwt(String(request.headers["dpop"]));
    if (nonce === "n2") return proofs.length < 4 ? oktaError(response, 503, "E0000010") : response.end("[]");
    response
      .writeHead(401, { "www-authenticate": 'DPoP error="use_dpop_nonce", algs="ES256"', "dpop-nonce": "n2" })
      .end();
  });
  await using fake = await start({ auth: "dpop" });
  await using client = clientOf(small, { credential: credentialOf(fake) });
  await get(client);
  assert.equal(proofs.length, 4);
  const claims = proofs.map((proof) => decodeJwt(proof));
  assert.equal(new Set(claims.map(({ jti }) => jti)).size, 4);
  assert.deepEqual(
    claims.map(({ nonce }) => nonce),
    ["n1", "n2", "n2", "n2"],
  );
  for (const claim of claims) {
    assert.equal(claim["htu"], `${small.org.origin}/api/v1/users`);
    assert.equal(claim["htm"], "GET");
    assert.equal(claim["ath"], createHash("sha256").update("t0ken").digest("base64url"));
  }
  const header = decodeProtectedHeader(proofs[0] ?? "");
  assert.deepEqual(
    [header.typ, header.alg, Object.keys(header.jwk ?? {}).toSorted()],
    ["dpop+jwt", "ES256", ["crv", "kty", "x", "y"]],
  );
});

test("a nonce that never satisfies, and a token that is never taken, end", async () => {
  const grant = '{"token_type":"Bearer","expires_in":3600,"access_token":"t","scope":"x"}';
  await using fake = await start({ auth: "dpop" });
  await using nonces = await smallOrg((_, response) =>
    response.writeHead(400, { "dpop-nonce": "n" }).end('{"error":"use_dpop_nonce"}'),
  );
  await using a = clientOf(nonces, { credential: credentialOf(fake) });
  await assert.rejects(get(a), { code: "CREDENTIAL_REFUSED" });
  assert.equal(nonces.asked.length, 5);
  await using tokens = await smallOrg((request, response) =>
    request.method === "POST"
      ? response.end(grant)
      : response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"' }).end(),
  );
  await using b = clientOf(tokens, { credential: credentialOf(fake) });
  await assert.rejects(get(b), { code: "CREDENTIAL_REFUSED" });
  assert.equal(tokens.asked.length, 4);
});
