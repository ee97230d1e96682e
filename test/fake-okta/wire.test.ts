import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type FakeOkta, startFakeOkta } from "../../fake-okta/server.ts";
import { ask, query } from "./ask.ts";

const small = { users: 30, groups: 5, apps: 5, rules: 2, events: 20 };

/** Raw names and values, as they come over the wire, and the body's bytes. */
function raw(
  fake: FakeOkta,
  path: string,
  more: Record<string, string> = {},
): Promise<{ headers: string[]; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `SSWS ${fake.token}`, ...more };
    http
      .get(fake.url + path, { headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ headers: response.rawHeaders, body: Buffer.concat(chunks) }));
      })
      .on("error", reject);
  });
}

test("headers have the recorded names and forms; bodies come in chunks without a length", async () => {
  await using fake = await startFakeOkta(small);
  const { headers } = await raw(fake, "/api/v1/users?limit=2");
  const of = (name: string): string[] => headers.filter((_, i) => i % 2 === 1 && headers[i - 1] === name);
  for (const name of [
    "Cache-Control",
    "Expires",
    "Pragma",
    "x-okta-request-id",
    "x-rate-limit-limit",
    "x-content-type-options",
  ])
    assert.equal(of(name).length, 1, name);
  assert.match(of("x-okta-request-id")[0] ?? "", /^[0-9a-f]{32}$/);
  assert.deepEqual([of("Link").length, of("Set-Cookie").length, of("Retry-After").length], [2, 4, 0]);
  assert.deepEqual([of("Transfer-Encoding"), of("Content-Length"), of("Content-Encoding")], [["chunked"], [], []]);
  assert.deepEqual([of("x-rate-limit-limit"), of("x-rate-limit-remaining")], [["60000"], ["59999"]]);
  const { errorId } = (await ask(fake, "/api/v1/users/00uX")).body as { errorId: string };
  assert.match(errorId, /^oae[\w-]{22}$/);
});

test("bodies are compressed when the org does it and the client asks, but for the shortest", async () => {
  await using fake = await startFakeOkta({ ...small, gzip: true });
  const packed = await raw(fake, "/api/v1/users", { "accept-encoding": "gzip" });
  assert.ok(packed.headers.includes("Content-Encoding"));
  assert.equal(JSON.parse(gunzipSync(packed.body).toString()).length, (await ask(fake, "/api/v1/users")).rows.length);
  assert.ok(!(await raw(fake, "/api/v1/users")).headers.includes("Content-Encoding"));
  const none = await raw(fake, `/api/v1/users${query({ filter: 'id eq "x"' })}`, { "accept-encoding": "gzip" });
  assert.equal(none.body.toString(), "[]");
});

test("links: after and limit first, then q and filter, percent-encoded as recorded; logs keep the order asked", async () => {
  await using fake = await startFakeOkta(small);
  const table: ReadonlyArray<readonly [path: string, self: string]> = [
    [`/api/v1/users?filter=status%20eq%20%22ACTIVE%22`, "/api/v1/users?limit=200&filter=status+eq+%22ACTIVE%22"],
    ["/api/v1/apps?q=App&limit=10&includeNonDeleted=false", "/api/v1/apps?limit=10&q=App"],
    [
      "/api/v1/apps?q=A&filter=status+eq+%22ACTIVE%22&useOptimization=true",
      "/api/v1/apps?limit=20&q=A&filter=status+eq+%22ACTIVE%22",
    ],
    ["/api/v1/groups", "/api/v1/groups?limit=10000"],
    ["/api/v1/groups/rules", "/api/v1/groups/rules?limit=50"],
    ["/api/v1/logs", "/api/v1/logs"],
    ["/api/v1/logs?sortOrder=ASCENDING&limit=3", "/api/v1/logs?sortOrder=ASCENDING&limit=3"],
  ];
  for (const [path, self] of table) assert.equal((await ask(fake, path)).self, fake.url + self, path);
  const page = await ask(fake, "/api/v1/apps?filter=status+eq+%22ACTIVE%22&limit=2");
  assert.match(page.next ?? "", /\/apps\?after=0oa\w{17}&limit=2&filter=status\+eq\+%22ACTIVE%22$/);
  const found = await ask(fake, "/api/v1/groups?q=Everyone");
  assert.deepEqual([found.rows.length, found.self, found.next], [1, undefined, undefined], "q: no Link at all");
});

test("404s and links name what the recordings name", async () => {
  await using fake = await startFakeOkta(small);
  const summary = async (path: string): Promise<unknown> =>
    ((await ask(fake, path)).body as { errorSummary: string }).errorSummary;
  for (const [path, kind] of [
    ["/users/00uX", "User"],
    ["/groups/00gX", "UserGroup"],
    ["/groups/00gX/users", "UserGroup"],
    ["/apps/0oaX", "AppInstance"],
    ["/meta/types/user/otyX", "CVDType"],
  ] as const)
    assert.equal(
      await summary(`/api/v1${path}`),
      `Not found: Resource not found: ${path.split("/").find((part) => part.endsWith("X"))} (${kind})`,
    );
  const { _links: links } = (await ask(fake, "/api/v1/meta/schemas/user/default")).body as {
    _links: { type: { href: string } };
  };
  assert.equal(((await ask(fake, links.type.href)).body as { id: string }).id, fake.org.state.defaultTypeId);
  const [active] = fake.org.truth("users").filter((row) => row.status === "ACTIVE");
  const one = async (): Promise<string[]> =>
    Object.keys(
      ((await ask(fake, `/api/v1/users/${String(active?.id)}`)).body as { _links: object })._links,
    ).toSorted();
  assert.ok((await one()).includes("changePassword"));
  fake.org.suspendUser({ id: String(active?.id) });
  assert.deepEqual(await one(), ["deactivate", "resetFactors", "schema", "self", "type", "unsuspend"]);
});

test("one clock tells Date and reset: skewed both, unless a fault says Date alone", async () => {
  const start_ms = Date.parse("2026-06-01T12:00:00Z");
  await using fake = await startFakeOkta({ ...small, clock: "manual", now: start_ms, rateLimits: "workforce" });
  const times = async (): Promise<[date_s: number, reset_s: number]> => {
    const { headers } = await ask(fake, "/api/v1/users");
    return [Date.parse(headers.get("date") ?? "") / 1000, Number(headers.get("x-rate-limit-reset"))];
  };
  const [date_s, reset_s] = await times();
  fake.faults.dateSkew_ms = 7_200_000;
  assert.deepEqual(await times(), [date_s + 7200, reset_s + 7200]);
  fake.faults.clear();
  fake.faults.add({ times: 1, fault: { kind: "skewDate", ms: 60_000 } });
  assert.deepEqual(await times(), [date_s + 60, reset_s + 60]);
  fake.faults.add({ times: 1, fault: { kind: "skewDate", ms: 60_000, dateOnly: true } });
  assert.deepEqual(await times(), [date_s + 60, reset_s]);
});

test("an IPv6 address has no -admin twin, and nothing is left listening", async () => {
  await assert.rejects(startFakeOkta({ ...small, host: "::1", adminLinks: true }), /no -admin twin/);
});
