/**
 * Every page in a real browser: light and dark, wide and narrow, for the eyes and for a screen reader, by the keyboard alone, and
 * while the server fails, hangs or is gone. One server and one browser for all of it.
 *
 * Seen to fail: an admin's empty warehouse that said nothing, as the bookkeeping was listed; colours caught half-way from light to
 * dark; more than five tabs at once, when the live streams of all of them had taken every connection of the browser; a style sheet
 * built for browsers without `light-dark()`, in which every such colour was lost.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { findChromium, visit, type Visit } from "./browser.ts";
import { pressByKey, tabTo } from "./keyboard.ts";
import { faultsOf, LOOKS, wear } from "./looking.ts";
import { ADA, ask, IMPORTED, openSql, setUp } from "./person.ts";
import { placesOf, type Known, type Place } from "./places.ts";
import { DemoServer } from "./server.ts";

const executable = await findChromium();
const PEOPLE = "select status, count(*) as people from okta.users group by all order by people desc";
const CHART = { kind: "bar", x: "status", y: ["people"], series: null, stacked: false };
const PROBLEM = {
  type: "about:blank",
  title: "Full",
  status: 500,
  code: "DISK_FULL",
  detail: "The disk is full.",
  fix: "Free some of it.",
};
/** A text: these tests are compiled without the browser's types. */
const HEAD_COLOUR = "getComputedStyle(document.querySelector('[role=grid] > [role=rowgroup]')).backgroundColor";
/** Their names are known before the server has given them ids. */
const NAMED = placesOf({ sourceId: "", dashboardId: "" });

