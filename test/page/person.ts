/** What a person does on the page, in the words that are on the screen. */
import type { Page } from "playwright-core";

/** An import of the demo's org takes seconds; on a machine that others share it was seen to take two minutes. */
export const IMPORTED = { timeout: 300_000 } as const;

export const ADA = {
  email: "ada@example.com",
  name: "Ada Lovelace",
  password: "correct horse battery staple",
} as const;

export async function setUp(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("Your name").fill(ADA.name);
  await page.getByLabel("E-mail address").fill(ADA.email);
  await page.getByLabel("Password", { exact: false }).first().fill(ADA.password);
  await page.getByRole("button", { name: "Set up and log in" }).click();
  await page.getByRole("link", { name: "Sources" }).first().waitFor();
}

export async function logIn(
  page: Page,
  url: string,
  who: { readonly email: string; readonly password: string },
): Promise<void> {
  await page.goto(url);
  await page.getByLabel("E-mail address").fill(who.email);
  await page.getByLabel("Password", { exact: false }).first().fill(who.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("link", { name: "Sources" }).first().waitFor();
}

/** Sources → + New source → Link next to Okta: the form. */
export async function openForm(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Sources" }).first().click();
  await page.getByText("+ New source").first().click();
  const okta = page.getByRole("listitem").filter({ hasText: "Okta" }).first();
  const link = okta.getByRole("button", { name: /^Link/ });
  await ((await link.count()) > 0 ? link : page.getByRole("button", { name: /^Link/ }).first()).click();
  await page.getByLabel("Okta domain").waitFor();
}

/** The simulated org, linked as it is offered, and every table there to be queried. */
export async function importSimulated(page: Page): Promise<void> {
  await openForm(page);
  await page.getByText("Use the simulated org").click();
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await page.getByRole("button", { name: "Import" }).click();
  await page
    .getByRole("link", { name: /^Query/ })
    .nth(5)
    .waitFor(IMPORTED);
}

/** The API with this person's session, for what a test needs and does not look at. */
export async function ask<T>(
  page: Page,
  method: string,
  path: string,
  body?: object,
  as: "json" | "text" = "json",
): Promise<T> {
  return page.evaluate(
    async ([how, where, what, form]) => {
      const { csrfToken } = (await (await fetch("/api/session")).json()) as { csrfToken: string };
      const response = await fetch(where, {
        method: how,
        headers: { "content-type": "application/json", "x-csrf-token": csrfToken },
        ...(what === null ? {} : { body: what }),
      });
      const answer = await response.text();
      if (!response.ok) throw new Error(`${how} ${where}: ${response.status} ${answer}`);
      return form === "text" ? answer : answer === "" ? null : JSON.parse(answer);
    },
    [method, path, body === undefined ? null : JSON.stringify(body), as] as const,
  ) as Promise<T>;
}

/** The SQL page with this text in the editor, as a link from elsewhere opens it: nothing runs by itself. */
export async function openSql(page: Page, url: string, sql: string): Promise<void> {
  await page.goto(`${url}/sql?sql=${encodeURIComponent(sql)}`);
  await page.getByRole("button", { name: "Run", exact: true }).first().waitFor();
}

/** What the warehouse answers, for a count that no page shows. */
export async function rowsOf(page: Page, sql: string): Promise<{ readonly rows: readonly (readonly unknown[])[] }> {
  const text = await ask<string>(page, "POST", "/api/warehouse/query", { sql }, "text");
  const lines = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { type: string; rows?: unknown[][] });
  return { rows: lines.flatMap(({ type, rows }) => (type === "rows" ? (rows ?? []) : [])) };
}

/** From the list of sources: the simulated org's page, Sync all now. */
export async function syncAll(page: Page): Promise<void> {
  await page
    .getByRole("link", { name: /simulated/i })
    .first()
    .click();
  await page
    .getByRole("button", { name: /Sync all now/ })
    .first()
    .click();
  const confirm = page.getByRole("dialog").getByRole("button", { name: /sync/i });
  if (await confirm.isVisible().catch(() => false)) await confirm.click();
}
