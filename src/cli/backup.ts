/**
 * `rollcall backup`: a data directory's copy, to be started from as it is once its key is put beside it. The control plane is copied
 * first: then the warehouse holds all that the copied runs say is stored, and may hold a little more, which the next run finds.
 */
import { chmod, mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import type { BackupConfig, ServerConfig } from "../config.ts";
import { hasCode, RollcallError } from "../core/error.ts";
import { EXIT } from "../core/run.ts";
import { assertDataDir, copyControl } from "../store/backup.ts";
import { CONTROL_FILE, WAREHOUSE_FILE } from "../store/files.ts";
import type { Context } from "./context.ts";
import { count } from "./number.ts";
import { Remote } from "./remote.ts";
import { copyWarehouse, downloadSnapshot } from "./snapshot.ts";

/** What a backup says of itself. */
const NOTE = "backup.json";

export async function backupCommand(config: BackupConfig, context: Context): Promise<number> {
  const { directory, dataDir } = config;
  assertDataDir(dataDir);
  await refuseUsed(directory);
  const made = join(dirname(directory), `.${basename(directory)}.${process.pid}.rollcall-backup`);
  try {
    const { keyId, bytes } = await make(config, made, context.signal);
    await rename(made, directory);
    await flush(dirname(directory));
    context.stdout.write(`${report(directory, keyId, bytes)}\n`);
    return EXIT.completed;
  } catch (error) {
    await rm(made, { recursive: true, force: true }).catch(() => {});
    if (error instanceof RollcallError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new RollcallError("BACKUP_FAILED", `${directory} cannot be written: ${reason}`, { cause: error });
  }
}

/** A former backup is never written over. */
async function refuseUsed(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => null);
  if (names === null || names.length === 0) return;
  throw new RollcallError("BACKUP_FAILED", `${directory} is not empty.`, {
    fix: "Give a directory that does not exist yet, such as backups/2026-11-01.",
  });
}

async function make({ dataDir, server }: BackupConfig, made: string, signal: AbortSignal) {
  await mkdir(dirname(made), { recursive: true });
  await mkdir(made, { mode: 0o700 });
  const control = join(made, CONTROL_FILE);
  const { keyId, installation } = copyControl(dataDir, control);
  if (server !== null) await refuseAnother(server, installation, dataDir, signal);
  const warehouse = join(made, WAREHOUSE_FILE);
  const bytes =
    server === null
      ? await copyFromFile(`duckdb:${join(dataDir, WAREHOUSE_FILE)}`, warehouse, signal)
      : await downloadSnapshot(server, warehouse, signal);
  const note = { rollcall: manifest.version, at: new Date().toISOString(), keyId };
  await writeFile(join(made, NOTE), `${JSON.stringify(note, null, 2)}\n`);
  for (const name of await readdir(made)) {
    await chmod(join(made, name), 0o600);
    await flush(join(made, name));
  }
  await flush(made);
  return { keyId, bytes };
}

/** Two servers' halves are no backup. Throws BACKUP_FAILED, and what the server says. */
async function refuseAnother(
  server: ServerConfig,
  installation: string | null,
  dataDir: string,
  signal: AbortSignal,
): Promise<void> {
  await using remote = new Remote(server, signal);
  const of = await remote.call("get /api/settings", {});
  if (of.installation === installation) return;
  throw new RollcallError("BACKUP_FAILED", `${dataDir} is not the data directory of the server at ${server.server}.`, {
    fix: "Give by --data-dir the directory that this server was started with: it prints it when it starts.",
  });
}

/** Nobody may have the file open; a server that does is asked instead. Zero where nothing was ever synced. */
async function copyFromFile(url: string, file: string, signal: AbortSignal): Promise<number> {
  try {
    return await copyWarehouse(url, file, signal);
  } catch (error) {
    if (hasCode(error, "WAREHOUSE_MISSING")) return 0;
    if (!hasCode(error, "WAREHOUSE_IN_USE")) throw error;
    throw new RollcallError("WAREHOUSE_IN_USE", error.message, {
      fix: "While a server runs, let it give its warehouse: --server URL, with an admin's key in ROLLCALL_API_KEY.",
      cause: error,
    });
  }
}

async function flush(path: string): Promise<void> {
  await using handle = await open(path, "r");
  await handle.sync();
}

function report(directory: string, keyId: string | null, bytes: number): string {
  return [
    `${directory} holds a backup: control plane and warehouse (${count(bytes)} bytes).`,
    ...(keyId === null
      ? []
      : [
          `The stored credentials in it are sealed under the key ${keyId}, which is not in it. Keep that key (secret.key of the data`,
          `directory, or ROLLCALL_SECRET_KEY) in another place: without it the credentials have to be entered again, with it anybody reads them.`,
        ]),
    `To restore: copy the directory, put secret.key into the copy, and start rollcall serve --data-dir with it.`,
  ].join("\n");
}
