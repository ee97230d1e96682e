/** A copy of the control plane as of one moment, also while a server runs: SQLite's readers and its writer are not in each other's way. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { RollcallError } from "../core/error.ts";
import { CONTROL_FILE } from "./files.ts";
import { keyIdOf } from "./seal.ts";

/** How long the copy waits for a lock: the server holds one for moments. */
const BUSY_TIMEOUT_MS = 10_000;

/** Throws STORE_UNUSABLE where `dataDir` is no data directory: nothing is made there. */
export function assertDataDir(dataDir: string): void {
  if (existsSync(join(dataDir, CONTROL_FILE))) return;
  throw new RollcallError("STORE_UNUSABLE", `${dataDir} is no data directory of Rollcall: it has no ${CONTROL_FILE}.`, {
    fix: "Give the directory that `rollcall serve` was started with, by --data-dir.",
  });
}

/**
 * Writes the copy to `file`, which must not exist; the id of the key that its secrets are sealed under, null where none are. The key
 * itself is not in it. Throws STORE_UNUSABLE.
 */
export function copyControl(dataDir: string, file: string): { readonly keyId: string | null } {
  assertDataDir(dataDir);
  const database = new DatabaseSync(join(dataDir, CONTROL_FILE), { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    database.prepare("VACUUM INTO ?").run(file);
  } finally {
    database.close();
  }
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    const row = copy.prepare("SELECT value_json FROM setting WHERE key = 'secret_key_canary'").get();
    return { keyId: row === undefined ? null : keyIdOf(String(JSON.parse(String(row["value_json"])))) };
  } finally {
    copy.close();
  }
}
