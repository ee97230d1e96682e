/** Brings a database to the present layout, step by step. */
import type { DatabaseSync } from "node:sqlite";

export interface Migration {
  /** 1, 2, 3 … without a hole. */
  readonly version: number;
  readonly sql: string;
}

/** The version of the last step applied: 0 in an empty database, null where the tables are not Rollcall's. */
export function storedVersion(database: DatabaseSync): number | null {
  const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  if (names.length === 0) return 0;
  if (!names.some(({ name }) => name === "migration")) return null;
  return Number(database.prepare("SELECT max(version) AS version FROM migration").get()?.["version"] ?? 0);
}

/**
 * Applies the steps that are missing, each in a transaction of its own with its record: one that fails leaves the layout before it.
 * Foreign keys are off while a step works, so that it may rebuild a table, and are checked before it is committed.
 */
export function migrate(database: DatabaseSync, steps: readonly Migration[], now_ms: number): void {
  const from = storedVersion(database) ?? 0;
  const missing = steps.filter(({ version }) => version > from);
  if (missing.length === 0) return;
  database.exec("PRAGMA foreign_keys = OFF");
  try {
    for (const step of missing) apply(database, step, now_ms);
  } finally {
    database.exec("PRAGMA foreign_keys = ON");
  }
}

function apply(database: DatabaseSync, { version, sql }: Migration, now_ms: number): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec(sql);
    const broken = database.prepare("PRAGMA foreign_key_check").all();
    if (broken.length > 0) throw new Error(`Migration ${version} leaves ${broken.length} rows without their parent.`);
    database.prepare("INSERT INTO migration (version, applied_ms) VALUES (?, ?)").run(version, now_ms);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
