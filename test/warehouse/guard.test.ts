/**
 * People's SQL in a process that imports: no file, whoever asks and however; and what is harmless still passes. The attacker here knows the
 * unguessable directory and finds pages in it, so the guard stands alone.
 *
 * Breaks this was seen to catch: the guard left out; tables not looked up; functions not judged; table functions not judged; their arguments not
 * walked; views not judged; viewers let see all; what a text came from run in place of what was judged; the anchor of a recursion let see its own
 * name; each rule of `bounds.ts` left out.
 */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { hasCode } from "../../src/core/error.ts";
import { FUNCTIONS } from "../../src/warehouse/duckdb/functions.ts";
import { openWarehouse } from "../../src/warehouse/open.ts";
import type { Access, Warehouse } from "../../src/warehouse/warehouse.ts";
import { batch, group, never, UPSERT } from "./laws.ts";
import { BOUNDED, CATALOG, INTERNAL, LEFT_OUT, PLACES, SOURCES, SPEECH, STATEMENTS, UNBOUNDED } from "./speech.ts";
import { GROUPS, logEvents, LOGS, random } from "./rows.ts";

const root = await mkdtemp(join(tmpdir(), "rollcall-guard-"));
const file = join(root, "okta.duckdb");
let warehouse: Warehouse;
/** The staged page, the directory it is in, and one that the engine may not reach. */
let page = "";
let directory = "";

