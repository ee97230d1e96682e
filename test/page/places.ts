/** Every page of the product: where it is, what stands on it once it is there, and the request without which it cannot be drawn. */
import type { Locator, Page } from "playwright-core";

export interface Place {
  readonly name: string;
  readonly path: string;
  /** There when the page is: what a person came for. */
  readonly shows: (page: Page) => Locator;
  /** Pressed after the page is there: what has no address of its own. */
  readonly opens?: (page: Page) => Promise<void>;
  /** The request that the page lives on, and what it says it is waiting for. */
  readonly asks?: { readonly url: RegExp; readonly loading: RegExp };
}

export interface Known {
  readonly sourceId: string;
  readonly dashboardId: string;
}

const heading = (name: string | RegExp) => (page: Page) => page.getByRole("heading", { name, level: 1 }).first();
const text = (words: string | RegExp) => (page: Page) => page.getByText(words).first();
const PEOPLE = "select status, count(*) as people from okta.users group by all order by people desc";

const press = async (page: Page, name: string | RegExp) =>
  page.getByRole("button", { name, exact: true }).first().click();

/** The form and what comes before it have addresses, but need what was said on the step before. */
async function toForm(page: Page): Promise<void> {
  await press(page, "Link Okta");
  await page.getByLabel("Okta domain").waitFor();
}

async function toSchemas(page: Page): Promise<void> {
  await toForm(page);
  await press(page, "Use the simulated org");
  await press(page, "Next");
  await page.getByText("This org is linked already").first().waitFor();
}

async function runIt(page: Page): Promise<void> {
  await press(page, "Run");
  await page.getByRole("gridcell", { name: "ACTIVE" }).waitFor();
}

async function drawIt(page: Page): Promise<void> {
  await runIt(page);
  await page.getByText("Chart", { exact: true }).click();
  await page.locator("canvas").first().waitFor();
}

export function placesOf({ sourceId, dashboardId }: Known): readonly Place[] {
  const source = `/sources/${sourceId}`;
  return [
    {
      name: "overview",
      path: "/",
      shows: (page) => page.locator("canvas").nth(3),
      asks: { url: /\/api\/overview/, loading: /Loading the overview/ },
    },
    {
      name: "sources",
      path: "/sources",
      shows: text("Simulated org"),
      asks: { url: /\/api\/sources$/, loading: /Loading the sources/ },
    },
    {
      name: "new source",
      path: "/sources/new",
      shows: (page) => page.getByRole("button", { name: "Link Okta", exact: true }),
      asks: { url: /\/api\/source-types$/, loading: /Loading what can be linked/ },
    },
    { name: "new source, form", path: "/sources/new", shows: heading("New source"), opens: toForm },
    { name: "new source, schemas", path: "/sources/new", shows: heading("New source"), opens: toSchemas },
    {
      name: "new source, progress",
      path: `/sources/new?step=progress&source=${sourceId}`,
      shows: (page) => page.getByRole("link", { name: /^Query/ }).nth(5),
    },
    {
      name: "source",
      path: source,
      shows: (page) => page.getByLabel("Actions for user_types"),
      asks: { url: /\/api\/sources\/[^/]+$/, loading: /Loading the source/ },
    },
    {
      name: "source, runs",
      path: `${source}/runs`,
      shows: text("First import"),
      opens: (page) => page.getByText("First import").first().click(),
      asks: { url: /\/api\/runs\?/, loading: /Loading the runs/ },
    },
    {
      name: "source, rate limits",
      path: `${source}/rate-limits`,
      shows: text("Last heard"),
      asks: { url: /\/buckets/, loading: /Loading the rate limits/ },
    },
    {
      name: "source, configuration",
      path: `${source}/configuration`,
      shows: (page) => page.getByLabel("Complete reading"),
      opens: (page) => press(page, "Change the address or the credential"),
    },
    {
      name: "source, notifications",
      path: `${source}/notifications`,
      shows: text("Notification settings"),
      asks: { url: /\/api\/channels$/, loading: /Loading the channels/ },
    },
    {
      name: "SQL, result",
      path: `/sql?sql=${encodeURIComponent(PEOPLE)}`,
      shows: (page) => page.getByRole("button", { name: "Run", exact: true }),
      opens: runIt,
    },
    {
      name: "SQL, chart",
      path: `/sql?sql=${encodeURIComponent(`${PEOPLE} `)}`,
      shows: (page) => page.getByRole("button", { name: "Run", exact: true }),
      opens: drawIt,
    },
    {
      name: "table",
      path: "/tables/okta/users",
      shows: (page) => page.getByRole("region", { name: "Columns" }),
      asks: { url: /\/api\/warehouse\/tables\//, loading: /Loading the table/ },
    },
    {
      name: "dashboards",
      path: "/dashboards",
      shows: text("People at a glance"),
      asks: { url: /\/api\/dashboards$/, loading: /Loading the dashboards/ },
    },
    {
      name: "dashboard",
      path: `/dashboards/${dashboardId}`,
      shows: (page) => page.locator("canvas").first(),
      opens: (page) => press(page, "Arrange"),
      asks: { url: /\/api\/dashboards\/./, loading: /Loading the dashboard/ },
    },
    ...settings(),
    {
      name: "API reference",
      path: "/api/docs",
      shows: (page) => page.getByLabel("Search"),
      asks: { url: /\/api\/openapi\.json/, loading: /Loading the reference/ },
    },
  ];
}

function settings(): readonly Place[] {
  return [
    {
      name: "settings",
      path: "/settings",
      shows: text("Keep runs and their logs for"),
      asks: { url: /\/api\/settings$/, loading: /Loading the settings/ },
    },
    {
      name: "settings, people",
      path: "/settings/people",
      shows: text("ada@example.com"),
      asks: { url: /\/api\/people$/, loading: /Loading people/ },
    },
    {
      name: "settings, API keys",
      path: "/settings/keys",
      shows: text("No API keys"),
      asks: { url: /\/api\/keys$/, loading: /Loading API keys/ },
    },
    {
      name: "settings, notifications",
      path: "/settings/notifications",
      shows: text("Nobody is told yet"),
      asks: { url: /\/api\/channels$/, loading: /Loading the channels/ },
    },
    {
      name: "settings, publication",
      path: "/settings/publication",
      shows: text("Snapshot file"),
      asks: { url: /\/api\/warehouse\/publication$/, loading: /Loading the publication/ },
    },
    {
      name: "settings, audit trail",
      path: "/settings/audit",
      shows: text("linked the source"),
      asks: { url: /\/api\/audit/, loading: /Loading the audit trail/ },
    },
    { name: "settings, account", path: "/settings/account", shows: text("Change password") },
  ];
}
