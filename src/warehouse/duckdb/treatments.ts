/** Table `rollcall.treatments`: what was chosen to be done to columns, and so was done to the rows. Made with the first choice. */
import type { Treat } from "../../core/treatment.ts";
import { literal, type Session } from "./sql.ts";

/** One column's treatment, and which key hashed it. */
export interface ColumnTreatment {
  readonly how: Treat;
  readonly keyId: string | null;
}

const ABOUT =
  "What is done to columns before they are stored, by a person's choice, and was done to the rows that were there.";

/** Files from before treatments have no such table, and most never need one. */
async function hasTreatments(session: Session): Promise<boolean> {
  const has = await session.count(
    "SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'rollcall' AND table_name = 'treatments'",
  );
  return has > 0;
}

/** What is done to the columns of a table, by their names. */
export async function storedTreatments(
  session: Session,
  prefix: string,
  table: string,
): Promise<ReadonlyMap<string, ColumnTreatment>> {
  if (!(await hasTreatments(session))) return new Map();
  const rows = await session.rows(
    "SELECT column_name, how, key_id FROM rollcall.treatments WHERE prefix = ? AND table_name = ? ORDER BY column_name",
    [prefix, table],
  );
  return new Map(
    rows.map(({ column_name, how, key_id }) => [
      String(column_name),
      { how: how as Treat, keyId: typeof key_id === "string" ? key_id : null },
    ]),
  );
}

/** In place of what was stored for the table. */
export async function storeTreatments(
  session: Session,
  prefix: string,
  table: string,
  treatments: ReadonlyMap<string, ColumnTreatment>,
): Promise<void> {
  if (!(await hasTreatments(session))) {
    await session.run(
      "CREATE TABLE rollcall.treatments (prefix VARCHAR, table_name VARCHAR, column_name VARCHAR, how VARCHAR, key_id VARCHAR)",
    );
    await session.run(`COMMENT ON TABLE rollcall.treatments IS ${literal(ABOUT)}`);
  }
  await session.run("DELETE FROM rollcall.treatments WHERE prefix = ? AND table_name = ?", [prefix, table]);
  for (const [column, { how, keyId }] of treatments)
    await session.run("INSERT INTO rollcall.treatments VALUES (?, ?, ?, ?, ?)", [prefix, table, column, how, keyId]);
}

/** Forgets the treatments of an org that is removed. */
export async function forgetTreatments(session: Session, prefix: string): Promise<void> {
  if (await hasTreatments(session)) await session.run("DELETE FROM rollcall.treatments WHERE prefix = ?", [prefix]);
}
