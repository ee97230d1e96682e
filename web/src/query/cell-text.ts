/** How a value of a result is written: short in its cell, whole where it is looked at, and plain where it is copied. Pure. */
import { kindOf, type Row, type Table } from "./result.ts";

/** Longer than any cell is wide; the rest would only cost the browser. */
const MOST_IN_CELL = 400;

/** Null where there is nothing: the cell says NULL in its own way, so that empty text stays empty. */
export function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > MOST_IN_CELL ? `${text.slice(0, MOST_IN_CELL)}…` : text;
}

/** Whole; nested values indented. JSON arrives as text, and is read for that. */
export function pretty(value: unknown, type: string): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value !== "string") return JSON.stringify(value, null, 2);
  if (kindOf(type) !== "nested") return value;
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

/** As text that a spreadsheet takes; NULL is nothing. */
export function plain(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Tab-separated as spreadsheets read it from the clipboard: quoted where a value holds a tab, a line break or a quote. */
export function tsv(rows: readonly Row[], heads: readonly string[] | null): string {
  const field = (value: unknown): string => {
    const text = plain(value);
    return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const all = heads === null ? rows : [heads, ...rows];
  return all.map((row) => row.map(field).join("\t")).join("\n");
}

const CHARACTER_PX = 7.4;
const PADDING_PX = 28;
const LEAST_PX = 72;
const MOST_PX = 420;
const SAMPLE = 60;

/** As wide as the head and the first rows need. */
export function columnWidth({ columns, rows }: Table, index: number): number {
  const { name = "", type = "" } = columns[index] ?? {};
  let longest = Math.max(name.length + 2, Math.min(type.length, 14));
  for (const row of rows.slice(0, SAMPLE)) longest = Math.max(longest, Math.min(cellText(row[index])?.length ?? 4, 80));
  const most = kindOf(type) === "nested" ? 320 : MOST_PX;
  return Math.round(Math.min(most, Math.max(LEAST_PX, longest * CHARACTER_PX + PADDING_PX)));
}
