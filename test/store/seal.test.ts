/**
 * Secrets at rest.
 * Breaks these were seen to catch: nothing authenticated but the text, the row or the column left out of it, a second way to write
 * the same text, the same nonce for all; resealing that forgets a column, the canary or the hash key; a wrong key believed, a new key
 * made where one was lost, a key file that others may read made or believed, an interrupted change of key ignored, or always taken
 * for done; the key told in an error.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { type ErrorCode, hasCode } from "../../src/core/error.ts";
import { Secret } from "../../src/core/secret.ts";
import { ROLLCALL } from "../../src/store/audit.ts";
import { openHashKey } from "../../src/store/hash-key.ts";
import { changeKeyFile, openKeys, parseKey } from "../../src/store/keys.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { reseal, verifySealed } from "../../src/store/reseal.ts";
import { keysOf, type Keys, type Place, seal, unseal } from "../../src/store/seal.ts";
import { addSource, NOW_MS, scratch, storeWithSource } from "./rows.ts";

const TOKEN = "00aBcDeFgHiJkLmNoPqRsTuVwXyZ_the-token";
const PLACE: Place = { column: "source.sealed_credential", row: "src_1" };
const newKeys = () => keysOf(randomBytes(32));
const refusal =
  (code: ErrorCode, words = /./) =>
  (error: unknown) =>
    hasCode(error, code) && words.test(error.message);

describe("a sealed text", () => {
  const keys = newKeys();

  it("opens to what was sealed, is never the same twice, and does not hold it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const [one, other] = [seal(keys, new Secret(text), PLACE), seal(keys, new Secret(text), PLACE)];
        assert.notEqual(one, other);
        assert.match(one, /^v1\.[0-9a-f]{10}\.[\w-]{16}\.[\w-]{22,}$/);
        assert.equal(unseal(keys, one, PLACE).reveal(), text.toWellFormed());
      }),
    );
    assert.ok(!seal(keys, new Secret(TOKEN), PLACE).includes(Buffer.from(TOKEN).toString("base64url").slice(4, 20)));
  });

  it("does not open in another row or column, or under another key, and says which", () => {
    const sealed = seal(keys, new Secret(TOKEN), PLACE);
    assert.throws(() => unseal(keys, sealed, { ...PLACE, row: "src_2" }), refusal("SECRET_KEY_WRONG", /moved/));
    assert.throws(
      () => unseal(keys, sealed, { ...PLACE, column: "channel.sealed_secret" }),
      refusal("SECRET_KEY_WRONG", /moved/),
    );
    const other = newKeys();
    assert.throws(
      () => unseal(other, sealed, PLACE),
      refusal("SECRET_KEY_WRONG", new RegExp(`${keys.id}.*${other.id}`)),
    );
    assert.throws(() => unseal(other, sealed.replace(keys.id, other.id), PLACE), refusal("SECRET_KEY_WRONG"));
  });

  it("does not open once any character of it was changed, added or removed", () => {
    const sealed = seal(keys, new Secret(TOKEN), PLACE);
    for (let at = 0; at < sealed.length; at += 1) {
      const swapped = sealed[at] === "A" ? "B" : "A";
      const changed = sealed.slice(0, at) + swapped + sealed.slice(at + 1);
      assert.throws(() => unseal(keys, changed, PLACE), refusal("SECRET_KEY_WRONG"), `${at}`);
      if (sealed[at] !== sealed[at + 1])
        assert.throws(
          () => unseal(keys, sealed.slice(0, at) + sealed.slice(at + 1), PLACE),
          refusal("SECRET_KEY_WRONG"),
          `without ${at}`,
        );
    }
    // 56 bytes: the last character has two bits to spare. They are no second way of writing the same text.
    const spare = seal(keys, new Secret(TOKEN.padEnd(40, "-")), PLACE);
    for (const last of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
      if (!spare.endsWith(last))
        assert.throws(() => unseal(keys, spare.slice(0, -1) + last, PLACE), refusal("SECRET_KEY_WRONG"), last);
    for (const text of ["", "v1", "v1...", `${sealed}.x`, `${sealed}AAAA`, "v1.none.none.none"])
      assert.throws(() => unseal(keys, text, PLACE), refusal("SECRET_KEY_WRONG"), text);
  });

  it("neither the key nor the secret is in an error or in what is printed", () => {
    const bytes = randomBytes(32);
    const printed = [
      inspect(keysOf(bytes), { depth: 9, showHidden: true }),
      JSON.stringify(keysOf(bytes)),
      inspect(new Secret(TOKEN), { showHidden: true }),
    ];
    for (const text of ["base64", "hex", "base64url"] as const)
      for (const shown of printed) assert.ok(!shown.includes(bytes.toString(text)));
    for (const shown of printed) assert.ok(!shown.includes(TOKEN));
    const bad = `${TOKEN}${TOKEN}`;
    assert.throws(
      () => parseKey(bad, "X"),
      (error) => !inspect(error).includes(TOKEN) && hasCode(error, "SECRET_KEY_INVALID"),
    );
  });
});

describe("the key", () => {
  it("of the environment: base64, base64url or hex of 32 bytes, and nothing else", () => {
    const bytes = randomBytes(32);
    for (const text of [
      bytes.toString("base64"),
      bytes.toString("base64url"),
      bytes.toString("hex"),
      ` ${bytes.toString("hex").toUpperCase()}\n`,
    ])
      assert.equal(parseKey(text, "X").id, keysOf(bytes).id);
    for (const text of [
      "",
      "short",
      randomBytes(31).toString("base64"),
      randomBytes(33).toString("hex"),
      "é".repeat(44),
      "password ".repeat(5),
    ])
      assert.throws(
        () => parseKey(text, "ROLLCALL_SECRET_KEY"),
        refusal("SECRET_KEY_INVALID", /ROLLCALL_SECRET_KEY/),
        text,
      );
  });

  it("file: made for its owner alone, kept, refused when others may read it or when it is no key", async () => {
    using place = scratch();
    await using store = await openStore(place.dataDir);
    const file = join(store.dataDir, "secret.key");
    const keys = await openKeys({ env: {}, store });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal((await openKeys({ env: { ROLLCALL_SECRET_KEY: "" }, store })).id, keys.id);
    for (const mode of [0o640, 0o604, 0o620, 0o660]) {
      chmodSync(file, mode);
      await assert.rejects(openKeys({ env: {}, store }), refusal("SECRET_KEY_EXPOSED", new RegExp(mode.toString(8))));
    }
    chmodSync(file, 0o600);
    writeFileSync(file, "changed by hand");
    await assert.rejects(openKeys({ env: {}, store }), refusal("SECRET_KEY_INVALID", /secret\.key/));
  });

  it("a wrong or lost one is noticed when the server starts, and no new one is made in its place", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    const file = join(store.dataDir, "secret.key");
    await openKeys({ env: {}, store });
    const other = randomBytes(32).toString("hex");
    await assert.rejects(openKeys({ env: { ROLLCALL_SECRET_KEY: other }, store }), refusal("SECRET_KEY_WRONG"));
    renameSync(file, `${file}.away`);
    await assert.rejects(openKeys({ env: {}, store }), refusal("SECRET_KEY_WRONG", /neither/));
    assert.ok(!existsSync(file));
  });
});

const channel = {
  kind: "slack",
  name: "ops",
  config_json: "{}",
  events_json: "[]",
  digest: "at_once",
  source_id: null,
  enabled: 1,
  created_ms: NOW_MS,
} as const;

/** A source, two channels (one without a secret) and the hash key, sealed. */
async function sealEverything(store: Store, keys: Keys): Promise<void> {
  await addSource(store, "src_2", { sealed_credential: seal(keys, new Secret(TOKEN), { ...PLACE, row: "src_2" }) });
  await store.db.deleteFrom("source").where("id", "=", "src_1").execute();
  const sealed = seal(keys, new Secret("https://hooks.example/x"), { column: "channel.sealed_secret", row: "chn_1" });
  await store.db
    .insertInto("channel")
    .values([
      { id: "chn_1", sealed_secret: sealed, ...channel },
      { id: "chn_2", sealed_secret: null, ...channel },
    ])
    .execute();
}

