/** A stream's columns as DuckDB's: the one place where declared types become SQL. */
import type { AttributeColumn } from "../../core/attribute.ts";
import { type ColumnType, type Fields, snakeCase } from "../../core/column.ts";
import { EXTRA, type AttributeType, type Stream, SYNCED_AT } from "../../core/stream.ts";
import { literal, name } from "./sql.ts";

/** A column that is read from the rows as they are. */
export interface Column {
  /** Okta's name in the row. */
  readonly field: string;
  /** The SQL name. */
  readonly column: string;
  readonly type: string;
  readonly about: string;
  /** Whether a difference makes the row a changed one. */
  readonly compared: boolean;
}

/** A table as it stands: what is read, and what is derived from it. */
export interface Table {
  readonly prefix: string;
  readonly table: string;
  /** The live table, as SQL. */
  readonly live: string;
  /** SQL name of the key's column. */
  readonly key: string;
  readonly columns: readonly Column[];
  /** SQL name of the column that holds the attributes; null where there are none. */
  readonly profile: string | null;
  readonly attributes: readonly AttributeColumn[];
  /** SQL name of the column that tells when a row happened (the archive's); null elsewhere. */
  readonly happened: string | null;
}

const SCALAR = {
  text: "VARCHAR",
  boolean: "BOOLEAN",
  integer: "BIGINT",
  number: "DOUBLE",
  timestamp: "TIMESTAMPTZ",
  json: "JSON",
} as const;

const ATTRIBUTE: Record<AttributeType, string> = {
  text: "VARCHAR",
  boolean: "BOOLEAN",
  integer: "BIGINT",
  number: "DOUBLE",
  "text[]": "VARCHAR[]",
  "integer[]": "BIGINT[]",
  "number[]": "DOUBLE[]",
  json: "JSON",
};

/** The SQL type of an attribute's column. */
export function attributeType(type: AttributeType): string {
  return ATTRIBUTE[type];
}

/** The SQL type of a declared type; null for a secret, which has no column. */
export function sqlType(type: ColumnType): string | null {
  switch (type.kind) {
    case "secret":
      return null;
    case "list": {
      const of = sqlType(type.of);
      return of === null ? null : `${of}[]`;
    }
    case "struct": {
      const fields = Object.entries(type.fields).flatMap(([field, { type: inner }]) => {
        const sql = sqlType(inner);
        return sql === null ? [] : [`${name(field)} ${sql}`];
      });
      return fields.length === 0 ? null : `STRUCT(${fields.join(", ")})`;
    }
    default:
      return SCALAR[type.kind];
  }
}

/** `_links` differ with the host asked and with what may be done now: kept, never compared. */
const NEVER_COMPARED: ReadonlySet<string> = new Set(["_links"]);

/** The declared columns, `_extra` last. */
export function declaredColumns(fields: Fields): readonly Column[] {
  const declared = Object.entries(fields).flatMap(([field, { type, about }]) => {
    const sql = sqlType(type);
    return sql === null
      ? []
      : [{ field, column: snakeCase(field), type: sql, about, compared: !NEVER_COMPARED.has(field) }];
  });
  const about =
    "What Okta sent that has no column here, and values that did not fit their column, by path; null when there is none.";
  return [...declared, { field: EXTRA, column: EXTRA, type: "JSON", about, compared: true }];
}

export const SYNCED_AT_ABOUT = "The org's clock when Okta sent the answer that this row was last written from.";

/** The table of `stream` under `prefix`, with the attribute columns given so far. */
export function tableOf(prefix: string, stream: Stream, attributes: readonly AttributeColumn[]): Table {
  return {
    prefix,
    table: stream.table,
    live: name(prefix, stream.table),
    key: name(snakeCase(stream.key)),
    columns: declaredColumns(stream.columns),
    profile: stream.profile === undefined ? null : name(snakeCase(stream.profile.field)),
    attributes,
    happened:
      stream.read.kind === "log" && stream.incrementalField !== null ? name(snakeCase(stream.incrementalField)) : null,
  };
}

/** The columns that are read from the rows as they are, and `_synced_at`. What waits beside the live table has just these. */
export function plainNames(table: Table): readonly string[] {
  return [...table.columns.map(({ column }) => name(column)), name(SYNCED_AT)];
}

/** Every column of the live table, in the order of `selectRows`. */
export function allNames(table: Table): readonly string[] {
  return [...plainNames(table), ...table.attributes.map(({ column }) => name(column))];
}

/** `SELECT` of full rows from `source`, a subquery or table that has the plain columns. */
export function selectRows(table: Table, source: string): string {
  const plain = plainNames(table);
  if (table.profile === null || table.attributes.length === 0) return `SELECT ${plain.join(", ")} FROM ${source}`;
  const { parses, values } = derivation(table.attributes, table.profile);
  // Parsed in a subquery, so that each profile is parsed once and not once for each of its columns.
  return `SELECT ${[...plain, ...values].join(", ")} FROM (SELECT *, ${parses.join(", ")} FROM ${source})`;
}

/** The attribute columns as expressions over `profile`, in order, with the subquery columns they need: the profile is parsed once. */
export interface Derivation {
  /** `from_json(…) AS "attributes 0"`, one for each round. */
  readonly parses: readonly string[];
  readonly values: readonly string[];
}

/**
 * How the attribute columns come out of the JSON in `profile` (SQL). A value that does not cast is NULL. One attribute may have
 * columns of several types, and a parse gives each attribute once: hence rounds, of which there is nearly always one.
 */
export function derivation(attributes: readonly AttributeColumn[], profile: string): Derivation {
  const rounds: AttributeColumn[][] = [];
  const values = attributes.map((column) => {
    let round = rounds.findIndex((given) => given.every(({ attribute }) => attribute !== column.attribute));
    if (round < 0) round = rounds.push([]) - 1;
    const place = rounds[round]!.push(column);
    // By place, as DuckDB takes field names that differ only in case for one.
    return `struct_extract_at(${name(`attributes ${round}`)}, ${place})`;
  });
  const parses = rounds.map((round, at) => {
    const shape = `{${round.map(({ attribute, type }) => `${JSON.stringify(attribute)}:${jsonShape(type)}`).join(",")}}`;
    return `from_json(${profile}, ${literal(shape)}) AS ${name(`attributes ${at}`)}`;
  });
  return { parses, values };
}

function jsonShape(type: AttributeType): string {
  const sql = ATTRIBUTE[type];
  return sql.endsWith("[]") ? `[${JSON.stringify(sql.slice(0, -2))}]` : JSON.stringify(sql);
}
