/** The guide beside the form of a new source: the marked part of docs/link-okta.md, so that the page and the paper say the same. */
import { readFileSync } from "node:fs";

const PAGE = new URL("../../docs/link-okta.md", import.meta.url);
const PART = /<!-- guide\b.*?-->\n(.*)<!-- \/guide -->/s;

let kept: string | null = null;

/** Markdown. Read once. */
export function guide(): string {
  kept ??= partOf(readFileSync(PAGE, "utf8"));
  return kept;
}

function partOf(page: string): string {
  const part = PART.exec(page)?.[1];
  if (part === undefined) throw new Error(`${PAGE.pathname} has no part marked as the guide`);
  // Marks within it are for the scripts that write lists.
  return part.replaceAll(/^<!--.*-->\n/gm, "").trim();
}
