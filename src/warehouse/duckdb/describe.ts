/** What tables a warehouse holds, for `rollcall tables`. */
import { DuckDBTimestampTZValue } from "@duckdb/node-api";
import type { SyncMode } from "../../core/stream.ts";
import { instantToJson } from "../json.ts";
import type { TableDescription } from "../warehouse.ts";
import { name, type Session } from "./sql.ts";

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
    const syncedAt = row["synced_at"];
    described.push({
      schema,
      name: table,
      rows: await session.count(`SELECT count(*) FROM ${name(schema, table)}`),
      mode: (row["mode"] ?? null) as SyncMode | null,
      lastSyncedAt: syncedAt instanceof DuckDBTimestampTZValue ? instantToJson(syncedAt.micros) : null,
      about: row["comment"] === null ? null : String(row["comment"]),
    });
  }
  return described;
}
