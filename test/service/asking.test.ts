/**
 * Asking the warehouse: what a stream says and in which order, who may read what, how it ends, and what is kept of it.
 *
 * Breaks seen to fail here: access `all` for a viewer in a query, in an export and in a table's page · a cut result told as whole · an
 * error after the beginning thrown instead of told · a turn not given back · fields of a CSV unquoted · a file left after it was sent.
 */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import type { Caller } from "../../src/api/bind.ts";
import { QueryLine } from "../../src/api/contract/warehouse.ts";
import { hasCode } from "../../src/core/error.ts";
import { Asking, clearHistory, history, type Outcome } from "../../src/service/asking.ts";
import { catalogue, tableDetail } from "../../src/service/catalogue.ts";
import {
  csvRow,
  downloadSnapshot,
  exportCsv,
  exportNdjson,
  exportParquet,
  type FileAnswer,
} from "../../src/service/exports.ts";
import { Turns } from "../../src/service/turns.ts";
import { Served } from "./served.ts";

const never = new AbortController().signal;
const OPTIONS = { maxRows: 10_000, timeout_ms: 30_000 };
let served: Served;
let asking: Asking;
let ada: Caller;
const viewer: Caller = { kind: "api_key", id: "key_1", name: "reader", role: "viewer", session: null };
const ended: Outcome[] = [];

before(async () => {
  served = await Served.start();
  await served.link();
  await served.ended();
  const person = await served.context.store.db.selectFrom("person").select(["id", "name"]).executeTakeFirstOrThrow();
  ada = { kind: "person", ...person, role: "admin", session: null };
  asking = new Asking(served.context);
  asking.watch((outcome) => void ended.push(outcome));
});
after(() => served[Symbol.asyncDispose]());

async function lines(stream: ReadableStream<Uint8Array>): Promise<QueryLine[]> {
  const text = await new Response(stream).text();
  assert.ok(text.endsWith("\n"));
  return text
    .trimEnd()
    .split("\n")
    .map((line) => QueryLine.parse(JSON.parse(line)));
}
type QueryLine = ReturnType<typeof QueryLine.parse>;
const answer = async (sql: string, caller: Caller = ada, maxRows = 10_000) =>
  lines(await asking.answer(sql, { ...OPTIONS, maxRows }, caller, never));
const refused = (error: unknown) => hasCode(error, "QUERY_REFUSED");

