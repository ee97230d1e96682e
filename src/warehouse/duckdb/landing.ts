/** How rows of a batch reach a table: appended to an archive, or merged by key. */
import { NOTHING_WRITTEN, type Written } from "../../core/batch.ts";
import { SYNCED_AT } from "../../core/stream.ts";
import { allNames, plainNames, selectRows, type Table } from "./layout.ts";
import { name, type Session } from "./sql.ts";
import type { StagedPages } from "./staging.ts";

/** Where a batch's rows wait while they are compared. Temporary: it belongs to the session. */
export const INCOMING = `temp.main.incoming`;

/**
 * Adds the rows whose key the archive does not hold. They go straight in; then copies are looked for, in the stretch of time
 * that they cover (zone maps leave out the rest) by two columns only, and the later ones leave again, in the same transaction. An event has one time for
 * ever, so a copy lies in that stretch. No index: it would grow with the archive, in memory.
 */
export async function append(session: Session, table: Table, pages: StagedPages): Promise<Written> {
  if (pages.rows === 0) return NOTHING_WRITTEN;
  const { live, key, happened } = table;
  if (happened === null) throw new Error(`${table.table} has no time of its own, so it cannot be appended to`);
  // Rows are numbered from 0, so new ones lie behind as many as there are, whatever deletions and compaction did; it may be too
  // low, which is harmless. `max(rowid)` would read the table, the count is kept.
  const last = (await session.count(`SELECT count(*) FROM ${live}`)) - 1;
  const added = await session.run(
    `INSERT INTO ${live} (${allNames(table).join(", ")}) ${selectRows(table, pages.source(table))}`,
  );
  expectRows(table, pages, added);
  const [span] = await session.rows(
    `SELECT min(${happened}) AS earliest, max(${happened}) AS latest, count(*) > count(${happened}) AS timeless FROM ${live} WHERE rowid > ${last}`,
  );
  const within = `${happened} BETWEEN CAST('${String(span?.["earliest"])}' AS TIMESTAMPTZ) AND CAST('${String(span?.["latest"])}' AS TIMESTAMPTZ)`;
  const stretches = [
    ...(span?.["earliest"] === null ? [] : [within]),
    ...(span?.["timeless"] === true ? [`${happened} IS NULL`] : []),
  ];
  // Only keys of this batch can have become double: without that, the search would grow with the stretch, in time and memory.
  const where = `(${stretches.join(" OR ")}) AND ${key} IN (SELECT ${key} FROM ${live} WHERE rowid > ${last})`;
  const copied = await session.count(`SELECT count(*) - count(DISTINCT ${key}) FROM ${live} WHERE ${where}`);
  if (copied > 0) {
    await session.run(`DELETE FROM ${live} WHERE rowid IN (
      SELECT rowid FROM (SELECT rowid, row_number() OVER (PARTITION BY ${key} ORDER BY rowid) AS copy FROM ${live} WHERE ${where}) WHERE copy > 1)`);
  }
  return { ...NOTHING_WRITTEN, inserted: added - copied, unchanged: copied };
}

/** Reads the batch into `INCOMING`, one row for each key: of two readings the later, of two of one time the one further back in the batch. */
export async function takeIn(session: Session, table: Table, pages: StagedPages): Promise<void> {
  const plain = plainNames(table).join(", ");
  const source = pages.rows === 0 ? `${table.live} LIMIT 0` : pages.source(table);
  await session.run(`CREATE OR REPLACE TEMP TABLE incoming AS SELECT ${plain} FROM ${source}`);
  expectRows(table, pages, await session.count(`SELECT count(*) FROM ${INCOMING}`));
  await keepLatest(session, table, INCOMING);
}

/** DuckDB takes an array that is cut off between two rows for a whole one; no row may be lost like that. */
function expectRows(table: Table, pages: StagedPages, read: number): void {
  if (read !== pages.rows)
    throw new Error(`${table.table}: a batch of ${pages.rows} rows was read as ${read}; nothing of it is stored`);
}

/** Leaves one row for each key in `rows`. */
export async function keepLatest(session: Session, table: Table, rows: string): Promise<void> {
  const copied = await session.count(`SELECT count(*) - count(DISTINCT ${table.key}) FROM ${rows}`);
  if (copied === 0) return;
  const order = `ORDER BY ${name(SYNCED_AT)} DESC, rowid DESC`;
  await session.run(`DELETE FROM ${rows} WHERE rowid IN (
    SELECT rowid FROM (SELECT rowid, row_number() OVER (PARTITION BY ${table.key} ${order}) AS copy FROM ${rows}) WHERE copy > 1)`);
}

/**
 * Merges `rows` (plain columns, one row for each key) into the live table. New keys are inserted, rows that differ in a
 * compared column are replaced unless the live one was read later, equal rows are not touched.
 */
export async function merge(session: Session, table: Table, rows: string): Promise<Written> {
  const { live, key } = table;
  const total = await session.count(`SELECT count(*) FROM ${rows}`);
  if (total === 0) return NOTHING_WRITTEN;
  const different = table.columns
    .filter(({ compared }) => compared)
    .map(({ column }) => `live.${name(column)} IS DISTINCT FROM fresh.${name(column)}`)
    .join(" OR ");
  await session.run(`CREATE OR REPLACE TEMP TABLE changed AS
    SELECT fresh.${key} AS key FROM ${rows} AS fresh JOIN ${live} AS live ON live.${key} = fresh.${key}
    WHERE fresh.${name(SYNCED_AT)} >= live.${name(SYNCED_AT)} AND (${different})`);
  const into = `INSERT INTO ${live} (${allNames(table).join(", ")})`;
  const unknown = `(FROM ${rows} AS fresh WHERE NOT EXISTS (FROM ${live} AS live WHERE live.${key} = fresh.${key}))`;
  const inserted = await session.run(`${into} ${selectRows(table, unknown)}`);
  const updated = await session.run(`DELETE FROM ${live} WHERE ${key} IN (FROM temp.main.changed)`);
  if (updated > 0)
    await session.run(`${into} ${selectRows(table, `(FROM ${rows} WHERE ${key} IN (FROM temp.main.changed))`)}`);
  return { inserted, updated, unchanged: total - inserted - updated, deleted: 0 };
}
