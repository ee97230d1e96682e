import assert from "node:assert/strict";
import { test } from "node:test";
import { startFakeOkta } from "../../fake-okta/server.ts";
import { ask, errorCode } from "./ask.ts";

const small = {
  users: 5,
  groups: 2,
  apps: 2,
  rules: 1,
  events: 10,
  clock: "manual",
  now: Date.parse("2026-06-01T12:00:07.900Z"),
} as const;
const rate = (reply: { headers: Headers }, name: string): number => Number(reply.headers.get(`x-rate-limit-${name}`));

test("headers tell the token's half of each bucket, as recorded", async () => {
  await using fake = await startFakeOkta({ ...small, rateLimits: "workforce" });
  const id = String(fake.org.truth("users")[0]?.id);
  const limits = new Map([
    ["/api/v1/logs", 60],
    ["/api/v1/apps", 50],
    ["/api/v1/apps/0oaX", 250],
    ["/api/v1/users", 300],
    [`/api/v1/users/${id}`, 1000],
    ["/api/v1/groups", 250],
    ["/api/v1/groups/rules", 250],
    ["/api/v1/groups/00gX", 500],
    ["/api/v1/meta/types/user", 600],
  ]);
  for (const [path, limit] of limits) assert.equal(rate(await ask(fake, path), "limit"), limit, path);
  assert.equal((await ask(fake, "/.well-known/okta-organization")).headers.get("x-rate-limit-limit"), null);
  await using free = await startFakeOkta({ ...small, rateLimits: "integrator" });
  assert.equal(rate(await ask(free, "/api/v1/apps"), "limit"), 10);
});

test("groups, their members and rules share one bucket; a spent one answers 429 until its reset", async () => {
  await using fake = await startFakeOkta({ ...small, rateLimits: "integrator" });
  await ask(fake, "/api/v1/groups");
  assert.equal(rate(await ask(fake, "/api/v1/groups/rules"), "remaining"), 48);
  let reply = await ask(fake, "/api/v1/logs");
  for (let i = 0; i < 10; i++) reply = await ask(fake, "/api/v1/logs");
  assert.deepEqual([reply.status, errorCode(reply), reply.headers.get("retry-after")], [429, "E0000047", null]);
  assert.equal(rate(reply, "remaining"), 0);
  const date_ms = Date.parse(reply.headers.get("date") ?? "");
  assert.equal(date_ms, Math.floor(fake.org.clock.now() / 1000) * 1000);
  const wait_ms = rate(reply, "reset") * 1000 - date_ms;
  assert.ok(wait_ms > 0 && wait_ms <= 61_000, String(wait_ms));
  assert.notEqual(rate(reply, "reset") % 60, 0, "windows begin at no round minute");
  fake.org.clock.advance(wait_ms);
  assert.equal((await ask(fake, "/api/v1/logs")).status, 200);
  assert.equal(rate(await ask(fake, "/api/v1/logs"), "remaining"), 8);
});

test("too many requests at once: 429 whose limit and remaining are 0", async () => {
  await using fake = await startFakeOkta({ ...small, rateLimits: "integrator", latency_ms: 100 });
  const replies = await Promise.all(Array.from({ length: 40 }, () => ask(fake, "/api/v1/groups")));
  const refused = replies.filter((reply) => reply.status === 429);
  assert.equal(refused.length, 5);
  for (const reply of refused) assert.deepEqual([rate(reply, "limit"), rate(reply, "remaining")], [0, 0]);
});

test("the request log counts, names bucket and scheme, and never holds the credential", async () => {
  await using fake = await startFakeOkta(small);
  await ask(fake, "/api/v1/users?limit=1");
  await ask(fake, "/.well-known/okta-organization", {});
  assert.equal(fake.requests.total, 2);
  assert.equal(
    fake.requests.count((record) => record.path === "/api/v1/users" && record.bucket === "users"),
    1,
  );
  assert.deepEqual(
    fake.requests.recent.map((record) => record.scheme),
    ["SSWS", undefined],
  );
  assert.ok(!JSON.stringify(fake.requests.recent).includes(fake.token));
});
