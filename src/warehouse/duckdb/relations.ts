/** What there is to read, for the guard. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Relations } from "./guard.ts";
import type { Session } from "./sql.ts";

/** Asked in the statement's own transaction, so that what was judged is what is there when it runs. */
export async function relationsOf(connection: DuckDBConnection): Promise<Pick<Relations, "catalog" | "views">> {
  const reader = await connection.runAndReadAll(`
    SELECT current_database(), lower(schema_name || '.' || table_name), NULL FROM duckdb_tables()
    WHERE database_name = current_database() AND NOT internal
    UNION ALL SELECT current_database(), lower(schema_name || '.' || view_name), sql FROM duckdb_views()
    WHERE database_name = current_database() AND NOT internal`);
  const rows = reader.getRows();
  return {
    catalog: String(rows[0]?.[0]),
    views: new Map(rows.map(([, table, sql]) => [String(table), sql === null ? null : String(sql)])),
  };
}

/** Asked once: nobody makes a macro through Rollcall, and the question is slow. */
export async function macrosOf(session: Session): Promise<ReadonlySet<string>> {
  const macros = await session.rows(
    "SELECT DISTINCT lower(function_name) AS macro FROM duckdb_functions() WHERE NOT internal",
  );
  return new Set(macros.map(({ macro }) => String(macro)));
}
