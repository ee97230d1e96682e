/** What a column of a result is sorted by: numbers as numbers even when sent as text, NULL last. Pure. */
import { cellText } from "./cell-text.ts";
import { instantOf, kindOf, numberOf } from "./result.ts";

const letters = new Intl.Collator("en", { numeric: true });

export type Sortable = number | string;

/** Undefined where there is nothing to sort by. */
export function sortable(value: unknown, type: string): Sortable | undefined {
  if (value === null || value === undefined) return undefined;
  const kind = kindOf(type);
  if (kind === "number" || kind === "boolean") return numberOf(value) ?? undefined;
  return (kind === "time" ? instantOf(value) : null) ?? cellText(value) ?? undefined;
}

export function compare(a: Sortable, b: Sortable): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return letters.compare(String(a), String(b));
}
