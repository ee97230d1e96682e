/** Where the sealing key comes from, and that it is the right one. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { RollcallError } from "../core/error.ts";
import type { Actor } from "./audit.ts";
import type { Store } from "./open.ts";
import { proveKeys, reseal, sealedUnder } from "./reseal.ts";
import { type Keys, keysOf, newKeyBytes } from "./seal.ts";

const VARIABLE = "ROLLCALL_SECRET_KEY";

export interface KeySource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly store: Store;
}

/**
 * The key from `ROLLCALL_SECRET_KEY`, else from `secret.key` in the data directory, which is made where nothing was sealed yet.
 * The key is proved on the store at once: a wrong one is noticed here, and not when a secret is needed.
 * Throws SECRET_KEY_INVALID, SECRET_KEY_EXPOSED, SECRET_KEY_WRONG.
 */
export async function openKeys({ env, store }: KeySource): Promise<Keys> {
  const given = env[VARIABLE] ?? "";
  const keys = given === "" ? keysInFile(fileOf(store), await sealedUnder(store.db)) : parseKey(given, VARIABLE);
  await proveKeys(store, keys);
  return keys;
}

/** 32 bytes in base64, base64url or hex. The message names `source` and says what is wrong with it, never what it says. */
export function parseKey(text: string, source: string): Keys {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return keysOf(Buffer.from(trimmed, "hex"));
  if (/^[\w+/-]{43}=?$/.test(trimmed)) return keysOf(Buffer.from(trimmed, "base64"));
  throw new RollcallError(
    "SECRET_KEY_INVALID",
    `${source} is not a key: 32 bytes are 44 characters of base64 or 64 of hex, and it has ${trimmed.length}.`,
  );
}

/**
 * Makes a new `secret.key` and seals everything under it; how many secrets that were, and the key. The new key waits in
 * `secret.key.new` until the store has changed over: a process killed at any moment leaves a directory that `openKeys` opens.
 * Throws SECRET_KEY_INVALID where the key is in `ROLLCALL_SECRET_KEY`: then a person changes it there (see `reseal`).
 */
export async function changeKeyFile(
  { env, store }: KeySource,
  by: Actor,
): Promise<{ readonly keys: Keys; readonly secrets: number }> {
  if ((env[VARIABLE] ?? "") !== "") {
    throw new RollcallError("SECRET_KEY_INVALID", `The key is in ${VARIABLE}; there is no key file to change.`, {
      fix: "Give the new key in ROLLCALL_NEW_SECRET_KEY.",
    });
  }
  const from = await openKeys({ env, store });
  const file = fileOf(store);
  const to = createKeyFile(pendingOf(file));
  const secrets = await reseal(store, { from, to, by });
  adopt(file);
  return { keys: to, secrets };
}

function fileOf(store: Store): string {
  return join(store.dataDir, "secret.key");
}

function pendingOf(file: string): string {
  return `${file}.new`;
}

function keysInFile(file: string, provenId: string | null): Keys {
  const pending = pendingOf(file);
  if (existsSync(pending)) {
    // A change of key was cut short: either the store had changed over already, or the new key never sealed anything.
    if (readKeyFile(pending).id === provenId) adopt(file);
    else rmSync(pending);
  }
  if (existsSync(file)) return readKeyFile(file);
  if (provenId === null) return createKeyFile(file);
  throw new RollcallError(
    "SECRET_KEY_WRONG",
    `The secrets were sealed under the key ${provenId}, and there is neither ${VARIABLE} nor ${file}.`,
  );
}

function readKeyFile(file: string): Keys {
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new RollcallError(
      "SECRET_KEY_EXPOSED",
      `The key file ${file} can be read or written by others than its owner (mode ${mode.toString(8)}).`,
    );
  }
  return parseKey(readFileSync(file, "utf8"), file);
}

/** On disk before it is used: a key lost in a power cut would take every secret sealed under it along. */
function createKeyFile(file: string): Keys {
  const bytes = newKeyBytes();
  rmSync(file, { force: true });
  const handle = openSync(file, "wx", 0o600);
  try {
    writeSync(handle, `${bytes.toString("base64")}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  syncDirectory(file);
  return keysOf(bytes);
}

function adopt(file: string): void {
  renameSync(pendingOf(file), file);
  syncDirectory(file);
}

function syncDirectory(file: string): void {
  const handle = openSync(dirname(file), "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
