/**
 * The queue of runs.
 * Breaks these were seen to catch: no lock in the database, a lock that a running run does not hold, the newest first, an end
 * written twice, tables left without theirs, a waiting run that cannot be cancelled, a heartbeat of the dead; other workers' runs
 * recovered, recovery that forgets when it is cut short, or takes up runs begun again since, or not those of a server that stopped, or
 * runs that kill their process for ever; ids that do not sort.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { newId } from "../../src/store/id.ts";
import type { Store } from "../../src/store/open.ts";
import { claim, enqueue, type Ending, finish, heartbeat, recover, requestCancel } from "../../src/store/runs.ts";
import { addSource, NOW_MS, storeWithSource } from "./rows.ts";

const TABLES = [
  { table: "users", mode: "incremental" },
  { table: "logs", mode: "append" },
] as const;

const want = (store: Store, sourceId: string, now_ms: number) =>
  store.db
    .transaction()
    .execute((trx) => enqueue(trx, { sourceId, tables: TABLES, cause: "schedule", by: null, now_ms }));
const ending = (now_ms: number, different: Partial<Ending> = {}): Ending => ({
  status: "completed",
  requests: 5,
  rateLimited: 1,
  error: null,
  now_ms,
  ...different,
});
const recoverIn = ({ db }: Store, now_ms: number, isAlive?: Parameters<typeof recover>[2]) =>
  db.transaction().execute((trx) => recover(trx, now_ms, isAlive));
const cutOffIn = async (store: Store, now_ms: number, isAlive?: Parameters<typeof recover>[2]) =>
  (await recoverIn(store, now_ms, isAlive)).cutOff;
const stopped = { code: "SERVER_STOPPED", message: "The server was stopped.", fix: "" } as const;

/** A run that was queued and claimed at `now_ms`. */
async function running(store: Store, now_ms: number, sourceId = "src_1"): Promise<string> {
  const id = await want(store, sourceId, now_ms);
  assert.ok(id !== null);
  const claimed = await claim(store, "worker", now_ms);
  assert.equal(claimed?.id, id);
  return id;
}

const runOf = ({ db }: Store, id: string) =>
  db.selectFrom("run").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
const partsOf = ({ db }: Store, id: string) =>
  db
    .selectFrom("run_table")
    .select(["table_name", "status", "error_json"])
    .where("run_id", "=", id)
    .orderBy("table_name")
    .execute();

describe("the queue", () => {
  it("one run per source: of any number at the same time, one wins; after its end, the next", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    const ids = await Promise.all(Array.from({ length: 20 }, () => want(store, "src_1", NOW_MS)));
    const [won] = ids.filter((id) => id !== null);
    assert.equal(ids.filter((id) => id !== null).length, 1);
    assert.equal((await partsOf(store, won!)).length, 2);
    assert.equal((await claim(store, "a", NOW_MS))?.id, won);
    assert.equal(await want(store, "src_1", NOW_MS + 1), null, "a running one is in the way, too");
    assert.equal(await finish(store.db, won!, ending(NOW_MS + 2)), true);
    assert.notEqual(await want(store, "src_1", NOW_MS + 3), null);
  });

  it("the longest waiting first, each to one worker only", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    for (const source of ["src_2", "src_3"]) await addSource(store, source);
    const wanted = [];
    for (const [at, source] of ["src_3", "src_1", "src_2"].entries())
      wanted.push(await want(store, source, NOW_MS + at));
    const claimed = await Promise.all(["a", "b", "c", "d"].map((worker) => claim(store, worker, NOW_MS + 9)));
    assert.deepEqual(
      claimed.map((run) => run?.id ?? null),
      [...wanted, null],
    );
    assert.deepEqual(
      claimed.map((run) => run?.worker),
      ["a", "b", "c", undefined],
    );
  });

  it("a run of a source that is not there is an error, not a run under way", async () => {
    await using held = await storeWithSource();
    await assert.rejects(want(held.store, "src_none", NOW_MS), /FOREIGN KEY/);
  });

  it("the end is written once, and what of the tables has none ends with it", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    const id = await running(store, NOW_MS);
    await store.db.updateTable("run_table").set({ status: "completed" }).where("table_name", "=", "users").execute();
    await finish(store.db, id, ending(NOW_MS + 1, { status: "cancelled", error: stopped }));
    assert.equal(await finish(store.db, id, ending(NOW_MS + 2)), false);
    const run = await runOf(store, id);
    assert.deepEqual([run.status, run.finished_ms, run.requests, run.rate_limited], ["cancelled", NOW_MS + 1, 5, 1]);
    assert.deepEqual(
      (await partsOf(store, id)).map(({ status }) => status),
      ["cancelled", "completed"],
    );
  });

  it("cancelled: at once while it waits, at its next heartbeat while it runs, never after its end", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    const waiting = (await want(store, "src_1", NOW_MS))!;
    await requestCancel(store, waiting, NOW_MS + 1);
    assert.equal((await runOf(store, waiting)).status, "cancelled");
    assert.equal(await claim(store, "a", NOW_MS + 2), null);

    const id = await running(store, NOW_MS + 3);
    assert.equal(await heartbeat(store, id, NOW_MS + 4), true);
    await requestCancel(store, id, NOW_MS + 5);
    assert.equal((await runOf(store, id)).status, "running");
    assert.equal(await heartbeat(store, id, NOW_MS + 6), false);
    assert.equal((await runOf(store, id)).heartbeat_ms, NOW_MS + 6);
    await finish(store.db, id, ending(NOW_MS + 7));
    await requestCancel(store, id, NOW_MS + 8);
    assert.deepEqual([(await runOf(store, id)).status, await heartbeat(store, id, NOW_MS + 9)], ["completed", false]);
    assert.equal((await runOf(store, id)).heartbeat_ms, NOW_MS + 6);
  });
});

