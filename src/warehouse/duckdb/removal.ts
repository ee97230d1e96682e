/** Removing on a person's word: a table's data, its place, or all of an org. Each in the caller's transaction. */
import { parseCheckpoint, type LogCheckpoint } from "../../core/checkpoint.ts";
import { RollcallError } from "../../core/error.ts";
import { split } from "../../core/window.ts";
import { storeCheckpoint, storedCheckpoints } from "./catalog.ts";
import { stagedPrefix } from "./reading.ts";
import { literal, name, type Session } from "./sql.ts";
import { forgetTreatments } from "./treatments.ts";

/** Tables of schema `rollcall` that speak of one table's rows. `attributes` is not among them: a column's name stays its own. */
const OF_ROWS = ["checkpoints", "marks", "notes", "gaps"] as const;

/** See `Warehouse.deleteData`. */
export async function deleteData(session: Session, prefix: string, table: string): Promise<number> {
  await mustBeSynced(session, prefix, table);
  const deleted = await session.run(`DELETE FROM ${name(prefix, table)}`);
  await dropStaged(session, stagedPrefix(prefix, table));
  for (const about of OF_ROWS)
    await session.run(
      `DELETE FROM rollcall.${about} WHERE prefix = ${literal(prefix)} AND table_name = ${literal(table)}`,
    );
  return deleted;
}

/** Into how many windows a log's past is cut when it is read again, and none is shorter than this. */
const WINDOWS = 12;
const SHORTEST_WINDOW_MS = 3_600_000;

/** See `Warehouse.forget`. */
export async function forget(session: Session, prefix: string, table: string): Promise<void> {
  await mustBeSynced(session, prefix, table);
  const stored = (await storedCheckpoints(session, prefix)).get(table);
  if (stored === undefined) return;
  const checkpoint = parseCheckpoint(table, stored);
  await dropStaged(session, stagedPrefix(prefix, table));
  const of = `prefix = ${literal(prefix)} AND table_name = ${literal(table)}`;
  await session.run(`DELETE FROM rollcall.marks WHERE ${of}`);
  if (checkpoint.kind === "log") await storeCheckpoint(session, prefix, table, fromTheBeginning(checkpoint));
  else await session.run(`DELETE FROM rollcall.checkpoints WHERE ${of}`);
}

/** What the log covers or was to read is to be read once more; what it holds is held all the while, and the poll goes on where it was. */
function fromTheBeginning(log: LogCheckpoint): LogCheckpoint {
  const froms = [...log.coverage, ...log.windows].map(({ from }) => from).sort();
  const past = { from: froms[0] ?? log.t0, to: log.poll.at };
  const windows = split(past, WINDOWS, SHORTEST_WINDOW_MS).map(({ from, to }) => ({ from, to, next: null }));
  return { ...log, windows, refreshing: false };
}

/** See `Warehouse.dropPrefix`. */
export async function dropPrefix(session: Session, prefix: string): Promise<void> {
  const claimed = await session.count(`SELECT count(*) FROM rollcall.orgs WHERE prefix = ${literal(prefix)}`);
  // A schema of no org is somebody's own.
  if (claimed === 0) throw new RollcallError("TABLE_UNKNOWN", `No org has the schema ${prefix}.`);
  await session.run(`DROP SCHEMA IF EXISTS ${name(prefix)} CASCADE`);
  await dropStaged(session, `staged:${prefix}.`);
  await forgetTreatments(session, prefix);
  for (const about of ["orgs", "attributes", ...OF_ROWS])
    await session.run(`DELETE FROM rollcall.${about} WHERE prefix = ${literal(prefix)}`);
}

async function mustBeSynced(session: Session, prefix: string, table: string): Promise<void> {
  const has = await session.count(
    `SELECT count(*) FROM duckdb_tables() JOIN rollcall.orgs ON prefix = schema_name
     WHERE database_name = current_database() AND schema_name = ${literal(prefix)} AND table_name = ${literal(table)}`,
  );
  if (has === 0) throw new RollcallError("TABLE_UNKNOWN", `The warehouse has no table ${prefix}.${table} of an org.`);
}

async function dropStaged(session: Session, beginning: string): Promise<void> {
  const rows = await session.rows(
    "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'rollcall' AND starts_with(table_name, ?)",
    [beginning],
  );
  for (const row of rows) await session.run(`DROP TABLE ${name("rollcall", String(row["table_name"]))}`);
}
