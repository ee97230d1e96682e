/** Schema `rollcall`: what the warehouse knows of itself. Its version, its orgs, checkpoints, names, gaps, notes and marks. */
import type { AttributeColumn } from "../../core/attribute.ts";
import type { Gap } from "../../core/batch.ts";
import { type Checkpoint, serialise } from "../../core/checkpoint.ts";
import { RollcallError } from "../../core/error.ts";
import type { AttributeType } from "../../core/stream.ts";
import type { OrgIdentity, TableNote } from "../warehouse.ts";
import { literal, type Session } from "./sql.ts";

/** The layout of schema `rollcall` and of what it says about the tables. A larger number in a file: a newer Rollcall wrote it. */
export const VERSION = 1;

/** `CREATE` of each table of the catalog, with what it and its columns are for. */
const CATALOG: readonly (readonly [
  table: string,
  about: string,
  columns: readonly (readonly [name: string, type: string, about: string])[],
  key: string,
])[] = [
  [
    "version",
    "The layout of this file.",
    [["version", "INTEGER", "A Rollcall that knows only smaller numbers leaves the file alone."]],
    "",
  ],
  [
    "orgs",
    "Which org owns a schema, for ever.",
    [
      ["prefix", "VARCHAR", "The schema."],
      ["id", "VARCHAR", "Okta's id of the org (00o…)."],
      ["host", "VARCHAR", "The host it was last reached at."],
    ],
    "prefix",
  ],
  [
    "checkpoints",
    "Where each table stands; written in one transaction with its rows.",
    [
      ["prefix", "VARCHAR", "The schema."],
      ["table_name", "VARCHAR", "The table."],
      ["state", "VARCHAR", "The checkpoint, as JSON."],
    ],
    "prefix, table_name",
  ],
  [
    "attributes",
    "Which column an attribute of the org's own schema was given.",
    [
      ["prefix", "VARCHAR", "The schema."],
      ["table_name", "VARCHAR", "The table."],
      ["place", "INTEGER", "The order in which they were given."],
      ["attribute", "VARCHAR", "Okta's name, case-sensitive."],
      ["column_name", "VARCHAR", "The column."],
      ["type", "VARCHAR", "The attribute's type."],
      ["about", "VARCHAR", "The attribute's description."],
    ],
    "prefix, table_name, column_name",
  ],
  [
    "gaps",
    "Stretches of a log that Okta no longer keeps and this warehouse never held.",
    [
      ["prefix", "VARCHAR", "The schema."],
      ["table_name", "VARCHAR", "The table."],
      ["from_ts", "TIMESTAMPTZ", "Begin of the gap, by the time of the events."],
      ["to_ts", "TIMESTAMPTZ", "End of the gap."],
      ["noticed_at", "TIMESTAMPTZ", "When it was noticed, on the org's clock."],
      ["reason", "VARCHAR", "Why it cannot be filled."],
    ],
    "",
  ],
  [
    "notes",
    "The last completed sync of each table.",
    [
      ["prefix", "VARCHAR", "The schema."],
      ["table_name", "VARCHAR", "The table."],
      ["mode", "VARCHAR", "How it was synced."],
      ["synced_at", "TIMESTAMPTZ", "When, on the org's clock."],
    ],
    "prefix, table_name",
  ],
  [
    "marks",
    "What a complete reading under way has seen or proved gone.",
    [
      ["prefix", "VARCHAR", "The schema."],
      ["table_name", "VARCHAR", "The table."],
      ["reading", "VARCHAR", "The reading."],
      ["key", "VARCHAR", "The row's key."],
      ["gone", "BOOLEAN", "Whether Okta said that it no longer exists."],
    ],
    "",
  ],
];

/** What is held of each log: unnested from the checkpoints, so that it cannot differ from them. */
const COVERAGE = `CREATE VIEW rollcall.coverage (prefix, table_name, from_ts, to_ts) AS
  SELECT prefix, table_name, span."from", span."to" FROM (
    SELECT prefix, table_name, unnest(from_json(CAST(state AS JSON)->'coverage', '[{"from":"TIMESTAMPTZ","to":"TIMESTAMPTZ"}]')) AS span
    FROM rollcall.checkpoints)`;

/** The file's version; null where Rollcall has never been. */
export async function storedVersion(session: Session): Promise<number | null> {
  const has = await session.count(
    "SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'rollcall' AND table_name = 'version'",
  );
  return has === 0 ? null : session.count("SELECT max(version) FROM rollcall.version");
}

export async function createCatalog(session: Session): Promise<void> {
  await session.run("CREATE SCHEMA IF NOT EXISTS rollcall");
  for (const [table, about, columns, key] of CATALOG) {
    const declared = columns.map(([column, type]) => `${column} ${type}`).join(", ");
    await session.run(`CREATE TABLE rollcall.${table} (${declared}${key === "" ? "" : `, PRIMARY KEY (${key})`})`);
    await session.run(`COMMENT ON TABLE rollcall.${table} IS ${literal(about)}`);
    for (const [column, , aboutColumn] of columns) {
      await session.run(`COMMENT ON COLUMN rollcall.${table}.${column} IS ${literal(aboutColumn)}`);
    }
  }
  await session.run(COVERAGE);
  await session.run("COMMENT ON VIEW rollcall.coverage IS 'What is held of each log, by the time of the events.'");
  await session.run("INSERT INTO rollcall.version VALUES (?)", [VERSION]);
}

