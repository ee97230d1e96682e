/**
 * What linking says of rights, in a real browser: a service app with DPoP, a table that may not be read, silent emptiness, and an import
 * that a person cancels and takes up again.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Page } from "playwright-core";
import { findChromium, visit, type Visit } from "./browser.ts";
import { IMPORTED, openForm, setUp, syncAll } from "./person.ts";
import { DemoServer } from "./server.ts";

const executable = await findChromium();

describe("linking by rights", { skip: executable === null ? "no Chromium on this machine" : false }, () => {
  let server: DemoServer;
  let seat: Visit;
  let page: Page;
  const control = async (path: string, body: object, method = "POST") => {
    const response = await fetch(`${server.controlUrl}${path}`, {
      method,
      ...(method === "POST" ? { body: JSON.stringify(body) } : {}),
    });
    assert.ok(response.ok, await response.text());
  };

  before(async () => {
    server = await DemoServer.start();
    seat = await visit(executable!);
    ({ page } = seat);
    await setUp(page, server.setupLink);
  });
  after(async () => {
    await seat?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  it("calls out a service app without an admin role: lists that are silently empty", async () => {
    await control("/access", { adminRole: false });
    await openForm(page);
    await page.getByText("Use the simulated org").click();
    await page.getByLabel("Credential").selectOption("oauth");
    await page.getByRole("button", { name: "Next" }).click();
    await page
      .getByText(/admin role/i)
      .first()
      .waitFor();
    await page
      .getByText(/silent|empty list|every org has at least one/i)
      .first()
      .waitFor();
    await control("/access", { adminRole: true });
  });

  it("shows a table that may not be read with what to grant, and leaves it off", async () => {
    await control("/faults", { match: { path: "/api/v1/groups/rules*" }, fault: { kind: "status", code: "E0000006" } });
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await page.getByRole("button", { name: "Next" }).click();
    await page
      .getByText(/5 of 6/)
      .first()
      .waitFor();
    await page
      .getByText(/admin role that may read this/i)
      .first()
      .waitFor();
    await control("/faults", {}, "DELETE");
  });

  it("imports with the service app; a person cancels it and takes it up again", async () => {
    await control("/faults", { match: { path: "/api/v1/logs" }, fault: { kind: "delay", ms: 3000 } });
    await page.getByRole("button", { name: "Import" }).click();
    await page.getByRole("button", { name: "Cancel" }).waitFor();
    const progress = page.url();
    // The list counts along: its own figures are those of the last run that ended.
    await page.goto(`${server.url}/sources`);
    await page.getByText(/[1-9][\d,]* rows stored/).waitFor();
    await page.getByRole("cell", { name: "running", exact: true }).waitFor();
    await page.goto(progress);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelled").first().waitFor();
    await control("/faults", {}, "DELETE");
    await page.goto(`${server.url}/sources`);
    await syncAll(page);
    await page.goto(`${server.url}/sources`);
    await page
      .getByText(/5 completed/)
      .first()
      .waitFor(IMPORTED);
    assert.deepEqual(seat.complaints, []);
  });
});
