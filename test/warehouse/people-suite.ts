/**
 * The laws of what people do with a warehouse while it imports.
 *
 * A break this was seen to catch: `forget` dropping a log's checkpoint. Not caught: a commit that is not tried again, as queries here spill before
 * a commit lacks memory.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "node:test";
import { hasCode, type ErrorCode } from "../../src/core/error.ts";
import { openWarehouse } from "../../src/warehouse/open.ts";
import type { Warehouse } from "../../src/warehouse/warehouse.ts";
import { at, batch, checkpoint, group, type Law, never, rowsOf, UPSERT } from "./laws.ts";
import { logEvents, random } from "./rows.ts";

/** Would run for hours, in no memory. */
const ENDLESS = "SELECT count(*) FROM range(1e12::BIGINT) AS a (n) WHERE hash(n) = 0";
const code = (wanted: ErrorCode) => (error: unknown) => hasCode(error, wanted);
const log = {
  version: 1,
  kind: "log",
  t0: at(3),
  poll: { next: "/x", at: at(9) },
  windows: [{ from: at(2), to: at(3), next: "/y" }],
  coverage: [
    { from: at(1), to: at(2) },
    { from: at(3), to: at(9) },
  ],
  refreshing: false,
} as const;

async function fill(warehouse: Warehouse): Promise<void> {
  await warehouse.commit(
    "okta",
    batch("groups", UPSERT, 1, [group("a"), group("b"), group("c", { name: null })]),
    never,
  );
  await warehouse.commit("okta", batch("groups", { kind: "stage", reading: "r" }, 2, [group("d")]), never);
  await warehouse.note("okta", { table: "groups", mode: "incremental", syncedAt: at(1) });
  const gaps = [{ from: at(0), to: at(1), noticedAt: at(9), reason: "too late" }];
  const events = logEvents(random(3), Date.parse(at(1)), 40);
  await warehouse.commit("okta", batch("logs", { kind: "append" }, 1, events, { checkpoint: log, gaps }), never);
  await warehouse.note("okta", { table: "logs", mode: "append", syncedAt: at(9) });
}

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "rollcall-copies-"));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function limitLaws(law: Law): void {
  law("a query has its time, its bytes and its place", async (warehouse) => {
    await assert.rejects(warehouse.query(ENDLESS, { maxRows: 1, timeout_ms: 100 }, never), code("QUERY_TIMEOUT"));
    const cut = await warehouse.query(
      "SELECT repeat('x', 100) FROM range(1000)",
      { maxRows: 500, maxBytes: 2000 },
      never,
    );
    assert.deepEqual([cut.cut, cut.rows.length], [true, 19]);
    const stops = Array.from({ length: 5 }, () => new AbortController());
    const endless = stops.map(({ signal }) => warehouse.query(ENDLESS, { maxRows: 1 }, signal));
    const ended = Promise.allSettled(endless);
    const order: number[] = [];
    const waiting = [1, 2, 3].map((n) =>
      warehouse.query("SELECT 1", { maxRows: 1, timeout_ms: 60_000 }, never).then(() => order.push(n)),
    );
    const impatient = new AbortController();
    const gone = warehouse.query("SELECT 1", { maxRows: 1 }, impatient.signal);
    setTimeout(() => impatient.abort(), 20);
    await assert.rejects(gone, code("CANCELLED"));
    assert.deepEqual(order, [], "they wait for a place");
    // Through one place, in turn.
    stops[0]!.abort();
    await Promise.all(waiting);
    assert.deepEqual(order, [1, 2, 3]);
    for (const stop of stops) stop.abort();
    for (const one of await ended) assert.ok(one.status === "rejected" && hasCode(one.reason, "CANCELLED"));
  });
  law("a stream gives all rows as they are asked for, and frees its place however it ends", async (warehouse) => {
    for (let n = 0; n < 12; n += 1) {
      const stop = new AbortController();
      await using stream = await warehouse.stream(
        "FROM range(100000) AS r (n)",
        { timeout_ms: n % 3 === 0 ? 400 : 60_000 },
        stop.signal,
      );
      assert.deepEqual(stream.columns, [{ name: "n", type: "BIGINT" }]);
      const read = async () => {
        let rows = 0;
        for await (const some of stream.batches) {
          rows += some.length;
          if (n % 3 === 0) await once(AbortSignal.timeout(500), "abort");
          if (n % 3 === 1) stop.abort();
        }
        return rows;
      };
      if (n % 3 === 2) assert.equal(await read(), 100_000);
      else await assert.rejects(read(), code(n % 3 === 0 ? "QUERY_TIMEOUT" : "CANCELLED"));
    }
    for (let n = 0; n < 12; n += 1) {
      await using stream = await warehouse.stream("FROM range(100000) AS r (n)", {}, never);
      for await (const _ of stream.batches) break;
    }
    assert.deepEqual(await rowsOf(warehouse, "SELECT 1"), [[1]]);
  });
}

