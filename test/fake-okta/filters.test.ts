import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Expression, parseScim, ScimSyntaxError } from "../../fake-okta/scim.ts";
import { startFakeOkta } from "../../fake-okta/server.ts";
import { ask, errorCode, ids, query, readAll } from "./ask.ts";

const small = { users: 80, groups: 12, apps: 12, rules: 2, events: 300 };

test("scim: and binds tighter than or, not needs parentheses, strings may hold escaped quotes", () => {
  const parsed = parseScim('a eq "1" or b sw "x\\"y" and not (c pr)');
  assert.equal(parsed.kind, "or");
  assert.deepEqual(parsed.kind === "or" && parsed.right, {
    kind: "and",
    left: { kind: "compare", field: "b", op: "sw", value: 'x"y' },
    right: { kind: "not", inner: { kind: "present", field: "c" } },
  });
  for (const bad of [
    "",
    "a",
    "a eq",
    "a eq x",
    "a is 1",
    '(a eq "1"',
    'a eq "1" b pr',
    "not a pr",
    '"a" eq 1',
    'a eq "open',
  ]) {
    assert.throws(() => parseScim(bad), ScimSyntaxError, bad);
  }
});

test("scim: what is written reads back the same", () => {
  const leaf = fc.oneof(
    fc.record({ kind: fc.constant("present" as const), field: fc.constantFrom("id", "profile.x") }),
    fc.record({
      kind: fc.constant("compare" as const),
      field: fc.constantFrom("status", "type.id"),
      op: fc.constantFrom("eq" as const, "ge" as const, "co" as const),
      value: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    }),
  );
  const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.record({ kind: fc.constant("and" as const), left: tie("tree"), right: tie("tree") }),
      fc.record({ kind: fc.constant("or" as const), left: tie("tree"), right: tie("tree") }),
      fc.record({ kind: fc.constant("not" as const), inner: tie("tree") }),
    ),
  }));
  const text = (value: string): string => `"${value.replace(/["\\]/g, "\\$&")}"`;
  const write = (e: Expression): string => {
    if (e.kind === "present") return `${e.field} pr`;
    if (e.kind === "compare")
      return `${e.field} ${e.op} ${typeof e.value === "string" ? text(e.value) : String(e.value)}`;
    return e.kind === "not" ? `not (${write(e.inner)})` : `(${write(e.left)}) ${e.kind} (${write(e.right)})`;
  };
  const keys = ["kind", "inner", "left", "right", "field", "op", "value"];
  const ordered = (e: Expression): string => JSON.stringify(e, keys);
  fc.assert(
    fc.property(tree, (expression) => assert.equal(ordered(parseScim(write(expression))), ordered(expression))),
    { numRuns: 200 },
  );
});

test("every expression Okta refuses gets its code", async () => {
  await using fake = await startFakeOkta(small);
  const refused: ReadonlyArray<readonly [path: string, params: Record<string, string>, code: string]> = [
    ["/api/v1/users", { filter: "status" }, "E0000053"],
    ["/api/v1/users", { filter: 'profile.department eq "x"' }, "E0000053"],
    ["/api/v1/users", { filter: 'status ne "ACTIVE"' }, "E0000031"],
    ["/api/v1/users", { filter: 'status gt "ACTIVE"' }, "E0000031"],
    ["/api/v1/users", { filter: 'not (status eq "ACTIVE")' }, "E0000031"],
    ["/api/v1/users", { filter: 'lastUpdated ge "yesterday"' }, "E0000031"],
    ["/api/v1/users", { search: 'status ne "ACTIVE"' }, "E0000031"],
    ["/api/v1/users", { search: 'profile.department co "x"' }, "E0000031"],
    ["/api/v1/groups", { filter: 'profile.name eq "x"' }, "E0000053"],
    ["/api/v1/groups", { filter: 'type co "x"' }, "E0000031"],
    ["/api/v1/apps", { filter: 'lastUpdated gt "2026-01-01T00:00:00.000Z"' }, "E0000053"],
    ["/api/v1/logs", { filter: 'published gt "2026-01-01T00:00:00.000Z"' }, "E0000053"],
    ["/api/v1/logs", { filter: 'debugContext.debugData.url co "x"' }, "E0000031"],
    ["/api/v1/logs", { since: "last week" }, "E0000001"],
    ["/api/v1/logs", { since: "2020-01-01T00:00:00Z" }, "E0000053"],
  ];
  for (const [path, params, code] of refused) {
    const reply = await ask(fake, path + query(params));
    assert.deepEqual([reply.status, errorCode(reply)], [400, code], JSON.stringify(params));
  }
});

