/**
 * Saved queries, dashboards, the overview, publication and metrics, on a synced simulated org.
 *
 * Breaks seen to fail here: an alert told at every look · a materialisation tried at every look after it failed · a view left behind by a
 * query that was renamed · cards left on a dashboard · a chart of a table that is not there · a publication into the data directory.
 */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Asking } from "../../src/service/asking.ts";
import type { ServiceContext } from "../../src/service/context.ts";
import { changeQuery, createQuery, getQuery, removeQuery } from "../../src/service/queries.ts";
import { runQueryChores } from "../../src/service/query-chores.ts";
import { createDashboard, getDashboard } from "../../src/service/dashboards.ts";
import { Metrics } from "../../src/service/metrics.ts";
import { dispatchNotifications } from "../../src/service/notifications.ts";
import { overview } from "../../src/service/overview.ts";
import { publish, publishIfDue, setPublication } from "../../src/service/publication.ts";
import { createChannel } from "../../src/service/channels.ts";
import { ROLLCALL } from "../../src/store/audit.ts";
import { hasCode } from "../../src/core/error.ts";
import { Served } from "./served.ts";

const never = new AbortController().signal;
const HOURLY = { kind: "cron", expression: "0 * * * *", zone: "UTC" } as const;
const BEGIN_MS = Date.UTC(2026, 10, 1, 12, 30);
const HOUR_MS = 3_600_000;
const PLAIN = { description: "", chart: null, viewName: null, materialise: null, alert: null };
let served: Served;
let context: ServiceContext;
let place: string;

before(async () => {
  served = await Served.start({ events: 4000 });
  await served.link();
  await served.ended();
  place = await mkdtemp(join(tmpdir(), "rollcall-published-"));
  context = { ...served.context, now_ms: () => BEGIN_MS, started_ms: BEGIN_MS - 8 * HOUR_MS };
});
after(async () => {
  await served[Symbol.asyncDispose]();
  await rm(place, { recursive: true, force: true });
});

const actions = async () =>
  (await context.store.db.selectFrom("audit").select("action").orderBy("id").execute()).map(({ action }) => action);

describe("views", () => {
  it("follow their query: made, replaced, renamed, filled, removed", async () => {
    const wish = {
      ...PLAIN,
      name: "Active",
      sql: "select id from okta.users where status = 'ACTIVE' -- only\n;",
      viewName: "active",
    };
    const { id } = await createQuery(context, wish, ROLLCALL);
    const active = served.org.org.truth("users").filter((user) => user["status"] === "ACTIVE").length;
    assert.equal(await served.number("select count(*) from views.active"), active);
    await assert.rejects(createQuery(context, { ...wish, viewName: "ACTIVE" }, ROLLCALL), (error) =>
      hasCode(error, "NAME_TAKEN"),
    );
    await changeQuery(context, id, { ...wish, sql: "select 1 as one", viewName: "active_now" }, ROLLCALL);
    assert.equal(await served.number("select one from views.active_now"), 1);
    await assert.rejects(served.number("from views.active"));
    await assert.rejects(
      changeQuery(context, id, { ...wish, viewName: "active_now", sql: "select broken" }, ROLLCALL),
      (error) => hasCode(error, "QUERY_REFUSED"),
    );
    assert.equal((await getQuery(context, id)).sql, "select 1 as one");
    await changeQuery(
      context,
      id,
      { ...wish, sql: "select 7 as n", viewName: "active_now", materialise: HOURLY },
      ROLLCALL,
    );
    await runQueryChores(context, BEGIN_MS, never);
    assert.equal(await served.number("select n from views.active_now"), 7);
    await changeQuery(context, id, { ...wish, sql: "select 8 as n", viewName: "active_now" }, ROLLCALL);
    assert.equal(await served.number("select n from views.active_now"), 8);
    await removeQuery(context, id, ROLLCALL);
    await assert.rejects(served.number("from views.active_now"));
  });

  it("are filled by their schedule, not sooner after a failure, and keep what they had", async () => {
    const wish = {
      ...PLAIN,
      name: "Filled",
      sql: "select count(*) as n from okta.users",
      viewName: "filled",
      materialise: HOURLY,
    };
    const { id } = await createQuery(context, wish, ROLLCALL);
    assert.equal(await runQueryChores(context, BEGIN_MS, never), BEGIN_MS + HOUR_MS / 2);
    const first = await getQuery(context, id);
    assert.equal(first.materialisedAt, new Date(BEGIN_MS).toISOString());
    const failing = {
      ...context,
      warehouse: over(context, { materialise: async () => Promise.reject(new Error("no room")) }),
    };
    let tries = 0;
    const counting = {
      ...context,
      warehouse: over(context, { materialise: async () => (tries++, Promise.reject(new Error("no room"))) }),
    };
    await runQueryChores(counting, BEGIN_MS + 60_000, never);
    await runQueryChores(counting, BEGIN_MS + HOUR_MS, never);
    await runQueryChores(counting, BEGIN_MS + HOUR_MS + 5000, never);
    assert.equal(tries, 1);
    const failed = await getQuery(context, id);
    assert.deepEqual([failed.materialiseError, failed.materialisedAt], ["no room", first.materialisedAt]);
    assert.ok(
      (await overview(failing, null)).attention.some(({ title }) => title === "views.filled could not be filled"),
    );
    await runQueryChores(context, BEGIN_MS + 2 * HOUR_MS, never);
    assert.equal((await getQuery(context, id)).materialiseError, null);
    await removeQuery(context, id, ROLLCALL);
  });
});

