/** What a person does on the page, in the words that are on the screen. */
import type { Page } from "playwright-core";

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

export const tableRow = (page: Page, table: string) => page.getByRole("row").filter({ hasText: table }).first();
