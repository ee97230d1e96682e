/** The figures in docs/adr/0002-duckdb.md: `node test/warehouse/measure.ts [batches]`. The warehouse alone, in this process. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Batch, Page } from "../../src/core/batch.ts";
import { sqlType } from "../../src/warehouse/duckdb/layout.ts";
import { literal, name } from "../../src/warehouse/duckdb/sql.ts";
import { Staging } from "../../src/warehouse/duckdb/staging.ts";
import { openWarehouse } from "../../src/warehouse/open.ts";
import { ATTRIBUTES, LOGS, logEvents, page, random, user, USERS } from "./rows.ts";

const T0 = Date.parse("2026-01-01T00:00:00.000Z");
const signal = new AbortController().signal;
const checkpoint = {
  version: 1,
  kind: "list",
  cursor: null,
  completeAt: null,
  reading: null,
  increment: null,
} as const;

async function appended(file: string, batches: number): Promise<void> {
  const draw = random(1);
  await using warehouse = await openWarehouse(`duckdb:${file}`, { mode: "write" });
  await warehouse.migrate("okta", [{ stream: LOGS, attributes: [] }]);
  let busy_ms = 0;
  let bytes = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    const pages = logPages(draw, batch);
    bytes += pages.reduce((sum, { bytes: { byteLength } }) => sum + byteLength, 0);
    const started = performance.now();
    await warehouse.commit(
      "okta",
      { table: "logs", pages, landing: { kind: "append" }, gone: [], checkpoint, gaps: [] },
      signal,
    );
    busy_ms += performance.now() - started;
  }
  const started = performance.now();
  await warehouse[Symbol.asyncDispose]();
  busy_ms += performance.now() - started;
  const events = batches * 50_000;
  const { size } = await stat(file);
  tell(`append, ${events} events`, events, busy_ms);
  console.log(`  ${(size / events).toFixed(0)} bytes an event, ${(size / bytes).toFixed(3)} of the JSON`);
}

/** What DuckDB does with the same pages and nothing else: `INSERT … FROM read_json`, a batch a statement. */
async function bare(file: string, batches: number): Promise<void> {
  const draw = random(1);
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  const columns = Object.entries(LOGS.columns).map(([field, { type }]) => [field, sqlType(type)!] as const);
  await connection.run(`CREATE TABLE logs (${columns.map(([field, type]) => `${name(field)} ${type}`).join(", ")})`);
  await using staging = new Staging(`${file}.pages`);
  await staging.empty();
  let busy_ms = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    const pages = logPages(draw, batch);
    const started = performance.now();
    await using staged = await staging.put(pages);
    const spec = columns.map(([field, type]) => `${literal(field)}: ${literal(type)}`).join(", ");
    await connection.run(
      `INSERT INTO logs SELECT * FROM read_json(${literal(`${staging.directory}/batch-${batch + 1}/*.json`)}, columns = {${spec}}, format = 'array')`,
    );
    busy_ms += performance.now() - started;
    void staged;
  }
  const started = performance.now();
  connection.closeSync();
  instance.closeSync();
  busy_ms += performance.now() - started;
  tell("bare", batches * 50_000, busy_ms);
}

async function users(file: string): Promise<void> {
  const draw = random(2);
  await using warehouse = await openWarehouse(`duckdb:${file}`, { mode: "write" });
  await warehouse.migrate("okta", [{ stream: USERS, attributes: ATTRIBUTES }]);
  const batches = Array.from({ length: 10 }, (_, batch) =>
    Array.from({ length: 50 }, (__, at) =>
      page(
        Array.from({ length: 200 }, (___, row) => user(draw, (batch * 50 + at) * 200 + row)),
        "2026-02-01T00:00:00.000Z",
      ),
    ),
  );
  const commit = async (pages: readonly Page[], landing: Batch["landing"]) =>
    warehouse.commit("okta", { table: "users", pages, landing, gone: [], checkpoint, gaps: [] }, signal);
  for (const [what, landing] of [
    ["users, first sync", { kind: "upsert", reading: "r1" }],
    ["users, all again, unchanged", { kind: "upsert", reading: "r2" }],
    ["users, staged", { kind: "stage", reading: "r3" }],
  ] as const) {
    const started = performance.now();
    for (const pages of batches) await commit(pages, landing);
    if (landing.reading === "r3") {
      const at = performance.now();
      console.log(
        "finish",
        await warehouse.finish("okta", "users", "r3", checkpoint),
        Math.round(performance.now() - at),
        "ms",
      );
    }
    tell(what, 100_000, performance.now() - started);
  }
  await warehouse[Symbol.asyncDispose]();
  console.log(`  ${((await stat(file)).size / 100_000).toFixed(0)} bytes a user`);
}

function logPages(draw: ReturnType<typeof random>, batch: number): readonly Page[] {
  return Array.from({ length: 50 }, (_, at) =>
    page(logEvents(draw, T0 + (batch * 50 + at) * 1_000_000, 1000), "2026-03-01T00:00:00.000Z"),
  );
}

/** Wall time shares the machine with whatever else runs; the processor's time does not, but holds the making of the pages, too. */
function tell(what: string, rows: number, busy_ms: number): void {
  const { rss } = process.memoryUsage();
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(`${what}: ${Math.round((rows / busy_ms) * 1000)} rows/s; memory ${mb(rss)} now, ${mb(peak)} at most`);
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

const directory = await mkdtemp(join(tmpdir(), "rollcall-measure-"));
const [what = "all", batches = "4"] = process.argv.slice(2);
try {
  if (what === "all" || what === "bare") await bare(join(directory, "bare.duckdb"), Number(batches));
  if (what === "all" || what === "append") await appended(join(directory, "logs.duckdb"), Number(batches));
  if (what === "all" || what === "users") await users(join(directory, "users.duckdb"));
} finally {
  await rm(directory, { recursive: true, force: true });
}
