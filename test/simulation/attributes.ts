/**
 * Do the columns of the org's own attributes hold what the profile holds? A column whose type takes a value must have it, a
 * value must stand in one column at least; an attribute whose type changed has several columns.
 */
import { isDeepStrictEqual } from "node:util";
import { snakeCase } from "../../src/core/column.ts";
import type { AttributeType, Stream } from "../../src/core/stream.ts";
import type { JsonValue, Warehouse } from "../../src/warehouse/warehouse.ts";

type Row = Readonly<Record<string, unknown>>;
type Columns = ReadonlyMap<string, readonly { readonly column: string; readonly type: AttributeType }[]>;

const isWhole = (value: unknown) => Number.isSafeInteger(value);
const every = (value: unknown, fits: (item: unknown) => boolean) => Array.isArray(value) && value.every(fits);

const TAKES: Readonly<Record<AttributeType, (value: unknown) => boolean>> = {
  text: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  integer: isWhole,
  number: (value) => typeof value === "number",
  "text[]": (value) => every(value, (item) => typeof item === "string"),
  "integer[]": (value) => every(value, isWhole),
  "number[]": (value) => every(value, (item) => typeof item === "number"),
  json: () => true,
};

/** What differs, in words. `held` are whole rows of the table, `truth` Okta's by key. */
export async function attributeDifferences(
  { table, key, profile }: Stream,
  held: readonly Readonly<Record<string, JsonValue>>[],
  truth: ReadonlyMap<string, Row>,
  warehouse: Warehouse,
  prefix: string,
): Promise<readonly string[]> {
  const columns = await givenColumns(warehouse, prefix, table);
  const found: string[] = [];
  for (const row of held) {
    const real = truth.get(String(row[snakeCase(key)]));
    if (real === undefined || profile === undefined) continue;
    const values = (real[profile.field] ?? {}) as Row;
    for (const name of new Set([...columns.keys(), ...Object.keys(values)])) {
      const problem = difference(values[name] ?? null, columns.get(name) ?? [], row);
      if (problem !== null) found.push(`${table} ${String(real[key])}: attribute ${name} ${problem}`);
    }
    if (found.length > 3) break;
  }
  return found;
}

function difference(
  value: unknown,
  columns: Columns extends ReadonlyMap<string, infer C> ? C : never,
  row: Row,
): string | null {
  const taking = columns.filter(({ type }) => value === null || TAKES[type](value));
  if (taking.length === 0) return `has no column that takes ${JSON.stringify(value)}`;
  const wrong = taking.find(({ column }) => !isDeepStrictEqual(row[column] ?? null, value));
  return wrong === undefined
    ? null
    : `is ${JSON.stringify(row[wrong.column])} in ${wrong.column}, should be ${JSON.stringify(value)}`;
}

async function givenColumns(warehouse: Warehouse, prefix: string, table: string): Promise<Columns> {
  const sql = `SELECT attribute, column_name, type FROM rollcall.attributes WHERE prefix = '${prefix}' AND table_name = '${table}'`;
  const { rows } = await warehouse.query(sql, { maxRows: 10_000 }, new AbortController().signal);
  const given = rows.map(([attribute, column, type]) => ({
    attribute: String(attribute),
    column: String(column),
    type: type as AttributeType,
  }));
  return Map.groupBy(given, ({ attribute }) => attribute);
}
