/** Reading by people's own SQL. Three doors are shut, each alone enough: the kind of statement, a read-only transaction, no access to files. */
import {
  type DuckDBConnection,
  type DuckDBExtractedStatements,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  StatementType,
} from "@duckdb/node-api";
import { RollcallError, throwIfCancelled } from "../../core/error.ts";
import type { JsonValue, QueryLimits, QueryResult } from "../warehouse.ts";
import { engineMessage, failureOf } from "./failure.ts";
import { toJson } from "./value.ts";

const READS: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN]);

/** Runs one reading statement on a connection that serves nothing else meanwhile. See `Warehouse.query`. */
export async function query(
  connection: DuckDBConnection,
  sql: string,
  limits: QueryLimits,
  signal: AbortSignal,
): Promise<QueryResult> {
  throwIfCancelled(signal);
  let again: NodeJS.Timeout | undefined;
  // An interrupt that comes between two statements is lost, so it is repeated until the query has ended.
  const interrupt = () => (again = setInterval(() => connection.interrupt(), 10));
  signal.addEventListener("abort", interrupt);
  try {
    await connection.run("BEGIN TRANSACTION READ ONLY");
    const statement = await onlyStatement(connection, sql);
    return await read(await statement.stream(), limits.maxRows, signal);
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof RollcallError || failureOf(error) === null) throw error;
    throw new RollcallError("QUERY_REFUSED", engineMessage(error), { cause: error });
  } finally {
    signal.removeEventListener("abort", interrupt);
    clearInterval(again);
    await connection.run("ROLLBACK").catch(() => undefined);
  }
}

async function onlyStatement(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const statements = await extract(connection, sql);
  if (statements === null || statements.count === 0) throw refused("There is no statement to run.");
  if (statements.count > 1)
    throw refused(
      "One statement at a time; this holds several, or one that DuckDB runs as several (PIVOT without IN).",
    );
  const statement = await statements.prepare(0);
  if (!READS.has(statement.statementType)) {
    throw refused(
      `Only statements that read are allowed; this one is of kind ${StatementType[statement.statementType]}.`,
    );
  }
  if (statement.parameterCount > 0) throw refused("Parameters are not supported.");
  return statement;
}

/** The statements of `sql`; null when there are none: the binding then fails, and says nothing that could be told apart. */
async function extract(connection: DuckDBConnection, sql: string): Promise<DuckDBExtractedStatements | null> {
  try {
    return await connection.extractStatements(sql);
  } catch (error) {
    if (failureOf(error) !== null) throw error;
    return null;
  }
}

async function read(result: DuckDBResult, maxRows: number, signal: AbortSignal): Promise<QueryResult> {
  const types = result.columnTypes();
  const columns = result
    .deduplicatedColumnNames()
    .map((name, at) => ({ name, type: types[at]!.alias ?? types[at]!.toString() }));
  const rows: JsonValue[][] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    throwIfCancelled(signal);
    if (chunk === null || chunk.rowCount === 0) return { columns, rows, cut: false };
    for (const row of chunk.getRows()) {
      if (rows.length === maxRows) return { columns, rows, cut: true };
      rows.push(row.map((value, at) => toJson(value, types[at]!)));
    }
  }
}

function refused(message: string): RollcallError {
  return new RollcallError("QUERY_REFUSED", message);
}
