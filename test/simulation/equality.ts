/** Is the warehouse the org? Every row Okta would list, in every declared column; and for the log every event once. */
import type { FakeOrg, TruthTable } from "../../fake-okta/org.ts";
import { snakeCase, type ColumnType } from "../../src/core/column.ts";
import { STREAMS } from "../../src/okta/streams.ts";
import type { JsonValue, Warehouse } from "../../src/warehouse/warehouse.ts";

const ALL = { maxRows: 1_000_000 };

/**
 * What differs, in words; at most a few rows of each kind. `increment`: the last run was none that reads completely, so deleted
 * rows may still be there and `lastLogin`, which moves no cursor in Okta, may lag; all else must be equal all the same.
 */
export async function differences(
  table: string,
  org: FakeOrg,
  warehouse: Warehouse,
  prefix: string,
  { increment }: { readonly increment: boolean },
): Promise<readonly string[]> {
  const stream = STREAMS.find((candidate) => candidate.table === table);
  if (stream === undefined) throw new RangeError(`no stream ${table}`);
  const columns = Object.entries(stream.columns).filter(([name, { type }]) => type.kind !== "secret" && name !== "_links" && !(increment && name === "lastLogin"));
  const select = columns.map(([name]) => `"${snakeCase(name)}"`).join(", ");
  const { rows } = await warehouse.query(`SELECT ${select} FROM "${prefix}"."${table}"`, ALL, new AbortController().signal);
  const at = columns.findIndex(([name]) => name === stream.key);
  const held = new Map(rows.map((row) => [String(row[at]), row]));
  const truth = new Map(org.truth(table as TruthTable).map((row) => [String(row[stream.key]), row]));

  const found: string[] = [];
  if (held.size !== rows.length) found.push(`${table}: ${rows.length - held.size} rows are there twice`);
  const lacking = [...truth.keys()].filter((key) => !held.has(key));
  if (lacking.length > 0) found.push(`${table}: ${lacking.length} of ${truth.size} rows are missing: ${lacking.slice(0, 3).join(", ")}`);
  // The log is an archive: what Okta no longer keeps stays.
  const mayLag = stream.read.kind === "log" || (increment && stream.read.since !== null);
  const surplus = mayLag ? [] : [...held.keys()].filter((key) => !truth.has(key));
  if (surplus.length > 0) found.push(`${table}: ${surplus.length} rows are too many: ${surplus.slice(0, 3).join(", ")}`);
  for (const [key, row] of held) {
    const real = truth.get(key);
    if (real === undefined) continue;
    for (const [index, [name, { type }]] of columns.entries()) {
      const is = JSON.stringify(plain(row[index] ?? null, type));
      const should = JSON.stringify(plain((real[name] ?? null) as JsonValue, type));
      if (is !== should) found.push(`${table} ${key}: ${name} is ${is}, should be ${should}`);
    }
    if (found.length > 6) break;
  }
  return found;
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

function sorted(value: JsonValue, dropping: boolean): JsonValue {
  if (Array.isArray(value)) return value.map((item) => sorted(item, dropping));
  if (typeof value !== "object" || value === null) return value;
  const secret = (name: string, inner: JsonValue) => name === "password" || (typeof inner === "string" && inner.includes(MARK));
  const kept = Object.entries(value).filter(([name, inner]) => !(dropping && secret(name, inner)));
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sorted(inner, dropping)]));
}
