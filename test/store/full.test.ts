/**
 * A control plane whose disk is full, or that may not be written.
 *
 * Breaks seen to fail here: the rollback that SQLite had done already told in place of the full disk · 500 for it · somebody kept out
 * because it could not be noted when they came.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { sql } from "kysely";
import { stamp } from "../../src/api/stamp.ts";
import { hasCode, RollcallError } from "../../src/core/error.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { Served } from "../service/served.ts";
import { storeWithSource } from "./rows.ts";

/** From here on the database may not grow. */
async function fill({ db }: Store): Promise<void> {
  const { rows } = await sql<{ page_count: number }>`PRAGMA page_count`.execute(db);
  await sql`PRAGMA max_page_count = ${sql.raw(String(rows[0]!.page_count))}`.execute(db);
}

describe("a full disk", () => {
  it("is said, whatever was under way, and what was committed is there", async () => {
    await using held = await storeWithSource();
    const { store } = held;
    await fill(store);
    const value_json = JSON.stringify("x".repeat(100_000));
    const put = () =>
      store.db.transaction().execute((trx) => trx.insertInto("setting").values({ key: "large", value_json }).execute());
    await assert.rejects(put(), (error) => hasCode(error, "STORE_FULL"));
    await assert.rejects(put(), (error) => hasCode(error, "STORE_FULL"), "and said again");
    assert.equal((await store.db.selectFrom("source").selectAll().execute()).length, 1);
  });

  it("is answered 507, and the server stays ready to read", async () => {
    await using served = await Served.start();
    await fill(served.context.store);
    const description = "x".repeat(2000);
    const query = { name: "large", description, sql: `select '${"x".repeat(60_000)}'`, chart: null, viewName: null };
    const { status, body } = await served.ask("POST", "/api/queries", { ...query, materialise: null, alert: null });
    assert.deepEqual([status, body["code"]], [507, "STORE_FULL"]);
    assert.equal((await served.ask("GET", "/api/sources")).status, 200);
    assert.equal((await served.ask("GET", "/readyz")).status, 200);
  });

  it("keeps nobody out because it cannot be noted when they came", async () => {
    await stamp(Promise.reject(new RollcallError("STORE_FULL", "Full.")));
    await assert.rejects(stamp(Promise.reject(new Error("another"))), /another/);
  });
});

describe("a control plane that may not be written", () => {
  it("is said with a next step", async () => {
    await using held = await storeWithSource();
    const { db } = held.store;
    await sql`PRAGMA query_only = ON`.execute(db);
    await assert.rejects(
      db.updateTable("source").set({ name: "other" }).execute(),
      (error) => hasCode(error, "STORE_UNUSABLE") && /mounted for writing/.test(error.fix),
    );
  });

  it("is not ready", async () => {
    await using served = await Served.start();
    await sql`ALTER TABLE setting RENAME TO elsewhere`.execute(served.context.store.db);
    const { status, body } = await served.ask("GET", "/readyz");
    assert.deepEqual([status, body["code"]], [503, "NOT_READY"]);
  });
});

describe("a data directory that cannot be made", () => {
  it("is refused at once", { skip: existsSync("/proc/self") ? false : "there is no /proc" }, async () => {
    await assert.rejects(openStore("/proc/rollcall/data"), (error) => hasCode(error, "STORE_UNUSABLE"));
  });
});

describe("a process that was killed while it sent a file", () => {
  it("leaves nothing of it behind its next start", async () => {
    await using served = await Served.start();
    await served.close();
    await mkdir(join(served.directory, "download-a1b2c3"));
    await served.open();
    assert.deepEqual(
      (await readdir(served.directory)).filter((name) => name.startsWith("download-")),
      [],
    );
  });
});
