/**
 * How a table's rows are treated as they are stored, and treating those that are stored already: what `core/treating.ts` does to a
 * row on its way in, said in SQL. Each in the caller's transaction.
 */
import { createHash, createHmac } from "node:crypto";
import { blobValue } from "@duckdb/node-api";
import type { AttributeColumn } from "../../core/attribute.ts";
import type { ColumnType } from "../../core/column.ts";
import type { Stream } from "../../core/stream.ts";
import { type Plan, planOf, type RowPlan } from "../../core/treating.ts";
import type { Treat, Treatment } from "../../core/treatment.ts";
import type { StoredTreatment, Treated } from "../warehouse.ts";
import { storedAttributes } from "./catalog.ts";
import { derivation, sqlType, type Table } from "./layout.ts";
import { migrateTable } from "./migrate.ts";
import { stagedPrefix } from "./reading.ts";
import { forget } from "./removal.ts";
import { literal, name, type Session } from "./sql.ts";
import { type ColumnTreatment, storedTreatments, storeTreatments } from "./treatments.ts";

/** See `Warehouse.treatment`. */
export async function storedTreatment(session: Session, prefix: string, table: string): Promise<StoredTreatment> {
  const stored = await storedTreatments(session, prefix, table);
  return {
    treatment: Object.fromEntries([...stored].map(([column, { how }]) => [column, how])),
    attributes: await storedAttributes(session, prefix, table),
  };
}

/** See `Warehouse.treat`. */
export async function treatStored(
  session: Session,
  prefix: string,
  stream: Stream,
  treatment: Treatment,
  key: Uint8Array | null,
): Promise<Treated> {
  const given = await storedAttributes(session, prefix, stream.table);
  planOf(stream, given, treatment, key);
  const before = await storedTreatments(session, prefix, stream.table);
  const after = new Map(
    Object.entries(treatment).map(([column, how]): [string, ColumnTreatment] => [
      column,
      { how, keyId: keyIdOf(how, key) },
    ]),
  );
  const { tightened, loosened } = difference(before, after);
  if (Object.keys(tightened).length === 0 && !loosened) return { changed: false, reread: false };
  await storeTreatments(session, prefix, stream.table, after);
  if (!(await isStored(session, prefix, stream.table))) return { changed: true, reread: false };
  const { table } = await migrateTable(session, prefix, { stream, attributes: [] });
  const plan = planOf(stream, given, tightened, key);
  if (plan !== null) await withKey(session, key, () => treatRows(session, stream, table, plan));
  // Rows that are held back would have to be treated, too; read again, they are.
  const reread = table.happened === null && (loosened || (await isReadingStaged(session, table)));
  if (reread) await forget(session, prefix, stream.table);
  return { changed: true, reread };
}

/** What is left out or hashed from now on, and whether anything comes back that stored rows do not have. */
function difference(
  before: ReadonlyMap<string, ColumnTreatment>,
  after: ReadonlyMap<string, ColumnTreatment>,
): { readonly tightened: Treatment; readonly loosened: boolean } {
  const tightened = [...after].filter(([column, { how }]) => {
    const was = before.get(column)?.how;
    return was === undefined || (was === "hash" && how === "drop");
  });
  const loosened = [...before].some(([column, was]) => {
    const is = after.get(column);
    return is?.how !== "drop" && (is?.how !== was.how || is.keyId !== was.keyId);
  });
  return { tightened: Object.fromEntries(tightened.map(([column, { how }]) => [column, how])), loosened };
}

/** Says which key hashed a column, and nothing of the key. */
function keyIdOf(how: Treat, key: Uint8Array | null): string | null {
  if (how === "drop" || key === null) return null;
  return createHmac("sha256", key).update("rollcall: which key").digest("hex").slice(0, 10);
}

async function isStored(session: Session, prefix: string, table: string): Promise<boolean> {
  const has = await session.count(
    "SELECT count(*) FROM duckdb_tables() JOIN rollcall.orgs ON prefix = schema_name WHERE database_name = current_database() AND schema_name = ? AND table_name = ?",
    [prefix, table],
  );
  return has > 0;
}

