/** The key that personal data is hashed with, made once and kept sealed. It stays when the sealing key changes: hashes must stay equal. */
import { randomBytes } from "node:crypto";
import { Secret } from "../core/secret.ts";
import type { Store } from "./open.ts";
import { type Keys, type Place, seal, unseal } from "./seal.ts";

const KEY_BYTES = 32;
export const HASH_KEY = "hash_key";
export const HASH_KEY_PLACE: Place = { column: "setting.hash_key", row: HASH_KEY };

/** Throws SECRET_KEY_WRONG. */
export async function openHashKey({ db }: Store, keys: Keys): Promise<Uint8Array> {
  const row = await db.selectFrom("setting").select("value_json").where("key", "=", HASH_KEY).executeTakeFirst();
  if (row !== undefined)
    return Buffer.from(unseal(keys, String(JSON.parse(row.value_json)), HASH_KEY_PLACE).reveal(), "base64");
  const key = randomBytes(KEY_BYTES);
  const sealed = seal(keys, new Secret(key.toString("base64")), HASH_KEY_PLACE);
  await db
    .insertInto("setting")
    .values({ key: HASH_KEY, value_json: JSON.stringify(sealed) })
    .execute();
  return key;
}
