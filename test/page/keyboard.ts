/** The keyboard's way through a page. */
import type { Page } from "playwright-core";

/** No page has more stops than this between two things that a person wants. */
const MOST_STOPS = 80;

/** What a screen reader would call that which has the focus. A text: these tests are compiled without the browser's types. */
const FOCUSED = `(() => {
  const { activeElement: element } = document;
  const [label] = element?.labels ?? [];
  return (element?.ariaLabel ?? label?.textContent ?? element?.textContent ?? "").trim();
})()`;

/** Tab until what is named has the focus; throws with the way that was gone. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const way: string[] = [];
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate<string>(FOCUSED);
    if (typeof name === "string" ? now === name : name.test(now)) return;
    way.push(now.slice(0, 40));
  }
  throw new Error(`the keyboard does not lead to ${name}; it led to: ${way.join(" › ")}`);
}

/** Tab to it, and Enter. */
export async function pressByKey(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press("Enter");
}
