/**
 * The store on disk: its layout, its lock, and what a killed process leaves.
 * Breaks these were seen to catch: directory, files or note open to others; steps applied again, without a transaction, with foreign
 * keys on or not checked, foreign keys left off; a newer layout or another program's database taken; no lock, the lock on the data
 * itself, a handle of the lock file opened and closed; no write-ahead log, prefixes that differ in case only, an audit row replaced.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { sql } from "kysely";
import { hasCode } from "../../src/core/error.ts";
import { record, ROLLCALL } from "../../src/store/audit.ts";
import { MIGRATIONS } from "../../src/store/migrations.ts";
import { openStore } from "../../src/store/open.ts";
import { takenColumn } from "../../src/store/sqlite.ts";
import { addSource, NOW_MS, scratch, storeWithSource } from "./rows.ts";

const mode = (path: string) => statSync(path).mode & 0o777;
const refusal =
  (code: Parameters<typeof hasCode>[1], words = /./) =>
  (error: unknown) =>
    hasCode(error, code) && words.test(error.message);

/** Runs `code` in a process of its own until it prints `ready`, and kills that with SIGKILL. `openStore` and `dataDir` are there. */
async function killedOnceReady(dataDir: string, code: string, meanwhile = async () => {}): Promise<void> {
  const head = `import { openStore } from ${JSON.stringify(join(import.meta.dirname, "../../src/store/open.ts"))};
    const dataDir = ${JSON.stringify(dataDir)};`;
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      "--input-type=module",
      "-e",
      `${head}\n${code}\nconsole.log("ready"); setInterval(() => {}, 1000);`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = once(child, "exit");
  try {
    await Promise.race([once(child.stdout, "data"), exited.then(() => assert.fail("the child ended by itself"))]);
    await meanwhile();
  } finally {
    child.kill("SIGKILL");
    await exited;
  }
}