describe("after a process that died", () => {
  it("its runs failed, with what of them was still to be done; other workers' go on", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    await addSource(store, "src_2");
    const id = await running(store, NOW_MS);
    await store.db.updateTable("run_table").set({ status: "completed" }).where("table_name", "=", "users").execute();
    await want(store, "src_2", NOW_MS + 1);
    const other = (await claim(store, "alive", NOW_MS + 1))!.id;
    const cut = await cutOffIn(store, NOW_MS + 2, ({ worker }) => worker === "alive");
    assert.deepEqual(cut, [{ runId: id, sourceId: "src_1", tables: ["logs"] }]);
    const run = await runOf(store, id);
    assert.deepEqual([run.status, JSON.parse(run.error_json!).code], ["failed", "PROCESS_DIED"]);
    assert.deepEqual(
      (await partsOf(store, id)).map(({ status }) => status),
      ["failed", "completed"],
    );
    assert.equal((await runOf(store, other)).status, "running");
  });

  it("dying between the recovery and the new run loses nothing; once it is begun again, that is all", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    await running(store, NOW_MS);
    const first = await cutOffIn(store, NOW_MS + 1);
    assert.deepEqual(await cutOffIn(store, NOW_MS + 2), first);
    await want(store, "src_1", NOW_MS + 3);
    assert.deepEqual(await cutOffIn(store, NOW_MS + 4), []);
    assert.ok((await claim(store, "b", NOW_MS + 5)) !== null, "what waited, waits on");
  });

  it("a server that stopped well: the same, and a person's cancelling is not undone", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    const id = await running(store, NOW_MS);
    await finish(store.db, id, ending(NOW_MS + 1, { status: "cancelled", error: stopped }));
    assert.deepEqual(
      (await cutOffIn(store, NOW_MS + 2)).map(({ tables }) => tables),
      [["logs", "users"]],
    );
    const again = await running(store, NOW_MS + 3);
    const cancelled = { code: "CANCELLED", message: "", fix: "" } as const;
    await finish(store.db, again, ending(NOW_MS + 4, { status: "cancelled", error: cancelled }));
    assert.deepEqual(await cutOffIn(store, NOW_MS + 5), []);
  });

  it("a source whose runs kill the process waits for its schedule after the third", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    const resumed = [];
    for (const at of [0, 10, 20, 30]) {
      await running(store, NOW_MS + at);
      const { cutOff, deadly } = await recoverIn(store, NOW_MS + at + 1);
      resumed.push([cutOff.length, deadly.length]);
      assert.deepEqual(await recoverIn(store, NOW_MS + at + 2), { cutOff, deadly: [] }, "told once");
    }
    assert.deepEqual(resumed, [
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
  });

  it("one that was to be cancelled is, and is not begun again", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    const id = await running(store, NOW_MS);
    await requestCancel(store, id, NOW_MS + 1);
    assert.deepEqual(await recoverIn(store, NOW_MS + 2), { cutOff: [], deadly: [] });
    assert.equal((await runOf(store, id)).status, "cancelled");
  });
});

describe("ids", () => {
  it("say what they are, sort by the time they were made, and are never the same", () => {
    const time = fc.integer({ min: 0, max: Date.UTC(3000, 0, 1) });
    fc.assert(
      fc.property(time, time, (one_ms, other_ms) => {
        const [one, other] = [newId("run", one_ms), newId("run", other_ms)];
        assert.match(one, /^run_[0-9a-hjkmnp-tv-z]{16}$/);
        if (one_ms !== other_ms) assert.equal(one < other, one_ms < other_ms);
      }),
    );
    assert.equal(new Set(Array.from({ length: 10_000 }, () => newId("source", NOW_MS))).size, 10_000);
  });
});
