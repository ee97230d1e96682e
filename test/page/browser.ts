/** A real Chromium: the machine's own, or the one that a development dependency ships in its package; or none, said aloud. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Nothing but what a page needs: no updates, no telemetry, no name look-ups of its own. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Where a Chromium is; null, after saying so, where there is none. `ROLLCALL_CHROMIUM` names another. */
export async function findChromium(): Promise<string | null> {
  const own = process.env["ROLLCALL_CHROMIUM"];
  const found = [...(own === undefined ? [] : [own]), ...PLACES].find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (process.platform === "linux" && process.arch === "x64") {
    // Its own flags are for other purposes, and switch off what keeps pages apart: ours do.
    const { shippedChromium } = await import("./chromium.ts");
    const shipped = await shippedChromium();
    if (shipped !== null) return shipped;
  }
  console.error("NO CHROMIUM: the web page is NOT tested. Install Chromium, or name one in ROLLCALL_CHROMIUM.");
  return null;
}

export interface Visit extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained of: errors of scripts, resources that the page's policy refuses. In every tab. */
  readonly complaints: string[];
  /** Every origin that anything was asked of, in every tab. */
  readonly origins: ReadonlySet<string>;
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
}

/** A browser of its own with an empty profile. Everything a test waits for is there within this long. */
const PATIENCE_MS = 60_000;

export async function visit(executablePath: string, look: Look = {}): Promise<Visit> {
  const profile = await mkdtemp(join(tmpdir(), "rollcall-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: FLAGS,
    headless: true,
    viewport: { width: look.width ?? 1280, height: look.height ?? 900 },
    colorScheme: look.scheme ?? "light",
    reducedMotion: "reduce",
    acceptDownloads: true,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  const origins = new Set<string>();
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.on("request", (request) => {
    const { origin } = new URL(request.url());
    // `data:` and `blob:` are the page's own.
    if (origin !== "null" && !origin.startsWith("blob:")) origins.add(origin);
  });
  context.on("console", (message) => {
    // A refused request is an answer that a page may well expect; it shows it in its own words.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(message.text());
  });
  return {
    page,
    context,
    complaints,
    origins,
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