describe("a query's answer", () => {
  it("is columns, then rows, then the end", async () => {
    const told = await answer("select i, 'x' || i as t from range(5000) r(i)");
    assert.deepEqual(told[0], {
      type: "columns",
      columns: [
        { name: "i", type: "BIGINT" },
        { name: "t", type: "VARCHAR" },
      ],
    });
    assert.ok(told.slice(1, -1).every(({ type }) => type === "rows"));
    const rows = told.flatMap((line) => (line.type === "rows" ? line.rows : []));
    assert.deepEqual(
      rows,
      Array.from({ length: 5000 }, (_, i) => [i, `x${i}`]),
    );
    const end = told.at(-1)!;
    assert.ok(end.type === "end" && end.rows === 5000 && !end.cut && end.freshness.length === 0);
  });

  it("is cut at the rows that were asked for, and only then says so", async () => {
    for (const [most, cut] of [
      [2999, true],
      [3000, false],
      [3001, false],
    ] as const) {
      const end = (await answer("from range(3000)", ada, most)).at(-1)!;
      assert.ok(end.type === "end");
      assert.deepEqual([end.rows, end.cut], [Math.min(most, 3000), cut]);
    }
  });

  it("throws what is wrong with the statement, and tells what goes wrong after the beginning as its last line", async () => {
    await assert.rejects(answer("select nothing from nowhere"), refused);
    const told = await answer(
      "select case when i < 200000 then i else error('broken at last') end as i from range(300000) r(i)",
      ada,
      1_000_000,
    );
    assert.equal(told[0]!.type, "columns");
    const last = told.at(-1)!;
    assert.ok(
      last.type === "error" && last.code === "QUERY_REFUSED" && /failed after its first rows/.test(last.message),
    );
  });

  it("warns of tables behind it that are not fresh, also through a view", async () => {
    const { db } = served.context.store;
    await served.ask("POST", "/api/queries", { name: "people", sql: "from okta.users", viewName: "people_view" });
    const set = (last_status: string, last_error_json: string | null) =>
      db.updateTable("source_table").set({ last_status, last_error_json }).where("table_name", "=", "users").execute();
    await set("failed", JSON.stringify({ code: "NETWORK", message: "No network.", fix: "Wait." }));
    for (const [sql, many] of [
      ["from okta.users", 1],
      ['select "id" from views.people_view', 1],
      ["from okta.groups", 0],
      ["select 'okta.users'", 0],
    ] as const) {
      const end = (await answer(sql)).at(-1)!;
      assert.ok(end.type === "end");
      assert.deepEqual(
        end.freshness.map(({ table, state }) => [table, state]),
        many === 1 ? [["okta.users", "failed"]] : [],
        sql,
      );
      if (many === 1) assert.match(end.freshness[0]!.message, /last brought up to date at .*No network\./);
    }
    // Behind a kept result is what it was made of; and it may be late itself.
    const schedule = { kind: "every", frequency: "1hour", anchor: null, zone: "UTC" };
    const kept = {
      name: "kept",
      sql: "select * from views.people_view",
      viewName: "kept_people",
      materialise: schedule,
    };
    const { body } = await served.ask("POST", "/api/queries", kept);
    await served.ask("POST", `/api/queries/${String(body["id"])}/materialise`);
    const states = async () => {
      const end = (await answer("from views.kept_people")).at(-1)!;
      assert.ok(end.type === "end");
      return end.freshness.map(({ table, state }) => [table, state]);
    };
    assert.deepEqual(await states(), [["okta.users", "failed"]]);
    await db.updateTable("saved_query").set({ materialised_ms: 1 }).where("name", "=", "kept").execute();
    assert.deepEqual(await states(), [
      ["views.kept_people", "stale"],
      ["okta.users", "failed"],
    ]);
    const detail = await tableDetail(served.context, { schema: "okta", table: "users" }, "all", never);
    assert.equal(detail.freshness?.state, "failed");
    await set("completed", null);
  });

  it("ends when its reader leaves, and when its signal aborts; the turn is given back", async () => {
    const endless = "select count(*) from range(100000000000) a, range(1000) b";
    const many = "select i from range(100000000) r(i)";
    for (let times = 0; times < 6; times += 1) {
      const reader = (await asking.answer(many, OPTIONS, { ...viewer, id: "leaving" }, never)).getReader();
      await reader.read();
      await reader.read();
      await reader.cancel();
    }
    const stop = new AbortController();
    const waiting = asking.answer(endless, OPTIONS, { ...viewer, id: "stopped" }, stop.signal).then(lines);
    setTimeout(() => stop.abort(), 100);
    const began = Date.now();
    await waiting.then(
      (told) => assert.equal(told.at(-1)!.type, "error"),
      (error: unknown) => assert.ok(hasCode(error, "CANCELLED")),
    );
    assert.ok(Date.now() - began < 5000);
    // Nobody reads these: their time ends them, and gives the turns back.
    const idle: Caller = { ...viewer, id: "idle" };
    const unread = await Promise.all(
      [1, 2, 3].map(() => asking.answer(many, { ...OPTIONS, timeout_ms: 50 }, idle, never)),
    );
    assert.equal((await answer("select 1", idle)).at(-1)!.type, "end");
    for (const stream of unread) await stream.cancel();
    assert.equal(ended.filter((outcome) => outcome === "cancelled").length, 10);
  });
});

describe("a viewer", () => {
  const BOOKS = ["from rollcall.orgs", "select * from duckdb_tables()", "with x as (from rollcall.checkpoints) from x"];

  it("reads people's data, and none of Rollcall's own books: not by query, export, table page or view", async () => {
    assert.equal((await answer("select count(*) from okta.users", viewer)).at(-1)!.type, "end");
    for (const sql of BOOKS) {
      const ask = { sql, timeout_ms: 10_000, caller: viewer, signal: never };
      await assert.rejects(answer(sql, viewer), refused, sql);
      await assert.rejects(exportCsv(asking, ask), refused, sql);
      await assert.rejects(exportNdjson(asking, ask), refused, sql);
      await assert.rejects(exportParquet(served.context, asking, ask), refused, sql);
      const view = await served.ask("POST", "/api/queries", { name: "books", sql, viewName: "books" });
      assert.deepEqual([view.status, view.body["code"]], [422, "QUERY_REFUSED"], sql);
    }
    assert.deepEqual((await answer(BOOKS[0]!)).at(-1)!.type, "end");
    await assert.rejects(tableDetail(served.context, { schema: "rollcall", table: "orgs" }, "tables", never), (error) =>
      hasCode(error, "NO_SUCH_OBJECT"),
    );
    assert.ok((await catalogue(served.context, "tables")).every(({ schema }) => schema !== "rollcall"));
  });

  it("nobody reaches a file", async () => {
    for (const sql of [
      "from read_text('/etc/passwd')",
      "from '/etc/passwd'",
      "copy okta.users to '/tmp/x'",
      "attach '/tmp/x'",
      "from glob('/*')",
    ])
      await assert.rejects(answer(sql), refused, sql);
  });
});

