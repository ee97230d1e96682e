import assert from "node:assert/strict";
import { test } from "node:test";
import { startFakeOkta } from "../../fake-okta/server.ts";
import { realClock } from "../../fake-okta/clock.ts";
import { ask, errorCode, ids, query, readAll } from "./ask.ts";

const small = { users: 40, groups: 12, apps: 8, rules: 2, events: 20 };
const day_ms = 86_400_000;

test("an empty page may follow a full last one, in every paged list, and then there is no next", async () => {
  await using fake = await startFakeOkta({ ...small, emptyLastPage: true });
  const everyone = fake.org.state.everyoneId;
  const live = fake.org.truth("users").filter((row) => row.status !== "DEPROVISIONED").length;
  const active = fake.org.truth("users").filter((row) => row.status === "ACTIVE").length;
  const lists: ReadonlyArray<readonly [path: string, rows: number]> = [
    ["/api/v1/users", live],
    [`/api/v1/users${query({ filter: 'status eq "ACTIVE"' })}`, active],
    [`/api/v1/users${query({ search: "id pr" })}`, 40],
    ["/api/v1/groups", 12],
    [`/api/v1/groups${query({ filter: `id gt "0"` })}`, 12],
    [`/api/v1/groups/${everyone}/users`, 40],
    ["/api/v1/apps", 8],
    ["/api/v1/groups/rules", 2],
  ];
  for (const [path, rows] of lists) {
    const full = await ask(fake, `${path}${path.includes("?") ? "&" : "?"}limit=${rows}`);
    assert.deepEqual([full.rows.length, full.next === undefined], [rows, false], path);
    const behind = await ask(fake, full.next ?? "");
    assert.deepEqual([behind.status, behind.rows.length, behind.next], [200, 0, undefined], path);
    const short = await ask(fake, `${path}${path.includes("?") ? "&" : "?"}limit=${rows + 1}`);
    assert.equal(short.next, undefined, path);
  }
  await using plain = await startFakeOkta(small);
  assert.equal((await ask(plain, "/api/v1/apps?limit=8")).next, undefined);
  plain.faults.add({ match: { path: "/api/v1/apps" }, fault: { kind: "emptyLastPage" } });
  assert.equal((await readAll(plain, "/api/v1/apps?limit=4")).length, 8);
  assert.equal(
    plain.requests.count((record) => record.path === "/api/v1/apps"),
    4,
  );
});

test("a role that narrows: lists shrink without a word, in every form, and grow back", async () => {
  await using fake = await startFakeOkta(small);
  const forms = ["/api/v1/users?limit=3", `/api/v1/users${query({ search: "id pr", limit: "3" })}`, `/api/v1/users${query({ filter: 'lastUpdated gt "2001-01-01T00:00:00.000Z"', limit: "3" })}`]; // prettier-ignore
  const before = await Promise.all(forms.map((path) => readAll(fake, path)));
  const someUsers = ids(before[0] ?? [])
    .map(String)
    .slice(0, 5);
  fake.access.visible = { users: someUsers, groups: 0.5, apps: 0.25 };
  for (const path of forms) assert.deepEqual(new Set(ids(await readAll(fake, path))), new Set(someUsers), path);
  const groups = await readAll(fake, "/api/v1/groups?limit=2");
  assert.ok(groups.length > 0 && groups.length < 11, String(groups.length));
  assert.ok(!ids(groups).includes(fake.org.state.everyoneId), "Everyone is hidden from a group administrator");
  const searched = await readAll(fake, `/api/v1/groups${query({ search: "id pr" })}`);
  assert.deepEqual(new Set(ids(searched)), new Set(ids(groups)));
  const apps = await readAll(fake, "/api/v1/apps?limit=2&includeNonDeleted=true");
  assert.ok(apps.length < 8);
  fake.access.visible = undefined;
  assert.deepEqual(ids(await readAll(fake, forms[0] ?? "")), ids(before[0] ?? []));
});

