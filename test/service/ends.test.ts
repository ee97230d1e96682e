/**
 * How runs and their tables end: table by table, also where the process dies or the end cannot be written.
 *
 * Breaks seen to fail here: a table's outcome written at its run's end only · its two rows written one after the other · rows of a first import said at its end only · a run whose
 * end was not written left `running` · one that was cancelled begun again · three deaths in a row that no table tells of.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { createChannel } from "../../src/service/channels.ts";
import { recoverRuns } from "../../src/service/recovery.ts";
import { ROLLCALL } from "../../src/store/audit.ts";
import { claim, enqueue } from "../../src/store/runs.ts";
import { keysOf } from "../../src/store/seal.ts";
import { NOW_MS, storeWithSource } from "../store/rows.ts";
import type { Source } from "../../src/service/source-view.ts";
import { Served } from "./served.ts";

const SLOW = { events: 20_000, latency_ms: 150 } as const;

/** As on a full disk: no run's end can be written until the returned function is called. */
async function noEnds({ context: { store } }: Served): Promise<() => Promise<unknown>> {
  await sql`CREATE TRIGGER full BEFORE UPDATE OF finished_ms ON run BEGIN SELECT raise(ABORT, 'full'); END`.execute(
    store.db,
  );
  return () => sql`DROP TRIGGER full`.execute(store.db);
}

const failedToEnd = (served: Served) =>
  served.until("an end that is not written", async () =>
    served.logged.some((line) => line.includes("a run's end was not written")),
  );

describe("while a run goes", () => {
  it("a table that has ended says so, with its rows, and a first import's rows are told as they come", async () => {
    await using served = await Served.start(SLOW);
    const source = await served.link();
    const during = async (what: string, is: (table: Source["tables"][number]) => boolean) =>
      served.until(what, async () => {
        const { currentRun, tables } = await served.source(source.id);
        if (currentRun === null) throw new Error(`the run ended before ${what}`);
        return tables.find(is);
      });
    const done = await during("a table's end", ({ lastCompletedAt }) => lastCompletedAt !== null);
    assert.deepEqual(
      [done.status, done.rowsStored],
      ["completed", await served.number(`select count(*) from ${done.queryName}`)],
    );
    await during("rows of an import", ({ lastCompletedAt, rowsStored }) => lastCompletedAt === null && rowsStored > 0);
    await served.ended();
    const sizes = await served.context.store.db.selectFrom("table_size").select("table_name").execute();
    assert.equal(sizes.length, new Set(sizes.map(({ table_name }) => table_name)).size, "each end is written once");
    for (const { queryName, rowsStored } of (await served.source(source.id)).tables)
      assert.equal(rowsStored, await served.number(`select count(*) from ${queryName}`), queryName);
  });
});

describe("a table's end", () => {
  // Seen: killed in between, a table was completed for its run, which nobody resumed it for, and never synced for its source.
  it("is written for its run and for its source together, or for neither", async () => {
    await using served = await Served.start();
    const { db } = served.context.store;
    await sql`CREATE TRIGGER killed BEFORE UPDATE OF last_status ON source_table WHEN NEW.last_status = 'completed'
      BEGIN SELECT raise(ABORT, 'killed'); END`.execute(db);
    await served.link();
    await served.until("an end that is not written", async () =>
      served.logged.some((line) => line.includes("a run's event was not written")),
    );
    const completed = await db.selectFrom("run_table").select("table_name").where("status", "=", "completed").execute();
    assert.deepEqual(completed, []);
    await sql`DROP TRIGGER killed`.execute(db);
  });
});

describe("a run whose end cannot be written", () => {
  it("is ended once it can be, and goes on", async () => {
    await using served = await Served.start();
    const source = await served.link();
    const freed = await noEnds(served);
    const { id } = await served.latestRun();
    await failedToEnd(served);
    assert.equal((await served.latestRun()).status, "running");
    await freed();
    served.context.orders.emit("wake");
    const ended = await served.ended(id);
    assert.equal(ended.failure?.code ?? ended.status, "PROCESS_DIED");
    const asked = await served.until("another run", async () => {
      const { status, body } = await served.ask("POST", `/api/sources/${source.id}/sync`, {});
      return status === 202 && body;
    });
    assert.equal((await served.ended(String(asked["id"]))).status, "completed");
  });

  it("holds up neither a pause nor a removal for ever, and what was cancelled is not begun again", async () => {
    await using served = await Served.start();
    const source = await served.link();
    const freed = await noEnds(served);
    const { id } = await served.latestRun();
    await failedToEnd(served);
    const pausing = served.ask("POST", `/api/sources/${source.id}/pause`);
    await served.until("the word", async () => (await served.source(source.id)).paused);
    await freed();
    served.context.orders.emit("wake");
    assert.equal((await pausing).status, 200);
    assert.equal((await served.ended(id)).status, "cancelled");
    await served.ask("POST", `/api/sources/${source.id}/resume`);
    assert.equal((await served.latestRun()).id, id);
  });
});

describe("three deaths of the process in a row", () => {
  it("are a failure of the tables, told, and true about what comes next", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    const config = { kind: "slack", url: "https://hooks.example.com/T0/s3cret" } as const;
    const events = ["failure" as const];
    const post = { store, keys: keysOf(randomBytes(32)), now_ms: () => NOW_MS, reach: { privateToo: true } };
    await createChannel(
      post,
      { name: "ops", config, events, digest: "at_once", sourceId: null, enabled: true },
      ROLLCALL,
    );
    const rows = () => store.db.selectFrom("source_table").selectAll().orderBy("table_name").execute();
    for (let death = 0; death < 3; death += 1) {
      assert.deepEqual(
        (await rows()).map(({ last_status }) => last_status),
        [null, null],
      );
      const tables = [
        { table: "users", mode: "incremental" },
        { table: "logs", mode: "append" },
      ];
      const wanted = { sourceId: "src_1", tables, cause: "schedule", by: null, now_ms: NOW_MS + death } as const;
      await store.db.transaction().execute((trx) => enqueue(trx, wanted));
      await claim(store, "worker", NOW_MS + death);
      const left = await recoverRuns({ store, now_ms: () => NOW_MS + death }, () => false);
      assert.equal(left.length, death < 2 ? 1 : 0);
      await recoverRuns({ store, now_ms: () => NOW_MS + death }, () => false);
    }
    for (const row of await rows()) {
      assert.deepEqual([row.last_status, row.failures_in_a_row, row.retry_at_ms], ["failed", 1, null]);
      const failure = JSON.parse(row.last_error_json!) as { code: string; fix: string };
      assert.equal(failure.code, "PROCESS_DIED");
      assert.doesNotMatch(failure.fix, /Nothing to do/);
    }
    const told = await store.db.selectFrom("notification").select("event_json").execute();
    assert.equal(told.length, 1);
    assert.match(told[0]!.event_json, /PROCESS_DIED/);
  });
});