test("filters find exactly the rows that a plain look finds", async () => {
  await using fake = await startFakeOkta(small);
  const users = fake.org.truth("users");
  const middle = users.map((row) => String(row.lastUpdated)).toSorted()[40] ?? "";
  const since = await readAll(fake, `/api/v1/users${query({ filter: `lastUpdated ge "${middle}"`, limit: "9" })}`);
  assert.deepEqual(ids(since), ids(users.filter((row) => String(row.lastUpdated) >= middle)));
  const after = await readAll(fake, `/api/v1/users${query({ filter: `lastUpdated gt "${middle}"`, limit: "9" })}`);
  assert.equal(since.length - after.length, users.filter((row) => row.lastUpdated === middle).length);
  const groups = fake.org.truth("groups");
  const bound = groups.map((row) => String(row.lastMembershipUpdated)).toSorted()[6] ?? "";
  const found = await readAll(
    fake,
    `/api/v1/groups${query({ filter: `lastUpdated ge "${bound}" or lastMembershipUpdated ge "${bound}"` })}`,
  );
  const expected = groups.filter(
    (row) => String(row.lastUpdated) >= bound || String(row.lastMembershipUpdated) >= bound,
  );
  assert.deepEqual(ids(found), ids(expected));
  const logins = await readAll(
    fake,
    `/api/v1/logs${query({ filter: 'eventType eq "user.session.start" and outcome.result eq "SUCCESS"', since: hoursAgo(24 * 91), until: hoursAgo(0) })}`,
  );
  const all = fake.org
    .truth("logs")
    .filter(
      (row) =>
        row.eventType === "user.session.start" && (row.outcome as { result?: string } | null)?.result === "SUCCESS",
    );
  assert.ok(all.length > 5);
  assert.deepEqual(new Set(logins.map((row) => row.uuid)), new Set(all.map((row) => row.uuid)));
});

function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * 3_600_000).toISOString();
}

test("search reads an index that lags; filter and single reads do not", async () => {
  await using fake = await startFakeOkta({ ...small, clock: "manual", searchLag_ms: 60_000 });
  const [row] = fake.org.truth("users");
  const id = String(row?.id);
  fake.org.updateUser({ id, profile: { department: "Moved" } });
  const joiner = fake.org.createUser({});
  const leaver = String(fake.org.truth("users").find((user) => user.status === "DEPROVISIONED")?.id);
  fake.org.deleteUser({ id: leaver });
  const moved = `/api/v1/users${query({ search: 'profile.department eq "moved"' })}`;
  const everybody = `/api/v1/users${query({ search: "id pr" })}`;
  assert.deepEqual(ids(await readAll(fake, moved)), []);
  const stale = ids(await readAll(fake, everybody));
  assert.ok(!stale.includes(joiner) && stale.includes(leaver), "the index knows no joiner yet, and still the leaver");
  assert.equal((await ask(fake, `/api/v1/users/${joiner}`)).status, 200);
  assert.deepEqual(ids(await readAll(fake, `/api/v1/users${query({ filter: `id eq "${joiner}"` })}`)), [joiner]);
  fake.org.clock.advance(60_001);
  assert.deepEqual(ids(await readAll(fake, moved)), [id]);
  const fresh = ids(await readAll(fake, everybody));
  assert.deepEqual(fresh, ids(fake.org.truth("users")));
  const sorted = await readAll(
    fake,
    `/api/v1/users${query({ search: "id pr", sortBy: "profile.lastName", sortOrder: "desc", limit: "11" })}`,
  );
  assert.equal(new Set(ids(sorted)).size, fresh.length);
});