async function isReadingStaged(session: Session, { prefix, table }: Table): Promise<boolean> {
  const staged = await session.count(
    "SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'rollcall' AND starts_with(table_name, ?)",
    [stagedPrefix(prefix, table)],
  );
  return staged > 0;
}

// ── the rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Variables of the session, so that the key is in no statement's text. */
const INNER = "rollcall_hash_inner";
const OUTER = "rollcall_hash_outer";
const BLOCK_BYTES = 64;

/** DuckDB has SHA-256 and no HMAC; this is what HMAC is made of (RFC 2104). */
async function withKey(session: Session, key: Uint8Array | null, work: () => Promise<void>): Promise<void> {
  const bytes = key ?? new Uint8Array();
  const short = bytes.length > BLOCK_BYTES ? createHash("sha256").update(bytes).digest() : bytes;
  const padded = (mask: number) =>
    blobValue(Uint8Array.from({ length: BLOCK_BYTES }, (_, at) => (short[at] ?? 0) ^ mask));
  await session.run(`SET VARIABLE ${INNER} = $1`, [padded(0x36)]);
  await session.run(`SET VARIABLE ${OUTER} = $1`, [padded(0x5c)]);
  try {
    await work();
  } finally {
    await session.run(`RESET VARIABLE ${INNER}`);
    await session.run(`RESET VARIABLE ${OUTER}`);
  }
}

/** Of an archive, what is a hash already stays: a column that was hashed, then kept, then hashed again holds both. */
function hashSql(text: string, archive: boolean): string {
  const hash = `sha256(getvariable('${OUTER}')::BLOB || unhex(sha256(getvariable('${INNER}')::BLOB || encode(${text}))))`;
  return archive ? `CASE WHEN regexp_full_match(${text}, '[0-9a-f]{64}') THEN ${text} ELSE ${hash} END` : hash;
}

async function treatRows(session: Session, stream: Stream, table: Table, plan: RowPlan): Promise<void> {
  const assignments = [...plan.fields].flatMap(([field, planned]) => {
    if (field === stream.profile?.field && planned !== "drop") return [];
    const { column } = table.columns.find((each) => each.field === field)!;
    const { type } = stream.columns[field]!;
    return [`${name(column)} = ${valueSql(name(column), type, planned, table.happened !== null, 0)}`];
  });
  if (assignments.length > 0) await session.run(`UPDATE ${table.live} SET ${assignments.join(", ")}`);
  await treatExtra(session, table, plan);
  const profile = stream.profile === undefined ? undefined : plan.fields.get(stream.profile.field);
  if (profile === undefined || table.profile === null) return;
  if (typeof profile === "object") await treatProfile(session, table, table.profile, profile.names);
  const names = typeof profile === "object" ? profile.names : null;
  await deriveAgain(
    session,
    table,
    table.attributes.filter(({ attribute }) => names === null || names.has(attribute)),
  );
}

/** The treated value of a column or of what is in it, as an expression over `value`. */
function valueSql(value: string, type: ColumnType, plan: Plan, archive: boolean, depth: number): string {
  const sql = sqlType(type) ?? "VARCHAR";
  if (plan === "drop") return `CAST(NULL AS ${sql})`;
  if (type.kind === "list") {
    const item = `item_${depth}`;
    return `list_transform(${value}, lambda ${item}: ${valueSql(item, type.of, plan, archive, depth + 1)})`;
  }
  if (plan === "hash" || plan === "hash each") return hashSql(value, archive);
  if (type.kind !== "struct") return `CAST(NULL AS ${sql})`;
  const fields = Object.entries(type.fields).flatMap(([field, { type: inner }]) => {
    if (sqlType(inner) === null) return [];
    const own = `struct_extract(${value}, ${literal(field)})`;
    const planned = plan.names.get(field);
    return [`${name(field)} := ${planned === undefined ? own : valueSql(own, inner, planned, archive, depth)}`];
  });
  return `CASE WHEN ${value} IS NULL THEN NULL ELSE CAST(struct_pack(${fields.join(", ")}) AS ${sql}) END`;
}