describe("the layout", () => {
  it("a fresh directory is its owner's alone, and so is every file in it", async () => {
    using place = scratch();
    await using store = await openStore(place.dataDir);
    await addSource(store, "src_1");
    assert.equal(mode(place.dataDir), 0o700);
    const files = readdirSync(place.dataDir);
    assert.ok(files.includes("control.sqlite-wal"), "written ahead");
    for (const file of files) assert.equal(mode(join(place.dataDir, file)), 0o600, file);
  });

  it("is written once: the second opening finds it and its rows", async () => {
    using place = scratch();
    {
      await using store = await openStore(place.dataDir);
      await addSource(store, "src_1");
    }
    await using store = await openStore(place.dataDir);
    const applied = await sql<{ version: number }>`SELECT version FROM migration`.execute(store.db);
    assert.deepEqual(
      applied.rows.map(({ version }) => version),
      MIGRATIONS.map(({ version }) => version),
    );
    assert.equal((await store.db.selectFrom("source").selectAll().execute()).length, 1);
  });

  it("a complete reading with every run is allowed, in a directory of layout 1, too", async () => {
    using place = scratch();
    {
      await using first = await openStore(place.dataDir, MIGRATIONS.slice(0, 1));
      await addSource(first, "src_1");
    }
    await using store = await openStore(place.dataDir);
    await store.db.updateTable("source").set({ complete_every_ms: 0 }).execute();
    assert.equal((await store.db.selectFrom("source_table").selectAll().execute()).length, 2, "its tables are kept");
    await assert.rejects(addSource(store, "src_2", { prefix: "src_1" }), /UNIQUE/);
  });

  it("versions are numbered from 1 without a hole", () => {
    assert.deepEqual(
      MIGRATIONS.map(({ version }) => version),
      MIGRATIONS.map((_, index) => index + 1),
    );
  });

  it("a directory of layout 1 gets the steps that it lacks, rows kept, also where a table is rebuilt under its children", async () => {
    using place = scratch();
    const first = MIGRATIONS.slice(0, 1);
    {
      await using store = await openStore(place.dataDir, first);
      await addSource(store, "src_1");
    }
    const rebuilt = `CREATE TABLE source_2 AS SELECT *, 'new' AS colour FROM source; DROP TABLE source; ALTER TABLE source_2 RENAME TO source;
      CREATE UNIQUE INDEX source_key ON source (id);`;
    await using store = await openStore(place.dataDir, [...first, { version: 2, sql: rebuilt }]);
    const { rows } = await sql<{ colour: string; tables: number }>`
      SELECT colour, (SELECT count(*) FROM source_table) AS tables FROM source`.execute(store.db);
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [{ colour: "new", tables: 2 }],
    );
    assert.equal((await sql<{ foreign_keys: number }>`PRAGMA foreign_keys`.execute(store.db)).rows[0]?.foreign_keys, 1);
  });

  it("a step that fails, or leaves a row without its parent, leaves the layout before it", async () => {
    for (const bad of [
      "CREATE TABLE half (id TEXT); SELECT nonsense;",
      "CREATE TABLE half (id TEXT); DELETE FROM source;",
    ]) {
      using place = scratch();
      {
        await using store = await openStore(place.dataDir);
        await addSource(store, "src_1");
      }
      await assert.rejects(
        openStore(place.dataDir, [...MIGRATIONS, { version: MIGRATIONS.length + 1, sql: bad }]),
        refusal("STORE_UNUSABLE"),
      );
      await using store = await openStore(place.dataDir);
      assert.equal((await store.db.selectFrom("source").selectAll().execute()).length, 1);
      const half = await sql`SELECT name FROM sqlite_schema WHERE name = 'half'`.execute(store.db);
      assert.equal(half.rows.length, 0);
    }
  });

  it("a newer Rollcall's is refused, and left as it is", async () => {
    using place = scratch();
    const newer = { version: MIGRATIONS.length + 1, sql: "CREATE TABLE later (id TEXT) STRICT;" };
    await (await openStore(place.dataDir, [...MIGRATIONS, newer]))[Symbol.asyncDispose]();
    await assert.rejects(openStore(place.dataDir), refusal("STORE_NEWER"));
    await using store = await openStore(place.dataDir, [...MIGRATIONS, newer]);
    assert.ok(store);
  });

  it("what is no control plane is refused: a text, another program's database, a file for a directory", async () => {
    using place = scratch();
    mkdirSync(place.dataDir);
    const file = join(place.dataDir, "control.sqlite");
    writeFileSync(file, "not a database, but long enough to be read as if it were one".repeat(20));
    await assert.rejects(openStore(place.dataDir), refusal("STORE_UNUSABLE", /not a database/));
    await assert.rejects(openStore(join(file, "below")), refusal("STORE_UNUSABLE"));

    using other = scratch();
    mkdirSync(other.dataDir);
    using foreign = new DatabaseSync(join(other.dataDir, "control.sqlite"));
    foreign.exec("CREATE TABLE song (title TEXT)");
    await assert.rejects(openStore(other.dataDir), refusal("STORE_UNUSABLE", /not Rollcall's/));
  });

  it(
    "a directory that may not be written",
    { skip: process.getuid?.() === 0 ? "root may write anywhere" : false },
    async () => {
      using place = scratch();
      mkdirSync(place.dataDir);
      chmodSync(place.dataDir, 0o500);
      await assert.rejects(openStore(place.dataDir), refusal("STORE_UNUSABLE"));
    },
  );
});

describe("one process per data directory", () => {
  it("a second opening is refused in the same process, and the first keeps its lock", async () => {
    using place = scratch();
    await using store = await openStore(place.dataDir);
    await assert.rejects(openStore(place.dataDir), refusal("STORE_IN_USE", new RegExp(`process ${process.pid} `)));
    await assert.rejects(openStore(place.dataDir), refusal("STORE_IN_USE"));
    await addSource(store, "src_1");
    // Another process sees the lock, too: nothing above has closed a handle that held it.
    await assert.rejects(
      killedOnceReady(place.dataDir, "await openStore(dataDir).catch(() => process.exit(7));"),
      /ended by itself/,
    );
  });

  it("another process is named while it lives; kill -9 leaves nothing to clean up", async () => {
    using place = scratch();
    await killedOnceReady(place.dataDir, "globalThis.kept = await openStore(dataDir);", async () => {
      await assert.rejects(openStore(place.dataDir), refusal("STORE_IN_USE", /process \d+ \(rollcall\) since \d{4}-/));
    });
    assert.ok(existsSync(join(place.dataDir, "control.lock.json")), "the dead holder's note is still there");
    await using store = await openStore(place.dataDir);
    assert.ok(store);
  });

  it("the data can be read meanwhile, as a backup does", async () => {
    await using held = await storeWithSource();
    using reader = new DatabaseSync(join(held.store.dataDir, "control.sqlite"), { readOnly: true });
    assert.equal(reader.prepare("SELECT count(*) AS count FROM source").get()?.["count"], 1);
  });

  it("kill -9 in the middle of a transaction leaves it whole or undone", async () => {
    using place = scratch();
    const code = `
      globalThis.kept = await openStore(dataDir);
      const put = (db, key) => db.insertInto("setting").values({ key, value_json: "1" }).execute();
      await kept.db.transaction().execute(async (trx) => { await put(trx, "a"); await put(trx, "b"); });
      await new Promise((begun) => {
        kept.db.transaction().execute(async (trx) => {
          for (let n = 0; n < 2000; n += 1) await put(trx, "half " + n);
          begun();
          await new Promise(() => {});
        });
      });`;
    await killedOnceReady(place.dataDir, code);
    await using store = await openStore(place.dataDir);
    const keys = await store.db
      .selectFrom("setting")
      .select("key")
      .orderBy("key")
      .where("value_json", "=", "1")
      .execute();
    assert.deepEqual(
      keys.map(({ key }) => key),
      ["a", "b"],
    );
    const check = await sql<{ integrity_check: string }>`PRAGMA integrity_check`.execute(store.db);
    assert.equal(check.rows[0]?.integrity_check, "ok");
  });
});

describe("what the rows cannot be", () => {
  it("two sources of one prefix, in whatever case, or of one org; and which of the two it was can be told", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    await assert.rejects(
      addSource(store, "src_2", { prefix: "SRC_1" }),
      (error) => takenColumn(error) === "source.prefix",
    );
    await assert.rejects(
      addSource(store, "src_2", { org_id: "00o_src_1" }),
      (error) => takenColumn(error) === "source.org_id",
    );
    const same = addSource(store, "src_1", { prefix: "other", org_id: "00o_other" });
    await assert.rejects(same, (error) => takenColumn(error) === "source.id");
    await addSource(store, "src_2");
    for (const prefix of ["1st", "", "a b", "ä", "_a"])
      await assert.rejects(addSource(store, "src_3", { prefix }), (error) => takenColumn(error) === null, prefix);
  });

  it("children without their parent: refused, and gone with it", async () => {
    await using held = await storeWithSource();
    const { db } = held.store;
    const log = { run_id: "run_none", at_ms: 0, level: "info" as const, table_name: null, code: "X", message: "" };
    await assert.rejects(db.insertInto("run_log").values(log).execute(), /FOREIGN KEY/);
    await db.deleteFrom("source").where("id", "=", "src_1").execute();
    assert.equal((await db.selectFrom("source_table").selectAll().execute()).length, 0);
  });

  it("words that nobody knows, numbers that are none, JSON that is none", async () => {
    await using held = await storeWithSource();
    const { db } = held.store;
    const table = db.updateTable("source_table").where("table_name", "=", "users");
    for (const set of [
      { mode: "sideways" },
      { last_status: "queued" },
      { wish: "more" },
      { rows_stored: -1 },
      { rows_stored: 1.5 },
      { schedule_json: "{" },
    ])
      await assert.rejects(table.set(set).execute(), /constraint failed|cannot store/, JSON.stringify(set));
  });

  it("an audit row that is changed, deleted or replaced", async () => {
    await using held = await storeWithSource();
    const { db } = held.store;
    await record(db, ROLLCALL, { action: "source.created", object: { kind: "source", id: "src_1" } }, NOW_MS);
    for (const statement of [
      "UPDATE audit SET action = 'other'",
      "DELETE FROM audit",
      "INSERT OR REPLACE INTO audit SELECT * FROM audit",
    ])
      await assert.rejects(sql.raw(statement).execute(db), /audit trail/, statement);
    const rows = await db.selectFrom("audit").selectAll().execute();
    assert.equal(rows.length, 1);
  });

  it("a deed that was undone is not on the trail", async () => {
    await using held = await storeWithSource();
    const { db } = held.store;
    const undone = db.transaction().execute(async (trx) => {
      await record(trx, ROLLCALL, { action: "x.done", object: { kind: "x", id: null } });
      throw new Error("no");
    });
    await assert.rejects(undone);
    assert.equal((await db.selectFrom("audit").selectAll().execute()).length, 0);
  });
});