describe("files", () => {
  const text = (file: FileAnswer) => new Response(file.body).text();
  const ODD = `select * from (values (1, 'plain', null), (2, 'a,b', ''), (3, 'say "x"', ' lead'), (4, e'two\\nlines', '=1+1'), (9007199254740993, 'ü€𝄞', null)) t(n, "a ""name""", c)`;

  it("CSV comes back as it went, null and empty text told apart, values that look like formulas untouched", async () => {
    const csv = await text(await exportCsv(asking, { sql: ODD, timeout_ms: 10_000, caller: ada, signal: never }));
    assert.deepEqual(parseCsv(csv), [
      ["n", 'a "name"', "c"], ["1", "plain", null], ["2", "a,b", ""], ["3", 'say "x"', " lead"], ["4", "two\nlines", "=1+1"], ["9007199254740993", "ü€𝄞", null],
    ]); // prettier-ignore
    assert.equal(csvRow([{ a: 1 }, [1, "x"], true, 1.5]), '"{""a"":1}","[1,""x""]",true,1.5\r\n');
  });

  it("NDJSON is one object a row", async () => {
    const rows = (
      await text(
        await exportNdjson(asking, {
          sql: "select i as n, [i] as l from range(3) r(i)",
          timeout_ms: 10_000,
          caller: ada,
          signal: never,
        }),
      )
    )
      .trim()
      .split("\n");
    assert.deepEqual(
      rows.map((row) => JSON.parse(row) as unknown),
      [0, 1, 2].map((n) => ({ n, l: [n] })),
    );
  });

  it("a result that breaks off does not look whole", async () => {
    const sql = "select case when i < 200000 then i else error('broken') end from range(300000) r(i)";
    await assert.rejects(exportCsv(asking, { sql, timeout_ms: 10_000, caller: ada, signal: never }).then(text));
  });

  it("Parquet and snapshots are deleted when they are sent, or when the reader leaves", async () => {
    const at_first = await readdir(served.directory, { recursive: true });
    const parquet = await exportParquet(served.context, asking, {
      sql: "from okta.users",
      timeout_ms: 10_000,
      caller: ada,
      signal: never,
    });
    const bytes = new Uint8Array(await new Response(parquet.body).arrayBuffer());
    assert.deepEqual([bytes.length, Buffer.from(bytes.slice(0, 4)).toString()], [parquet.bytes, "PAR1"]);
    const snapshot = await downloadSnapshot(served.context, never);
    const reader = snapshot.body.getReader();
    assert.equal(Buffer.from((await reader.read()).value!.slice(8, 12)).toString(), "DUCK");
    await reader.cancel();
    await served.until("the files' end", async () => {
      const now = await readdir(served.directory, { recursive: true });
      return now.filter((file) => !at_first.includes(file) && !/wal|shm/.test(file)).length === 0;
    });
  });
});

describe("history", () => {
  it("is a person's own, the latest first, failures included; keys have none", async () => {
    await clearHistory(served.context, ada);
    await answer("select 1");
    await assert.rejects(answer("select wrong"));
    await answer("select 2", viewer);
    const asked = await history(served.context, ada, 10);
    assert.deepEqual(
      asked.map(({ sql, rows }) => [sql, rows]),
      [
        ["select wrong", null],
        ["select 1", 1],
      ],
    );
    assert.match(asked[0]!.error ?? "", /wrong/);
    assert.deepEqual(await history(served.context, viewer, 10), []);
    await clearHistory(served.context, ada);
    assert.deepEqual(await history(served.context, ada, 10), []);
  });
});

describe("turns", () => {
  it("are given in order, bounded, by caller, and not to those who left", async () => {
    const turns = new Turns(1, 2);
    const leave = await turns.take("a", never);
    const order: string[] = [];
    const gone = new AbortController();
    const second = turns.take("a", gone.signal);
    const third = turns.take("a", never).then((give) => (order.push("third"), give()));
    await assert.rejects(turns.take("a", never), (error) => hasCode(error, "TOO_MANY_TRIES"));
    (await turns.take("b", never))();
    gone.abort();
    await assert.rejects(second, (error) => hasCode(error, "CANCELLED"));
    leave();
    leave();
    await third;
    assert.deepEqual(order, ["third"]);
    (await turns.take("a", never))();
  });
});

/** RFC 4180 read by its grammar; an unquoted empty field is null. */
function parseCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? (plain === "" ? null : plain!) : quoted.replaceAll('""', '"'));
    if (end !== ",") {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
