/** Unsaved text survives a reload: the text alone, per saved query or link, in the browser. */

const KEY = "rollcall.sql";
const MOST = 20;

/** `of`: the id of a saved query, the SQL of a link, or nothing for the blank page. */
export const draftOf = (of: string): string | null => all().find(([key]) => key === of)?.[1] ?? null;

/** Null forgets it. */
export function keepDraft(of: string, text: string | null): void {
  const others = all().filter(([key]) => key !== of);
  const kept = text === null ? others : [[of, text] as const, ...others];
  try {
    localStorage.setItem(KEY, JSON.stringify(kept.slice(0, MOST)));
  } catch {
    // Full or forbidden: the text is then only in the page.
  }
}

function all(): readonly (readonly [string, string])[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? (stored as readonly (readonly [string, string])[]) : [];
  } catch {
    return [];
  }
}
