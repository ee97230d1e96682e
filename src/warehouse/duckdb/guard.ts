/**
 * The guard before people's SQL. One directory is open to every statement of the instance that writes, so a person's statement is judged
 * before the engine binds it: parsed by the engine itself, walked whole, and refused unless all in it is on a list. A table must be one
 * that the warehouse has, or a CTE in scope, so a path never reaches the engine's search for files; a function must be a known one.
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { unended } from "../../core/statement.ts";
import type { Access, TableName } from "../warehouse.ts";
import { mustBeBounded, mustBeParsable } from "./bounds.ts";
import { CATALOG_FUNCTIONS, CATALOG_VIEWS, FUNCTIONS, TABLE_FUNCTIONS } from "./functions.ts";
import { refused } from "./refusal.ts";
import { isList, type Json, type Node, word } from "./tree.ts";

/** What there is to read, as it stands in the statement's own transaction. */
export interface Relations {
  /** The database's name in the instance. */
  readonly catalog: string;
  /** `schema.name`, lower case; for a view its SQL, for a table null. */
  readonly views: ReadonlyMap<string, string | null>;
  /** Functions that somebody made in the file: they may hide the engine's own, so they are not called. */
  readonly macros: ReadonlySet<string>;
}

/** Views over views; deeper ones are refused. */
const DEPTH_MAX = 16;

const EXPRESSIONS: ReadonlySet<string> = new Set(
  "BETWEEN CASE CAST COLLATE COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION LAMBDA OPERATOR PARAMETER POSITIONAL_REFERENCE STAR SUBQUERY TYPE WINDOW".split(
    " ",
  ),
);
const SHAPES: ReadonlySet<string> = new Set(
  (
    "SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE CTE_NODE " +
    "BASE_TABLE SUBQUERY JOIN TABLE_FUNCTION EXPRESSION_LIST PIVOT SHOW_REF EMPTY " +
    "ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER DISTINCT_MODIFIER ORDER_DEFAULT ASCENDING DESCENDING"
  ).split(" "),
);
/** `SHOW …` forms by the word that the parser leaves of them. */
const SHOWN: Readonly<Record<string, Access>> = { '"tables"': "tables", __show_tables_expanded: "all" };

/**
 * Throws `QUERY_REFUSED` unless `sql` is one statement that reads, and reads only what `access` allows. `connection` must have the
 * transaction in which the statement will run; nothing of `sql` is run or bound here.
 */
export async function guard(
  connection: DuckDBConnection,
  sql: string,
  access: Access,
  relations: Relations,
): Promise<Judged> {
  mustBeParsable(sql);
  const { explain, statement } = splitExplain(sql);
  const judge = new Judge(access, relations, (text) => parse(connection, text));
  await judge.statement(statement, 0);
  return { explain, statement, tables: [...judge.tables.values()] };
}

export interface Judged {
  /** `EXPLAIN` with its options and a space; else empty. */
  readonly explain: string;
  /** The statement that was judged: this is to be run, and not the text that it came from. */
  readonly statement: string;
  /** The tables and views that it reads, those behind views included. */
  readonly tables: readonly TableName[];
}

/**
 * `EXPLAIN` cannot be shown as a tree, what it explains can: the word is taken off. Wherever this cuts, what is behind the cut is judged, and
 * only that is run.
 */
function splitExplain(sql: string): Pick<Judged, "explain" | "statement"> {
  const blank = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;
  const rest = sql.slice(blank.exec(sql)?.[0].length ?? 0);
  const explain = /^explain\b(?:\s+analyze\b)?(?:\s*\(\s*format\s+(?:json|text|graphviz|html|mermaid)\s*\))?/i.exec(
    rest,
  );
  if (explain === null) return { explain: "", statement: sql };
  return { explain: `${explain[0]} `, statement: rest.slice(explain[0].length) };
}

/** A judged statement in brackets, as part of another: a last line comment ends with its line, semicolons behind it go. */
export function inBrackets({ explain, statement }: Pick<Judged, "explain" | "statement">): string {
  if (explain !== "") throw refused("EXPLAIN has no rows to be kept.");
  return `(\n${unended(statement)}\n)`;
}

