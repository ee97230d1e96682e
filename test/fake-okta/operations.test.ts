import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { startFakeOkta } from "../../fake-okta/server.ts";
import { operations, truthTables } from "../../fake-okta/org.ts";
import { ask, ids, query, readAll } from "./ask.ts";

const start_ms = Date.parse("2026-06-01T12:00:00.900Z");
const small = { users: 40, groups: 6, apps: 5, rules: 3, events: 0, clock: "manual", now: start_ms } as const;
const second = "2026-06-01T12:00:00.000Z";
type Row = Record<string, unknown>;

const profileOf = (row: Row | undefined): Row => Object(row?.profile);

async function open() {
  const fake = await startFakeOkta(small);
  const user = (id: string): Row | undefined => fake.org.truth("users").find((row) => row.id === id);
  const group = (id: string): Row | undefined => fake.org.truth("groups").find((row) => row.id === id);
  const events = (): unknown[] => fake.org.truth("logs").map((row) => row.eventType);
  const active = String(fake.org.truth("users").find((row) => row.status === "ACTIVE")?.id);
  return { fake, org: fake.org, user, group, events, active };
}

test("users: whole seconds, attributes that vanish, sign-ins that move no lastUpdated, two-step deletion", async () => {
  const { fake, org, user, events, active } = await open();
  await using _ = fake;
  const before = user(active);
  org.signIn({ id: active });
  assert.deepEqual({ ...user(active), lastLogin: null }, { ...before, lastLogin: null });
  assert.equal(user(active)?.lastLogin, second);
  org.setProfileAttribute({ id: active, name: "title", value: "Chief" });
  assert.equal(profileOf(user(active)).title, "Chief");
  assert.equal(user(active)?.lastUpdated, second);
  org.clearProfileAttribute({ id: active, name: "title" });
  org.clearProfileAttribute({ id: active, name: "mobilePhone" });
  assert.equal("title" in profileOf(user(active)), false);
  assert.equal(profileOf(user(active)).mobilePhone, null);
  assert.equal(org.deleteUser({ id: active }), "deactivated");
  assert.equal(user(active)?.status, "DEPROVISIONED");
  assert.equal((await ask(fake, `/api/v1/users/${active}`)).status, 200);
  assert.equal(org.deleteUser({ id: active }), "deleted");
  assert.equal((await ask(fake, `/api/v1/users/${active}`)).status, 404);
  for (const row of org.truth("groups")) {
    assert.ok(!ids(await readAll(fake, `/api/v1/groups/${String(row.id)}/users`)).includes(active));
  }
  const expected = ["user.session.start", "user.account.update_profile", "user.account.update_profile", "user.account.update_profile", "user.lifecycle.deactivate", "user.lifecycle.delete.initiated", "user.lifecycle.delete.completed"]; // prettier-ignore
  assert.deepEqual(events(), expected);
});

test("groups: membership moves its own date only; a deleted group takes rules' validity", async () => {
  const { fake, org, group, active } = await open();
  await using _ = fake;
  const id = org.createGroup({ name: "New" });
  org.clock.advance(5000);
  org.addMember({ groupId: id, userId: active });
  assert.deepEqual([group(id)?.lastUpdated, group(id)?.lastMembershipUpdated], [second, "2026-06-01T12:00:05.000Z"]);
  assert.deepEqual(ids(await readAll(fake, `/api/v1/groups/${id}/users`)), [active]);
  const rule = org.createRule({ name: "r", groupIds: [id] });
  org.activateRule({ id: rule });
  org.deleteGroup({ id });
  const row = org.truth("group_rules").find((one) => one.id === rule);
  assert.deepEqual([row?.status, row?.allGroupsValid], ["INVALID", false]);
  assert.throws(() => org.addMember({ groupId: id, userId: active }), /no group/);
});