/** Names that mean something else to DuckDB, or to us: a table in such a schema could not be named without doubt. */
const RESERVED: ReadonlySet<string> = new Set([
  "main",
  "memory",
  "system",
  "temp",
  "rollcall",
  "views",
  "information_schema",
  "pg_catalog",
]);

/** Binds the prefix to the org; the host may move, the id may not. */
export async function claimPrefix(session: Session, prefix: string, org: OrgIdentity): Promise<void> {
  if (RESERVED.has(prefix.toLowerCase())) {
    throw new RollcallError("PREFIX_INVALID", `The name ${prefix} is taken by the warehouse itself.`, {
      fix: "Choose another --prefix.",
    });
  }
  const [held] = await session.rows("SELECT id, host FROM rollcall.orgs WHERE prefix = ?", [prefix]);
  if (held !== undefined && held["id"] !== org.id) {
    throw new RollcallError(
      "PREFIX_TAKEN",
      `The schema ${prefix} belongs to org ${String(held["id"])} (${String(held["host"])}); ${org.id} (${org.host}) cannot be synced into it.`,
    );
  }
  if (held === undefined) await refuseForeign(session, prefix);
  if (held?.["host"] !== org.host)
    await session.run("INSERT OR REPLACE INTO rollcall.orgs VALUES (?, ?, ?)", [prefix, org.id, org.host]);
}

/** A schema that is there and belongs to no org is somebody's own: its tables are not ours to change. */
async function refuseForeign(session: Session, prefix: string): Promise<void> {
  const tables = await session.count(
    "SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() AND lower(schema_name) = lower(?)",
    [prefix],
  );
  if (tables > 0)
    throw new RollcallError("PREFIX_TAKEN", `The schema ${prefix} holds ${tables} tables that are not Rollcall's.`);
}

export async function storedCheckpoints(session: Session, prefix: string): Promise<ReadonlyMap<string, string>> {
  const rows = await session.rows("SELECT table_name, state FROM rollcall.checkpoints WHERE prefix = ?", [prefix]);
  return new Map(rows.map((row) => [String(row["table_name"]), String(row["state"])]));
}

export async function storeCheckpoint(
  session: Session,
  prefix: string,
  table: string,
  checkpoint: Checkpoint,
): Promise<void> {
  await session.run("INSERT OR REPLACE INTO rollcall.checkpoints VALUES (?, ?, ?)", [
    prefix,
    table,
    serialise(checkpoint),
  ]);
}

/** Notes a gap once, however often its batch is committed. */
export async function storeGap(session: Session, prefix: string, table: string, gap: Gap): Promise<void> {
  const values = [prefix, table, gap.from, gap.to, gap.noticedAt, gap.reason].map(literal).join(", ");
  await session.run(`INSERT INTO rollcall.gaps
    SELECT * FROM (VALUES (${values})) AS gap (p, t, f, u, n, r)
    WHERE NOT EXISTS (FROM rollcall.gaps WHERE prefix = p AND table_name = t AND from_ts = CAST(f AS TIMESTAMPTZ) AND to_ts = CAST(u AS TIMESTAMPTZ) AND reason = r)`);
}

export async function storeNote(session: Session, prefix: string, { table, mode, syncedAt }: TableNote): Promise<void> {
  await session.run("INSERT OR REPLACE INTO rollcall.notes VALUES (?, ?, ?, CAST(? AS TIMESTAMPTZ))", [
    prefix,
    table,
    mode,
    syncedAt,
  ]);
}

/** The attribute columns given so far, oldest first. */
export async function storedAttributes(
  session: Session,
  prefix: string,
  table: string,
): Promise<readonly AttributeColumn[]> {
  const rows = await session.rows(
    "SELECT attribute, column_name, type, about FROM rollcall.attributes WHERE prefix = ? AND table_name = ? ORDER BY place",
    [prefix, table],
  );
  return rows.map((row) => ({
    attribute: String(row["attribute"]),
    column: String(row["column_name"]),
    type: row["type"] as AttributeType,
    about: String(row["about"]),
  }));
}

export async function storeAttributes(
  session: Session,
  prefix: string,
  table: string,
  columns: readonly AttributeColumn[],
): Promise<void> {
  for (const [place, { attribute, column, type, about }] of columns.entries()) {
    await session.run("INSERT OR REPLACE INTO rollcall.attributes VALUES (?, ?, ?, ?, ?, ?, ?)", [
      prefix,
      table,
      place,
      attribute,
      column,
      type,
      about,
    ]);
  }
}