function describingLaws(law: Law): void {
  law("the catalogue has what people find, and for viewers nothing of schema rollcall", async (warehouse) => {
    await fill(warehouse);
    await warehouse.putView("named", "SELECT name FROM okta.groups", "ada");
    const all = await warehouse.catalog("all");
    const viewers = await warehouse.catalog("tables");
    assert.deepEqual(
      viewers.map(({ schema, name, kind, rows, mode }) => [schema, name, kind, rows, mode]),
      [
        ["okta", "groups", "table", 3, "incremental"],
        ["okta", "logs", "table", 40, "append"],
        ["views", "named", "view", null, null],
      ],
    );
    assert.deepEqual(viewers[0]!.columns[0], {
      name: "id",
      type: "VARCHAR",
      about: "The group's key.",
      nullable: true,
    });
    assert.equal(viewers[2]!.about, "Made by ada.");
    assert.ok(all.some(({ schema, name }) => schema === "rollcall" && name === "gaps"));
    assert.ok(!all.some(({ name }) => name.startsWith("staged:")), "nothing of a reading under way");
  });
  law("a profile tells what the columns hold", async (warehouse) => {
    await fill(warehouse);
    const { rows, sampled, columns } = await warehouse.profile({ schema: "okta", name: "groups" }, {}, never);
    const by = new Map(columns.map((column) => [column.name, column]));
    assert.deepEqual([rows, sampled], [3, 3]);
    const { least, most, distinct, nullShare } = by.get("id")!;
    assert.deepEqual([least, most, distinct, nullShare], ["a", "c", 3, 0]);
    assert.ok(Math.abs(by.get("name")!.nullShare! - 1 / 3) < 1e-9);
    assert.deepEqual(by.get("size")!.examples, ["1"]);
    for (const table of [
      { schema: "okta", name: "nope" },
      { schema: "rollcall", name: "orgs" },
    ])
      await assert.rejects(warehouse.profile(table, { access: "tables" }, never), code("TABLE_UNKNOWN"));
  });
}

function removalLaws(law: Law): void {
  const about = (warehouse: Warehouse) =>
    rowsOf(
      warehouse,
      "SELECT (SELECT count(*) FROM rollcall.checkpoints), (SELECT count(*) FROM rollcall.notes), (SELECT count(*) FROM rollcall.gaps), (SELECT count(*) FROM rollcall.coverage)",
    );
  law(
    "deleted data is gone with all that was known of it; the table stays and can be filled again",
    async (warehouse) => {
      await fill(warehouse);
      assert.equal(await warehouse.deleteData("okta", "logs"), 40);
      assert.deepEqual(await about(warehouse), [[1, 1, 0, 0]]);
      assert.equal(await warehouse.deleteData("okta", "groups"), 3);
      assert.deepEqual(await about(warehouse), [[0, 0, 0, 0]]);
      assert.equal((await warehouse.unseen("okta", "groups", "r", at(9), 9)).held, 0, "staged rows, too");
      await fill(warehouse);
      assert.equal(await warehouse.count("okta", "logs"), 40);
      await assert.rejects(warehouse.deleteData("okta", "nope"), code("TABLE_UNKNOWN"));
      await assert.rejects(warehouse.deleteData("rollcall", "orgs"), code("TABLE_UNKNOWN"));
    },
  );
  law(
    "what is forgotten is read again: a list from nothing, a log over what it covers, and no row goes",
    async (warehouse) => {
      await fill(warehouse);
      await warehouse.forget("okta", "groups");
      await warehouse.forget("okta", "logs");
      const stored = await warehouse.checkpoints("okta");
      assert.equal(stored.get("groups"), undefined);
      const { windows, coverage, poll, t0 } = JSON.parse(stored.get("logs")!) as typeof log;
      assert.deepEqual([coverage, poll, t0], [log.coverage, log.poll, log.t0], "nothing that is held is taken back");
      assert.deepEqual([windows[0]?.from, windows.at(-1)?.to], [at(1), at(9)]);
      assert.deepEqual([await warehouse.count("okta", "groups"), await warehouse.count("okta", "logs")], [3, 40]);
    },
  );
  law("a dropped prefix leaves nothing, and another org may have it", async (warehouse) => {
    await fill(warehouse);
    await warehouse.claim("second", { id: "00o2", host: "b.okta.com" });
    await warehouse.dropPrefix("okta");
    assert.deepEqual(await about(warehouse), [[0, 0, 0, 0]]);
    assert.deepEqual(await warehouse.catalog("tables"), []);
    assert.deepEqual(await rowsOf(warehouse, "SELECT prefix FROM rollcall.orgs"), [["second"]]);
    await warehouse.claim("okta", { id: "00o3", host: "c.okta.com" });
    await assert.rejects(warehouse.dropPrefix("rollcall"), code("TABLE_UNKNOWN"));
  });
}

