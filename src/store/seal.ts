/**
 * Secrets at rest: AES-256-GCM, under a key that is not in the database. The text says which key sealed it, and the place it was
 * sealed for is authenticated with it: in another row or column it does not open.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import { RollcallError } from "../core/error.ts";
import { Secret } from "../core/secret.ts";

/** Node prints a KeyObject without its contents. */
export interface Keys {
  /** The first characters of the key's SHA-256: says which key, and nothing of it. */
  readonly id: string;
  readonly key: KeyObject;
}

/** Every column that holds sealed text, with the column that tells its rows apart: `reseal` and `verifySealed` go by this list. */
export const SEALED = [
  { table: "source", row: "id", column: "sealed_credential", place: "source.sealed_credential" },
  { table: "channel", row: "id", column: "sealed_secret", place: "channel.sealed_secret" },
] as const;

/** Where a sealed text belongs: a column, and the id of one row. `setting.canary` is the proof of the key itself. */
export interface Place {
  readonly column: (typeof SEALED)[number]["place"] | "setting.canary" | "setting.hash_key";
  readonly row: string;
}

const VERSION = "v1";
const KEY_BYTES = 32;
/** 96 bits, as GCM wants; random: 2^32 sealings under one key before a repetition becomes thinkable. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const ID_LENGTH = 10;

/** `bytes`: 32 of them. */
export function keysOf(bytes: Buffer): Keys {
  if (bytes.length !== KEY_BYTES) throw new RangeError(`A key has ${KEY_BYTES} bytes, not ${bytes.length}.`);
  return { id: createHash("sha256").update(bytes).digest("hex").slice(0, ID_LENGTH), key: createSecretKey(bytes) };
}

export function newKeyBytes(): Buffer {
  return randomBytes(KEY_BYTES);
}

/** `v1.<key id>.<iv>.<ciphertext and tag>`, the last two in base64url. */
export function seal(keys: Keys, secret: Secret, place: Place): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keys.key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated(keys.id, place));
  const sealed = Buffer.concat([cipher.update(secret.reveal(), "utf8"), cipher.final(), cipher.getAuthTag()]);
  return [VERSION, keys.id, iv.toString("base64url"), sealed.toString("base64url")].join(".");
}

/** Throws SECRET_KEY_WRONG where the text was sealed under another key, for another place, or was changed. */
export function unseal(keys: Keys, sealed: string, place: Place): Secret {
  const [version, id, iv, body, ...more] = sealed.split(".");
  if (version !== VERSION || id === undefined || iv === undefined || body === undefined || more.length > 0)
    throw damaged(place);
  if (id !== keys.id) throw wrongKey(id, keys.id);
  const bytes = Buffer.from(body, "base64url");
  // The last character may have bits that say nothing: only the one way of writing it counts.
  if (bytes.length < TAG_BYTES || bytes.toString("base64url") !== body) throw damaged(place);
  try {
    const decipher = createDecipheriv("aes-256-gcm", keys.key, Buffer.from(iv, "base64url"), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(associated(id, place));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
    return new Secret(text.toString("utf8"));
  } catch {
    // OpenSSL says no more than that it does not fit, and that is all there is to say.
    throw damaged(place);
  }
}

/** The id of the key that a text was sealed under; null where it is no sealed text. */
export function keyIdOf(sealed: string): string | null {
  return /^v1\.([0-9a-f]+)\.[\w-]+\.[\w-]+$/.exec(sealed)?.[1] ?? null;
}

function wrongKey(sealedUnder: string, given: string): RollcallError {
  return new RollcallError(
    "SECRET_KEY_WRONG",
    `The secrets were sealed under the key ${sealedUnder}, and the key given is ${given}.`,
  );
}

function damaged({ column, row }: Place): RollcallError {
  return new RollcallError(
    "SECRET_KEY_WRONG",
    `The secret in ${column} of ${row} cannot be opened: it was changed, or moved there from another row.`,
    { fix: "Enter this secret again, or restore the data directory from a backup." },
  );
}

/** JSON, so that no row's name can be made to look like another place. */
function associated(keyId: string, { column, row }: Place): Buffer {
  return Buffer.from(JSON.stringify([VERSION, keyId, column, row]), "utf8");
}
