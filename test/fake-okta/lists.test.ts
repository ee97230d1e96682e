import assert from "node:assert/strict";
import http from "node:http";
import { test } from "node:test";
import { borrowBody } from "../../fake-okta/http/body.ts";
import { SortedStrings } from "../../fake-okta/org/sorted.ts";
import { startFakeOkta } from "../../fake-okta/server.ts";
import { ask, errorCode, ids, query, readAll } from "./ask.ts";

const small = { users: 90, groups: 14, apps: 30, rules: 7, events: 0 };
const ordinals = ["STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "LOCKED_OUT", "PASSWORD_EXPIRED", "SUSPENDED"];

test("users: by status ordinal, then id, without DEPROVISIONED, each exactly once over many pages", async () => {
  await using fake = await startFakeOkta(small);
  const rows = await readAll(fake, "/api/v1/users?limit=7");
  const keys = rows.map((row) => `${ordinals.indexOf(String(row.status))}${String(row.id)}`);
  assert.deepEqual(keys, keys.toSorted());
  const live = fake.org.truth("users").filter((row) => row.status !== "DEPROVISIONED");
  assert.ok(live.length < 90 && live.length > 50, "the org has DEPROVISIONED users");
  assert.deepEqual(new Set(ids(rows)), new Set(ids(live)));
  assert.equal(rows.length, live.length);
});

test("users: the cursor is 21 characters, ordinal and id of the last row", async () => {
  await using fake = await startFakeOkta(small);
  const page = await ask(fake, "/api/v1/users?limit=5");
  const last = page.rows.at(-1);
  const after = new URL(page.next ?? "").searchParams.get("after");
  assert.equal(after, `${ordinals.indexOf(String(last?.status))}${String(last?.id)}`);
  assert.equal(after?.length, 21);
});

test("users: one whose status changes between two pages is skipped, or shown twice", async () => {
  await using fake = await startFakeOkta(small);
  const [early] = fake.org.truth("users").filter((row) => row.status === "ACTIVE");
  fake.org.suspendUser({ id: String(early?.id) });
  const first = await ask(fake, "/api/v1/users?limit=20");
  const shown = first.rows.find((row) => row.status === "ACTIVE");
  assert.ok(early && shown && first.next !== undefined);
  assert.ok(!ids(first.rows).includes(early.id), "suspended: its turn comes last");
  fake.org.unsuspendUser({ id: String(early.id) });
  fake.org.suspendUser({ id: String(shown.id) });
  const rest = ids(await readAll(fake, first.next));
  assert.ok(!rest.includes(early.id), "moved behind the cursor: skipped");
  assert.ok(rest.includes(shown.id), "moved ahead of the cursor: shown twice");
});

test("users: filter and search show DEPROVISIONED, q does not and is not paged", async () => {
  await using fake = await startFakeOkta(small);
  const gone = fake.org.truth("users").filter((row) => row.status === "DEPROVISIONED");
  const filtered = await readAll(fake, `/api/v1/users${query({ filter: 'status eq "DEPROVISIONED"', limit: "2" })}`);
  assert.deepEqual(ids(filtered), ids(gone));
  const searched = await readAll(fake, `/api/v1/users${query({ search: "id pr", limit: "50" })}`);
  assert.deepEqual(ids(searched), ids(fake.org.truth("users")));
  const found = await ask(fake, "/api/v1/users?q=a");
  assert.ok(found.rows.length > 0 && found.rows.length <= 10);
  assert.deepEqual([found.self, found.next], [undefined, undefined], "no Link at all");
});

test("groups: by name, their cursor survives odd names; by id with a filter; members include DEPROVISIONED", async () => {
  await using fake = await startFakeOkta(small);
  fake.org.createGroup({ name: 'Zürich "quoted" 東京' });
  const rows = await readAll(fake, "/api/v1/groups?limit=4");
  const names = rows.map((row) => (row.profile as { name: string }).name);
  assert.deepEqual(names, names.toSorted());
  assert.equal(rows.length, 15);
  const filtered = ids(
    await readAll(fake, `/api/v1/groups${query({ filter: 'type eq "OKTA_GROUP"', limit: "3" })}`),
  ).map(String);
  assert.deepEqual(filtered, filtered.toSorted());
  const everyone = rows.find((row) => row.type === "BUILT_IN");
  const members = await readAll(fake, `/api/v1/groups/${String(everyone?.id)}/users?limit=40`);
  assert.deepEqual(ids(members), ids(fake.org.truth("users")));
});

test("apps: 20 by default, inactive ones only when asked for, and next forgets that they were", async () => {
  await using fake = await startFakeOkta(small);
  const plain = await readAll(fake, "/api/v1/apps");
  assert.ok(plain.every((row) => row.status === "ACTIVE"));
  const page = await ask(fake, "/api/v1/apps?includeNonDeleted=true");
  assert.equal(page.rows.length, 20);
  assert.ok(page.rows.some((row) => row.status === "INACTIVE"));
  assert.equal(page.next?.includes("includeNonDeleted"), false);
  assert.equal(new URL(page.self ?? "").search, "?limit=20");
  const naive = await readAll(fake, "/api/v1/apps?includeNonDeleted=true");
  const merged = await readAll(fake, "/api/v1/apps?includeNonDeleted=true&limit=200");
  assert.equal(merged.length, 30);
  assert.ok(naive.length < 30, "following next as it stands loses the inactive apps of later pages");
});

test("limits: users 200, groups 10000, rules 200 are cut; logs beyond 1000 and nonsense are refused", async () => {
  await using fake = await startFakeOkta({ ...small, users: 260 });
  assert.equal((await ask(fake, "/api/v1/users?limit=5000")).rows.length, 200);
  assert.equal((await ask(fake, "/api/v1/groups?limit=50000")).rows.length, 14);
  assert.equal((await ask(fake, "/api/v1/groups/rules?limit=999")).rows.length, 7);
  for (const path of ["/api/v1/logs?limit=1001", "/api/v1/users?limit=x", "/api/v1/users?limit=0"]) {
    const reply = await ask(fake, path);
    assert.deepEqual([reply.status, errorCode(reply)], [400, "E0000001"], path);
  }
  await using capped = await startFakeOkta({ ...small, pageSize: 3 });
  assert.equal((await ask(capped, "/api/v1/users?limit=200")).rows.length, 3);
});

test("self and next are two headers on the wire", async () => {
  await using fake = await startFakeOkta(small);
  const raw = await new Promise<string[]>((resolve, reject) => {
    http
      .get(`${fake.url}/api/v1/users?limit=2`, { headers: { authorization: `SSWS ${fake.token}` } }, (response) => {
        response.resume();
        resolve(response.rawHeaders);
      })
      .on("error", reject);
  });
  const links = raw.filter((_, i) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === "link");
  assert.equal(links.length, 2);
});

test("admin links name the twin host; user types have no link; single reads, 404s and other methods", async () => {
  await using fake = await startFakeOkta({ ...small, adminLinks: true, customDomain: "https://id.acme.test" });
  const page = await ask(fake, "/api/v1/users?limit=2");
  assert.equal(new URL(page.next ?? "").hostname, "127.0.0.1-admin");
  const types = await ask(fake, "/api/v1/meta/types/user");
  assert.deepEqual([types.rows.length, types.self, types.next], [3, undefined, undefined]);
  const known = await ask(fake, "/.well-known/okta-organization", {});
  assert.match(JSON.stringify(known.body), /"id":"00o\w{17}".*"alternate":{"href":"https:\/\/id.acme.test"}/);
  const id = String(page.rows[0]?.id);
  const one = await ask(fake, `/api/v1/users/${id}`);
  assert.equal((one.body as { id: string }).id, id);
  for (const path of [
    "/api/v1/users/00uNOBODY",
    "/api/v1/groups/00gX",
    "/api/v1/apps/0oaX",
    "/api/v1/groups/rules/0prX",
  ]) {
    const reply = await ask(fake, path);
    assert.deepEqual([reply.status, errorCode(reply)], [404, "E0000007"], path);
  }
  assert.equal(errorCode(await ask(fake, "/api/v1/nothing")), "E0000008");
  const posted = await fetch(`${fake.url}/api/v1/users`, { method: "POST", body: "{}" });
  assert.equal(posted.status, 405);
});

test("each list refuses a cursor that it did not give", async () => {
  await using fake = await startFakeOkta(small);
  for (const path of ["/api/v1/apps", "/api/v1/users", "/api/v1/groups", "/api/v1/groups/rules", "/api/v1/logs"]) {
    const reply = await ask(fake, `${path}?after=made-up`);
    assert.deepEqual([reply.status, errorCode(reply)], [400, "E0000029"], path);
  }
});

test("a body of three-byte letters is whole; removing what a sorted set does not hold removes nothing", () => {
  const wide = `"${"営".repeat(60_000)}"`;
  const body = borrowBody([wide, wide]);
  assert.equal(body.bytes.toString(), `[${wide},${wide}]`);
  body.giveBack();
  const set = new SortedStrings(["a", "c"]);
  set.remove("b");
  assert.deepEqual(set.items, ["a", "c"]);
});

test("every type's schema is reached through the type, and names base and custom attributes", async () => {
  await using fake = await startFakeOkta(small);
  for (const type of (await ask(fake, "/api/v1/meta/types/user")).rows) {
    const { schema } = type._links as { schema: { href: string } };
    const document = (await ask(fake, schema.href)).body as {
      definitions: { base: { properties: object }; custom: { properties: object } };
    };
    assert.equal(Object.keys(document.definitions.base.properties).length, 31);
    assert.equal(Object.keys(document.definitions.custom.properties).length, 7);
  }
  assert.equal((await ask(fake, "/api/v1/meta/schemas/user/default")).status, 200);
});