before(async () => {
  await (await openWarehouse(`duckdb:${file}`, { mode: "write" }))[Symbol.asyncDispose]();
  // What somebody else made in the file: a view by hand over what viewers must not see, one over a page, and a macro.
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`ATTACH '${file}' AS w; USE w;
    CREATE SCHEMA mine; CREATE VIEW mine.inside AS SELECT * FROM rollcall.checkpoints; CREATE VIEW mine."over it (x) AS" ("a b", c, d) AS FROM mine.inside;
    CREATE MACRO upper(x) AS reverse(x); CREATE MACRO spy(x) AS TABLE SELECT * FROM query_table(x);`);
  await connection.run("USE memory; DETACH w");
  connection.closeSync();
  instance.closeSync();
  warehouse = await openWarehouse(`duckdb:${file}`, { mode: "write", serving: true });
  await warehouse.claim("okta", { id: "00o1", host: "acme.okta.com" });
  await warehouse.migrate(
    "okta",
    [GROUPS, LOGS].map((stream) => ({ stream, attributes: [] })),
  );
  await warehouse.commit("okta", batch("groups", UPSERT, 1, [group("a"), group("b"), group("c", { size: 5 })]), never);
  await warehouse.commit("okta", batch("logs", { kind: "append" }, 1, logEvents(random(1), 0, 200)), never);
  await warehouse.putView("big", "SELECT * FROM okta.groups WHERE size > 1", "ada");
  directory = join(`${file}.staging`, (await readdir(`${file}.staging`))[0]!);
  page = join(directory, "page.json");
  await writeFile(page, '[{"id":"secret of a page"}]');
  await writeFile(join(directory, "page.csv"), "id\nsecret of a page");
});
after(async () => {
  await warehouse[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

const fill = (sql: string) => sql.replaceAll("PAGE", page).replaceAll("DIR", directory).replaceAll("FILE", file);
const ask = (sql: string, access: Access = "all") =>
  warehouse.query(fill(sql), { maxRows: 1000, access, timeout_ms: 20_000 }, never);
const isRefused = (sql: string, access: Access = "all") =>
  assert.rejects(
    ask(sql, access),
    (error) => hasCode(error, "QUERY_REFUSED") && !error.message.includes("secret of a page"),
    `not refused for ${access}: ${sql}`,
  );

void describe("people's SQL while pages are staged", () => {
  void test("the pages are there: without the guard the engine reads them", async () => {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(`FROM '${page}'`);
    assert.equal(String(reader.getRows()[0]?.[0]), "secret of a page");
    connection.closeSync();
    instance.closeSync();
  });
  void test("every source of files, settings or dynamic SQL is refused, at every place", async () => {
    for (const source of SOURCES) for (const place of PLACES.slice(0, 4)) await isRefused(place.replace("%", source));
    for (const source of ["'PAGE'", "read_text('PAGE')", "pg_settings", "query('SELECT 1')"])
      for (const place of PLACES) await isRefused(place.replace("%", source));
  });
  void test("every statement that does more than read is refused", async () => {
    for (const sql of STATEMENTS) for (const access of ["all", "tables"] as const) await isRefused(sql, access);
  });
  void test("what one call would make too large, take too long for, or follow too deeply is refused; modest ones pass", async () => {
    for (const made of UNBOUNDED) await isRefused(`SELECT ${made} FROM okta.groups x`);
    for (const made of BOUNDED)
      await ask(`SELECT ${made} FROM okta.groups x`).catch((error: Error) => assert.fail(`${made}: ${error.message}`));
    assert.deepEqual((await ask("SELECT count(*) FROM range(1000000)")).rows, [[1_000_000]]);
    for (const sql of [
      `SELECT ${"a.".repeat(40_000)}a FROM (SELECT 1 AS a)`,
      `SELECT ${"upper(".repeat(900)}'a'${")".repeat(900)}`,
      `SELECT 1${" UNION ALL SELECT 1".repeat(4_000)}`,
      `SELECT '${"x".repeat(100_000)}'`,
      "SELECT 1 \0; DROP TABLE okta.groups",
    ])
      await isRefused(sql);
  });
  void test("a text that looks to the guard like another is run as the guard saw it", async () => {
    const disguises = [
      "/* /* */ explain -- */ SELECT 1) TO 'DIR/out.csv' (FORMAT csv); ROLLBACK; DELETE FROM okta.logs; COPY (\nSELECT 'a'",
      "/* /* */ explain -- */ SELECT 1) TO 'DIR/out.csv'; COPY (\nSELECT 'a'",
      "/* /* */ explain -- */ SELECT * FROM rollcall.orgs UNION ALL (\nSELECT 'a', 'b', 'c'",
      "EXPLAIN SELECT 1",
    ].map(fill);
    const refused = (error: unknown) => hasCode(error, "QUERY_REFUSED");
    for (const sql of disguises) {
      await assert.rejects(warehouse.exportParquet(sql, { access: "tables" }, never), refused, sql);
      await assert.rejects(warehouse.putView("x", sql, "eve"), refused, sql);
      await assert.rejects(warehouse.materialise("x", sql, "eve", {}, never), refused, sql);
      // As a query it explains what was judged.
      assert.equal((await ask(sql, "tables")).columns.length, 2, sql);
    }
    assert.deepEqual((await ask("SELECT count(*) FROM okta.logs")).rows, [[200]]);
    assert.ok(!(await readdir(directory)).includes("out.csv"));
  });
  void test("inside views, materialised queries and exports, too", async () => {
    for (const source of SOURCES) {
      const sql = fill(`SELECT * FROM ${source}`);
      const refused = (error: unknown) => hasCode(error, "QUERY_REFUSED");
      await assert.rejects(warehouse.putView("x", sql, "eve"), refused, source);
      await assert.rejects(warehouse.materialise("x", sql, "eve", {}, never), refused, source);
      await assert.rejects(warehouse.exportParquet(sql, {}, never), refused, source);
      await assert.rejects(warehouse.stream(sql, {}, never), refused, source);
    }
    for (const sql of [
      "SELECT 1) TO '/tmp/x.csv'; SELECT (1",
      "SELECT 1); DROP TABLE okta.groups; SELECT (1",
      "SELECT 1 /*",
    ])
      for (const work of [() => warehouse.putView("x", sql, "eve"), () => warehouse.exportParquet(sql, {}, never)])
        await assert.rejects(work(), (error) => hasCode(error, "QUERY_REFUSED"), sql);
  });
});

void describe("people's SQL: what is harmless passes", () => {
  for (const access of ["all", "tables"] as const) {
    void test(`for ${access}`, async () => {
      for (const sql of SPEECH)
        await ask(sql, access).catch((error: Error) => assert.fail(`refused for ${access}: ${sql}: ${error.message}`));
    });
  }
  void test("what the engine says of tables, and what Rollcall knows, for who may see all; viewers see neither", async () => {
    for (const sql of [...CATALOG, ...INTERNAL]) {
      await ask(sql).catch((error: Error) => assert.fail(`refused: ${sql}: ${error.message}`));
      await isRefused(sql, "tables");
    }
  });
  void test("a query tells what it reads, through views", async () => {
    const { tables } = await ask("WITH x AS (FROM views.big) SELECT * FROM x, okta.logs");
    assert.deepEqual(tables.map(({ schema, name }) => `${schema}.${name}`).sort(), [
      "okta.groups",
      "okta.logs",
      "views.big",
    ]);
  });
  void test("every function that may be called exists, and none of the engine's is unjudged", async () => {
    const { rows } = await ask("SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE internal");
    assert.ok(rows.length > 100);
    // A function that a new engine brings is out until it is on one of the lists: here it is told.
    const all = await warehouse.query(
      "SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE internal AND function_type IN ('scalar', 'aggregate', 'macro')",
      { maxRows: 10_000 },
      never,
    );
    const names = all.rows.map(([name]) => String(name)).filter((name) => !/^(__internal|icu_collate)/.test(name));
    const unjudged = names.filter((name) => !FUNCTIONS.has(name) && !LEFT_OUT.has(name));
    assert.deepEqual(unjudged, [], "neither on a list, nor left out");
    const grammar = ["coalesce", "unnest", "grouping", "grouping_id", "ordinality"];
    assert.deepEqual(
      [...FUNCTIONS].filter((name) => !names.includes(name) && !grammar.includes(name)),
      [],
    );
  });
});
