/**
 * What people do with a source: several tables at once, pausing, a held deletion, another address, changes that arrive, data deleted
 * on purpose; and an import that the machine killed in the middle. The simulated org is changed through its control endpoint.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { findChromium, visit, type Visit } from "./browser.ts";
import { IMPORTED, importSimulated, openForm, rowsOf, setUp } from "./person.ts";
import { DemoServer } from "./server.ts";

const executable = await findChromium();
const SKIP = { skip: executable === null ? "no Chromium on this machine" : false };
const WITHIN = { timeout: 60_000 };

async function control(
  server: DemoServer,
  method: string,
  path: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(server.controlUrl + path, init);
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
}

describe("a source at work", SKIP, () => {
  let server: DemoServer;
  let seat: Visit;
  let page: Page;
  let source = "";
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true }).first();
  const row = (table: string) =>
    page.getByRole("row").filter({ has: page.getByLabel(`Choose ${table}`, { exact: true }) });
  const dialog = () => page.getByRole("dialog");
  const apply = (op: object) => control(server, "POST", "/apply", op);
  const ended = () => page.getByRole("button", { name: "Cancel the run" }).waitFor({ state: "detached", ...WITHIN });
  const act = async (table: string, action: RegExp) => {
    await page.getByLabel(`Actions for ${table}`, { exact: true }).click();
    await page.getByRole("menuitem", { name: action }).click();
  };
  /** Pressed, and begun, and over. */
  const synced = async (press: () => Promise<void>) => {
    const asked = page.waitForResponse((response) => /\/(sync|resync|allow-mass-delete)$/.test(response.url()));
    await press();
    assert.ok((await asked).ok());
    await page.getByRole("button", { name: "Cancel the run" }).waitFor();
    await ended();
  };

  before(async () => {
    server = await DemoServer.start();
    seat = await visit(executable!);
    ({ page } = seat);
    await setUp(page, server.setupLink);
    await importSimulated(page);
    source = `${server.url}/sources/${new URL(page.url()).searchParams.get("source")}`;
    // So that a run is there long enough to be seen.
    await control(server, "POST", "/faults", { match: { path: "/api/v1/*" }, fault: { kind: "delay", ms: 300 } });
    await page.goto(source);
  });
  after(async () => {
    await seat?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  it("switches several tables off and on, and sets how often they run", async () => {
    for (const table of ["groups", "user_types"]) await page.getByLabel(`Choose ${table}`, { exact: true }).check();
    await page.getByText("2 chosen").waitFor();
    await button("Disable").click();
    for (const table of ["groups", "user_types"]) await row(table).getByText("Off", { exact: true }).waitFor();
    await button("Enable").click();
    await button("Set frequency").click();
    await page.getByRole("menuitem", { name: "Every 12 hours" }).click();
    for (const table of ["groups", "user_types"]) {
      await row(table).getByText("Completed").waitFor();
      await row(table).getByText("Every 12 hours").waitFor();
    }
    await button("Choose none").click();
  });

  it("shows the rows that the next run moved", async () => {
    for (const firstName of ["Ada", "Grace", "Katherine"]) await apply({ op: "createUser", profile: { firstName } });
    await synced(() => button("Sync all now").click());
    await row("users").getByRole("cell", { name: "3", exact: true }).waitFor();
    await row("users").getByRole("cell", { name: "2,003", exact: true }).waitFor();
  });

  it("holds a large deletion back until an admin types the source's name", async () => {
    const { apps } = await appsOf();
    for (const id of apps.slice(0, 25)) {
      await apply({ op: "deactivateApp", id });
      await apply({ op: "deleteApp", id });
    }
    await synced(() => act("applications", /Sync now/));
    const held = page.getByRole("alert").filter({ hasText: "A large deletion is held back" });
    await held.waitFor();
    await row("applications").getByRole("cell", { name: "40", exact: true }).waitFor();
    await button("It is right: delete them…").click();
    const confirm = dialog().getByRole("button", { name: "Delete in the next run" });
    await dialog()
      .getByLabel(/to confirm/)
      .fill("something else");
    assert.equal(await confirm.isDisabled(), true);
    await dialog()
      .getByLabel(/to confirm/)
      .fill("Simulated org");
    await synced(() => confirm.click());
    await held.waitFor({ state: "detached" });
    await row("applications").getByRole("cell", { name: "15", exact: true }).waitFor();
  });

  const appsOf = async () => {
    const { rows } = await rowsOf(page, "select id from okta.applications where label is not null order by id");
    return { apps: rows.map(([id]) => String(id)) };
  };

  it("pauses and resumes", async () => {
    await page.getByLabel("Actions for Simulated org").click();
    await page.getByRole("menuitem", { name: "Pause" }).click();
    await page.getByText("Paused by a person").waitFor();
    assert.equal(await button("Sync all now").isDisabled(), true);
    await button("Resume").click();
    await page.getByText("Paused by a person").waitFor({ state: "detached" });
    assert.equal(await button("Sync all now").isEnabled(), true);
  });

  it("asks for the credential again when the address changes", async () => {
    await page.goto(`${source}/configuration`);
    await button("Change the address or the credential").click();
    await page.getByLabel("Okta domain").fill("another-org.okta.com");
    await button("Check and save").click();
    await page.getByRole("alert").filter({ hasText: "Another address needs its credential" }).waitFor();
    await page.getByText("Needed again for another address.").waitFor();
  });

  it("resyncs a table, and deletes its data when its name is typed", async () => {
    await page.goto(source);
    await act("groups", /Resync/);
    await dialog().getByText("Nothing is removed first").waitFor();
    await synced(() => dialog().getByRole("button", { name: "Resync", exact: true }).click());
    await row("groups").getByRole("cell", { name: "150", exact: true }).waitFor();
    await act("group_rules", /Delete data/);
    await dialog().getByText("okta.group_rules: 12 rows").waitFor();
    await dialog()
      .getByLabel(/to confirm/)
      .fill("Simulated org");
    await dialog().getByRole("button", { name: "Delete the data" }).click();
    await dialog().waitFor({ state: "detached" });
    await row("group_rules").getByRole("cell", { name: "0", exact: true }).first().waitFor();
    await page.goto(`${server.url}/settings/audit`);
    await page
      .getByText(/delete/i)
      .first()
      .waitFor();
  });

  it("erases a stored column only when the source's name is typed, and says how many rows lose it", async () => {
    await page.goto(source);
    await act("groups", /Settings/);
    const settings = dialog().filter({ hasText: "Settings of groups" });
    await settings.getByLabel("What is stored of object_class").selectOption("drop");
    await settings.getByRole("button", { name: "Save…" }).click();
    const asked = dialog().filter({ hasText: "Erase what is stored" });
    await asked.getByText("150 rows lose object_class for good.").waitFor();
    const erase = asked.getByRole("button", { name: "Erase and save" });
    assert.equal(await erase.isDisabled(), true);
    await asked.getByLabel(/to confirm/).fill("Simulated org");
    await erase.click();
    await settings.waitFor({ state: "detached" });
    await page.getByText("groups is changed, in the rows already stored, too.").waitFor();
    assert.deepEqual((await rowsOf(page, "select count(object_class) from okta.groups")).rows, [[0]]);
  });

  it("had nothing to complain of", () => assert.deepEqual(seat.complaints, []));
});

