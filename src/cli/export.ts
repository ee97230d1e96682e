/** `rollcall export`: tables as Parquet files in a folder, each switched whole. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ExportConfig, ServerConfig } from "../config.ts";
import { RollcallError } from "../core/error.ts";
import { EXIT } from "../core/run.ts";
import { openWarehouse } from "../warehouse/open.ts";
import type { TableName } from "../warehouse/warehouse.ts";
import type { Context } from "./context.ts";
import { download, notWritten } from "./download.ts";
import { didYouMean } from "./nearest.ts";
import { Remote } from "./remote.ts";

export async function exportCommand(config: ExportConfig, context: Context): Promise<number> {
  const { directory, tables, place } = config;
  await mkdir(directory, { recursive: true }).catch((error: unknown) => {
    throw notWritten(directory, error);
  });
  const told = (name: TableName) => void context.stdout.write(`${join(directory, fileOf(name))}\n`);
  if (place.server === null) await fromFile(place.warehouse, directory, tables, context.signal, told);
  else await fromServer(place.server, directory, tables, context.signal, told);
  return EXIT.completed;
}

type Told = (name: TableName) => void;

async function fromFile(
  url: string,
  directory: string,
  wanted: readonly string[] | null,
  signal: AbortSignal,
  told: Told,
): Promise<void> {
  await (await openWarehouse(url, { mode: "read" }))[Symbol.asyncDispose]();
  await using warehouse = await openWarehouse(url, { mode: "write" });
  for (const table of chosen(await warehouse.catalog("tables"), wanted)) {
    await warehouse.exportTables([table], directory, signal);
    told(table);
  }
}

async function fromServer(
  server: ServerConfig,
  directory: string,
  wanted: readonly string[] | null,
  signal: AbortSignal,
  told: Told,
): Promise<void> {
  await using remote = new Remote(server, signal);
  for (const table of chosen(await remote.call("get /api/warehouse", {}), wanted)) {
    const sql = `FROM ${quoted(table.schema)}.${quoted(table.name)}`;
    const answer = await remote.open("post /api/warehouse/export", { body: { sql, format: "parquet" } });
    await download(answer, join(directory, fileOf(table)), remote);
    told(table);
  }
}

/** The tables named, or all that are no views. Throws TABLE_UNKNOWN before anything is written. */
function chosen<T extends TableName & { readonly kind: string }>(
  known: readonly T[],
  wanted: readonly string[] | null,
): readonly T[] {
  if (wanted === null) return known.filter(({ kind }) => kind === "table");
  const byName = new Map(known.map((table) => [`${table.schema}.${table.name}`, table]));
  return wanted.map((name) => {
    const table = byName.get(name);
    if (table !== undefined) return table;
    throw new RollcallError("TABLE_UNKNOWN", `There is no table "${name}".${didYouMean(name, [...byName.keys()])}`, {
      fix: "Name tables with their schema, such as okta.users; `rollcall tables` lists them.",
    });
  });
}

const fileOf = ({ schema, name }: TableName) => `${schema}.${name}.parquet`;
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