test("apps: assigning moves no date, only an inactive app goes; secrets are there to be dropped", async () => {
  const { fake, org, active } = await open();
  await using _ = fake;
  const [app] = org.truth("applications");
  const id = String(app?.id);
  org.assign({ appId: id, principalId: active });
  assert.equal(org.truth("applications")[0]?.lastUpdated, app?.lastUpdated);
  assert.deepEqual(ids((await ask(fake, `/api/v1/apps${query({ filter: `user.id eq "${active}"` })}`)).rows), [id]);
  assert.throws(() => org.deleteApp({ id }), /INACTIVE/);
  org.deactivateApp({ id });
  org.deleteApp({ id });
  assert.ok(!ids(org.truth("applications")).includes(id));
  assert.match(JSON.stringify(org.truth("applications")), /"apiToken":"S3CRET-|"password":\{"value":"S3CRET-/);
});

test("schema: attributes come and go without moving a user, values of a removed one are gone for good", async () => {
  const { fake, org, user } = await open();
  await using _ = fake;
  const custom = async (): Promise<string[]> => {
    const { body } = await ask(fake, "/api/v1/meta/schemas/user/default");
    return Object.keys((body as { definitions: { custom: { properties: object } } }).definitions.custom.properties);
  };
  org.addSchemaAttribute({ name: "cost_center", type: "array:integer" });
  assert.ok((await custom()).includes("cost_center"));
  const holder = org
    .truth("users")
    .find((row) => "remote" in (row.profile as Row) && (row.type as Row).id === org.state.defaultTypeId);
  const id = String(holder?.id);
  org.removeSchemaAttribute({ name: "remote" });
  assert.ok(!(await custom()).includes("remote"));
  assert.deepEqual([user(id)?.lastUpdated, "remote" in profileOf(user(id))], [holder?.lastUpdated, false]);
  org.addSchemaAttribute({ name: "remote", type: "string" });
  assert.ok(!("remote" in profileOf(user(id))));
  org.setProfileAttribute({ id, name: "remote", value: "mostly" });
  assert.equal(profileOf(user(id)).remote, "mostly");
  const type = org.createUserType({ name: "contractor" });
  assert.equal(org.truth("user_types").length, 4);
  org.deleteUserType({ id: type });
  assert.equal(org.truth("user_types").length, 3);
});

test("after any history, what is listed is the truth", async () => {
  const step = fc.record({ pick: fc.nat(), op: fc.nat(12), wait_ms: fc.constantFrom(0, 1, 700, 61_000) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.integer(), async (steps, seed) => {
      await using fake = await startFakeOkta({
        ...small,
        events: 60,
        seed,
        pageSize: 7,
        latePersistence: { share: 0.2, delay_ms: 90_000 },
      });
      const { org } = fake;
      for (const { pick, op, wait_ms } of steps) {
        const users = ids(org.truth("users"));
        const id = String(users[pick % users.length]);
        const groups = ids(org.truth("groups").filter((row) => row.type === "OKTA_GROUP"));
        const groupId = groups.length === 0 ? "" : String(groups[pick % groups.length]);
        const [action] = org.allowedActions(id).slice(pick % 3);
        if (op < 3 && action !== undefined) org.changeStatus({ id, action });
        else if (op === 3) org.createUser({ profile: { lastName: `Ö${pick}` } });
        else if (op === 4) org.updateUser({ id, profile: { department: `d${pick}` } });
        else if (op === 5 && users.length > 3) org.deleteUser({ id });
        else if (op === 6 && groupId !== "") org.renameGroup({ id: groupId, name: `G${pick % 9}` });
        else if (op === 7 && groupId !== "") org.addMember({ groupId, userId: id });
        else if (op === 8 && groups.length > 1) org.deleteGroup({ id: groupId });
        else if (op === 9) org.createGroup({ name: `N${pick % 5}` });
        else if (op === 10) org.lateEvent({ published: org.clock.now() - 5000, persisted: org.clock.now() + 30_000 });
        else org.appendLogEvents({ count: pick % 4 });
        org.clock.advance(wait_ms);
      }
      const now = org.clock.now();
      const byId = (rows: Row[]): Row[] => rows.toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
      const plain = await readAll(fake, "/api/v1/users");
      const gone = await readAll(fake, `/api/v1/users${query({ filter: 'status eq "DEPROVISIONED"' })}`);
      assert.deepEqual(byId([...plain, ...gone]), org.truth("users"));
      assert.deepEqual(byId(await readAll(fake, "/api/v1/groups")), org.truth("groups"));
      const since = new Date(now - 89.99 * 86_400_000).toISOString();
      const until = new Date(now + 1).toISOString();
      const window = await readAll(fake, `/api/v1/logs${query({ since, until })}`);
      assert.deepEqual(window, org.truth("logs"));
    }),
    { numRuns: 25 },
  );
});

