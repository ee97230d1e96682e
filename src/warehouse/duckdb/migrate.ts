/** Creates and widens tables. Nothing that is stored is ever dropped: columns only come, or grow wider. */
import { type AttributeColumn, attributeChanges } from "../../core/attribute.ts";
import { type Attribute, EXTRA, SYNCED_AT } from "../../core/stream.ts";
import type { SchemaChange, TableSpec } from "../warehouse.ts";
import { storeAttributes, storedAttributes } from "./catalog.ts";
import {
  attributeType,
  type Column,
  declaredColumns,
  derivation,
  SYNCED_AT_ABOUT,
  type Table,
  tableOf,
} from "./layout.ts";
import { stagedPrefix } from "./reading.ts";
import { literal, name, type Session } from "./sql.ts";

export interface Migrated {
  readonly table: Table;
  readonly changes: readonly SchemaChange[];
}

/** Brings one table to its declaration and the org's attributes. To be run in a transaction. */
export async function migrateTable(
  session: Session,
  prefix: string,
  { stream, attributes }: TableSpec,
): Promise<Migrated> {
  const given = await storedAttributes(session, prefix, stream.table);
  const before = tableOf(prefix, stream, given);
  await session.run(`CREATE SCHEMA IF NOT EXISTS ${name(prefix)}`);
  const created = await createTable(session, before, stream.about);
  const shaped = [before.live, ...(await stagedTables(session, before))];
  const declared = created ? [] : await addDeclared(session, before, shaped);
  if (stream.profile === undefined) return { table: before, changes: declared };

  const taken = [...declaredColumns(stream.columns).map(({ column }) => column), SYNCED_AT, EXTRA];
  const narrow = await tooWideForDouble(session, before, attributes);
  const lossless = ({ column }: AttributeColumn) => !narrow.has(column);
  const changes = attributeChanges({ field: stream.profile.field, declared: taken, given, lossless }, attributes);
  const columns = new Map([...given, ...changes.map(({ column }) => column)].map((column) => [column.column, column]));
  const after = tableOf(prefix, stream, [...columns.values()]);
  const added = changes.filter(({ change }) => change === "added").map(({ column }) => column);
  await addAttributes(session, after, added);
  for (const { change, column } of changes) {
    if (change === "widened") await widen(session, after.live, column.column, attributeType(column.type));
    await comment(session, after.live, column.column, column.about);
  }
  if (changes.length > 0) await storeAttributes(session, prefix, stream.table, after.attributes);
  const told = changes.flatMap(({ change, column }) =>
    created || change === "redescribed" ? [] : [{ table: stream.table, column: column.column, change }],
  );
  return { table: after, changes: [...declared, ...told] };
}

/** Creates the table with its declared columns; whether it had to. */
async function createTable(session: Session, table: Table, about: string): Promise<boolean> {
  const has = (await presentColumns(session, table)).size > 0;
  if (!has) {
    const columns = table.columns.map(({ column, type }) => `${name(column)} ${type}`);
    await session.run(`CREATE TABLE ${table.live} (${[...columns, `${name(SYNCED_AT)} TIMESTAMPTZ`].join(", ")})`);
    for (const { column, about: text } of table.columns) await comment(session, table.live, column, text);
    await comment(session, table.live, SYNCED_AT, SYNCED_AT_ABOUT);
    await session.run(`COMMENT ON TABLE ${table.live} IS ${literal(about)}`);
  }
  return !has;
}

/** Adds declared columns that a newer Rollcall knows. Rows there already have null in them until they are read again. */
async function addDeclared(
  session: Session,
  table: Table,
  shaped: readonly string[],
): Promise<readonly SchemaChange[]> {
  const present = await presentColumns(session, table);
  const wanted = await typesOf(session, table.columns);
  const changes: SchemaChange[] = [];
  for (const column of table.columns) {
    const is = present.get(column.column);
    const change = await bringTo(session, column, { is: is?.type, wanted: wanted.get(column.column) }, shaped);
    if (change !== null) changes.push({ table: table.table, column: column.column, change });
    if (is?.about !== column.about) await comment(session, table.live, column.column, column.about);
  }
  return changes;
}

