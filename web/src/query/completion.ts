/** What the editor offers at the cursor, from the catalogue. Pure; the editor only shows it. */
import { quoted, tableName } from "./names.ts";
import type { Column } from "./result.ts";
import { scopeAt, type Named, type Scope } from "./scope.ts";
import { fieldsOf } from "./struct.ts";

export interface Known {
  readonly schema: string;
  readonly name: string;
  readonly about: string | null;
  readonly columns: readonly (Column & { readonly about: string | null })[];
}

export interface Offer {
  readonly label: string;
  readonly apply: string;
  readonly kind: "schema" | "table" | "column";
  /** The type of a column, the schema of a table. */
  readonly detail: string;
  readonly info: string | null;
  readonly boost: number;
}

export interface Offers {
  readonly from: number;
  readonly offers: readonly Offer[];
  /** Keywords belong here, too. */
  readonly keywords: boolean;
}

export function offersAt(sql: string, at: number, catalogue: readonly Known[]): Offers | null {
  const scope = scopeAt(sql, at);
  if (!scope.completes) return null;
  const offers =
    scope.path.length > 0
      ? inPath(scope, catalogue)
      : scope.wantsTable
        ? tableOffers(scope, catalogue)
        : [...columnOffers(scope, catalogue), ...tableOffers(scope, catalogue)];
  return { from: scope.from, offers: unique(offers), keywords: scope.path.length === 0 };
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Schemas are named with dots in them too (`okta.acme`): a path is a table when its words are the table's. */
const isTable = (table: Known, path: readonly string[]): boolean =>
  same(path.join("."), `${table.schema}.${table.name}`) || (path.length === 1 && same(path[0]!, table.name));

function inPath({ path, tables }: Scope, catalogue: readonly Known[]): readonly Offer[] {
  const prefix = path.join(".");
  const inSchema = catalogue.filter(({ schema }) => same(schema, prefix));
  const [head = "", ...fields] = path;
  const aliased = tables.find(({ alias }) => alias !== null && same(alias, head));
  const known = aliased === undefined ? undefined : find(aliased, catalogue);
  if (known !== undefined) return columnsAt(known, fields);
  const direct = catalogue.find((table) => isTable(table, path));
  const column = tables
    .map((named) => find(named, catalogue))
    .find((table) => table?.columns.some(({ name }) => same(name, head)));
  return [
    ...inSchema.map((table) => offerTable(table, quoted(table.name), 0)),
    ...(direct === undefined ? [] : columnsAt(direct, [])),
    ...(column === undefined ? [] : columnsAt(column, path)),
  ];
}

/** The columns of a table or, behind the path of a struct, its fields. */
function columnsAt(table: Known, path: readonly string[]): readonly Offer[] {
  let columns: readonly (Column & { readonly about?: string | null })[] = table.columns;
  for (const name of path) columns = fieldsOf(columns.find((column) => same(column.name, name))?.type ?? "");
  return columns.map((column) => offerColumn(column, table.name, 0));
}

const find = ({ path }: Named, catalogue: readonly Known[]): Known | undefined =>
  catalogue.find((table) => isTable(table, path));

function columnOffers({ tables }: Scope, catalogue: readonly Known[]): readonly Offer[] {
  return tables.flatMap((named) => {
    const table = find(named, catalogue);
    const columns = table?.columns.map((column) => offerColumn(column, table.name, 20)) ?? [];
    if (named.alias === null) return columns;
    return [
      ...columns,
      {
        label: named.alias,
        apply: quoted(named.alias),
        kind: "table",
        detail: named.path.join("."),
        info: null,
        boost: 10,
      },
    ];
  });
}

function tableOffers({ locals, wantsTable }: Scope, catalogue: readonly Known[]): readonly Offer[] {
  const boost = wantsTable ? 30 : -10;
  const schemas = [...new Set(catalogue.map(({ schema }) => schema))];
  return [
    ...locals.map((name): Offer => ({
      label: name,
      apply: quoted(name),
      kind: "table",
      detail: "of this statement",
      info: null,
      boost: boost + 5,
    })),
    ...catalogue.map((table) => offerTable(table, tableName(table), boost)),
    ...schemas.map((name): Offer => ({
      label: name,
      apply: quoted(name),
      kind: "schema",
      detail: "schema",
      info: null,
      boost: boost - 5,
    })),
  ];
}

const offerTable = (table: Known, apply: string, boost: number): Offer => ({
  label: apply,
  apply,
  kind: "table",
  detail: `${table.columns.length} columns`,
  info: table.about,
  boost,
});

const offerColumn = (column: Column & { readonly about?: string | null }, table: string, boost: number): Offer => ({
  label: column.name,
  apply: quoted(column.name),
  kind: "column",
  detail: column.type.length > 24 ? `${column.type.slice(0, 23)}…` : column.type,
  info: [column.about ?? "", `${table} · ${column.type}`].filter((line) => line !== "").join("\n"),
  boost,
});

function unique(offers: readonly Offer[]): readonly Offer[] {
  const seen = new Set<string>();
  return offers.filter(({ kind, apply }) => {
    const key = `${kind} ${apply}`;
    return seen.has(key) ? false : (seen.add(key), true);
  });
}
