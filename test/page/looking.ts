/** What is wrong with a page as it stands on the screen: for eyes of any kind, and for a narrow screen. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

/** Evaluated by the debugger, not put into the document: the page's policy lets no foreign script in. */
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// Texts: these tests are compiled without the browser's types.
const STILL = `Promise.allSettled(document.getAnimations()
  .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
  .map(({ finished }) => finished)).then(() => null)`;
const OVER_PX = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

export interface Fault {
  readonly what: string;
  readonly where: string;
}

/** Each width and each scheme once: what is wrong depends on one or the other, hardly ever on the pair, and a pair takes seconds. */
export const LOOKS = [
  { scheme: "light", width: 1280 },
  { scheme: "dark", width: 390 },
] as const;

type Look = (typeof LOOKS)[number];

export async function wear(page: Page, { scheme, width }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  await page.setViewportSize({ width, height: width > 600 ? 900 : 844 });
  await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
  // A colour on its way to another is neither; what turns for ever is not waited for.
  await page.evaluate(STILL);
}

/** Serious and critical findings of axe, and how far the document is wider than the screen. */
export async function faultsOf(page: Page): Promise<readonly Fault[]> {
  await page.evaluate(AXE);
  const options = { resultTypes: ["violations"] };
  const { violations } = await page.evaluate<{ violations: Violation[] }>(`axe.run(${JSON.stringify(options)})`);
  const found = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const over_px = await page.evaluate<number>(OVER_PX);
  return [
    ...found.flatMap(({ id, help, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => ({
        what: `${id}: ${help}`,
        where: `${html.slice(0, 200)} ${failureSummary?.split("\n")[1]?.trim() ?? ""}`,
      })),
    ),
    ...(over_px > 0 ? [{ what: `the document is ${over_px} px wider than the screen`, where: "html" }] : []),
  ];
}