/** What is dropped leaves the JSON; a text is replaced by its hash, a list by those of its texts, and anything else leaves, too. */
async function treatProfile(
  session: Session,
  { live }: Table,
  profile: string,
  within: ReadonlyMap<string, Plan>,
): Promise<void> {
  await session.run(`UPDATE ${live} SET ${profile} = NULL WHERE json_type(${profile}) <> 'OBJECT'`);
  const dropped = [...within].filter(([, plan]) => plan === "drop").map(([attribute]) => [attribute, null]);
  if (dropped.length > 0) {
    const patch = literal(JSON.stringify(Object.fromEntries(dropped)));
    await session.run(
      `UPDATE ${live} SET ${profile} = json_merge_patch(${profile}, ${patch}) WHERE ${profile} IS NOT NULL`,
    );
  }
  for (const [attribute, plan] of within) {
    if (plan === "drop") continue;
    const at = literal(pointer(attribute));
    const own = `json_extract(${profile}, ${at})`;
    const each = `list_transform(from_json(${own}, '["JSON"]'), lambda item: ${textHash("item")})`;
    const value = plan === "hash" ? textHash(own) : `CASE WHEN json_type(${own}) = 'ARRAY' THEN ${each} END`;
    await session.run(`UPDATE ${live} SET ${profile} = json_merge_patch(${profile}, json_object(${literal(attribute)}, ${value}))
      WHERE json_type(${profile}, ${at}) <> 'NULL'`);
  }
}

/** The hash of a JSON text; NULL of any other JSON. */
function textHash(json: string): string {
  return `CASE WHEN json_type(${json}) = 'VARCHAR' THEN ${hashSql(`json_extract_string(${json}, '$')`, false)} END`;
}

/** Where a name stands in an object (RFC 6901). */
function pointer(attribute: string): string {
  return `/${attribute.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Fills the columns of these attributes from the profile as it is now. */
async function deriveAgain(
  session: Session,
  { live, profile }: Table,
  columns: readonly AttributeColumn[],
): Promise<void> {
  if (columns.length === 0) return;
  const { parses, values } = derivation(columns, profile!);
  const assignments = columns.map(({ column }, at) => `${name(column)} = derived.${name(`value ${at}`)}`);
  const selected = values.map((value, at) => `${value} AS ${name(`value ${at}`)}`);
  await session.run(`UPDATE ${live} AS target SET ${assignments.join(", ")}
    FROM (SELECT row_id, ${selected.join(", ")} FROM (SELECT rowid AS row_id, ${parses.join(", ")} FROM ${live})) AS derived
    WHERE target.rowid = derived.row_id`);
}

/** Odd values of a treated field, of anything within it, and of what it lies within, leave `_extra`; they are there by path. */
async function treatExtra(session: Session, { live }: Table, { fields, dropExtra }: RowPlan): Promise<void> {
  if (dropExtra) {
    await session.run(`UPDATE ${live} SET _extra = NULL WHERE _extra IS NOT NULL`);
    return;
  }
  const paths = pathsOf(fields);
  if (paths.length === 0) return;
  const own = `regexp_replace(path, '\\[\\d+\\]', '', 'g')`;
  const known = `[${paths.map((path) => literal(path.replaceAll(/\[\d+\]/g, ""))).join(", ")}]`;
  const related = `len(list_filter(${known}, lambda treated: ${own} = treated OR starts_with(${own}, treated || '.') OR starts_with(treated, ${own} || '.'))) > 0`;
  const kept = `list_filter(json_keys(_extra), lambda path: NOT (${related}))`;
  const gone = `list_filter(json_keys(_extra), lambda path: ${related})`;
  const patch = `to_json(map_from_entries(list_transform(${gone}, lambda path: {'key': path, 'value': CAST(NULL AS VARCHAR)})))`;
  await session.run(`UPDATE ${live} SET _extra = CASE WHEN len(${kept}) = 0 THEN NULL ELSE json_merge_patch(_extra, ${patch}) END
    WHERE _extra IS NOT NULL AND len(${gone}) > 0`);
}

function pathsOf(plans: ReadonlyMap<string, Plan>, before = ""): readonly string[] {
  return [...plans].flatMap(([field, plan]) =>
    typeof plan === "object" ? pathsOf(plan.names, `${before}${field}.`) : [`${before}${field}`],
  );
}
