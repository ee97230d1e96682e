/** What the figures were measured on. */
import { arch, cpus, totalmem, type } from "node:os";
import { DuckDBInstance } from "@duckdb/node-api";

/** The machine as lines of a list. */
export async function machine(): Promise<readonly string[]> {
  const [cpu] = cpus();
  return [
    `processor: ${cpu?.model.trim() ?? "unknown"}, ${cpus().length} cores`,
    `memory: ${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    `system: ${type()} ${arch()}`,
    `Node ${process.versions.node}, DuckDB ${await duckdbVersion()}`,
    `date: ${new Date().toISOString().slice(0, 10)}`,
  ];
}

async function duckdbVersion(): Promise<string> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const [row] = (await connection.runAndReadAll("SELECT version()")).getRows();
  connection.closeSync();
  instance.closeSync();
  return String(row?.[0]);
}