/** The statements of `sql` as the engine's own trees. */
async function parse(connection: DuckDBConnection, sql: string): Promise<readonly Json[]> {
  const reader = await connection.runAndReadAll("SELECT json_serialize_sql($1::VARCHAR)", [sql]);
  const parsed = JSON.parse(String(reader.getRows()[0]?.[0])) as Node;
  if (parsed["error"] === true) {
    if (parsed["error_type"] === "not implemented") throw refused("Only statements that read are allowed.");
    throw refused(`${capital(word(parsed["error_type"]))} Error: ${word(parsed["error_message"])}`);
  }
  return parsed["statements"] as readonly Json[];
}

class Judge {
  readonly #access: Access;
  readonly #relations: Relations;
  readonly #parse: (sql: string) => Promise<readonly Json[]>;
  /** Views met, to be judged as the statement is: what they read is read. */
  readonly #met = new Map<string, string>();
  readonly #judged = new Set<string>();
  readonly tables = new Map<string, TableName>();

  constructor(access: Access, relations: Relations, parsed: (sql: string) => Promise<readonly Json[]>) {
    this.#access = access;
    this.#relations = relations;
    this.#parse = parsed;
  }

  async statement(sql: string, depth: number): Promise<void> {
    const statements = await this.#parse(sql);
    if (statements.length !== 1) throw refused("One statement at a time.");
    mustBeBounded(statements[0]!);
    this.#walk(statements[0]!, new Set());
    for (const [view, text] of this.#met) {
      this.#met.delete(view);
      if (this.#judged.has(view)) continue;
      if (depth >= DEPTH_MAX) throw refused("The views behind this are nested too deeply.");
      this.#judged.add(view);
      await this.statement(bodyOf(view, text), depth + 1);
    }
  }

  /** Judges a tree; `scope` has the CTEs that a table's name may mean here, in lower case. */
  #walk(json: Json, scope: ReadonlySet<string>): void {
    if (json === null || typeof json !== "object") return;
    if (isList(json)) {
      for (const item of json) this.#walk(item, scope);
      return;
    }
    const inner = this.#enter(json, scope);
    if (json["class"] === "CONSTANT") return;
    for (const [key, value] of Object.entries(json)) {
      if (key === "cte_map") continue;
      if (key === "left" && json["type"] === "RECURSIVE_CTE_NODE") {
        // What the recursion begins with does not see it: the name means there what it means outside.
        this.#walk(value, scope.has(word(json["cte_name"]).toLowerCase()) ? inner : without(inner, json["cte_name"]));
        continue;
      }
      if (key === "function" && json["type"] === "TABLE_FUNCTION") {
        // Its name has been judged, as that of a table function; what it is given has not.
        this.#walk((value as Node)["children"] ?? null, inner);
        continue;
      }
      // A type's own description has words that are no nodes; functions within it are judged all the same.
      if (key === "type_info") this.#walkType(value, inner);
      else this.#walk(value, inner);
    }
  }

