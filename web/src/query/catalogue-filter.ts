/** What of the catalogue a few typed words leave. Pure. */
import type { Known } from "./completion.ts";

export interface Shown<T extends Known> {
  readonly table: T;
  readonly columns: T["columns"];
  /** Opened because a column is what was found. */
  readonly byColumn: boolean;
}

export interface Group<T extends Known> {
  readonly schema: string;
  readonly tables: readonly Shown<T>[];
}

/** Every word must be found: in the table's name or description, or else in a column's. */
export function filtered<T extends Known>(catalogue: readonly T[], filter: string): readonly Group<T>[] {
  const words = filter
    .toLowerCase()
    .split(/[\s.]+/)
    .filter((word) => word !== "");
  const groups = new Map<string, Shown<T>[]>();
  for (const table of catalogue) {
    const shown = look(table, words);
    if (shown === null) continue;
    const group = groups.get(table.schema) ?? [];
    group.push(shown);
    groups.set(table.schema, group);
  }
  return [...groups].map(([schema, tables]) => ({ schema, tables }));
}

function look<T extends Known>(table: T, words: readonly string[]): Shown<T> | null {
  const own = `${table.schema} ${table.name} ${table.about ?? ""}`.toLowerCase();
  const left = words.filter((word) => !own.includes(word));
  if (left.length === 0) return { table, columns: table.columns, byColumn: false };
  const columns = table.columns.filter(({ name, about }) => {
    const text = `${name} ${about ?? ""}`.toLowerCase();
    return left.every((word) => text.includes(word));
  });
  return columns.length === 0 ? null : { table, columns, byColumn: true };
}
