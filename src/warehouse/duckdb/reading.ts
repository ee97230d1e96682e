/** A complete reading under way: what it has seen, what it holds back, what it proved gone. Persisted, so that a killed one resumes. */
import { NOTHING_WRITTEN, type Written } from "../../core/batch.ts";
import { SYNCED_AT } from "../../core/stream.ts";
import type { Unseen } from "../warehouse.ts";
import { keepLatest, INCOMING, merge } from "./landing.ts";
import { plainNames, type Table } from "./layout.ts";
import { literal, name, type Session } from "./sql.ts";

/** One reading of one table. */
export interface ReadingOf {
  readonly table: Table;
  readonly reading: string;
}

/** Names of the tables in which readings of a table hold their rows begin so. */
export function stagedPrefix(prefix: string, table: string): string {
  return `staged:${prefix}.${table}:`;
}

function stagedName({ table, reading }: ReadingOf): string {
  return stagedPrefix(table.prefix, table.table) + reading;
}

/** The reading's own table, as SQL; null while it has none. */
async function stagedTable(session: Session, of: ReadingOf): Promise<string | null> {
  const has = await session.count(
    "SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'rollcall' AND table_name = ?",
    [stagedName(of)],
  );
  return has === 0 ? null : name("rollcall", stagedName(of));
}

function marksOf({ table, reading }: ReadingOf): string {
  return `prefix = ${literal(table.prefix)} AND table_name = ${literal(table.table)} AND reading = ${literal(reading)}`;
}

/** Holds the incoming rows back in the reading's own table; of two of one key the one read later stays. */
export async function stageIncoming(session: Session, of: ReadingOf): Promise<void> {
  const staged = name("rollcall", stagedName(of));
  const names = plainNames(of.table).join(", ");
  await session.run(`CREATE TABLE IF NOT EXISTS ${staged} AS SELECT ${names} FROM ${of.table.live} LIMIT 0`);
  await session.run(`INSERT INTO ${staged} (${names}) SELECT ${names} FROM ${INCOMING}`);
  await keepLatest(session, of.table, staged);
  await session.run(
    `DELETE FROM rollcall.marks WHERE ${marksOf(of)} AND key IN (SELECT ${of.table.key} FROM ${INCOMING})`,
  );
}

/** Marks the keys that `keys` (SQL) selects as seen or as gone. The last word on a key counts. */
export async function mark(session: Session, of: ReadingOf, keys: string, gone: boolean): Promise<void> {
  await session.run(`DELETE FROM rollcall.marks WHERE ${marksOf(of)} AND gone = ${!gone} AND key IN (${keys})`);
  await session.run(`INSERT INTO rollcall.marks
    SELECT ${literal(of.table.prefix)}, ${literal(of.table.table)}, ${literal(of.reading)}, key, ${gone} FROM (SELECT DISTINCT key FROM (${keys}) AS given (key))
    WHERE key NOT IN (SELECT key FROM rollcall.marks WHERE ${marksOf(of)})`);
}

/** See `Warehouse.unseen`. `startedAt` is ISO 8601. */
export async function unseen(session: Session, of: ReadingOf, startedAt: string, limit: number): Promise<Unseen> {
  const { live, key } = of.table;
  const staged = await stagedTable(session, of);
  const seen = [
    `SELECT key FROM rollcall.marks WHERE ${marksOf(of)}`,
    ...(staged === null ? [] : [`SELECT ${key} FROM ${staged}`]),
  ];
  const missing = `FROM ${live} WHERE ${name(SYNCED_AT)} < CAST(${literal(startedAt)} AS TIMESTAMPTZ) AND ${key} NOT IN (${seen.join(" UNION ALL ")})`;
  const keys = await session.rows(`SELECT ${key} AS key ${missing} ORDER BY ${key} LIMIT ${limit}`);
  const onlyStaged =
    staged === null
      ? 0
      : await session.count(`SELECT count(*) FROM ${staged} WHERE ${key} NOT IN (SELECT ${key} FROM ${live})`);
  return {
    held: (await session.count(`SELECT count(*) FROM ${live}`)) + onlyStaged,
    unseen: await session.count(`SELECT count(*) ${missing}`),
    gone: await session.count(`SELECT count(*) FROM ${live} WHERE ${key} IN (${goneKeys(of)})`),
    keys: keys.map((row) => String(row["key"])),
  };
}

function goneKeys(of: ReadingOf): string {
  return `SELECT key FROM rollcall.marks WHERE ${marksOf(of)} AND gone`;
}

/** Switches the staged rows in, deletes what is proved gone and forgets the reading. */
export async function finishReading(session: Session, of: ReadingOf): Promise<Written> {
  const staged = await stagedTable(session, of);
  const merged = staged === null ? NOTHING_WRITTEN : await merge(session, of.table, staged);
  const deleted = await session.run(`DELETE FROM ${of.table.live} WHERE ${of.table.key} IN (${goneKeys(of)})`);
  await forgetReading(session, of);
  return { ...merged, deleted };
}

/** Drops the reading's marks and staged rows. */
export async function forgetReading(session: Session, of: ReadingOf): Promise<void> {
  await session.run(`DROP TABLE IF EXISTS ${name("rollcall", stagedName(of))}`);
  await session.run(`DELETE FROM rollcall.marks WHERE ${marksOf(of)}`);
}
