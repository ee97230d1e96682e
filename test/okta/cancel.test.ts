/** Every wait and every request ends at once with CANCELLED. Seen to fail when: the queue, a sleep or a shared token ignores its signal. */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { systemClock, waitFor } from "../../src/okta/clock.ts";
import { generateKeyPairSync } from "node:crypto";
import type { Credential } from "../../src/okta/credential.ts";
import { openGovernor } from "../../src/okta/governor.ts";
import { serverClock } from "../../src/okta/server-clock.ts";
import { clientOf, get, oktaError, rateHeaders, smallOrg, token, users, type Handler } from "./small-org.ts";

const oauth: Credential = {
  kind: "oauth",
  clientId: "0oa1",
  key: { alg: "ES256", kid: null, key: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey },
};

const silent: Handler = () => {};
const places: readonly (readonly [string, Handler, Credential])[] = [
  ["waiting for headers", silent, token],
  ["waiting for a body", (_, response) => void response.writeHead(200, { "content-length": "10" }).write("["), token],
  ["waiting to try again", (_, response) => oktaError(response, 503, "E0000010"), token],
  ["waiting for a window", (_, response) => oktaError(response, 429, "E0000047", rateHeaders(60, 0, 50)), token],
  [
    "waiting after a concurrency 429",
    (_, response) => oktaError(response, 429, "E0000047", rateHeaders(0, 0, 50)),
    token,
  ],
  ["waiting for a token", silent, oauth],
];
for (const [name, handler, credential] of places) {
  for (const by of ["the request's signal", "closing the client"] as const) {
    test(`${name}, ended by ${by}`, async () => {
      const reached = Promise.withResolvers<void>();
      await using small = await smallOrg((...call) => {
        handler(...call);
        setTimeout(reached.resolve, 20);
      });
      const client = clientOf(small, { clock: systemClock, credential });
      const stop = new AbortController();
      const reading = get(client, users, { signal: stop.signal });
      const ended = assert.rejects(reading, { code: "CANCELLED" });
      await reached.promise;
      const from_ms = performance.now();
      if (by === "closing the client") await client[Symbol.asyncDispose]();
      else stop.abort();
      await ended;
      assert.ok(performance.now() - from_ms < 250);
      await client[Symbol.asyncDispose]();
    });
  }
}

test("a request whose signal is aborted already is never sent", async () => {
  await using small = await smallOrg(silent);
  await using client = clientOf(small);
  await assert.rejects(get(client, users, { signal: AbortSignal.abort() }), { code: "CANCELLED" });
  assert.deepEqual(small.asked, []);
});

test("one waiter leaves, the others get the token", async () => {
  const grant = '{"token_type":"Bearer","expires_in":3600,"access_token":"t","scope":"x"}';
  await using small = await smallOrg((request, response) => {
    if (request.method === "GET") response.end("[]");
    else setTimeout(() => response.end(grant), 60);
  });
  await using client = clientOf(small, { credential: oauth });
  const stop = new AbortController();
  const leaving = assert.rejects(get(client, users, { signal: stop.signal }), { code: "CANCELLED" });
  const staying = get(client);
  setTimeout(() => stop.abort(), 20);
  await leaving;
  await staying;
  assert.deepEqual(small.asked, ["/oauth2/v1/token", "/api/v1/users?limit=200&filter=status%20eq%20%22ACTIVE%22"]);
});

test("who leaves the governor's queue takes no permit along, and order is kept", async () => {
  using governor = openGovernor({ share_percent: 75, clock: systemClock, server: serverClock(systemClock) });
  const signal = new AbortController().signal;
  const leave = new AbortController();
  const first = await governor.acquire("a", signal);
  const order: string[] = [];
  const second = governor.acquire("a", leave.signal);
  const third = governor.acquire("a", signal).then((permit) => (order.push("third"), permit));
  const fourth = governor.acquire("a", signal).then((permit) => (order.push("fourth"), permit));
  using other = await governor.acquire("b", signal);
  leave.abort();
  await assert.rejects(second, { code: "CANCELLED" });
  first.observe(200, {});
  first[Symbol.dispose]();
  using _third = await third;
  using _fourth = await fourth;
  assert.deepEqual(order, ["third", "fourth"]);
  assert.equal(other.state().name, "b");
});

test("listeners do not pile up on a signal that lives long", async () => {
  await using small = await smallOrg((_, response) => response.end("[]"));
  await using client = clientOf(small);
  const { signal } = new AbortController();
  for (let count = 0; count < 50; count += 1) await get(client, users, { signal });
  await waitFor(Promise.resolve(), signal);
  await systemClock.sleep(1, signal);
  assert.ok(getEventListeners(signal, "abort").length <= 1);
});
