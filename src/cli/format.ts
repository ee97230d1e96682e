/** A query's result as text, piece by piece: for people, for programs, for spreadsheets. */
import type { FORMATS } from "../config.ts";
import type { JsonValue, QueryResult } from "../warehouse/warehouse.ts";
import { grid } from "./grid.ts";
import { plural } from "./number.ts";

type Format = (typeof FORMATS)[number];

const WIDEST_CELL = 60;
const NUMERIC = /^(U?(TINY|SMALL|HUGE|BIG)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;

/** The text of a result in `format`, in pieces that end where a row ends. */
export function formatted(result: QueryResult, format: Format): Iterable<string> {
  return FORMATTERS[format](result);
}

const FORMATTERS: Readonly<Record<Format, (result: QueryResult) => Iterable<string>>> = { table, json, ndjson, csv };

function* table(result: QueryResult): Iterable<string> {
  const columns = result.columns.map(({ name, type }) => ({
    title: name,
    align: NUMERIC.test(type) ? ("right" as const) : ("left" as const),
  }));
  const rows = result.rows.map((row) => row.map((value) => (value === null ? "NULL" : text(value))));
  for (const line of grid(columns, rows, WIDEST_CELL)) yield `${line}\n`;
  yield `${plural(rows.length, "row")}\n`;
}

function* json(result: QueryResult): Iterable<string> {
  const names = distinct(result.columns.map((column) => column.name));
  yield "[";
  for (const [index, row] of result.rows.entries()) yield `${index === 0 ? "\n" : ",\n"}${object(names, row)}`;
  yield result.rows.length === 0 ? "]\n" : "\n]\n";
}

function* ndjson(result: QueryResult): Iterable<string> {
  const names = distinct(result.columns.map((column) => column.name));
  for (const row of result.rows) yield `${object(names, row)}\n`;
}

/** RFC 4180. NULL is an empty field, the empty text is `""`. */
function* csv(result: QueryResult): Iterable<string> {
  yield `${result.columns.map((column) => field(column.name)).join(",")}\r\n`;
  for (const row of result.rows)
    yield `${row.map((value) => (value === null ? "" : field(text(value)))).join(",")}\r\n`;
}

const field = (value: string) => (value === "" || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

const text = (value: JsonValue): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Written by hand, because an object literal would lose `__proto__` and reorder columns named `1`, `2`. */
function object(names: readonly string[], row: readonly JsonValue[]): string {
  return `{${names.map((name, index) => `${JSON.stringify(name)}:${JSON.stringify(row[index] ?? null)}`).join(",")}}`;
}

/** Columns of one name would overwrite each other in an object: the later ones get a number, as DuckDB itself numbers them. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let number = 1; taken.has(free); number++) free = `${name}_${number}`;
    taken.add(free);
    return free;
  });
}
