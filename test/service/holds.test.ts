/**
 * What people do to a source beside its runs, and the runs that are asked for meanwhile.
 *
 * Breaks seen to fail here: a wish written before its run is · a wish that replaces another silently · rows deleted while a run may
 * begin · a source removed while a run may begin · a pause that comes after its run was stopped.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Warehouse } from "../../src/warehouse/warehouse.ts";
import { type Loose, Served } from "./served.ts";

const SLOW = { events: 20_000, latency_ms: 40 } as const;

const wishesOf = async ({ context: { store } }: Served) =>
  (await store.db.selectFrom("source_table").select(["table_name", "wish"]).execute()).flatMap(({ table_name, wish }) =>
    wish === null ? [] : [[table_name, wish]],
  );

const auditOf = async (served: Served, action: string) => {
  const { body } = await served.ask<{ entries: { action: string; detail: Loose }[] }>("GET", "/api/audit");
  return body.entries.filter((entry) => entry.action === action).map(({ detail }) => detail);
};

/** Asks for a run at the moment at which the warehouse is told to do `work`, and keeps what was answered. */
function askDuring(served: Served, work: "deleteData" | "dropPrefix" | "treat", sourceId: string): { code: unknown }[] {
  const { warehouse } = served.context;
  const asked: { code: unknown }[] = [];
  const does = (warehouse[work] as (...words: unknown[]) => Promise<unknown>).bind(warehouse);
  const patched: Partial<Record<keyof Warehouse, unknown>> = {
    [work]: async (...words: unknown[]) => {
      const { body } = await served.ask("POST", `/api/sources/${sourceId}/sync`, {});
      asked.push({ code: body["code"] });
      return does(...words);
    },
  };
  Object.assign(warehouse, patched);
  return asked;
}

describe("a person's one-time word", () => {
  it("that is refused is not kept for a later run, and not on record", async () => {
    await using served = await Served.start(SLOW);
    const source = await served.link();
    await served.until("the run", async () => (await served.latestRun()).status === "running");
    const path = `/api/sources/${source.id}`;
    const refused = await served.ask("POST", `${path}/allow-mass-delete`, { tables: ["users"], confirm: source.name });
    assert.equal(refused.body["code"], "RUN_UNDER_WAY");
    await served.ask("POST", `${path}/pause`);
    assert.equal((await served.ask("POST", `${path}/resync`, {})).body["code"], "SOURCE_PAUSED");
    assert.deepEqual(await wishesOf(served), []);
    assert.deepEqual(await auditOf(served, "source.allow_mass_delete"), []);
    assert.deepEqual(await auditOf(served, "source.resync"), []);
  });

  it("that replaces one no run has used up says so on record", async () => {
    await using served = await Served.start();
    const source = await served.link();
    await served.ended();
    const { db } = served.context.store;
    await db.updateTable("source_table").set({ wish: "allow_mass_delete" }).where("table_name", "=", "users").execute();
    const { body } = await served.ask("POST", `/api/sources/${source.id}/resync`, { tables: ["users", "groups"] });
    await served.ended(String(body["id"]));
    assert.deepEqual(await auditOf(served, "source.resync"), [
      { tables: ["groups", "users"], withdrawn: [{ table: "users", wish: "allow_mass_delete" }] },
    ]);
    assert.deepEqual(await wishesOf(served), [], "one run uses it up");
  });
});

describe("while stored rows are changed beside the runs", () => {
  it("none begins: what was deleted is read again by the next", async () => {
    await using served = await Served.start();
    const source = await served.link();
    await served.ended();
    const asked = askDuring(served, "deleteData", source.id);
    const path = `/api/sources/${source.id}`;
    await served.ask("POST", `${path}/delete-data`, { tables: ["logs"], confirm: source.name });
    assert.deepEqual(asked, [{ code: "RUN_UNDER_WAY" }]);
    const { body } = await served.ask("POST", `${path}/sync`, { tables: ["logs"] });
    assert.equal((await served.ended(String(body["id"]))).status, "completed");
    assert.equal(await served.number("select count(*) from okta.logs"), served.org.org.truth("logs").length);
  });

  it("none begins while rows are treated otherwise", async () => {
    await using served = await Served.start();
    const source = await served.link();
    await served.ended();
    const asked = askDuring(served, "treat", source.id);
    const changes = [{ table: "users", treatment: { profile_email: "drop" } }];
    const { status } = await served.ask("PATCH", `/api/sources/${source.id}/tables`, { changes, confirm: source.name });
    assert.equal(status, 200);
    assert.deepEqual(asked, [{ code: "RUN_UNDER_WAY" }]);
  });

  it("none begins while a source is removed: nothing of it is left", async () => {
    await using served = await Served.start(SLOW);
    const source = await served.link();
    const asked = askDuring(served, "dropPrefix", source.id);
    const { status } = await served.ask("DELETE", `/api/sources/${source.id}`, {
      confirm: source.name,
      data: "delete",
    });
    assert.equal(status, 204);
    assert.deepEqual(asked, [{ code: "RUN_UNDER_WAY" }]);
    assert.equal(await served.number("select count(*) from information_schema.tables where table_schema = 'okta'"), 0);
  });

  it("a pause holds from its first moment: nothing begins behind the run that it stops", async () => {
    await using served = await Served.start(SLOW);
    const source = await served.link();
    await served.until("the run", async () => (await served.latestRun()).status === "running");
    const pausing = served.ask("POST", `/api/sources/${source.id}/pause`);
    const codes = new Set<unknown>();
    const paused = pausing.then(() => true);
    while (!(await Promise.race([paused, new Promise<false>((resolve) => setTimeout(() => resolve(false), 5))])))
      codes.add((await served.ask("POST", `/api/sources/${source.id}/sync`, {})).body["code"]);
    assert.deepEqual([...codes], ["SOURCE_PAUSED"]);
  });
});
