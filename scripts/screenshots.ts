/** The README's pictures of the page, taken from the demo: `npm run screenshots` links the simulated org and writes docs/images. */
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { findChromium, visit } from "../test/page/browser.ts";
import { openForm, openSql, setUp } from "../test/page/person.ts";
import { DemoServer } from "../test/page/server.ts";

const TO = join(import.meta.dirname, "../docs/images");
/** Whoever clones the repository downloads every version of every picture. */
const MOST_BYTES = 150_000;
const SIGN_INS = `select date_trunc('day', published) as day, count(*) as sign_ins,
       count(distinct actor.id) as people
from okta.logs
where event_type = 'user.session.start' and published > now() - interval 30 days
group by all order by day`;

const executable = await findChromium();
if (executable === null) throw new Error("The pictures need a Chromium.");
await mkdir(TO, { recursive: true });
await using server = await DemoServer.start();
await using seat = await visit(executable, { width: 1280, height: 800, scheme: "light" });
const { page } = seat;

async function take(name: string): Promise<void> {
  // Without what passes: the pointer's traces and the notices in the corner.
  await page.mouse.move(0, 0);
  await page.addStyleTag({ content: ".mantine-Notifications-root { display: none }" }).catch(() => undefined);
  const path = join(TO, `${name}.png`);
  await page.screenshot({ path });
  const { size } = await stat(path);
  if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes, more than ${MOST_BYTES}.`);
  console.log(`${path}: ${Math.round(size / 1000)} KB`);
}

const drawn = (on: Page, charts: number) =>
  on
    .locator("canvas")
    .nth(charts - 1)
    .waitFor();

/** So that the tables are seen arriving: a real org is never this near. */
async function slow(path: string, ms: number): Promise<void> {
  await fetch(`${server.controlUrl}/faults`, {
    method: "POST",
    body: JSON.stringify({ match: { path }, fault: { kind: "delay", ms } }),
  });
}

await setUp(page, server.setupLink);
await openForm(page);
await page.getByText("Use the simulated org").click();
await page.getByRole("button", { name: "Next", exact: true }).click();
await page.getByText("all 6 tables readable").waitFor();
await take("new-source-schemas");

await slow("/api/v1/logs", 250);
await page.getByRole("button", { name: "Import" }).click();
await page
  .getByRole("link", { name: /^Query/ })
  .nth(4)
  .waitFor();
await page
  .getByText(/rows read · \d\d%/)
  .first()
  .waitFor();
await take("progress");
await fetch(`${server.controlUrl}/faults`, { method: "DELETE" });
await page
  .getByRole("link", { name: /^Query/ })
  .nth(5)
  .waitFor({ timeout: 120_000 });

await page.goto(`${server.url}/sources`);
await page.getByText("6 completed").waitFor();
await take("sources");

await openSql(page, server.url, SIGN_INS);
await page.getByRole("button", { name: "Run", exact: true }).click();
await page.getByRole("grid", { name: "Result" }).waitFor();
await page.getByText("Chart", { exact: true }).click();
await drawn(page, 1);
await take("sql");

await page.goto(server.url);
await drawn(page, 4);
await take("overview");
