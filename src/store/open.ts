/** Opens the control plane: `control.sqlite` in the data directory, for one process at a time. */
import { closeSync, existsSync, mkdirSync, openSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { RollcallError } from "../core/error.ts";
import { CONTROL_FILE } from "./files.ts";
import { lock } from "./lock.ts";
import { migrate, type Migration, storedVersion } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import type { Tables } from "./schema.ts";
import { dialectOf, openDatabase } from "./sqlite.ts";

export interface Store extends AsyncDisposable {
  /**
   * Queries. All share one connection: while `db.transaction()` is open, every other query waits for its end, so nothing slow is
   * awaited inside one, and inside it only its own `trx` is used (`db` would wait for itself).
   */
  readonly db: Kysely<Tables>;
  readonly dataDir: string;
}

/**
 * Opens the store of `dataDir`, creating both for their owner alone (0700, 0600) where they are missing, and brings its layout up
 * to date. Throws STORE_IN_USE, STORE_NEWER, STORE_UNUSABLE.
 *
 * `steps` are the layout's; a test may give others.
 */
export async function openStore(dataDir: string, steps: readonly Migration[] = MIGRATIONS): Promise<Store> {
  await using opened = new AsyncDisposableStack();
  const { directory, database } = usable(dataDir, () => {
    makeDirectories(resolve(dataDir));
    const path = realpathSync(dataDir);
    createPrivate(join(path, "control.lock"));
    opened.use(lock(path));
    const file = join(path, CONTROL_FILE);
    createPrivate(file);
    const connection = openDatabase(file);
    opened.defer(() => connection.close());
    bringUpToDate(connection, file, steps);
    return { directory: path, database: connection };
  });
  const db = new Kysely<Tables>({ dialect: dialectOf(database) });
  opened.defer(() => db.destroy());
  const lifetime = opened.move();
  return { db, dataDir: directory, [Symbol.asyncDispose]: () => lifetime.disposeAsync() };
}

/** What is missing of the path, for its owner alone. Node's own way never ends where a parent takes no directories (/proc). */
function makeDirectories(directory: string): void {
  if (existsSync(directory)) return;
  makeDirectories(dirname(directory));
  mkdirSync(directory, { mode: 0o700 });
}

/** Makes the file its owner's alone from its first moment. One that exists is not opened: see lock.ts for why. */
function createPrivate(file: string): void {
  try {
    closeSync(openSync(file, "ax", 0o600));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

function bringUpToDate(database: DatabaseSync, file: string, steps: readonly Migration[]): void {
  const known = steps.at(-1)?.version ?? 0;
  const version = storedVersion(database);
  if (version === null) throw new RollcallError("STORE_UNUSABLE", `${file} is a database, but not Rollcall's.`);
  if (version > known) {
    throw new RollcallError(
      "STORE_NEWER",
      `The data directory was used by a newer Rollcall (${file} has layout ${version}; this one knows ${known}).`,
    );
  }
  migrate(database, steps, Date.now());
}

function usable<T>(dataDir: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof RollcallError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new RollcallError("STORE_UNUSABLE", `The data directory ${dataDir} cannot be used: ${reason}`, {
      cause: error,
    });
  }
}
