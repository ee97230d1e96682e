/** Kysely on Node's own SQLite: the thin part that knows both, and what SQLite's refusals mean. */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type Dialect, type SqliteDatabase, SqliteDialect, type SqliteStatement } from "kysely";
import { RollcallError } from "../core/error.ts";

/** How long a statement waits for a lock: only a backup that another process takes can hold one. */
const BUSY_TIMEOUT_MS = 5000;

/** SQLite's result codes (sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_FULL = 13;
const CONSTRAINT_PRIMARY_KEY = 1555;
const CONSTRAINT_UNIQUE = 2067;

/**
 * Opens the file as the control plane needs it. `synchronous = FULL` costs an fsync per commit: what a person was told is done
 * (a key shown once, a confirmed deletion on the audit trail) is still done after a power cut; in WAL mode `NORMAL` may lose the
 * last commits. `recursive_triggers` makes REPLACE count as the deletion that it is, for the triggers that refuse one.
 */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
  try {
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA recursive_triggers = ON;
    `);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** The dialect for a database that is open; who opened it closes it. */
export function dialectOf(database: DatabaseSync): Dialect {
  const adapted: SqliteDatabase = {
    close: () => {},
    prepare: (sql) => statementOf(database, sql),
  };
  return new SqliteDialect({ database: adapted });
}

function statementOf(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
  return {
    // What has columns has rows to read: SELECT, and anything with RETURNING.
    reader: statement.columns().length > 0,
    all: (parameters) => explained(() => statement.all(...values(parameters))),
    // SQLite has rolled back by itself where a disk is full: a second time would be an error that hides the first.
    run: (parameters) =>
      /^rollback$/i.test(sql) && !database.isTransaction
        ? { changes: 0, lastInsertRowid: 0 }
        : explained(() => statement.run(...values(parameters))),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
}

function explained<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const code = primaryCodeOf(error);
    if (code === SQLITE_FULL)
      throw new RollcallError("STORE_FULL", "The data directory's disk is full.", { cause: error });
    if (code === SQLITE_READONLY)
      throw new RollcallError("STORE_UNUSABLE", "The data directory's control.sqlite may not be written.", {
        fix: "Check who owns the data directory and its files, and that its disk is mounted for writing; then start the server again.",
        cause: error,
      });
    throw error;
  }
}

/** SQLite's code; null where the error is not SQLite's. */
function codeOf(error: unknown): number | null {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : null;
}

/** The low byte is the primary code; the rest says more. */
function primaryCodeOf(error: unknown): number | null {
  const code = codeOf(error);
  return code === null ? null : code & 0xff;
}

/** Whether another connection has the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return primaryCodeOf(error) === SQLITE_BUSY;
}

/**
 * Which column's value another row already has, as `table.column` (`source.prefix`), when that is why the statement was refused;
 * null when it was something else. Where several columns are unique together they are joined with a comma and a space.
 */
export function takenColumn(error: unknown): string | null {
  const code = codeOf(error);
  if (code !== CONSTRAINT_UNIQUE && code !== CONSTRAINT_PRIMARY_KEY) return null;
  return /UNIQUE constraint failed: (.+)$/.exec((error as Error).message)?.[1] ?? null;
}
