/**
 * Copies for other programs. The engine may write into the staging directory only, so every copy is made there, and then brought to its
 * place by the process: beside it under a temporary name, to the disk, and renamed, so that a reader finds the old one or the new one.
 */
import { constants } from "node:fs";
import { copyFile, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { RollcallError, throwIfCancelled } from "../../core/error.ts";
import type { ExportedFile, TableName } from "../warehouse.ts";
import { engineMessage } from "./failure.ts";
import { literal, name, type Session } from "./sql.ts";

/** Row groups of this size: a reader of a few columns reads little, and writing holds one at a time in memory. */
const PARQUET = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 61440";

/** `COPY` of what `from` (SQL) selects to a Parquet file. */
export function parquetSql(from: string, path: string): string {
  return `COPY ${from} TO ${literal(path)} (${PARQUET})`;
}

export function selectAll({ schema, name: table }: TableName): string {
  return `(FROM ${name(schema, table)})`;
}

/** A file that has been written, to be deleted on disposal. */
export async function exported(path: string): Promise<ExportedFile> {
  const { size } = await stat(path);
  return { path, bytes: size, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

/** The database's name in the copying statement; it must be no schema's. */
const COPY = "rollcall copy";

/** Writes the whole database to `path`, as of one moment. Everything is read in one transaction; commits go on meanwhile. */
export async function copyDatabase(session: Session, catalog: string, path: string, storage: string): Promise<void> {
  await session.run(`ATTACH ${literal(path)} AS ${name(COPY)} (STORAGE_VERSION ${literal(storage)})`);
  try {
    await session.run(`COPY FROM DATABASE ${name(catalog)} TO ${name(COPY)}`);
  } finally {
    await session.run(`DETACH ${name(COPY)}`);
  }
}

/** In a file okta.duckdb the name `okta.users` would be ambiguous to whoever opens it, and `rollcall.gaps` in rollcall.duckdb. */
export async function refuseAmbiguous(session: Session, file: string): Promise<void> {
  const stem = (basename(file).split(".")[0] ?? "").toLowerCase();
  const rows = await session.rows(
    "SELECT lower(schema_name) AS schema FROM duckdb_schemas() WHERE database_name = current_database()",
  );
  if (!rows.some(({ schema }) => schema === stem)) return;
  throw new RollcallError(
    "COPY_FAILED",
    `A copy called ${basename(file)} would make the tables of its schema ${stem} ambiguous.`,
    {
      fix: "Name it otherwise, such as warehouse.duckdb.",
    },
  );
}

/** Removes what a failed copy left, and says why it failed. */
export async function giveUp(path: string, error: unknown, signal: AbortSignal): Promise<never> {
  for (const left of [path, `${path}.wal`]) await rm(left, { force: true });
  throwIfCancelled(signal);
  if (error instanceof RollcallError) throw error;
  throw new RollcallError("COPY_FAILED", `The copy failed: ${engineMessage(error)}`, { cause: error });
}

/** Brings a finished file to its place in one step. The one that was there stays until then, and when this fails. */
export async function publish(made: string, file: string): Promise<void> {
  const beside = join(dirname(file), `.${process.pid}-${Date.now()}.rollcall-copy`);
  try {
    await rename(made, beside).catch(async (error: unknown) => {
      // Another file system.
      if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw error;
      await copyFile(made, beside, constants.COPYFILE_FICLONE);
    });
    await flush(beside);
    await rename(beside, file);
    await flush(dirname(file));
  } catch (error) {
    await rm(beside, { force: true });
    throw new RollcallError(
      "COPY_FAILED",
      `${file} cannot be published: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  } finally {
    await rm(made, { force: true });
  }
}

async function flush(path: string): Promise<void> {
  await using handle = await open(path, "r");
  await handle.sync();
}