test("the control endpoint does what the methods do, and says what it refused", async () => {
  const { fake, org, active } = await open();
  await using _ = fake;
  const call = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: Row }> => {
    const response = await fetch(fake.controlUrl + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const parsed: Row = JSON.parse(await response.text());
    return { status: response.status, body: parsed };
  };
  const made = await call("POST", "/apply", { op: "createGroup", name: "By hand" });
  assert.ok(ids(org.truth("groups")).includes(made.body.result));
  assert.equal((await call("POST", "/apply", { op: "suspendUser", id: active })).status, 200);
  const twice = await call("POST", "/apply", { op: "suspendUser", id: active });
  assert.deepEqual([twice.status, twice.body.error], [409, "cannot suspend a user who is SUSPENDED"]);
  const missing = await call("POST", "/apply", { op: "suspendUser" });
  assert.deepEqual([missing.status, missing.body.takes], [400, { op: "suspendUser", id: "string" }]);
  assert.match(String(missing.body.error), /^id: .*expected string/);
  const misspelt = await call("POST", "/apply", { op: "createGroup", name: "x", descripton: "y" });
  assert.deepEqual([misspelt.status, misspelt.body.error], [400, "createGroup does not take descripton"]);
  const stray = await call("POST", "/faults", { fault: { kind: "status", stats: 500 } });
  assert.match(`${stray.status} ${String(stray.body.error)}`, /^400 fault: .*stats/);
  const cut = await fetch(`${fake.controlUrl}/apply`, { method: "POST", body: "{op" });
  assert.match(`${cut.status} ${await cut.text()}`, /^400 .*the body is not JSON/s);
  assert.equal((await call("POST", "/apply", { op: "explode" })).status, 409);
  assert.equal((await call("POST", "/nothing")).status, 404);
  const advanced = await call("POST", "/advance", { ms: 1000 });
  assert.equal(advanced.body.now, new Date(start_ms + 1000).toISOString());
  await call("POST", "/faults", { match: { path: "/api/v1/users" }, fault: { kind: "status", code: "E0000009" } });
  assert.equal((await ask(fake, "/api/v1/users")).status, 500);
  await call("DELETE", "/faults");
  assert.equal((await ask(fake, "/api/v1/users")).status, 200);
  await call("POST", "/access", { tokenRevoked: true });
  assert.equal((await ask(fake, "/api/v1/users")).status, 401);
  const state = await call("GET", "/state");
  assert.deepEqual([state.body.id, state.body.users, state.body.requests], [org.id, 40, 3]);
  const help = await call("GET", "/");
  const guide = help.body as { operations: Row; controls: Row };
  assert.deepEqual(Object.keys(guide.operations), Object.keys(operations));
  assert.deepEqual(guide.operations.createGroup, {
    op: "createGroup",
    name: "string",
    "description?": "string | null",
  });
  const { fault } = guide.controls["POST /faults"] as { fault: Row };
  assert.deepEqual(fault.skewDate, { kind: "skewDate", ms: "number", "dateOnly?": "boolean" });
  assert.equal(truthTables.length, 6);
});
