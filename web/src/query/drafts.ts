/** Unsaved text survives a reload: the text alone, per person and saved query or link, in the browser. Log-out forgets it. */

const MOST = 20;
const keyOf = (person: string) => `rollcall.drafts.${person}`;

/** `of`: the id of a saved query, the SQL of a link, or nothing for the blank page. */
export const draftOf = (person: string, of: string): string | null =>
  all(person).find(([key]) => key === of)?.[1] ?? null;

/** Null forgets it. */
export function keepDraft(person: string, of: string, text: string | null): void {
  const others = all(person).filter(([key]) => key !== of);
  const kept = text === null ? others : [[of, text] as const, ...others];
  try {
    localStorage.setItem(keyOf(person), JSON.stringify(kept.slice(0, MOST)));
  } catch {
    // Full or forbidden: the text is then only in the page.
  }
}

/** A machine may be others' next. */
export const forgetDrafts = (person: string): void => localStorage.removeItem(keyOf(person));

function all(person: string): readonly (readonly [string, string])[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf(person)) ?? "[]");
    return Array.isArray(stored) ? (stored as readonly (readonly [string, string])[]) : [];
  } catch {
    return [];
  }
}
