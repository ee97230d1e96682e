/** Is the warehouse the org? Every row Okta would list, in every declared column; and for the log every event once. */
import type { FakeOrg, TruthTable } from "../../fake-okta/org.ts";
import { snakeCase, type ColumnType } from "../../src/core/column.ts";
import type { Stream } from "../../src/core/stream.ts";
import { STREAMS } from "../../src/okta/streams.ts";
import type { JsonValue, Warehouse } from "../../src/warehouse/warehouse.ts";
import { attributeDifferences } from "./attributes.ts";

const ALL = { maxRows: 1_000_000 };
/** More would only say the same again. */
const ENOUGH = 6;

export type Row = Readonly<Record<string, unknown>>;

/** What may rightly differ, by what was done to the org and what kind of run was the last. */
export interface MayLag {
  /** No complete reading: deleted rows may still be there, and `lastLogin`, which moves no cursor in Okta, may be older. */
  readonly increment: boolean;
  /** Profiles may still have attributes that the schema has lost: Okta says of no user that it changed. */
  readonly profile: boolean;
  /** The columns of the org's own attributes are not compared. */
  readonly attributes?: boolean;
  /** Rows that were never held may lack, these not; null: none may lack. */
  readonly unlessHeld: ReadonlySet<string> | null;
  /** What `_extra` must be: its JSON, or null; undefined: whatever it is. */
  readonly extra: string | null | undefined;
}

export const NOTHING_LAGS: MayLag = { increment: false, profile: false, unlessHeld: null, extra: null };

/** What differs between a table and the simulated org, in words; a few rows of each kind. */
export function differences(
  table: string,
  org: FakeOrg,
  warehouse: Warehouse,
  prefix: string,
  mayLag: MayLag,
): Promise<readonly string[]> {
  const stream = STREAMS.find((candidate) => candidate.table === table);
  if (stream === undefined) throw new RangeError(`no stream ${table}`);
  return differencesFrom(stream, org.truth(table as TruthTable), warehouse, prefix, mayLag);
}

/** The same, between a table and the rows that Okta has. */
export async function differencesFrom(
  stream: Stream,
  rows: readonly Row[],
  warehouse: Warehouse,
  prefix: string,
  mayLag: MayLag,
): Promise<readonly string[]> {
  const held = await heldRows(stream, warehouse, prefix);
  const truth = new Map(rows.map((row) => [String(row[stream.key]), row]));
  const found = [...keyDifferences(stream, held, truth, mayLag)];
  const left = comparedFields(stream, mayLag);
  for (const row of held) {
    const real = truth.get(String(row[snakeCase(stream.key)]));
    if (real === undefined) continue;
    found.push(...rowDifferences(stream, left, row, real, mayLag.extra));
    if (found.length > ENOUGH) return found;
  }
  if (stream.profile === undefined || mayLag.profile || mayLag.attributes === true) return found;
  return [...found, ...(await attributeDifferences(stream, held, truth, warehouse, prefix))];
}

type Held = Readonly<Record<string, JsonValue>>;

async function heldRows(stream: Stream, warehouse: Warehouse, prefix: string): Promise<readonly Held[]> {
  const sql = `SELECT * FROM "${prefix}"."${stream.table}"`;
  const { columns, rows } = await warehouse.query(sql, ALL, new AbortController().signal);
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null])));
}

function* keyDifferences(
  { table, key, read }: Stream,
  held: readonly Held[],
  truth: ReadonlyMap<string, Row>,
  mayLag: MayLag,
): Generator<string> {
  const keys = new Set(held.map((row) => String(row[snakeCase(key)])));
  if (keys.size !== held.length) yield `${table}: ${held.length - keys.size} rows are there twice`;
  const { unlessHeld } = mayLag;
  const lacking = [...truth.keys()].filter((one) => !keys.has(one) && (unlessHeld === null || unlessHeld.has(one)));
  if (lacking.length > 0)
    yield `${table}: ${lacking.length} of ${truth.size} rows are missing: ${lacking.slice(0, 3).join(", ")}`;
  // The log is an archive: what Okta no longer keeps stays.
  const mayBeMore = read.kind === "log" || (mayLag.increment && read.since !== null);
  const surplus = mayBeMore ? [] : [...keys].filter((one) => !truth.has(one));
  if (surplus.length > 0) yield `${table}: ${surplus.length} rows are too many: ${surplus.slice(0, 3).join(", ")}`;
}

function comparedFields(stream: Stream, { increment, profile }: MayLag): readonly (readonly [string, ColumnType])[] {
  return Object.entries(stream.columns)
    .filter(
      ([name, { type }]) =>
        type.kind !== "secret" &&
        name !== "_links" &&
        !(increment && name === "lastLogin") &&
        !(profile && name === stream.profile?.field),
    )
    .map(([name, { type }]) => [name, type]);
}

function* rowDifferences(
  { table, key }: Stream,
  fields: readonly (readonly [string, ColumnType])[],
  row: Held,
  real: Row,
  extra: string | null | undefined,
): Generator<string> {
  const id = `${table} ${String(real[key])}`;
  for (const [name, type] of fields) {
    const is = JSON.stringify(plain(row[snakeCase(name)] ?? null, type));
    const should = JSON.stringify(plain((real[name] ?? null) as JsonValue, type));
    if (is !== should) yield `${id}: ${name} is ${is}, should be ${should}`;
  }
  const also = row["_extra"] ?? null;
  if (extra !== undefined && (also === null ? null : JSON.stringify(also)) !== extra)
    yield `${id}: _extra is ${JSON.stringify(also)}, should be ${String(extra)}`;
}

/** Both sides in one form: no nulls, members in order, undeclared members of structs left out, times as epoch. */
function plain(value: JsonValue, type: ColumnType): JsonValue {
  if (value === null) return null;
  switch (type.kind) {
    case "timestamp":
      return Date.parse(String(value));
    case "struct": {
      const members = Object.entries(type.fields)
        .map(([name, field]) => [name, plain((value as Record<string, JsonValue>)[name] ?? null, field.type)] as const)
        .filter(([, member]) => member !== null);
      return members.length === 0 ? null : Object.fromEntries(members);
    }
    case "list":
      return (value as readonly JsonValue[]).map((item) => plain(item, type.of));
    case "json":
      return sorted(value, type.secrets === "drop");
    case "secret":
      return null;
    default:
      return value;
  }
}

/** The simulated org marks its secrets, so that what should have been dropped is told by its value, not by the code under test. */
const MARK = "S3CRET";
/** Names under which secrets stand in recorded answers. */
const SECRETS: ReadonlySet<string> = new Set(["password", "client_secret", "clientsecret"]);

function sorted(value: JsonValue, dropping: boolean): JsonValue {
  if (Array.isArray(value)) return value.map((item) => sorted(item, dropping));
  if (typeof value !== "object" || value === null) return value;
  const secret = (name: string, inner: JsonValue) =>
    SECRETS.has(name) || (typeof inner === "string" && inner.includes(MARK));
  const kept = Object.entries(value).filter(([name, inner]) => !(dropping && secret(name, inner)));
  return Object.fromEntries(
    kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sorted(inner, dropping)]),
  );
}
