/**
 * What people do with the data: save, keep, chart, arrange, be told, take away; and who may. One server, one imported org.
 */
import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Page } from "playwright-core";
import { findChromium, visit, type Visit } from "./browser.ts";
import { tabTo } from "./keyboard.ts";
import { ADA, ask, importSimulated, logIn, openSql, setUp } from "./person.ts";
import { DemoServer } from "./server.ts";

const executable = await findChromium();
/** Saved queries are looked at by a clock of the server's. */
const WITHIN_MS = 120_000;
const PEOPLE = "select status, count(*) as people from okta.users group by all order by people desc";

describe("working with the data", { skip: executable === null ? "no Chromium on this machine" : false }, () => {
  let server: DemoServer;
  let seat: Visit;
  let page: Page;
  const button = (name: string | RegExp, on: Page = page) => on.getByRole("button", { name, exact: true }).first();
  const item = (name: string | RegExp) => page.getByRole("menuitem", { name }).first();
  const cell = (name: string) => page.getByRole("gridcell", { name, exact: true }).first();
  const run = async (sql: string) => {
    await openSql(page, server.url, sql);
    await button("Run").click();
  };
  const dialog = () => page.getByRole("dialog");

  before(async () => {
    server = await DemoServer.start();
    seat = await visit(executable!);
    ({ page } = seat);
    await seat.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await setUp(page, server.setupLink);
    await importSimulated(page);
  });
  after(async () => {
    await seat?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  it("saves a query as a view that another query reads, keeps its rows, and finds it in the history", async () => {
    await run(PEOPLE);
    await cell("ACTIVE").waitFor();
    await page.getByText("Chart", { exact: true }).click();
    await page.locator("canvas").first().waitFor();
    await button("Save").click();
    await dialog().getByLabel("Name", { exact: false }).first().fill("People by status");
    await dialog().getByRole("switch", { name: "Make it a view" }).check();
    await dialog().getByRole("switch", { name: "Keep its rows" }).check();
    await dialog().getByRole("switch", { name: "Tell me when it passes a threshold" }).check();
    await dialog().getByRole("textbox", { name: "Threshold" }).fill("100000");
    await dialog().getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "People by status" }).waitFor();
    await button("More for People by status").click();
    await item(/Name, view, alert/).click();
    await dialog().getByRole("button", { name: "Compute now" }).click();
    await dialog()
      // Not the switch's description, which says “Computed on a schedule”.
      .getByText(/^Computed (?!on )/)
      .waitFor();
    await dialog().getByRole("button", { name: "Cancel" }).click();
    await run("select sum(people) as everybody from views.people_by_status");
    await cell("2000").waitFor();
    await page.getByRole("tab", { name: "Saved" }).click();
    const saved = page.getByRole("list", { name: "Saved queries" });
    for (const sign of ["views.people_by_status", "kept", "alert"])
      await saved.getByText(sign, { exact: true }).waitFor();
    await page.getByRole("tab", { name: "History" }).click();
    await page
      .getByRole("list", { name: "What you asked" })
      .getByText(/everybody/)
      .first()
      .waitFor();
  });

  it("says of a kept view when it was computed and how often, not that it was never synced", async () => {
    await page.goto(`${server.url}/tables/views/people_by_status`);
    const facts = page.getByRole("main").locator("dl");
    await facts.getByText("Every day").waitFor();
    await facts.getByText(/ ago|now/).waitFor();
    await facts.getByRole("link", { name: "People by status" }).waitFor();
    assert.equal(await page.getByText(/never|None yet|after the first run/).count(), 0);
  });

  it("shows a passed threshold without a channel: under Saved, and on the overview", async () => {
    const schedule = { kind: "every", frequency: "5min", anchor: null, zone: "UTC" };
    const alert = { column: "people", is: "above", threshold: 1, schedule };
    await ask(page, "POST", "/api/queries", { name: "Everybody", sql: PEOPLE, alert });
    const passed = async () => {
      const queries = await ask<{ alertedAt: string | null }[]>(page, "GET", "/api/queries");
      return queries.some(({ alertedAt }) => alertedAt !== null);
    };
    const end_ms = Date.now() + WITHIN_MS;
    while (!(await passed())) {
      assert.ok(Date.now() < end_ms, "the threshold was not looked at");
      await page.waitForTimeout(500);
    }
    await page.goto(`${server.url}/sql`);
    await page.getByRole("tab", { name: "Saved" }).click();
    await page.getByText(/^alert: passed /).waitFor();
    await page.goto(server.url);
    const listed = page.getByRole("alert").filter({ hasText: "Everybody has passed its threshold" });
    await listed.getByText("people is above 1.").waitFor();
  });

  it("has questions for who begins, and puts a table's rows or its name where the cursor is", async () => {
    await page.goto(`${server.url}/sql`);
    await page.getByRole("link", { name: "How many users are there in which status?" }).click();
    await cell("ACTIVE").waitFor();
    await page.getByRole("link", { name: "Blank query" }).click();
    const tables = page.getByRole("region", { name: "Schema okta" });
    const text = () => page.getByRole("textbox", { name: "SQL" }).innerText();
    await tables.getByRole("button", { name: /^logs/ }).click();
    assert.equal(await text(), "SELECT * FROM okta.logs LIMIT 100");
    await tables.getByRole("button", { name: /^users/ }).click();
    assert.equal(await text(), "SELECT * FROM okta.logs LIMIT 100 okta.users");
  });

  it("puts two cards on a dashboard, moves one by the keyboard, and finds it so after a reload", async () => {
    await run("select count(*) as events from okta.logs");
    await cell("60000").waitFor();
    await button("Save").click();
    await dialog().getByLabel("Name", { exact: false }).first().fill("Events");
    await dialog().getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { name: "Events" }).waitFor();
    await page.goto(`${server.url}/dashboards`);
    await button("New dashboard").click();
    await dialog().getByLabel("Name", { exact: false }).first().fill("Mornings");
    await dialog().getByRole("button", { name: "Save" }).click();
    for (const name of ["People by status", "Events"]) {
      await page.getByRole("combobox", { name: "Add a card" }).click();
      await page.getByRole("option", { name, exact: true }).click();
      await page.getByRole("region", { name, exact: true }).waitFor();
    }
    assert.deepEqual(await cards(), ["People by status", "Events"]);
    await tabTo(page, "Move Events");
    const stored = page.waitForResponse((response) => response.request().method() === "PUT" && response.ok());
    const announced = page.locator("[id^=DndLiveRegion]");
    await page.keyboard.press("Space");
    await announced.filter({ hasText: "Events is at place 2 of 2." }).waitFor({ state: "attached" });
    await page.keyboard.press("ArrowLeft");
    await announced.filter({ hasText: "Events is at place 1 of 2." }).waitFor({ state: "attached" });
    await page.keyboard.press("Space");
    await stored;
    assert.deepEqual(await cards(), ["Events", "People by status"]);
    await page.reload();
    await page.getByRole("region", { name: "Events" }).waitFor();
    assert.deepEqual(await cards(), ["Events", "People by status"]);
  });

  const cards = () =>
    page
      .getByRole("main")
      .getByRole("region")
      .evaluateAll((all) => all.map(({ ariaLabel }) => ariaLabel));

  it("stops a long query at once, and the next one answers", async () => {
    await run("select count(*) from range(1e10::bigint) a, range(1e10::bigint) b");
    await page.getByRole("status").filter({ hasText: "Running" }).waitFor();
    await button("Stop").click();
    await page.getByRole("status").filter({ hasText: "Nothing had arrived." }).waitFor();
    await run("select 41 + 1 as answer");
    await cell("42").waitFor();
  });

  it("exports files that other programs read: CSV, NDJSON, Parquet", async () => {
    await run("select id, status, created from okta.users");
    await page
      .getByText(/2,000 rows/)
      .first()
      .waitFor();
    const db = await (await DuckDBInstance.create(":memory:")).connect();
    for (const [format, reader] of [
      ["CSV", "read_csv"],
      ["NDJSON", "read_json"],
      ["Parquet", "read_parquet"],
    ] as const) {
      const coming = page.waitForEvent("download");
      await button("Export").click();
      await item(new RegExp(`^${format}`)).click();
      const path = await (await coming).path();
      const read = await db.runAndReadAll(
        `select count(*)::int, count(distinct id)::int, min(typeof(created)) from ${reader}('${path}')`,
      );
      const [rows, ids, type] = read.getRows()[0] ?? [];
      assert.deepEqual([rows, ids], [2000, 2000], format);
      assert.match(String(type), /^TIMESTAMP/, format);
    }
    db.closeSync();
  });

  it("scrolls through 100,000 rows to the last, and copies what is chosen", async () => {
    await openSql(page, server.url, "select range as n, 'row ' || range as words from range(100000)");
    await page.getByRole("combobox", { name: "At most so many rows" }).click();
    await page.getByRole("option", { name: "100,000 rows" }).click();
    await button("Run").click();
    await page.getByText("100,000 rows").first().waitFor();
    await cell("row 0").waitFor();
    const grid = page.getByRole("grid", { name: "Result" });
    await grid.focus();
    await page.keyboard.press("Control+End");
    await cell("row 99999").waitFor();
    // Only what is in sight is in the document, or scrolling would not be smooth.
    assert.ok((await grid.getByRole("row").count()) < 100);
    await page.keyboard.press("Shift+ArrowUp");
    await page.keyboard.press("Control+c");
    assert.equal(await page.evaluate("navigator.clipboard.readText()"), "words\nrow 99998\nrow 99999");
  });

  it("makes an API key that a program uses, and that is refused once it is revoked", async () => {
    await page.goto(`${server.url}/settings/keys`);
    await button("New API key").click();
    await dialog().getByLabel("Name", { exact: false }).first().fill("nightly report");
    await dialog().getByRole("button", { name: "Make the key" }).click();
    const key = (await dialog().getByLabel("API key", { exact: true }).textContent()) ?? "";
    await dialog().getByRole("button", { name: "Done" }).click();
    const get = (path: string) => fetch(server.url + path, { headers: { authorization: `Bearer ${key}` } });
    assert.equal((await get("/api/sources")).status, 200);
    // A reading key is no admin.
    assert.equal((await get("/api/people")).status, 403);
    assert.equal((await page.content()).includes(key), false, "the key is shown once");
    await button("Revoke nightly report").click();
    await dialog().getByRole("button", { name: "Revoke" }).click();
    await page.getByText("No API keys").waitFor();
    assert.equal((await get("/api/sources")).status, 401);
  });

  it("ends a session that was left open elsewhere", async () => {
    await using elsewhere = await visit(executable!);
    await logIn(elsewhere.page, `${server.url}/sources`, ADA);
    await page.goto(`${server.url}/settings/account`);
    await button(/^End the session of/).click();
    await page.getByText("You are logged in here only.").waitFor();
    await elsewhere.page.reload();
    await elsewhere.page.getByRole("button", { name: "Log in" }).waitFor();
  });

  it("adds people: an editor may link and not delete, a viewer may look", async () => {
    for (const [name, role] of [
      ["Eve", "Editor"],
      ["Vi", "Viewer"],
    ] as const) {
      await page.goto(`${server.url}/settings/people`);
      await button("Add a person").click();
      await dialog().getByLabel("Name", { exact: false }).first().fill(name);
      await dialog().getByLabel("E-mail address").fill(`${name.toLowerCase()}@example.com`);
      await dialog().getByRole("radio", { name: role }).check();
      await dialog().getByLabel("First password").fill("a password of some length");
      await dialog().getByRole("button", { name: "Add", exact: true }).click();
      await page.getByRole("cell", { name: `${name.toLowerCase()}@example.com` }).waitFor();
    }
    for (const [name, links, deletes] of [
      ["eve", 1, 0],
      ["vi", 0, 0],
    ] as const) {
      await using other = await visit(executable!);
      await logIn(other.page, `${server.url}/sources`, {
        email: `${name}@example.com`,
        password: "a password of some length",
      });
      await other.page.getByRole("link", { name: "Simulated org" }).click();
      await other.page.getByLabel("Actions for user_types").click();
      await other.page.getByRole("menuitem", { name: "Query" }).waitFor();
      assert.equal(await other.page.getByRole("menuitem", { name: "Resync…" }).count(), links, name);
      assert.equal(await other.page.getByRole("menuitem", { name: "Delete data…" }).count(), deletes, name);
      assert.equal(await other.page.getByRole("tab", { name: "Configuration" }).count(), links, name);
      await other.page.goto(`${server.url}/settings/people`);
      await other.page.getByText("There is no such tab, or it is not for your role").waitFor();
      assert.deepEqual(other.complaints, []);
    }
  });

  it("refuses a channel at a private address, in words, and publishes where it is told to", async () => {
    await page.goto(`${server.url}/settings/notifications`);
    await button("New channel").click();
    await dialog().getByLabel("Name", { exact: false }).first().fill("on call");
    await dialog().getByLabel("Address").fill("https://10.0.0.1/hook");
    await dialog().getByRole("button", { name: "Add channel" }).click();
    await dialog()
      .getByText(/private|not public|loopback/i)
      .first()
      .waitFor();
    const copyAt = join(await mkdtemp(join(tmpdir(), "rollcall-copy-")), "copy.duckdb");
    await page.goto(`${server.url}/settings/publication`);
    await page.getByLabel("Snapshot file").fill(copyAt);
    await button("Save").click();
    await button("Publish now").click();
    await page.getByText("Published.").first().waitFor();
    const copy = await DuckDBInstance.create(copyAt, { access_mode: "READ_ONLY" });
    const db = await copy.connect();
    assert.deepEqual((await db.runAndReadAll("select count(*)::int from okta.users")).getRows(), [[2000]]);
    db.closeSync();
    copy.closeSync();
  });

  it("had nothing to complain of", () => assert.deepEqual(seat.complaints, []));
});