  #walkType(json: Json, scope: ReadonlySet<string>): void {
    if (json === null || typeof json !== "object") return;
    for (const value of isList(json) ? json : Object.values(json)) {
      if (value !== null && typeof value === "object" && !isList(value) && "class" in value) this.#walk(value, scope);
      else this.#walkType(value, scope);
    }
  }

  /** Judges one node by itself; answers with the scope of what is in it. */
  #enter(node: Node, scope: ReadonlySet<string>): ReadonlySet<string> {
    const { class: kind, type } = node;
    if (kind !== undefined) {
      if (typeof kind !== "string" || !EXPRESSIONS.has(kind)) throw refused(`${word(kind)} is not supported.`);
    } else if (typeof type === "string" && !SHAPES.has(type)) throw refused(`${type} is not supported.`);
    if (type === "TABLE_FUNCTION") this.#tableFunction(node["function"] as Node);
    else if (typeof node["function_name"] === "string") this.#function(node["function_name"]);
    if (kind === undefined && type === "BASE_TABLE") this.#table(node, scope);
    if (kind === undefined && type === "SHOW_REF") this.#show(node);
    return this.#ctes(node, scope);
  }

  /** Each CTE sees those before it, a recursive one itself; the statement sees them all. */
  #ctes(node: Node, scope: ReadonlySet<string>): ReadonlySet<string> {
    const inner = new Set(scope);
    const own = node["cte_name"];
    if (typeof own === "string") inner.add(cteName(own));
    const entries = (node["cte_map"] as { readonly map?: readonly Node[] } | undefined)?.map ?? [];
    for (const { key, value } of entries) {
      this.#walk(value ?? null, new Set(inner));
      inner.add(cteName(word(key)));
    }
    return inner;
  }

  #table(node: Node, scope: ReadonlySet<string>): void {
    const [catalog, schema, table] = ["catalog_name", "schema_name", "table_name"].map((key) =>
      word(node[key]).toLowerCase(),
    ) as [string, string, string];
    const written = [catalog, schema, table].filter((part) => part !== "").join(".");
    if (catalog === "" && schema === "" && scope.has(table)) return;
    if (node["at_clause"] !== undefined && node["at_clause"] !== null) throw refused("AT is not supported.");
    const ours = catalog === "" || catalog === this.#relations.catalog.toLowerCase();
    const full = `${schema === "" ? "main" : schema}.${table}`;
    const view = ours ? this.#relations.views.get(full) : undefined;
    if (view !== undefined) {
      if (full.startsWith("rollcall.")) this.#mustBeAll(written);
      this.tables.set(full, { schema: schema === "" ? "main" : schema, name: table });
      if (view !== null) this.#met.set(full, view);
      return;
    }
    if (!ours || !CATALOG_VIEWS.has(written)) throw refused(`Catalog Error: There is no table ${written} here.`);
    this.#mustBeAll(written);
  }

  #tableFunction(called: Node): void {
    const name = word(called["function_name"]).toLowerCase();
    if (TABLE_FUNCTIONS.has(name)) return;
    if (!CATALOG_FUNCTIONS.has(name)) throw refused(`The function ${name} is not available here.`);
    this.#mustBeAll(`${name}()`);
  }

  #function(written: string): void {
    const name = written.toLowerCase();
    const known = FUNCTIONS.has(name) || TABLE_FUNCTIONS.has(name);
    if (!known || this.#relations.macros.has(name)) throw refused(`The function ${name} is not available here.`);
  }

  #show(node: Node): void {
    const { query, show_type: kind, table_name: what, schema_name: schema } = node;
    if (query !== undefined && query !== null) return;
    if (kind === "SHOW_FROM") {
      if (word(schema).toLowerCase() === "rollcall") this.#mustBeAll("SHOW TABLES FROM rollcall");
      return;
    }
    const access = kind === "SHOW_UNQUALIFIED" && Object.hasOwn(SHOWN, word(what)) ? SHOWN[word(what)] : undefined;
    if (access === undefined) throw refused("This SHOW is not supported.");
    if (access === "all") this.#mustBeAll("SHOW ALL TABLES");
  }

  #mustBeAll(what: string): void {
    if (this.#access !== "all") throw refused(`${what} is not open to you.`);
  }
}

function without(scope: ReadonlySet<string>, own: Json | undefined): ReadonlySet<string> {
  return scope.difference(new Set([word(own).toLowerCase()]));
}

/** A CTE's name as scopes have it. One that the engine could take for a file, or has itself, is none: should scopes ever differ, nothing is read. */
function cteName(name: string): string {
  if (/[./\\:*?[\]]|^(?:duckdb|pragma|sqlite|pg)_/i.test(name)) throw refused(`A CTE cannot be called ${name} here.`);
  return name.toLowerCase();
}

/** The SELECT in a view's SQL, which the engine writes itself: `CREATE VIEW a.b (c, "d e") AS SELECT …;`. */
function bodyOf(view: string, sql: string): string {
  const part = '(?:"(?:[^"]|"")*"|[^\\s"().,]+)';
  const head = `^CREATE\\s+(?:OR\\s+REPLACE\\s+)?VIEW\\s+${part}(?:\\.${part})*\\s*(?:\\(\\s*${part}(?:\\s*,\\s*${part})*\\s*\\))?\\s*AS\\s+`;
  const match = new RegExp(head, "i").exec(sql);
  if (match === null) throw refused(`The view ${view} cannot be read here.`);
  return sql.slice(match[0].length);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
