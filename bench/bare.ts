/**
 * The peer of `logs.ts`, as a process: `node bare.ts FOLDER FILE` inserts page files into a DuckDB file with `read_json`, 50 at a
 * time, as DuckDB comes out of the box. Prints JSON: rows, and ms from the first insert until the file is closed.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { SYNCED_AT } from "../src/core/stream.ts";
import { logs } from "../src/okta/streams/logs.ts";
import { declaredColumns } from "../src/warehouse/duckdb/layout.ts";
import { literal, name } from "../src/warehouse/duckdb/sql.ts";

const BATCH_PAGES = 50;

const [folder = "", file = ""] = process.argv.slice(2);
const columns = declaredColumns(logs.columns);
const declared = columns.map(({ column, type }) => `${name(column)} ${type}`).join(", ");
const read = columns.map(({ field, type }) => `${literal(field)}: ${literal(type)}`).join(", ");
const pages = readdirSync(folder)
  .toSorted()
  .map((page) => join(folder, page));

const instance = await DuckDBInstance.create(file);
const connection = await instance.connect();
await connection.run(`CREATE TABLE logs (${declared}, ${SYNCED_AT} TIMESTAMPTZ)`);
const began_ms = performance.now();
let rows = 0;
for (let at = 0; at < pages.length; at += BATCH_PAGES) {
  const batch = pages.slice(at, at + BATCH_PAGES).map(literal);
  const { rowsChanged } = await connection.run(
    `INSERT INTO logs SELECT *, now() FROM read_json([${batch.join(", ")}], columns = {${read}}, format = 'array')`,
  );
  rows += rowsChanged;
}
connection.closeSync();
instance.closeSync();
console.log(JSON.stringify({ rows, busy_ms: performance.now() - began_ms }));
