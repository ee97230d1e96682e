/** What a table's columns hold, in one pass over it or over a sample. */
import type { CatalogColumn, ColumnProfile, JsonValue, TableName, TableProfile } from "../warehouse.ts";
import { name } from "./sql.ts";

/** Tables up to this many rows are read whole, of larger ones about this many: whole vectors, so few blocks are read. */
const SAMPLE_ROWS = 100_000;
const EXAMPLES = 5;
/** Characters of an example that are told. */
const EXAMPLE_MAX = 200;
/** The values of these are told by their text, and have neither a least nor a most that would say anything. */
const NESTED = /^(STRUCT|MAP|UNION)|\[\d*\]$|^JSON$|^BLOB$/;

/** Figures that `profileSql` gives for each column, in order. */
const FIGURES = 5;

/** One statement for all columns, whose one row `profileOf` reads. */
export function profileSql(table: TableName, columns: readonly CatalogColumn[], rows: number): string {
  const figures = columns.flatMap(({ name: column, type }) => {
    const value = name(column);
    const text = `left(CAST(${value} AS VARCHAR), ${EXAMPLE_MAX})`;
    const nested = NESTED.test(type);
    return [
      `count(${value})`,
      nested ? "NULL" : `approx_count_distinct(${value})`,
      nested ? "NULL" : `min(${value})`,
      nested ? "NULL" : `max(${value})`,
      `approx_top_k(${nested ? text : value}, ${EXAMPLES})`,
    ];
  });
  const share =
    rows > SAMPLE_ROWS ? ` USING SAMPLE ${((100 * SAMPLE_ROWS) / rows).toFixed(6)} PERCENT (system, 1)` : "";
  return `SELECT count(*), ${figures.join(", ")} FROM ${name(table.schema, table.name)}${share}`;
}

/** The profile in the row that `profileSql` selects. */
export function profileOf(
  columns: readonly CatalogColumn[],
  rows: number,
  [counted = 0, ...figures]: readonly JsonValue[],
): TableProfile {
  const sampled = Number(counted);
  const profiles = columns.map((column, at): ColumnProfile => {
    const [held, distinct, least, most, examples] = figures.slice(at * FIGURES, (at + 1) * FIGURES);
    return {
      ...column,
      nullShare: sampled === 0 ? null : 1 - Number(held) / sampled,
      distinct: typeof distinct === "number" ? Math.min(distinct, Number(held)) : null,
      least: shown(least),
      most: shown(most),
      examples: (Array.isArray(examples) ? (examples as readonly JsonValue[]) : []).flatMap(
        (value) => shown(value) ?? [],
      ),
    };
  });
  return { rows, sampled, columns: profiles };
}

function shown(value: JsonValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  return (typeof value === "string" ? value : JSON.stringify(value)).slice(0, EXAMPLE_MAX);
}
