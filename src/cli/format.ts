/** A query's result as text, piece by piece: for people, for programs, for spreadsheets. */
import type { FORMATS } from "../config.ts";
import type { JsonValue, QueryResult } from "../warehouse/warehouse.ts";
import { grid } from "./grid.ts";
import { plural } from "./number.ts";

type Format = (typeof FORMATS)[number];

const WIDEST_CELL = 60;
const NUMERIC = /^(U?(TINY|SMALL|HUGE|BIG)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;

/** A result on its way to text. Each piece ends where a row ends. */
export interface Formatter {
  rows(rows: Rows): Iterable<string>;
  /** What closes it; nothing comes after. */
  end(): Iterable<string>;
}

type Rows = QueryResult["rows"];
type Columns = QueryResult["columns"];

/** For rows that come a batch at a time. Only `table` waits for the end: its columns are as wide as their widest cell. */
export function formatter(columns: Columns, format: Format): Formatter {
  return FORMATTERS[format](columns);
}

/** The text of a whole result. */
export function* formatted(result: QueryResult, format: Format): Iterable<string> {
  const pieces = formatter(result.columns, format);
  yield* pieces.rows(result.rows);
  yield* pieces.end();
}

const FORMATTERS: Readonly<Record<Format, (columns: Columns) => Formatter>> = { table, json, ndjson, csv };

function table(columns: Columns): Formatter {
  const titles = columns.map(({ name, type }) => ({
    title: name,
    align: NUMERIC.test(type) ? ("right" as const) : ("left" as const),
  }));
  const cells: string[][] = [];
  return {
    rows(rows) {
      for (const row of rows) cells.push(row.map((value) => (value === null ? "NULL" : text(value))));
      return [];
    },
    *end() {
      for (const line of grid(titles, cells, WIDEST_CELL)) yield `${line}\n`;
      yield `${plural(cells.length, "row")}\n`;
    },
  };
}

function json(columns: Columns): Formatter {
  const names = distinct(columns.map((column) => column.name));
  let open = "[\n";
  return {
    *rows(rows) {
      for (const row of rows) {
        yield `${open}${object(names, row)}`;
        open = ",\n";
      }
    },
    *end() {
      yield open === "[\n" ? "[]\n" : "\n]\n";
    },
  };
}

function ndjson(columns: Columns): Formatter {
  const names = distinct(columns.map((column) => column.name));
  return {
    *rows(rows) {
      for (const row of rows) yield `${object(names, row)}\n`;
    },
    end: () => [],
  };
}

/** RFC 4180. NULL is an empty field, the empty text `""`. */
function csv(columns: Columns): Formatter {
  const head = `${columns.map((column) => field(column.name)).join(",")}\r\n`;
  let isBegun = false;
  const begun = () => {
    const first = isBegun ? [] : [head];
    isBegun = true;
    return first;
  };
  return {
    *rows(rows) {
      yield* begun();
      for (const row of rows) yield `${row.map((value) => (value === null ? "" : field(text(value)))).join(",")}\r\n`;
    },
    end: begun,
  };
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