test("what a narrowed role hides, by its id: 404 as if it were gone, or 403", async () => {
  await using fake = await startFakeOkta({ ...small, visible: { users: [], groups: [], apps: [] } });
  const { everyoneId } = fake.org.state;
  const paths = [`/api/v1/users/${String(fake.org.truth("users")[0]?.id)}`, `/api/v1/groups/${everyoneId}`, `/api/v1/groups/${everyoneId}/users`, `/api/v1/apps/${String(fake.org.truth("applications")[0]?.id)}`]; // prettier-ignore
  for (const [hidden, expected] of [
    ["notFound", "404 E0000007"],
    ["forbidden", "403 E0000006"],
  ] as const) {
    // prettier-ignore
    fake.access.visible = { users: [], groups: [], apps: [], hidden };
    for (const path of paths) {
      const reply = await ask(fake, path);
      assert.equal(`${reply.status} ${String(errorCode(reply))}`, expected, path);
    }
  }
  fake.access.visible = { groups: [everyoneId], users: [] };
  assert.deepEqual((await ask(fake, `/api/v1/groups/${everyoneId}/users`)).rows, []);
  assert.equal((await ask(fake, paths[3] ?? "")).status, 200, "a kind left out is seen whole");
  const body = JSON.stringify({ visible: null });
  assert.equal((await fetch(`${fake.controlUrl}/access`, { method: "POST", body })).status, 200);
  assert.equal((await ask(fake, paths[0] ?? "")).status, 200);
});

test("a mortal token: each use renews its 30 days; it dies unused, or with its creator", async () => {
  const options = { ...small, clock: "manual", tokenDies: true } as const;
  const code = async (fake: Awaited<ReturnType<typeof startFakeOkta>>) => errorCode(await ask(fake, "/api/v1/users"));
  await using unused = await startFakeOkta(options);
  for (let use = 0; use < 3; use++) {
    unused.org.clock.advance(29 * day_ms);
    assert.equal(await code(unused), undefined);
  }
  unused.org.clock.advance(31 * day_ms);
  assert.deepEqual([await code(unused), await code(unused)], ["E0000011", "E0000011"]);
  await using orphaned = await startFakeOkta(options);
  orphaned.org.deactivateUser({ id: orphaned.org.state.admin.id });
  assert.equal(await code(orphaned), "E0000011");
  await using immortal = await startFakeOkta({ ...options, tokenDies: false });
  immortal.org.deactivateUser({ id: immortal.org.state.admin.id });
  immortal.org.clock.advance(400 * day_ms);
  assert.equal(await code(immortal), undefined);
});

test("the log tells once of a share nearly spent and once of one overspent, in each window, if asked to", async () => {
  const options = { ...small, events: 0, clock: "manual", rateLimits: "integrator" } as const;
  await using fake = await startFakeOkta({ ...options, rateLimitEvents: true });
  const events = (): unknown[] => fake.org.truth("logs").map((row) => row.eventType);
  for (let i = 0; i < 5; i++) await ask(fake, "/api/v1/apps");
  assert.deepEqual(events(), []);
  await ask(fake, "/api/v1/apps");
  assert.deepEqual(events(), ["system.operation.rate_limit.warning"]);
  for (let i = 0; i < 8; i++) await ask(fake, "/api/v1/apps");
  const once = ["system.operation.rate_limit.warning", "system.operation.rate_limit.violation"];
  assert.deepEqual(events(), once);
  fake.org.clock.advance(60_000);
  for (let i = 0; i < 12; i++) await ask(fake, "/api/v1/apps");
  assert.deepEqual(events(), [...once, ...once]);
  await using silent = await startFakeOkta(options);
  for (let i = 0; i < 12; i++) await ask(silent, "/api/v1/apps");
  assert.deepEqual(silent.org.truth("logs"), []);
});

test("while an instant is held, a real clock stands still however long the work takes", () => {
  const clock = realClock(0);
  const spent = clock.hold(() => {
    const before = clock.now();
    const until = performance.now() + 5;
    while (performance.now() < until);
    return clock.hold(() => clock.now()) - before;
  });
  assert.equal(spent, 0);
  assert.throws(() => clock.hold(() => { throw new Error("x"); }), /x/); // prettier-ignore
  const before = clock.now();
  clock.advance(50);
  assert.ok(clock.now() >= before + 50);
});

test("every date that an operation writes is of one instant, even while a real clock runs on", async (t) => {
  await using fake = await startFakeOkta({ ...small, events: 0 });
  let now_ms = Date.now();
  t.mock.method(Date, "now", () => (now_ms += 5000));
  const id = fake.org.createUser({});
  t.mock.restoreAll();
  const created = fake.org.truth("users").find((row) => row.id === id)?.created;
  const everyone = fake.org.truth("groups").find((row) => row.type === "BUILT_IN");
  assert.equal(everyone?.lastMembershipUpdated, created);
  fake.org.clock.advance(60_000);
  const published = fake.org.truth("logs").map((row) => String(row.published).slice(0, 19));
  assert.deepEqual(published, Array(2).fill(String(created).slice(0, 19)));
});