function viewLaws(law: Law): void {
  law("people's views: made, replaced, filled, dropped; never over what not everybody may see", async (warehouse) => {
    await fill(warehouse);
    await warehouse.putView("names", "SELECT name FROM okta.groups -- all of them", "ada");
    await warehouse.putView("names", "SELECT count(*) AS n FROM okta.groups;", "bob");
    assert.deepEqual(await rowsOf(warehouse, "FROM views.names"), [[3]]);
    assert.equal(await warehouse.materialise("names", "SELECT id FROM okta.groups", "ada", {}, never), 3);
    assert.equal(
      await warehouse.materialise("names", "SELECT id FROM okta.groups WHERE id > 'a'", "ada", {}, never),
      2,
    );
    await warehouse.putView("over", "FROM views.names", "ada");
    assert.deepEqual(
      (await warehouse.query("SELECT count(*) FROM views.over", { maxRows: 1, access: "tables" }, never)).rows,
      [[2]],
    );
    for (const sql of [
      "FROM rollcall.orgs",
      "FROM views.over2",
      "SELECT nope FROM okta.groups",
      "FROM views.itself",
      "selec",
      "EXPLAIN SELECT 1",
    ])
      await assert.rejects(warehouse.putView("itself", sql, "eve"), code("QUERY_REFUSED"), sql);
    for (const view of ["", "1a", "a b", "a.b", 'a"b', "a".repeat(64), "ä"])
      await assert.rejects(warehouse.putView(view, "SELECT 1", "eve"), code("VIEW_INVALID"), view);
    await assert.rejects(
      warehouse.materialise("slow", ENDLESS, "ada", {}, AbortSignal.timeout(100)),
      code("CANCELLED"),
    );
    await assert.rejects(
      warehouse.materialise("slow", ENDLESS, "ada", { timeout_ms: 100 }, never),
      code("QUERY_TIMEOUT"),
    );
    // The newer word about a name stops what was being made of it.
    const making = assert.rejects(warehouse.materialise("slow", ENDLESS, "ada", {}, never), code("CANCELLED"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await warehouse.dropView("slow");
    await making;
    await warehouse.dropView("names");
    await warehouse.dropView("names");
    await assert.rejects(rowsOf(warehouse, "FROM views.over"), code("QUERY_REFUSED"));
    await assert.rejects(warehouse.claim("views", { id: "00o1", host: "a" }), code("PREFIX_INVALID"));
  });
}

function copyLaws(law: Law): void {
  law("a snapshot is the whole warehouse, switched whole, while it is written", async (warehouse) => {
    await fill(warehouse);
    await warehouse.putView("named", "SELECT name FROM okta.groups", "ada");
    await warehouse.materialise("ids", "SELECT id FROM okta.groups", "ada", {}, never);
    await inDirectory(async (directory) => {
      const file = join(directory, "published.duckdb");
      for (let round = 0; round < 2; round += 1) {
        const copying = warehouse.snapshot(file, never);
        await warehouse.commit("okta", batch("groups", UPSERT, 3, [group(`during-${round}`)]), never);
        assert.equal(await copying, (await stat(file)).size);
        await using copy = await openWarehouse(`duckdb:${file}`, { mode: "read" });
        const shape = (of: Warehouse) =>
          of
            .catalog("all")
            .then((found) => found.map(({ schema, name, about, columns }) => [schema, name, about, columns]));
        assert.deepEqual(await shape(copy), await shape(warehouse));
        assert.deepEqual(await rowsOf(copy, "SELECT count(*) FROM okta.logs"), [[40]]);
        assert.deepEqual(await copy.checkpoints("okta").then((stored) => stored.get("logs")), JSON.stringify(log));
      }
      assert.deepEqual(await readdir(directory), ["published.duckdb"]);
      await using again = await openWarehouse(`duckdb:${file}`, { mode: "write" });
      await assert.rejects(
        again.claim("okta", { id: "00o2", host: "x" }),
        code("PREFIX_TAKEN"),
        "keys and claims are in it",
      );
      await again[Symbol.asyncDispose]();
      for (const bad of [
        join(directory, "no/such/file.duckdb"),
        join(directory, "okta.duckdb"),
        join(directory, "Rollcall.db"),
      ])
        await assert.rejects(warehouse.snapshot(bad, never), code("COPY_FAILED"), bad);
      await assert.rejects(warehouse.snapshot(join(directory, "x.duckdb"), AbortSignal.abort()), code("CANCELLED"));
    });
  });
  law("Parquet of queries and of tables", async (warehouse) => {
    await fill(warehouse);
    let path: string;
    {
      await using made = await warehouse.exportParquet("SELECT id FROM okta.groups -- x", {}, never);
      path = made.path;
      assert.equal((await readFile(path)).subarray(0, 4).toString(), "PAR1");
      assert.equal(made.bytes, (await stat(path)).size);
    }
    await assert.rejects(stat(path));
    await inDirectory(async (directory) => {
      await warehouse.exportTables(
        [
          { schema: "okta", name: "groups" },
          { schema: "okta", name: "logs" },
        ],
        directory,
        never,
      );
      assert.deepEqual((await readdir(directory)).sort(), ["okta.groups.parquet", "okta.logs.parquet"]);
      await assert.rejects(
        warehouse.exportTables([{ schema: "okta", name: "nope" }], directory, never),
        code("TABLE_UNKNOWN"),
      );
      await assert.rejects(
        warehouse.exportTables([{ schema: "okta", name: "logs" }], join(directory, "nope"), never),
        code("COPY_FAILED"),
      );
    });
  });
}

/** Each declares laws on a warehouse with the tables `groups` and `logs`. */
export function peopleSuite(law: Law, backend: string): void {
  void describe(`${backend}: people`, () => {
    limitLaws(law);
    describingLaws(law);
    removalLaws(law);
    viewLaws(law);
    copyLaws(law);
    law("a query that takes all memory does not make a commit fail", async (warehouse) => {
      const hungry =
        "SELECT count(*) FROM (SELECT DISTINCT hash(n), n::VARCHAR || 'a long text to be kept apart' FROM range(100000000) AS t (n))";
      const state = { asking: true };
      const outcomes: unknown[] = [];
      const asker = async () => {
        while (state.asking)
          outcomes.push(
            await warehouse.query(hungry, { maxRows: 1, timeout_ms: 5000 }, never).catch((error: unknown) => error),
          );
      };
      const askers = [asker(), asker(), asker()];
      await once(AbortSignal.timeout(1500), "abort");
      for (let hour = 0; hour < 6; hour += 1) {
        const rows = Array.from({ length: 5000 }, (_, n) =>
          group(`${hour}-${n}`, { settings: { text: "x".repeat(1000) } }),
        );
        await warehouse.commit("okta", batch("groups", UPSERT, hour, rows, { checkpoint: checkpoint(hour) }), never);
      }
      state.asking = false;
      await Promise.all(askers);
      assert.equal(await warehouse.count("okta", "groups"), 30_000);
      for (const outcome of outcomes)
        assert.ok(
          hasCode(outcome, "QUERY_STOPPED", "QUERY_TOO_LARGE", "QUERY_TIMEOUT") || !(outcome instanceof Error),
          String(outcome),
        );
    });
  });
}