async function bringTo(
  session: Session,
  { column, type }: Column,
  { is, wanted }: { readonly is: string | undefined; readonly wanted: string | undefined },
  shaped: readonly string[],
): Promise<SchemaChange["change"] | null> {
  if (is === undefined) {
    for (const table of shaped) await session.run(`ALTER TABLE ${table} ADD COLUMN ${name(column)} ${type}`);
    return "added";
  }
  if (is === wanted) return null;
  // Fields that a struct has gained are null in old rows; a cast that fails ends the migration, and nothing has changed.
  for (const table of shaped) await widen(session, table, column, type);
  return "widened";
}

/** The engine's own names of the columns' types, as it shows them for columns that are there. */
async function typesOf(session: Session, columns: readonly Column[]): Promise<ReadonlyMap<string, string>> {
  const types = columns.map(({ column, type }) => `typeof(CAST(NULL AS ${type})) AS ${name(column)}`);
  const [row] = await session.rows(`SELECT ${types.join(", ")}`);
  return new Map(Object.entries(row ?? {}).map(([column, type]) => [column, String(type)]));
}

async function widen(session: Session, table: string, column: string, type: string): Promise<void> {
  await session.run(`ALTER TABLE ${table} ALTER COLUMN ${name(column)} TYPE ${type}`);
}

/** Adds the columns to `table` and fills them for the rows already there, from the profile they hold. */
async function addAttributes(
  session: Session,
  { live, profile }: Table,
  added: readonly AttributeColumn[],
): Promise<void> {
  if (added.length === 0 || profile === null) return;
  for (const { column, type } of added)
    await session.run(`ALTER TABLE ${live} ADD COLUMN ${name(column)} ${attributeType(type)}`);
  const { parses, values } = derivation(added, profile);
  const assignments = added.map(({ column }, at) => `${name(column)} = derived.${name(`value ${at}`)}`);
  const selected = values.map((value, at) => `${value} AS ${name(`value ${at}`)}`);
  await session.run(`UPDATE ${live} AS target SET ${assignments.join(", ")}
    FROM (SELECT row_id, ${selected.join(", ")} FROM (SELECT rowid AS row_id, ${parses.join(", ")} FROM ${live} WHERE ${profile} IS NOT NULL)) AS derived
    WHERE target.rowid = derived.row_id`);
}

/** Of the attribute columns whose attribute is of another type now, those that hold an integer which a DOUBLE would round. */
async function tooWideForDouble(
  session: Session,
  table: Table,
  attributes: readonly Attribute[],
): Promise<ReadonlySet<string>> {
  const typeNow = new Map(attributes.map(({ name: attribute, type }) => [attribute, type]));
  const found = new Set<string>();
  for (const { attribute, column, type } of table.attributes) {
    if ((type !== "integer" && type !== "integer[]") || typeNow.get(attribute) === type) continue;
    const beyond =
      type === "integer"
        ? `abs(${name(column)}::HUGEINT) > 9007199254740992`
        : `len(list_filter(${name(column)}, lambda n: abs(n::HUGEINT) > 9007199254740992)) > 0`;
    if ((await session.count(`SELECT count(*) FROM ${table.live} WHERE ${beyond}`)) > 0) found.add(column);
  }
  return found;
}

async function stagedTables(session: Session, table: Table): Promise<readonly string[]> {
  const rows = await session.rows(
    "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'rollcall' AND starts_with(table_name, ?)",
    [stagedPrefix(table.prefix, table.table)],
  );
  return rows.map((row) => name("rollcall", String(row["table_name"])));
}

/** The columns that are there, with their types and comments. */
async function presentColumns(
  session: Session,
  table: Table,
): Promise<ReadonlyMap<string, { readonly type: string; readonly about: string | null }>> {
  const rows = await session.rows(
    "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = ? AND table_name = ?",
    [table.prefix, table.table],
  );
  return new Map(
    rows.map(({ column_name, data_type, comment: about }) => [
      String(column_name),
      { type: String(data_type), about: typeof about === "string" ? about : null },
    ]),
  );
}

async function comment(session: Session, table: string, column: string, about: string): Promise<void> {
  await session.run(`COMMENT ON COLUMN ${table}.${name(column)} IS ${literal(about)}`);
}