describe("a first import that is killed", SKIP, () => {
  it("goes on at the next start, and no row is missing", async () => {
    await using server = await DemoServer.start(["--demo-events", "120000"]);
    await using seat = await visit(executable!);
    const { page } = seat;
    await setUp(page, server.setupLink);
    await control(server, "POST", "/faults", { match: { path: "/api/v1/logs" }, fault: { kind: "delay", ms: 60 } });
    await openForm(page);
    await page.getByText("Use the simulated org").click();
    await page.getByRole("button", { name: "Next", exact: true }).click();
    await page.getByRole("button", { name: "Import" }).click();
    const logs = page.getByLabel("Progress of logs");
    // In the middle: some of the log is there, and more is to come.
    await page
      .getByText(/^[1-9]\d,\d{3} rows read · \d+%/)
      .first()
      .waitFor(WITHIN);
    assert.ok(await logs.isVisible());
    await server.kill();
    await server.start();
    await page.goto(`${server.url}/sources`);
    await page
      .getByText(/6 completed/)
      .first()
      .waitFor(IMPORTED);
    const state = await control(server, "GET", "/state");
    for (const table of ["users", "groups", "applications", "group_rules", "user_types"])
      assert.deepEqual((await rowsOf(page, `select count(*) from okta.${table}`)).rows, [[state[table]]], table);
    const { rows } = await rowsOf(page, "select count(*), count(distinct uuid) from okta.logs");
    const [all, distinct] = (rows[0] ?? []).map(Number);
    assert.equal(all, distinct, "an event is there twice");
    assert.ok(all! >= 120_000, `${all} events`);
    assert.deepEqual(seat.complaints, []);
  });
});