const dump = async ({ db }: Store) =>
  JSON.stringify([
    await db.selectFrom("source").selectAll().execute(),
    await db.selectFrom("channel").selectAll().execute(),
    await db.selectFrom("setting").selectAll().execute(),
  ]);

describe("another key", () => {
  it("everything opens under the new one and nothing under the old, and it is on the audit trail", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    const from = await openKeys({ env: {}, store });
    await sealEverything(store, from);
    const hashKey = await openHashKey(store, from);
    const bytes = randomBytes(32);
    const to = keysOf(bytes);
    assert.equal(await reseal(store, { from, to, by: ROLLCALL }), 2);
    assert.deepEqual(await verifySealed(store, to), { secrets: 2, broken: [] });
    assert.equal((await verifySealed(store, from)).broken.length, 2);
    assert.ok(!(await dump(store)).includes(from.id), "some column is still sealed under the old key");
    assert.deepEqual(Buffer.from(await openHashKey(store, to)), Buffer.from(hashKey), "hashes stay what they were");
    assert.equal((await openKeys({ env: { ROLLCALL_SECRET_KEY: bytes.toString("hex") }, store })).id, to.id);
    const [deed] = await store.db.selectFrom("audit").selectAll().execute();
    assert.deepEqual(
      [deed?.action, JSON.parse(deed!.detail_json)],
      ["secret_key.changed", { from: from.id, to: to.id, secrets: 2 }],
    );
  });

  it("one text that does not open: nothing is changed, and it is named", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    const from = await openKeys({ env: {}, store });
    await sealEverything(store, from);
    const moved = await store.db.selectFrom("source").select("sealed_credential").executeTakeFirstOrThrow();
    await store.db
      .updateTable("channel")
      .set({ sealed_secret: moved.sealed_credential })
      .where("id", "=", "chn_1")
      .execute();
    const before = await dump(store);
    await assert.rejects(
      reseal(store, { from, to: newKeys(), by: ROLLCALL }),
      refusal("SECRET_KEY_WRONG", /channel\.sealed_secret of chn_1/),
    );
    assert.equal(await dump(store), before);
    const { broken } = await verifySealed(store, from);
    assert.deepEqual(
      broken.map(({ message }) => /chn_1/.test(message)),
      [true],
    );
    await assert.rejects(reseal(store, { from: newKeys(), to: newKeys(), by: ROLLCALL }), refusal("SECRET_KEY_WRONG"));
  });

  it("the key file: a process killed at any moment of the change leaves a directory that opens", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    const file = join(store.dataDir, "secret.key");
    const from = await openKeys({ env: {}, store });
    await sealEverything(store, from);
    const old = readFileSync(file);

    // Killed before the store changed over: the new key has sealed nothing.
    writeFileSync(`${file}.new`, randomBytes(32).toString("base64"), { mode: 0o600 });
    assert.equal((await openKeys({ env: {}, store })).id, from.id);
    assert.ok(!existsSync(`${file}.new`));

    const { keys: to, secrets } = await changeKeyFile({ env: {}, store }, ROLLCALL);
    assert.equal(secrets, 2);
    assert.ok(!existsSync(`${file}.new`));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(await verifySealed(store, to), { secrets: 2, broken: [] });

    // Killed after it: the old key is still in its place, the new one beside it.
    renameSync(file, `${file}.new`);
    writeFileSync(file, old, { mode: 0o600 });
    assert.equal((await openKeys({ env: {}, store })).id, to.id);
    rmSync(file);
    await assert.rejects(openKeys({ env: {}, store }), refusal("SECRET_KEY_WRONG"));
    const inEnv = { ROLLCALL_SECRET_KEY: randomBytes(32).toString("hex") };
    await assert.rejects(changeKeyFile({ env: inEnv, store }, ROLLCALL), refusal("SECRET_KEY_INVALID"));
  });
});
