/**
 * The whole flow of the product in a real browser, against `rollcall serve --demo`: set-up, linking, a wrong token, import, progress,
 * SQL, chart, export, kill -9 in mid-import, an incremental run, log-out and roles.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { findChromium, visit, type Visit } from "./browser.ts";
import { ADA, IMPORTED, logIn, openForm, setUp, syncAll } from "./person.ts";
import { DemoServer } from "./server.ts";

const executable = await findChromium();

describe("the page", { skip: executable === null ? "no Chromium on this machine" : false }, () => {
  let server: DemoServer;
  let seat: Visit;
  let page: Page;

  before(async () => {
    server = await DemoServer.start();
    seat = await visit(executable!);
    ({ page } = seat);
  });
  after(async () => {
    await seat?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  it("sets up the first person with the link that the server printed, once", async () => {
    assert.match(server.setupLink, /#/);
    await setUp(page, server.setupLink);
    const other = await visit(executable!);
    await using _ = other;
    await other.page.goto(server.setupLink);
    await other.page.getByRole("button", { name: "Log in" }).waitFor();
  });

  it("refuses a wrong token in words that say what to do", async () => {
    await openForm(page);
    await page.getByLabel("Okta domain").fill(server.orgUrl);
    await page.getByLabel("API token").fill("00wrong");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("alert").filter({ hasText: /token/i }).first().waitFor();
  });

  it("links, chooses, imports, and shows progress until every table can be queried", async () => {
    await page.getByText("Use the simulated org").click();
    await page.getByRole("button", { name: "Next" }).click();
    for (const table of ["users", "groups", "applications", "logs", "group_rules", "user_types"])
      await page.getByText(table, { exact: true }).first().waitFor();
    const settings = page.getByRole("dialog");
    const expression = settings.getByRole("textbox", { name: "Cron expression" });
    await page.getByLabel(/^Settings of users/).click();
    await settings.getByLabel("Frequency of users").selectOption("cron");
    await expression.fill("every noon");
    assert.equal(await settings.getByRole("button", { name: "Done" }).isDisabled(), true);
    await settings.getByRole("button", { name: "Close settings" }).click();
    await page.getByText(/^users: frequency/).waitFor();
    assert.equal(await page.getByRole("button", { name: "Import" }).isDisabled(), true);
    await page.getByLabel(/^Settings of users/).click();
    await expression.fill("0 12 * * *");
    await settings.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Import" }).click();
    const queries = page.getByRole("link", { name: /^Query/ }).or(page.getByRole("button", { name: /^Query/ }));
    await queries.nth(5).waitFor(IMPORTED);
  });

  it("survives kill -9 in mid-import: the next start goes on, and nothing is missing", async () => {
    await page.goto(`${server.url}/sources`);
    await syncAll(page);
    await page.getByText("Running").first().waitFor();
    await server.kill();
    await server.start();
    await page.goto(`${server.url}/sources`);
    await page
      .getByText(/6 completed/)
      .first()
      .waitFor(IMPORTED);
  });

  it("answers SQL, draws it, and exports it", async () => {
    await page.goto(
      `${server.url}/sql?sql=${encodeURIComponent("select status, count(*) as people from okta.users group by all order by 2 desc")}`,
    );
    await page.getByRole("button", { name: /^Run/ }).first().click();
    await page.getByRole("gridcell", { name: "ACTIVE" }).first().waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), exportAs(page, /CSV/)]);
    const lines = (await readFile(await download.path(), "utf8")).trim().split(/\r?\n/);
    assert.equal(lines[0], "status,people");
    assert.ok(lines.some((line) => line.startsWith("ACTIVE,")));
    await page
      .getByRole("tab", { name: /Chart/ })
      .or(page.getByText("Chart", { exact: true }))
      .first()
      .click();
    await page.locator("canvas").first().waitFor();
  });

  it("refuses SQL that writes, with a reason", async () => {
    await page.goto(`${server.url}/sql?sql=${encodeURIComponent("delete from okta.users")}`);
    await page.getByRole("button", { name: /^Run/ }).first().click();
    await page
      .getByRole("alert")
      .filter({ hasText: /read|allowed/i })
      .first()
      .waitFor();
  });

  it("lets a viewer look and not touch", async () => {
    const added = await page.evaluate(async () => {
      const session = (await (await fetch("/api/session")).json()) as { csrfToken: string };
      const body = JSON.stringify({
        email: "vi@example.com",
        name: "Vi",
        role: "viewer",
        password: "viewer of everything",
      });
      const headers = { "content-type": "application/json", "x-csrf-token": session.csrfToken };
      return (await fetch("/api/people", { method: "POST", headers, body })).status;
    });
    assert.equal(added, 201);
    await using other = await visit(executable!);
    await logIn(other.page, `${server.url}/sources`, { email: "vi@example.com", password: "viewer of everything" });
    await other.page
      .getByText(/6 completed/)
      .first()
      .waitFor();
    assert.equal(await other.page.getByText("+ New source").count(), 0);
    const status = await other.page.evaluate(async () => {
      const body = JSON.stringify({ sql: "select * from rollcall.version" });
      return (
        await fetch("/api/warehouse/query", {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "x-csrf-token": ((await (await fetch("/api/session")).json()) as { csrfToken: string }).csrfToken,
          },
          body,
        })
      ).text();
    });
    assert.match(status, /QUERY_REFUSED|NOT_ALLOWED/);
  });

  it("logs out, which leaves nothing of what was written, and in again", async () => {
    const drafts = () =>
      page.evaluate<number>("Object.keys(localStorage).filter((key) => key.includes('drafts')).length");
    await page.goto(`${server.url}/sql`);
    await page.getByRole("textbox", { name: "SQL" }).fill("select 'not for the next person'");
    assert.equal(await drafts(), 1);
    await page
      .getByRole("button", { name: /account|Ada/i })
      .first()
      .click();
    await page
      .getByText(/Log out/)
      .first()
      .click();
    await page.getByRole("button", { name: "Log in" }).waitFor();
    assert.equal(await drafts(), 0);
    await logIn(page, `${server.url}/sources`, ADA);
  });

  it("stops on SIGTERM within ten seconds, and nothing was complained of", async () => {
    const took_ms = await server.stop();
    assert.ok(took_ms < 10_000, `${took_ms} ms`);
    assert.deepEqual(seat.complaints, []);
  });
});

async function exportAs(page: Page, format: RegExp): Promise<void> {
  await page
    .getByRole("button", { name: /Export/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name: format }).first().click();
}
