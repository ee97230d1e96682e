/** Opens a DuckDB file as a warehouse: looks before it touches, locks, sets the engine up, and closes the doors behind it. */
import { realpath, stat } from "node:fs/promises";
import { constants } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { hasCode, RollcallError } from "../../core/error.ts";
import type { OpenOptions, Warehouse } from "../warehouse.ts";
import { createCatalog, storedVersion, VERSION } from "./catalog.ts";
import { failureOf, unusable, writingFailed } from "./failure.ts";
import { announce, heldByAnother, holdHere } from "./holder.ts";
import { literal, name, Session } from "./sql.ts";
import { Staging } from "./staging.ts";
import { DuckdbWarehouse } from "./warehouse.ts";

/** The file is attached under a name that no schema can have, so that `okta.users` means the schema in a file called okta.duckdb, too. */
const CATALOG = "rollcall warehouse";

/** See docs/adr/0002-duckdb.md for the measurements behind these. */
const STORAGE_VERSION = "v1.4.0";
const WRITING = { threads: "1", memory_limit: "256MB", checkpoint_threshold: "32MB" };
/** A file's first filling: compaction at every checkpoint would rewrite, several times, what has just been written. Later openings compact. */
const FIRST = { ...WRITING, max_vacuum_tasks: "0" };
const READING = { memory_limit: "1GB" };
/** See docs/adr/0010-peoples-sql.md. */
const SERVING = { memory_limit: "512MB" };
const SPILL_MAX = "10GB";
/** How deep a statement may be nested: each level costs the parser and the binder stack and time, and no interrupt is heard there. */
const DEPTH_MAX = "200";

/** Opens the DuckDB file at `path` (relative to the working directory). See `openWarehouse`. */
export async function openDuckdb(path: string, { mode, serving = false }: OpenOptions): Promise<Warehouse> {
  const { file, exists } = await locate(resolve(path));
  if (!exists && mode === "read") throw new RollcallError("WAREHOUSE_MISSING", `There is no warehouse at ${file}.`);
  await using opened = new AsyncDisposableStack();
  opened.use(holdHere(file, mode));
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    max_expression_depth: DEPTH_MAX,
    ...(mode === "read" ? READING : exists ? WRITING : FIRST),
    ...(serving ? SERVING : {}),
  });
  opened.defer(() => instance.closeSync());
  const session = new Session(await instance.connect());
  opened.defer(() => session.close());
  await session.run("SET GLOBAL errors_as_json = true");
  await session.run("SET GLOBAL TimeZone = 'UTC'");

  if (exists) {
    await attach(session, file, "READ_ONLY");
    refuseNewer(file, await storedVersion(session));
  }
  if (mode === "read") {
    if ((await storedVersion(session)) === null)
      throw new RollcallError("WAREHOUSE_MISSING", `${file} holds no warehouse yet.`);
    await closeDoors(session, null);
    const connect = () => connectTo(instance);
    return new DuckdbWarehouse({
      file,
      catalog: CATALOG,
      storage: STORAGE_VERSION,
      session,
      connect,
      staging: null,
      memoryLimit: null,
      lifetime: opened.move(),
    });
  }
  if (exists) await detach(session, file);
  const staging = new Staging(`${file}.staging`);
  opened.use(staging);
  await attach(session, file, `STORAGE_VERSION ${literal(STORAGE_VERSION)}`);
  opened.defer(() => detach(session, file));
  await besides(file, () => {
    opened.use(announce(file));
    return staging.empty();
  });
  await session.transaction(async () => {
    const version = await storedVersion(session);
    refuseNewer(file, version);
    if (version === null) await createCatalog(session);
  });
  await closeDoors(session, staging.directory, serving);
  const connect = () => connectTo(instance);
  return new DuckdbWarehouse({
    file,
    catalog: CATALOG,
    storage: STORAGE_VERSION,
    session,
    connect,
    staging,
    memoryLimit: serving ? SERVING.memory_limit : null,
    lifetime: opened.move(),
  });
}

/** Where the file is, links followed: locks and notes belong to the file itself. */
async function locate(path: string): Promise<{ readonly file: string; readonly exists: boolean }> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new RollcallError("WAREHOUSE_UNUSABLE", `${path} is not a file.`);
    return { file: await realpath(path), exists: true };
  } catch (error) {
    if (error instanceof RollcallError) throw error;
    if (!hasErrno(error, "ENOENT"))
      throw unusable("WAREHOUSE_UNUSABLE", `The warehouse ${path} cannot be reached`, error);
    return { file: path, exists: false };
  }
}

function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Attaches the file and makes it the one that names refer to. */
async function attach(session: Session, file: string, option: string): Promise<void> {
  try {
    await session.run(`ATTACH ${literal(file)} AS ${name(CATALOG)} (${option})`);
  } catch (error) {
    // What `fcntl` answers when another process has the lock.
    if (failureOf(error)?.errno === constants.errno.EAGAIN) throw heldByAnother(file);
    throw unusable("WAREHOUSE_UNUSABLE", `The warehouse ${file} cannot be opened`, writingFailed(error, file));
  }
  await session.run(`USE ${name(CATALOG)}`);
}

/**
 * Gives the file free; what is in the write-ahead log goes into it first. Where there is no room for that it stays in the log:
 * what was committed is safe there, and the next opening reads it.
 */
async function detach(session: Session, file: string): Promise<void> {
  await session.run("USE memory");
  try {
    await session.run(`DETACH ${name(CATALOG)}`);
  } catch (error) {
    if (!hasCode(writingFailed(error, file), "WAREHOUSE_FULL")) throw error;
  }
}

function refuseNewer(file: string, version: number | null): void {
  if (version === null || version <= VERSION) return;
  throw new RollcallError(
    "WAREHOUSE_NEWER",
    `The warehouse ${file} was written by a newer Rollcall (layout ${version}; this one knows ${VERSION}).`,
  );
}

async function besides<T>(file: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    const failure = writingFailed(error, file);
    throw failure instanceof RollcallError
      ? failure
      : unusable("WAREHOUSE_UNUSABLE", `The directory ${dirname(file)} cannot be written`, error);
  }
}

/** From here on SQL reaches no file but the database and the pages staged for it, and cannot undo that. */
async function closeDoors(session: Session, staging: string | null, serving = false): Promise<void> {
  await session.run(`SET GLOBAL temp_directory = ${literal(staging === null ? "" : join(staging, "spill"))}`);
  await session.run(`SET GLOBAL max_temp_directory_size = ${literal(SPILL_MAX)}`);
  if (staging !== null) await session.run(`SET GLOBAL allowed_directories = [${literal(staging)}]`);
  await session.run("SET GLOBAL enable_external_access = false");
  // A server changes its memory limit to give memory back. What counts stays shut without the lock: external access cannot be given back
  // in a running engine, nor directories added, and no statement of a person is a SET.
  if (!serving) await session.run("SET GLOBAL lock_configuration = true");
}

async function connectTo(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  await connection.run(`USE ${name(CATALOG)}`);
  return connection;
}
