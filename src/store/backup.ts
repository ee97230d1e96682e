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

export interface ControlCopy {
  /** Of the key that its secrets are sealed under; null where none are. The key itself is not in it. */
  readonly keyId: string | null;
  /** Whose it is; null where the server was never started since installations have a name. */
  readonly installation: string | null;
}

/** Writes the copy to `file`, which must not exist. Throws STORE_UNUSABLE. */
export function copyControl(dataDir: string, file: string): ControlCopy {
  assertDataDir(dataDir);
  const database = new DatabaseSync(join(dataDir, CONTROL_FILE), { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    database.prepare("VACUUM INTO ?").run(file);
  } finally {
    database.close();
  }
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    const value = (key: string): string | null => {
      const row = copy.prepare("SELECT value_json FROM setting WHERE key = ?").get(key);
      return row === undefined ? null : String(JSON.parse(String(row["value_json"])));
    };
    const canary = value("secret_key_canary");
    return { keyId: canary === null ? null : keyIdOf(canary), installation: value("installation") };
  } finally {
    copy.close();
  }
}