describe("every page", { skip: executable === null ? "no Chromium on this machine" : false }, () => {
  let server: DemoServer;
  let seat: Visit;
  let page: Page;
  let known: Known = { sourceId: "", dashboardId: "" };

  before(async () => {
    server = await DemoServer.start();
    seat = await visit(executable!);
    ({ page } = seat);
  });
  after(async () => {
    await seat?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  /** A tab of its own in the same browser, logged in as the others are. */
  const tab = async () => {
    const own = await seat.context.newPage();
    return { own, [Symbol.asyncDispose]: () => own.close() };
  };
  const inEveryLook = async (seen: Page) => {
    for (const look of LOOKS) {
      await wear(seen, look);
      assert.deepEqual(await faultsOf(seen), [], `${look.scheme}, ${look.width} px`);
    }
  };

  it("sets up, in every look", async () => {
    await page.goto(server.setupLink);
    await page.getByLabel("Your name").waitFor();
    await inEveryLook(page);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto("about:blank");
    await setUp(page, server.setupLink);
  });

  it("says what to do where there is nothing yet", async () => {
    const empty: readonly (readonly [string, string])[] = [
      ["/", "No source is linked yet"],
      ["/sources", "Nothing is linked yet"],
      ["/sql", "No tables yet"],
      ["/dashboards", "No dashboards yet"],
      ["/settings/keys", "No API keys"],
      ["/settings/notifications", "Nobody is told yet"],
      ["/nowhere", "There is no such page"],
    ];
    for (const [path, words] of empty) {
      await page.goto(server.url + path);
      await page.getByText(words).waitFor();
    }
  });

  it("logs in, in every look, and refuses a wrong password in words", async () => {
    await page.goto(`${server.url}/sources`);
    await page.getByRole("button", { name: "Account of Ada Lovelace" }).click();
    await page.getByRole("menuitem", { name: "Log out" }).click();
    await page.getByLabel("E-mail address").fill(ADA.email);
    await page.getByLabel("Password", { exact: false }).first().fill("wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").waitFor();
    await inEveryLook(page);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it("is used by the keyboard alone, from the log-in to the import and to a query's rows", async () => {
    await page.goto(`${server.url}/sources`);
    await page.getByLabel("E-mail address").waitFor();
    await page.keyboard.type(ADA.email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(ADA.password);
    await page.keyboard.press("Enter");
    await page.getByText("Nothing is linked yet").waitFor();
    await pressByKey(page, "+ New source");
    await page.getByText("Simulated org").waitFor();
    await pressByKey(page, "Link Okta");
    await page.getByLabel("Okta domain").waitFor();
    await pressByKey(page, "Use the simulated org");
    await pressByKey(page, "Next");
    await page.getByText(/all 6 tables readable/).waitFor();
    await pressByKey(page, "Import");
    await page
      .getByRole("link", { name: /^Query/ })
      .nth(5)
      .waitFor(IMPORTED);
    const sourceId = new URL(page.url()).searchParams.get("source") ?? "";
    await pressByKey(page, /^Query/);
    await page.getByRole("grid", { name: "Result" }).waitFor();
    await tabTo(page, "SQL");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(PEOPLE);
    await page.keyboard.press("Escape");
    await page.keyboard.press("ControlOrMeta+Enter");
    await page.getByRole("gridcell", { name: "ACTIVE" }).waitFor();
    const saved = { name: "People by status", sql: PEOPLE, chart: CHART };
    const { id: queryId } = await ask<{ id: string }>(page, "POST", "/api/queries", saved);
    const board = { name: "People at a glance" };
    const { id: dashboardId } = await ask<{ id: string }>(page, "POST", "/api/dashboards", board);
    const cards = [{ queryId, width: 6, height: 5 }];
    await ask(page, "PUT", `/api/dashboards/${dashboardId}`, { ...board, cards });
    known = { sourceId, dashboardId };
  });

  describe("looks right", { concurrency: 2 }, () => {
    for (const [index, { name }] of NAMED.entries())
      it(name, async () => {
        await using opened = await tab();
        const { own } = opened;
        const place = placesOf(known)[index]!;
        await own.goto(server.url + place.path);
        await place.shows(own).waitFor();
        await place.opens?.(own);
        await inEveryLook(own);
      });
  });

  it("hides what scrolls under the head of a result, in light and in dark", async () => {
    const assets = join(import.meta.dirname, "../../web/dist/assets");
    const sheets = globSync("*.css", { cwd: assets }).map((name) => readFileSync(join(assets, name), "utf8"));
    assert.ok(sheets.length > 0 && sheets.every((sheet) => !sheet.includes("lightningcss")));
    await using opened = await tab();
    const { own } = opened;
    await openSql(own, server.url, "select id, status from okta.users");
    await own.getByRole("button", { name: "Run", exact: true }).click();
    await own.getByRole("gridcell", { name: "ACTIVE" }).first().waitFor();
    const seen = new Set<string>();
    for (const look of LOOKS) {
      await wear(own, look);
      seen.add(await own.evaluate<string>(HEAD_COLOUR));
    }
    assert.equal(seen.size, LOOKS.length, "each scheme has a colour of its own");
    for (const colour of seen) assert.match(colour, /^rgb\(/, "opaque");
  });

  // Not more: every tab that is open holds one of the browser's six connections for what happens live.
  describe("says what is the matter", { concurrency: 2 }, () => {
    const asking = NAMED.flatMap((place, index) => (place.asks === undefined ? [] : [{ name: place.name, index }]));
    for (const { name, index } of asking)
      it(name, async () => {
        await using opened = await tab();
        await failing(opened.own, placesOf(known)[index]!);
      });
    it("a query", async () => {
      await using opened = await tab();
      await failingQuery(opened.own);
    });
  });

  /** Waiting, refused, without a server, and well again: what a person reads each time. */
  async function failing(own: Page, { path, asks, shows }: Place): Promise<void> {
    const { url, loading } = asks!;
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    await own.route(url, async (route) => {
      if (route.request().resourceType() === "document") return route.continue();
      await held;
      return route.fulfill({ status: 500, contentType: "application/problem+json", body: JSON.stringify(PROBLEM) });
    });
    await own.goto(server.url + path);
    await own.getByRole("status").filter({ hasText: loading }).first().waitFor();
    letGo();
    const alert = own.getByRole("alert").filter({ hasText: "The disk is full." }).first();
    await alert.getByText("Free some of it.").waitFor();
    // The later rule goes first: in no moment does the page, which asks by itself too, get through.
    await own.route(url, (route) => route.abort("connectionrefused"));
    await alert.getByRole("button", { name: "Try again" }).click();
    const gone = own.getByRole("alert").filter({ hasText: "The server cannot be reached." }).first();
    await gone.getByText("Check that rollcall serve is running").waitFor();
    await own.unroute(url);
    await gone.getByRole("button", { name: "Try again" }).click();
    await shows(own).waitFor();
  }

  async function failingQuery(own: Page): Promise<void> {
    const url = "**/api/warehouse/query";
    const run = own.getByRole("button", { name: "Run", exact: true });
    await own.route(url, () => undefined);
    await own.goto(`${server.url}/sql?sql=${encodeURIComponent(PEOPLE)}`);
    await run.click();
    await own.getByRole("status").filter({ hasText: "Running" }).waitFor();
    await own.getByRole("button", { name: "Stop" }).click();
    await own.getByRole("status").filter({ hasText: "Nothing had arrived." }).waitFor();
    await own.unroute(url);
    await own.route(url, (route) => route.abort("connectionrefused"));
    await run.click();
    await own.getByRole("alert").filter({ hasText: "The server cannot be reached." }).waitFor();
    await own.unroute(url);
    // Cut off in the middle: what had arrived must not pass for the whole.
    const half = '{"type":"columns","columns":[{"name":"n","type":"BIGINT"}]}\n{"type":"rows","rows":[[1]]}\n';
    await own.route(url, (route) => route.fulfill({ contentType: "application/x-ndjson", body: half }));
    await run.click();
    await own.getByRole("alert").filter({ hasText: "The answer broke off before its end." }).waitFor();
    await own.unroute(url);
    await run.click();
    await own.getByRole("gridcell", { name: "ACTIVE" }).waitFor();
  }

  it("is well again by itself after the server was away", async () => {
    await page.goto(`${server.url}/settings/account`);
    await page.getByText("Change password").first().waitFor();
    await server.kill();
    await page.getByRole("tab", { name: "People" }).click();
    const alert = page.getByRole("alert").filter({ hasText: "The server cannot be reached." });
    await alert.waitFor();
    await server.start();
    await page.getByRole("cell", { name: "ada@example.com" }).waitFor();
    assert.equal(await alert.count(), 0);
  });

  it("had nothing to complain of, and asked nobody but its own server", () => {
    assert.deepEqual(seat.complaints, []);
    assert.deepEqual([...seat.origins], [server.url]);
  });
});
