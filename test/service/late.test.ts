/**
 * Which tables are late, and what begins by itself after a person's word.
 *
 * Breaks seen to fail here: what was switched off, paused or emptied counted as late · a table under way called stale · everything
 * stale after downtime · a completion in the future taken at its word · failed tables left red after a resume · an import that nobody wanted.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defaultSchedule } from "../../src/core/schedule.ts";
import { momentOf } from "../../src/service/watchdog.ts";
import { isStale } from "../../src/service/due.ts";
import type { SourceRow, SourceTableRow } from "../../src/store/schema.ts";
import { enqueue } from "../../src/store/runs.ts";
import { NOW_MS, storeWithSource } from "../store/rows.ts";
import { Served } from "./served.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LONG_AGO_MS = NOW_MS - 30 * DAY_MS;

describe("a table that should be kept current", () => {
  /** Of a table whose interval is 6 hours, in a server that has run for a day. */
  async function stale(table: Partial<SourceTableRow>, source: Partial<SourceRow> = {}, up_ms = DAY_MS, busy = false) {
    await using held = await storeWithSource();
    const { store } = held;
    const schedule_json = JSON.stringify(defaultSchedule("incremental"));
    await store.db
      .updateTable("source")
      .set({ created_ms: LONG_AGO_MS, ...source })
      .execute();
    await store.db
      .updateTable("source_table")
      .set({ schedule_json, last_completed_ms: LONG_AGO_MS, ...table })
      .execute();
    const tables = [{ table: "users", mode: "incremental" }];
    if (busy)
      await store.db
        .transaction()
        .execute((trx) => enqueue(trx, { sourceId: "src_1", tables, cause: "schedule", by: null, now_ms: NOW_MS }));
    const row = await store.db.selectFrom("source_table").selectAll().where("table_name", "=", "users").execute();
    const sources = await store.db.selectFrom("source").selectAll().execute();
    const moment = await momentOf({ store, now_ms: () => NOW_MS, started_ms: NOW_MS - up_ms });
    return isStale(sources[0]!, row[0]!, moment);
  }

  it("is late after twice its interval, completed or linked", async () => {
    assert.equal(await stale({}), true);
    assert.equal(await stale({ last_completed_ms: null }), true);
    assert.equal(await stale({ last_completed_ms: NOW_MS - 12 * HOUR_MS }), false);
    assert.equal(await stale({ last_completed_ms: null }, { created_ms: NOW_MS - HOUR_MS }), false);
  });

  it("is not late for the time in which it was off, paused or emptied", async () => {
    assert.equal(await stale({ kept_since_ms: NOW_MS - HOUR_MS }), false);
    assert.equal(await stale({ kept_since_ms: NOW_MS - DAY_MS }), true);
    assert.equal(await stale({ enabled: 0 }), false);
    assert.equal(await stale({}, { paused_json: "{}", paused_ms: 1 }), false);
  });

  it("is not late while its run waits or goes, nor before a server that was away could catch up", async () => {
    assert.equal(await stale({}, {}, DAY_MS, true), false);
    assert.equal(await stale({}, {}, HOUR_MS), false);
  });

  it("is late by a clock that was set right, too", async () => {
    assert.equal(await stale({ last_completed_ms: NOW_MS + 365 * DAY_MS }), true);
  });

  it("counts from the moment at which a person switches on, resumes or empties", async () => {
    await using served = await Served.start();
    const source = await served.link();
    await served.ended();
    const { db } = served.context.store;
    const since = async (path: string, method: string, body?: unknown) => {
      await db.updateTable("source_table").set({ kept_since_ms: 1 }).execute();
      await served.ask(method, `/api/sources/${source.id}${path}`, body);
      const rows = await db.selectFrom("source_table").select(["table_name", "kept_since_ms"]).execute();
      return rows.filter(({ kept_since_ms }) => kept_since_ms !== 1).map(({ table_name }) => table_name);
    };
    const all = source.tables.map(({ table }) => table).toSorted();
    const changes = (enabled: boolean) => ({ changes: [{ table: "users", enabled }] });
    assert.deepEqual(await since("/tables", "PATCH", changes(true)), [], "it was on");
    assert.deepEqual(await since("/tables", "PATCH", changes(false)), []);
    assert.deepEqual(await since("/tables", "PATCH", changes(true)), ["users"]);
    assert.deepEqual(await since("/pause", "POST"), []);
    assert.deepEqual((await since("/resume", "POST")).toSorted(), all);
    await served.ended();
    const emptied = { tables: ["logs"], confirm: source.name };
    assert.deepEqual(await since("/delete-data", "POST", emptied), ["logs"]);
  });
});

describe("without waiting for the schedule", () => {
  const rules = {
    match: { path: "/api/v1/groups/rules*" },
    fault: { kind: "status", status: 403, body: "{}" },
  } as const;

  for (const [word, method, path, body] of [
    ["a resume", "POST", "/resume", undefined],
    ["a new credential", "PATCH", "", "token"],
  ] as const)
    it(`${word} begins what failed`, async () => {
      await using served = await Served.start();
      const source = await served.link();
      await served.ended();
      const fault = served.org.faults.add(rules);
      const { body: asked } = await served.ask("POST", `/api/sources/${source.id}/sync`, {});
      const failed = await served.ended(String(asked["id"]));
      assert.equal(failed.tables.find(({ table }) => table === "group_rules")!.status, "failed");
      served.org.faults.remove(fault);
      if (word === "a resume") await served.ask("POST", `/api/sources/${source.id}/pause`);
      const given = body === "token" ? { fields: { token: served.org.token } } : undefined;
      await served.ask(method, `/api/sources/${source.id}${path}`, given);
      const run = await served.until("a run of its own", async () => {
        const latest = await served.latestRun();
        return latest.id !== failed.id && latest.finishedAt !== null && latest;
      });
      assert.deepEqual(
        run.tables.map(({ table, status }) => [table, status]),
        [["group_rules", "completed"]],
      );
    });
});

describe("a source that is linked without an import", () => {
  it("is begun by its schedule, or when asked", async () => {
    await using served = await Served.start();
    const source = await served.link({ import: false });
    served.context.orders.emit("wake");
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(await served.latestRun(), undefined);
    const users = source.tables.find(({ table }) => table === "users")!;
    assert.equal(users.lastBegunAt, null);
    served.ahead_ms = Date.parse(users.nextRunAt!) - Date.now() + 1000;
    served.context.orders.emit("wake");
    const run = await served.until("the scheduled run", () => served.latestRun());
    assert.equal(run.cause, "schedule");
    await served.ended();
  });
});
