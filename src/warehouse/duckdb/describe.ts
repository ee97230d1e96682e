/** What a warehouse holds, for people: its tables, and for the product's pages their columns. */
import { DuckDBTimestampTZValue } from "@duckdb/node-api";
import type { SyncMode } from "../../core/stream.ts";
import { instantToJson } from "../json.ts";
import type { Access, CatalogColumn, CatalogTable, TableDescription, TableName } from "../warehouse.ts";
import { literal, name, type Row, type Session } from "./sql.ts";

/** The tables of every org's schema, by schema and name. */
export async function describeTables(session: Session): Promise<readonly TableDescription[]> {
  const found = await session.rows(`
    SELECT schema_name, tables.table_name, comment, mode, synced_at FROM duckdb_tables() AS tables
    JOIN rollcall.orgs ON prefix = schema_name
    LEFT JOIN rollcall.notes AS notes ON notes.prefix = schema_name AND notes.table_name = tables.table_name
    WHERE database_name = current_database() ORDER BY schema_name, tables.table_name`);
  const described: TableDescription[] = [];
  for (const row of found) {
    const schema = String(row["schema_name"]);
    const table = String(row["table_name"]);
    described.push({
      schema,
      name: table,
      rows: await session.count(`SELECT count(*) FROM ${name(schema, table)}`),
      ...sync(row),
      about: textOrNull(row["comment"]),
    });
  }
  return described;
}

/** See `Warehouse.catalog`. Staged rows of readings under way are nobody's business. */
export async function catalog(session: Session, access: Access): Promise<readonly CatalogTable[]> {
  const hidden = access === "all" ? "" : "AND schema_name <> 'rollcall'";
  const found = await session.rows(`
    SELECT found.*, mode, synced_at FROM (
      SELECT 'table' AS kind, schema_name, table_name, comment FROM duckdb_tables() WHERE database_name = current_database() AND NOT internal
      UNION ALL
      SELECT 'view', schema_name, view_name, comment FROM duckdb_views() WHERE database_name = current_database() AND NOT internal) AS found
    LEFT JOIN rollcall.notes AS notes ON notes.prefix = schema_name AND notes.table_name = found.table_name
    WHERE NOT (schema_name = 'rollcall' AND starts_with(found.table_name, 'staged:')) ${hidden}
    ORDER BY schema_name, found.table_name`);
  const columns = await columnsByTable(session);
  const tables: CatalogTable[] = [];
  for (const row of found) {
    const schema = String(row["schema_name"]);
    const table = String(row["table_name"]);
    const kind = row["kind"] === "view" ? "view" : "table";
    tables.push({
      schema,
      name: table,
      kind,
      rows: kind === "view" ? null : await session.count(`SELECT count(*) FROM ${name(schema, table)}`),
      ...sync(row),
      about: textOrNull(row["comment"]),
      columns: columns.get(name(schema, table)) ?? [],
    });
  }
  return tables;
}

/** The columns of one table or view; none where there is no such thing. */
export async function columnsOf(session: Session, table: TableName): Promise<readonly CatalogColumn[]> {
  return (await columnsByTable(session, table)).get(name(table.schema, table.name)) ?? [];
}

async function columnsByTable(
  session: Session,
  only?: TableName,
): Promise<ReadonlyMap<string, readonly CatalogColumn[]>> {
  const one =
    only === undefined ? "" : `AND schema_name = ${literal(only.schema)} AND table_name = ${literal(only.name)}`;
  const rows = await session.rows(`
    SELECT schema_name, table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns()
    WHERE database_name = current_database() AND NOT internal ${one} ORDER BY schema_name, table_name, column_index`);
  const tables = new Map<string, CatalogColumn[]>();
  for (const row of rows) {
    const table = name(String(row["schema_name"]), String(row["table_name"]));
    const columns = tables.get(table) ?? [];
    tables.set(table, columns);
    columns.push({
      name: String(row["column_name"]),
      type: String(row["data_type"]),
      about: textOrNull(row["comment"]),
      nullable: row["is_nullable"] === true,
    });
  }
  return tables;
}

function sync(row: Row): { readonly mode: SyncMode | null; readonly lastSyncedAt: string | null } {
  const syncedAt = row["synced_at"];
  return {
    mode: (row["mode"] ?? null) as SyncMode | null,
    lastSyncedAt: syncedAt instanceof DuckDBTimestampTZValue ? instantToJson(syncedAt.micros) : null,
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