function over(of: ServiceContext, methods: Partial<ServiceContext["warehouse"]>): ServiceContext["warehouse"] {
  return new Proxy(of.warehouse, {
    get(target, name) {
      if (Object.hasOwn(methods, name)) return methods[name as keyof typeof methods];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

describe("alerts", () => {
  it("tell when the threshold is passed, once, and again when it is passed again", async () => {
    const titles: string[] = [];
    const reach = { privateToo: true };
    const config = { kind: "slack", url: "https://hooks.example.com/x" } as const;
    await createChannel(
      { ...context, reach },
      { name: "ops", config, events: ["alert"], digest: "at_once", sourceId: null, enabled: true },
      ROLLCALL,
    );
    const alert = { column: "n", is: "above", threshold: 5, schedule: HOURLY } as const;
    const wish = { ...PLAIN, name: "Failures", sql: "select n from views.level", alert };
    await createQuery(context, { ...PLAIN, name: "level", sql: "select 1 as n", viewName: "level" }, ROLLCALL);
    const { id } = await createQuery(context, wish, ROLLCALL);
    let at_ms = BEGIN_MS;
    for (const sql of [
      "select 1 as n",
      "select 9 as n",
      "select 10 as n",
      "select null as n",
      "select 6::HUGEINT as n",
      "select 'x' as n",
      "select 7 as n",
    ]) {
      await context.warehouse.putView("level", sql, "test");
      await runQueryChores(context, at_ms, never);
      await runQueryChores(context, at_ms, never);
      const deliver = async (_to: unknown, { message }: { message: { title: string } }) => (
        titles.push(message.title),
        { ok: true as const }
      );
      await dispatchNotifications({ ...context, reach, now_ms: () => at_ms, deliver }, never);
      if (sql.includes("'x'"))
        assert.ok(
          (await overview(context, null)).attention.some(({ detail }) => detail === "The value of n is no number."),
        );
      at_ms += HOUR_MS;
    }
    assert.deepEqual(titles, ["Failures: 9 is above 5", "Failures: 6 is above 5"]);
    assert.equal((await getQuery(context, id)).alertedAt, new Date(BEGIN_MS + 4 * HOUR_MS).toISOString());
    assert.equal((await getQuery(context, id)).alertPast, true);
    // Another name is no other alert; another threshold is.
    await changeQuery(context, id, { ...wish, name: "Renamed" }, ROLLCALL);
    const stored = await context.store.db
      .selectFrom("saved_query")
      .select("alert_json")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    assert.equal(JSON.parse(stored.alert_json!).past, true);
    await changeQuery(context, id, { ...wish, alert: { ...alert, column: null, is: "below", threshold: 2 } }, ROLLCALL);
    await runQueryChores(context, at_ms, never);
    assert.equal((await getQuery(context, id)).alertedAt, new Date(at_ms).toISOString());
  });

  // Break: blanks and semicolons looked for by an expression, which begins anew at each; all else in the server waits meanwhile.
  it("count the rows of a query with blanks and semicolons wherever they are, and hold nobody up", async () => {
    const alert = { column: null, is: "above", threshold: 1, schedule: HOURLY } as const;
    const sql = `select 1 as n union all${" ".repeat(90_000)}select 2 as n -- two\n ; ;`;
    const { id } = await createQuery(context, { ...PLAIN, name: "Blanks", sql, alert }, ROLLCALL);
    const at_ms = BEGIN_MS + 24 * HOUR_MS;
    let waited_ms = 0;
    let last_ms = performance.now();
    const beat = setInterval(() => {
      waited_ms = Math.max(waited_ms, performance.now() - last_ms);
      last_ms = performance.now();
    }, 10);
    await runQueryChores(context, at_ms, never);
    clearInterval(beat);
    assert.equal((await getQuery(context, id)).alertedAt, new Date(at_ms).toISOString());
    assert.ok(waited_ms < 2000, `${Math.round(waited_ms)} ms`);
    await removeQuery(context, id, ROLLCALL);
  });
});

describe("dashboards", () => {
  it("lose the cards of a query that is deleted; every change is on the trail", async () => {
    const kept = await createQuery(context, { ...PLAIN, name: "kept", sql: "select 1" }, ROLLCALL);
    const gone = await createQuery(context, { ...PLAIN, name: "gone", sql: "select 1" }, ROLLCALL);
    const cards = [gone, kept, gone].map(({ id }) => ({ queryId: id, width: 6, height: 3 }));
    const { id } = await createDashboard(context, { name: "Board", cards }, ROLLCALL);
    await removeQuery(context, gone.id, ROLLCALL);
    assert.deepEqual(
      (await getDashboard(context, id)).cards.map(({ queryId }) => queryId),
      [kept.id],
    );
    await assert.rejects(createDashboard(context, { name: "x", cards }, ROLLCALL), (error) =>
      hasCode(error, "REQUEST_INVALID"),
    );
    assert.deepEqual((await actions()).slice(-4), [
      "query.created",
      "query.created",
      "dashboard.created",
      "query.removed",
    ]);
  });
});

describe("the overview", () => {
  it("has charts that a viewer may run, with rows in them, and only of what is there", async () => {
    const { charts } = await overview(context, null);
    assert.deepEqual(
      charts.map(({ id }) => id),
      ["sign-ins", "failures", "users-by-status", "top-applications", "admin-changes"],
    );
    for (const { id, sql, chart } of charts) {
      const { columns, rows } = await context.warehouse.query(sql, { maxRows: 100, access: "tables" }, never);
      assert.ok(rows.length > 0, id);
      for (const column of [chart.x, chart.series, ...chart.y])
        assert.ok(column === null || columns.some(({ name }) => name === column), `${id} ${column}`);
    }
    const half = over(context, {
      catalog: async () => (await served.context.warehouse.catalog("tables")).filter(({ name }) => name === "users"),
    });
    assert.deepEqual(
      (await overview({ ...context, warehouse: half }, null)).charts.map(({ id }) => id),
      ["users-by-status"],
    );
    assert.deepEqual((await overview(context, "src_none")).charts, []);
  });

  it("names what failed first, and nothing that is switched off", async () => {
    const { db } = context.store;
    const error = JSON.stringify({ code: "ROLE_MISSING", message: "No role.", fix: "Give it." });
    const set = (table: string, part: object) =>
      db.updateTable("source_table").set(part).where("table_name", "=", table).execute();
    await set("logs", { last_completed_ms: BEGIN_MS - 90 * 86_400_000 });
    await set("groups", { last_status: "failed", last_error_json: error });
    await set("users", { last_status: "failed", last_error_json: error, enabled: 0 });
    const of = (await overview(context, null)).attention.filter(({ table }) => table !== null);
    assert.deepEqual(
      of.map(({ severity, title, fix }) => [severity, title, fix]),
      [
        ["error", "okta.groups failed", "Give it."],
        ["warning", "okta.logs is stale", "Look at its last runs, or sync it now."],
      ],
    );
    await db.updateTable("source").set({ paused_json: error, paused_ms: BEGIN_MS }).execute();
    const paused = (await overview(context, null)).attention;
    assert.deepEqual([paused[0]!.severity, paused.filter(({ table }) => table !== null)], ["error", []]);
    await db.updateTable("source").set({ paused_json: null, paused_ms: null }).execute();
    for (const table of ["groups", "users", "logs"])
      await set(table, { last_status: "completed", last_error_json: null, enabled: 1, last_completed_ms: BEGIN_MS });
  });
});

describe("publication", () => {
  it("puts file and tables where an admin said, by the schedule", async () => {
    const file = join(place, "copy.duckdb");
    const directory = join(place, "parquet");
    await mkdir(directory);
    await setPublication(
      context,
      { schedule: HOURLY, file, directory, tables: ["okta.users", "okta.groups"] },
      ROLLCALL,
    );
    assert.equal(await publishIfDue(context, BEGIN_MS + 60_000, never), BEGIN_MS + HOUR_MS / 2);
    assert.deepEqual((await readdir(place)).sort(), ["parquet"]);
    const later = { ...context, now_ms: () => BEGIN_MS + HOUR_MS };
    await publishIfDue(later, BEGIN_MS + HOUR_MS, never);
    assert.deepEqual((await readdir(directory)).sort(), ["okta.groups.parquet", "okta.users.parquet"]);
    assert.equal((await readFile(file)).subarray(8, 12).toString(), "DUCK");
    const again = await publish(later, ROLLCALL, never);
    assert.deepEqual([again.lastAt, again.lastError], [new Date(BEGIN_MS + HOUR_MS).toISOString(), null]);
  });

  it("that the server's end cut off is made up for by its next start, and one under way is not begun twice", async () => {
    // Of this moment and not due for months: the served chores, which go by the real clock, keep out of it.
    const yearly = { ...HOURLY, expression: `0 0 1 ${((new Date().getUTCMonth() + 6) % 12) + 1} *` };
    const set = { schedule: yearly, file: join(place, "cut.duckdb"), directory: null, tables: [] };
    await setPublication({ ...context, now_ms: Date.now }, set, ROLLCALL);
    const at_ms = Date.now() + 1000;
    const begun = { ...context, now_ms: () => at_ms };
    const ending = new AbortController();
    const aborting = over(context, { snapshot: async () => Promise.reject(new Error("stopped")) });
    ending.abort();
    await assert.rejects(publish({ ...begun, warehouse: aborting }, ROLLCALL, ending.signal), /stopped/);
    await publishIfDue(begun, at_ms + 2000, never);
    const published = async () => (await readdir(place)).includes("cut.duckdb");
    assert.equal(await published(), false, "it may be under way in this process");
    await publishIfDue({ ...begun, started_ms: at_ms + 1000 }, at_ms + 2000, never);
    assert.equal(await published(), true);
  });

  it("refuses every other place", async () => {
    const mine = join(place, "mine.txt");
    await writeFile(mine, "something that is nobody's copy");
    const wrong = { schedule: null, directory: null, tables: [] };
    for (const file of [
      "copy.duckdb",
      "/nowhere/at/all/x.duckdb",
      mine,
      join(context.dataDir, "warehouse.duckdb"),
      join(context.dataDir, "x.duckdb"),
      place,
    ])
      await assert.rejects(
        setPublication(context, { ...wrong, file }, ROLLCALL),
        (error) => hasCode(error, "REQUEST_INVALID"),
        file,
      );
    const tables = { ...wrong, file: null, directory: place, tables: ["okta.none"] };
    await assert.rejects(setPublication(context, tables, ROLLCALL), (error) => hasCode(error, "TABLE_UNKNOWN"));
  });
});

describe("metrics", () => {
  it("are those of docs/metrics.md, with figures, and without a secret", async () => {
    const metrics = new Metrics(served.context);
    const asking = new Asking(served.context);
    asking.watch(metrics.queryEnded);
    const caller = { kind: "api_key", id: "key_1", name: "k", role: "viewer", session: null } as const;
    await new Response(await asking.answer("select 1", { maxRows: 1, timeout_ms: 1000 }, caller, never)).text();
    const source = await context.store.db.selectFrom("source").select("id").executeTakeFirstOrThrow();
    const { body } = await served.ask("POST", `/api/sources/${source.id}/sync`, { tables: ["users"] });
    await served.ended(String(body["id"]));
    const text = await served.until("the run's metrics", async () => {
      const now = await metrics.text();
      return now.includes('rollcall_runs_total{status="completed"} 1') ? now : null;
    });
    assert.match(text, /rollcall_queries_total\{outcome="completed"\} 1/);
    assert.match(text, /rollcall_table_lag_seconds\{source="okta",table="users"\} \d/);
    assert.match(text, /rollcall_rows_total\{operation="unchanged"\} \d/);
    assert.match(text, /rollcall_memory_bytes\{kind="resident"\} \d{7}/);
    assert.ok(!text.includes(served.org.token));
    const named = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    const page = await readFile(join(import.meta.dirname, "../../docs/metrics.md"), "utf8");
    const listed = [...page.matchAll(/^\| `(rollcall_\w+)` \| (\w+) \|/gm)].map(([, name, type]) => `${name} ${type}`);
    assert.deepEqual(named.sort(), listed.sort());
  });
});
