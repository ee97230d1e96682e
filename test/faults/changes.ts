/** Rows of the fault table about what went, what was held, and what the warehouse says. */
import assert from "node:assert/strict";
import type { FakeOkta } from "../../fake-okta/server.ts";
import { over } from "../simulation/simulated.ts";
import { COMPLETED, failing, GROUPS, LOGS, type Row, striking, strikingPages, USERS } from "./row.ts";
import type { Scene } from "./scene.ts";

const DAY_MS = 24 * 3_600_000;
const held = { run: "held", exit: 5, tables: "held HELD_MASS_DELETE" } as const;

/** Deletes so many users for good. */
function deleteUsers({ org }: FakeOkta, count: number): void {
  for (const { id } of org.truth("users").slice(0, count)) {
    org.deleteUser({ id: String(id) });
    if (org.truth("users").some((user) => user["id"] === id)) org.deleteUser({ id: String(id) });
  }
}

/** The table holds every user of the org, and so many that are gone from it. */
async function stays(scene: Scene, gone: number): Promise<void> {
  const users = scene.fake.org.truth("users").length;
  assert.deepEqual(await scene.query("SELECT count(*) FROM okta.users"), [users + gone]);
}

export const CHANGES: readonly Row[] = [
  {
    name: "rows that are gone, few enough: 404 E0000007 on the second look deletes them",
    tables: ["users"],
    synced: true,
    arrange: (fake) => deleteUsers(fake, 15),
    expect: COMPLETED,
    check: (scene) => stays(scene, 0),
  },
  {
    name: "more than 30% and more than 20 gone: held",
    tables: ["users"],
    synced: true,
    arrange: (fake) => deleteUsers(fake, 22),
    expect: held,
    check: (scene) => stays(scene, 22),
  },
  {
    name: "the same in full refresh: held",
    tables: ["users"],
    mode: "full_refresh",
    synced: true,
    arrange: (fake) => deleteUsers(fake, 22),
    expect: held,
    check: (scene) => stays(scene, 22),
  },
  {
    name: "the same with --allow-mass-delete",
    tables: ["users"],
    allowMassDelete: true,
    synced: true,
    arrange: (fake) => deleteUsers(fake, 22),
    expect: COMPLETED,
    check: (scene) => stays(scene, 0),
  },
  {
    name: "an empty list later: held",
    tables: ["groups"],
    synced: true,
    arrange: striking(GROUPS, { kind: "empty" }),
    expect: held,
  },
  {
    name: "an empty list later, allowed: the second look finds every row",
    tables: ["groups"],
    synced: true,
    allowMassDelete: true,
    arrange: striking(GROUPS, { kind: "empty" }),
    expect: COMPLETED,
    check: async (scene) => assert.deepEqual(await scene.differences(), []),
  },
  {
    name: "a list that fails half-way deletes nothing",
    tables: ["users"],
    synced: true,
    allowMassDelete: true,
    arrange: (fake) => (deleteUsers(fake, 30), strikingPages(USERS, { after: true }, { kind: "html" })(fake)),
    expect: failing("BODY_NOT_A_LIST"),
    check: (scene) => stays(scene, 30),
  },
  {
    name: "an outage longer than Okta keeps its log: a gap, on record",
    tables: ["logs"],
    synced: true,
    arrange: ({ org }) => org.clock.advance(100 * DAY_MS),
    expect: { ...COMPLETED, notice: "LOG_GAP" },
    check: async (scene) =>
      assert.deepEqual(await scene.query("SELECT date_diff('day', from_ts, to_ts) FROM rollcall.gaps"), [10]),
  },
  {
    name: "an event that comes late is in the table after the next sync",
    tables: ["logs"],
    synced: true,
    arrange: ({ org }) => org.lateEvent({ published: org.clock.now() - 20 * 60_000, persisted: org.clock.now() }),
    expect: COMPLETED,
    check: async (scene) => assert.deepEqual(await scene.differences(), []),
  },
  {
    name: "Ctrl-C",
    tables: ["users", "logs"],
    during: { request: 7, act: (_, stop) => stop.abort() },
    expect: { run: "cancelled", exit: 130, tables: "cancelled CANCELLED" },
  },
  {
    name: "another org's prefix: not started, and both are named",
    tables: ["users"],
    warehouse: (warehouse) =>
      over(warehouse, {
        claim: async (prefix, org) => (
          await warehouse.claim(prefix, { id: "00oanother", host: "another.okta.com" }),
          warehouse.claim(prefix, org)
        ),
      }),
    expect: { run: "not started", exit: 2, tables: "PREFIX_TAKEN" },
    restore: false,
  },
  {
    name: "a checkpoint that cannot be read stops its table",
    tables: ["users", "logs"],
    synced: true,
    warehouse: (warehouse) =>
      over(warehouse, {
        checkpoints: async (prefix) => new Map([...(await warehouse.checkpoints(prefix)), ["users", '{"version":9}']]),
      }),
    expect: { run: "partial", exit: 4, tables: { users: "failed CHECKPOINT_UNREADABLE", logs: "completed" } },
  },
  {
    name: "a log that answers a poll without a next link",
    tables: ["logs"],
    arrange: striking(LOGS, { kind: "empty" }, 1),
    expect: failing("BODY_NOT_A_LIST"),
  },
];
