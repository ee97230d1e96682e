/** All sealed columns at once: sealing them under another key, and proving that they open. */
import { type Kysely, sql } from "kysely";
import { RollcallError } from "../core/error.ts";
import { Secret } from "../core/secret.ts";
import { type Actor, record } from "./audit.ts";
import { HASH_KEY, HASH_KEY_PLACE } from "./hash-key.ts";
import type { Store } from "./open.ts";
import type { Tables } from "./schema.ts";
import { keyIdOf, type Keys, type Place, seal, SEALED, unseal } from "./seal.ts";

/** A sealed text in `setting`: whoever can open it has the key. */
const CANARY = "secret_key_canary";
const CANARY_PLACE: Place = { column: "setting.canary", row: CANARY };

/** The id of the key that the store's secrets are sealed under; null where nothing was ever sealed. */
export async function sealedUnder(db: Kysely<Tables>): Promise<string | null> {
  const sealed = await storedCanary(db);
  return sealed === null ? null : keyIdOf(sealed);
}

/** Throws SECRET_KEY_WRONG where the key is not the one of this store. A store without secrets takes the key as its own. */
export async function proveKeys({ db }: Store, keys: Keys): Promise<void> {
  const sealed = await storedCanary(db);
  if (sealed === null) await storeCanary(db, keys);
  else unseal(keys, sealed, CANARY_PLACE);
}

/**
 * Seals every secret under `to` instead of `from` and puts that on the audit trail, in one transaction; how many there were.
 * Throws SECRET_KEY_WRONG, and has changed nothing, where one cannot be opened.
 */
export async function reseal(
  { db }: Store,
  { from, to, by }: { readonly from: Keys; readonly to: Keys; readonly by: Actor },
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const sealed = await storedCanary(trx);
    if (sealed !== null) unseal(from, sealed, CANARY_PLACE);
    const all = await sealedTexts(trx);
    for (const { from: column, place, text } of all)
      await replace(trx, column, place.row, seal(to, unseal(from, text, place), place));
    await resealHashKey(trx, from, to);
    await storeCanary(trx, to);
    await record(trx, by, {
      action: "secret_key.changed",
      object: { kind: "secret_key", id: to.id },
      detail: { from: from.id, to: to.id, secrets: all.length },
    });
    return all.length;
  });
}

/** Opens every sealed text: how many there are, and what is wrong with those that do not open. */
export async function verifySealed(
  { db }: Store,
  keys: Keys,
): Promise<{ readonly secrets: number; readonly broken: readonly RollcallError[] }> {
  const all = await sealedTexts(db);
  const broken = all.flatMap(({ place, text }) => {
    try {
      unseal(keys, text, place);
      return [];
    } catch (error) {
      if (error instanceof RollcallError) return [error];
      throw error;
    }
  });
  return { secrets: all.length, broken };
}

async function resealHashKey(db: Kysely<Tables>, from: Keys, to: Keys): Promise<void> {
  const row = await db.selectFrom("setting").select("value_json").where("key", "=", HASH_KEY).executeTakeFirst();
  if (row === undefined) return;
  const key = unseal(from, String(JSON.parse(row.value_json)), HASH_KEY_PLACE);
  const value_json = JSON.stringify(seal(to, key, HASH_KEY_PLACE));
  await db.updateTable("setting").set({ value_json }).where("key", "=", HASH_KEY).execute();
}

interface SealedText {
  readonly from: (typeof SEALED)[number];
  readonly place: Place;
  readonly text: string;
}

async function sealedTexts(db: Kysely<Tables>): Promise<readonly SealedText[]> {
  const found: SealedText[] = [];
  for (const from of SEALED) {
    const { rows } = await sql<{ row: string; text: string }>`
      SELECT ${sql.ref(from.row)} AS row, ${sql.ref(from.column)} AS text FROM ${sql.table(from.table)}
      WHERE ${sql.ref(from.column)} IS NOT NULL`.execute(db);
    found.push(...rows.map(({ row, text }) => ({ from, place: { column: from.place, row }, text })));
  }
  return found;
}

async function replace(
  db: Kysely<Tables>,
  { table, column, row }: (typeof SEALED)[number],
  id: string,
  sealed: string,
): Promise<void> {
  const where = sql`${sql.ref(row)} = ${id}`;
  await sql`UPDATE ${sql.table(table)} SET ${sql.ref(column)} = ${sealed} WHERE ${where}`.execute(db);
}

async function storedCanary(db: Kysely<Tables>): Promise<string | null> {
  const row = await db.selectFrom("setting").select("value_json").where("key", "=", CANARY).executeTakeFirst();
  return row === undefined ? null : String(JSON.parse(row.value_json));
}

async function storeCanary(db: Kysely<Tables>, keys: Keys): Promise<void> {
  const value_json = JSON.stringify(seal(keys, new Secret("canary"), CANARY_PLACE));
  await db
    .insertInto("setting")
    .values({ key: CANARY, value_json })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value_json }))
    .execute();
}
