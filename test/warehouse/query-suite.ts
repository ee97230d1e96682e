/** The laws of `Warehouse.query`. */
import assert from "node:assert/strict";
import { describe } from "node:test";
import { hasCode } from "../../src/core/error.ts";
import type { JsonValue, Warehouse } from "../../src/warehouse/warehouse.ts";
import { batch, group, type Law, never, rowsOf, UPSERT } from "./laws.ts";

export function querySuite(law: Law, backend: string): void {
  void describe(`${backend}: query`, () => {
    law("gives JSON values", async (warehouse) => {
      const cells: readonly (readonly [sql: string, value: JsonValue])[] = [
        ["TIMESTAMPTZ '2026-01-31 01:02:03.004567+01:00'", "2026-01-31T00:02:03.004Z"],
        ["TIMESTAMP '1969-12-31 23:59:59.999999'", "1969-12-31T23:59:59.999Z"],
        ["DATE '2026-01-31'", "2026-01-31"],
        ["9007199254740991", 9007199254740991],
        ["9007199254740993", "9007199254740993"],
        ["170141183460469231731687303715884105727", "170141183460469231731687303715884105727"],
        ["sum(1::BIGINT)", 1],
        ["1.50", 1.5],
        ["12345678901234567.89", "12345678901234567.89"],
        ["'NaN'::DOUBLE", "NaN"],
        ["'-Infinity'::DOUBLE", "-Infinity"],
        ["'{\"a\":[12345678901234567890,1.5,null]}'::JSON", { a: ["12345678901234567890", 1.5, null] }],
        ["'{\"a\":1}'::VARCHAR", '{"a":1}'],
        ["repeat('[', 501)::VARCHAR || repeat(']', 501)", "[".repeat(501) + "]".repeat(501)],
        ["(repeat('[', 600) || repeat(']', 600))::JSON", "[".repeat(600) + "]".repeat(600)],
        ["{'camelCase': [TIMESTAMPTZ '2026-01-31 00:00:00Z']}", { camelCase: ["2026-01-31T00:00:00.000Z"] }],
        ["MAP {1: 'x'}", { "1": "x" }],
        ["'\\x01\\xFF'::BLOB", "Af8="],
        ["INTERVAL 1 DAY", "1 day"],
        ["'a'::ENUM('a', 'b')", "a"],
        ["'0d9f2a34-771f-11f1-9d5d-b32e144a60ad'::UUID", "0d9f2a34-771f-11f1-9d5d-b32e144a60ad"],
        ["NULL", null],
      ];
      const { rows } = await warehouse.query(`SELECT ${cells.map(([sql]) => sql).join(", ")}`, { maxRows: 1 }, never);
      assert.deepEqual(
        rows[0],
        cells.map(([, value]) => value),
      );
    });
    law("cuts at maxRows, and says so", async (warehouse) => {
      const of = async (count: number) =>
        warehouse.query(`FROM range(${count}) AS numbers (n)`, { maxRows: 3000 }, never);
      assert.deepEqual([(await of(3000)).cut, (await of(3000)).rows.length], [false, 3000]);
      assert.deepEqual([(await of(3001)).cut, (await of(3001)).rows.length], [true, 3000]);
      assert.deepEqual((await of(0)).columns, [{ name: "n", type: "BIGINT" }]);
    });
    const refused = [
      "DELETE FROM okta.groups",
      "CREATE TABLE okta.x (i INT)",
      "SELECT 1; SELECT 2",
      "SELECT 1; DROP TABLE okta.groups",
      "COPY okta.groups TO '/tmp/rollcall-refused.csv'",
      "ATTACH ':memory:' AS x",
      "INSTALL httpfs",
      "LOAD httpfs",
      "SET threads = 1",
      "PRAGMA threads = 1",
      "RESET enable_external_access",
      "CHECKPOINT",
      "USE memory",
      "EXPLAIN ANALYZE DELETE FROM okta.groups",
      "FROM read_text('/etc/passwd')",
      "FROM '/etc/passwd'",
      "FROM glob('/*')",
      "BEGIN",
      "SELECT $1",
      "EXPORT DATABASE '/tmp/rollcall-refused'",
      "selec",
      "FROM okta.nope",
      "",
      ";",
      "SELECT CAST('x' AS INTEGER)",
    ];
    law("refuses what writes and what is wrong, whichever way it is open", async (warehouse, place) => {
      await warehouse.commit("okta", batch("groups", UPSERT, 1, [group("a")]), never);
      const all = async (open: Warehouse) => {
        for (const sql of refused) {
          await assert.rejects(
            open.query(sql, { maxRows: 1 }, never),
            (error) => hasCode(error, "QUERY_REFUSED") && error.message.length > 10,
            `not refused: ${sql}`,
          );
        }
        assert.deepEqual(await rowsOf(open, "SELECT count(*) FROM okta.groups"), [[1]]);
      };
      await all(warehouse);
      await warehouse[Symbol.asyncDispose]();
      await using reader = await place.open("read");
      await all(reader);
      await assert.rejects(reader.claim("okta", { id: "x", host: "y" }));
    });
    law("ends when the signal says so", async (warehouse) => {
      const stop = new AbortController();
      const running = warehouse.query(
        "SELECT count(*) FROM range(1e12::BIGINT) AS a (n) WHERE hash(n) = 0",
        { maxRows: 1 },
        stop.signal,
      );
      setTimeout(() => stop.abort(), 150);
      await assert.rejects(running, (error) => hasCode(error, "CANCELLED"));
      assert.deepEqual(await rowsOf(warehouse, "SELECT 1"), [[1]]);
    });
  });
}
