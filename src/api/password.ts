/** Passwords: argon2id, in PHC form, so that each hash says how it was made. */
import { randomBytes } from "node:crypto";
import { argon2id, argon2Verify } from "hash-wasm";
import { RollcallError } from "../core/error.ts";
import { HASHES_WAITING_MAX } from "./limits.ts";

/** OWASP's first choice for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
const MADE_SO = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$`;

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** One at a time, so that a crowd at the log-in holds 19 MiB and one turn of the loop, not as many as it likes. */
async function inTurn<T>(hash: () => Promise<T>): Promise<T> {
  if (waiting >= HASHES_WAITING_MAX)
    throw new RollcallError("TOO_MANY_TRIES", "Too many people log in at this moment.");
  waiting += 1;
  const turn = last.then(hash, hash);
  last = turn.catch(() => undefined);
  try {
    return await turn;
  } finally {
    waiting -= 1;
  }
}

export function hashPassword(password: string): Promise<string> {
  return inTurn(() =>
    argon2id({
      password: password.normalize("NFKC"),
      salt: randomBytes(SALT_BYTES),
      memorySize: MEMORY_KIB,
      iterations: PASSES,
      parallelism: LANES,
      hashLength: HASH_BYTES,
      outputType: "encoded",
    }),
  );
}

/** Nobody's password, hashed as all are: what an unknown address is compared with, so that it takes as long as a known one. */
let nobodys: Promise<string> | null = null;

/** Whether it is the password behind `hash`; false where there is no hash, after the same work. */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  nobodys ??= hashPassword(randomBytes(SALT_BYTES).toString("hex"));
  const compared = hash ?? (await nobodys);
  const text = password.normalize("NFKC");
  // The library refuses the empty text; it is no password of anybody, yet costs what others cost.
  const isSame = await inTurn(() => argon2Verify({ password: text === "" ? "\0" : text, hash: compared }));
  return isSame && hash !== null && text !== "";
}

/** Whether a hash was made in another way than hashes are made today. */
export const isOutdated = (hash: string): boolean => !hash.startsWith(MADE_SO);
