/** Schema `views`: people's own queries under a name, as views or filled as tables. */
import { RollcallError } from "../../core/error.ts";
import { inBrackets } from "./guard.ts";
import type { Desk, Sitting } from "./query.ts";
import { refused } from "./refusal.ts";
import { literal, name, Session } from "./sql.ts";

const SCHEMA = "views";

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** Rows that a kept result may have: it is written anew each time. */
const ROWS_MAX = 10_000_000;

type Kind = "VIEW" | "TABLE";

/** A person's query under its name. */
export interface Named {
  readonly name: string;
  readonly sql: string;
  /** Who made it, for the comment. */
  readonly by: string;
}

/** Throws `VIEW_INVALID` for a name that would need quotes. */
export function mustBeViewName(view: string): void {
  if (!NAME.test(view)) throw new RollcallError("VIEW_INVALID", `A view cannot be called ${JSON.stringify(view)}.`);
}

export async function createViewSchema(session: Session): Promise<void> {
  // Before this schema had a meaning an org could have it.
  if ((await session.count(`SELECT count(*) FROM rollcall.orgs WHERE lower(prefix) = ${literal(SCHEMA)}`)) > 0)
    throw new RollcallError("VIEW_INVALID", `An org has the schema ${SCHEMA}, so nothing else can be put there.`);
  await session.run(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
}

/**
 * Makes `views.<name>`, of the kind, out of the person's query, in the sitting's own transaction, in place of what has the name. It may read
 * what everybody may, so that nobody sees through it what they could not see without.
 */
export async function makeNamed(
  { judge }: Desk,
  { connection }: Sitting,
  { name: view, sql, by }: Named,
  kind: Kind,
): Promise<number> {
  const session = new Session(connection);
  await session.run("BEGIN TRANSACTION");
  const judged = await judge(connection, sql, "tables");
  if (judged.tables.some((table) => table.schema === SCHEMA && table.name === view.toLowerCase()))
    throw refused(`${SCHEMA}.${view} cannot read itself.`);
  const full = name(SCHEMA, view);
  const create = `CREATE ${kind} ${full} AS ${inBrackets(judged)}${kind === "TABLE" ? ` LIMIT ${ROWS_MAX + 1}` : ""}`;
  if ((await connection.extractStatements(create)).count !== 1) throw refused("One statement at a time.");
  await dropNamed(session, view);
  await session.run(create);
  await session.run(`COMMENT ON ${kind} ${full} IS ${literal(`Made by ${by}.`)}`);
  const rows = kind === "VIEW" ? 0 : await session.count(`SELECT count(*) FROM ${full}`);
  if (rows > ROWS_MAX) throw refused(`${SCHEMA}.${view} would have more than ${ROWS_MAX} rows: too many to be kept.`);
  await session.run("COMMIT");
  return rows;
}

/** Drops what has the name in schema `views`; nothing when nothing has. */
export async function dropNamed(session: Session, view: string): Promise<void> {
  const [found] = await session.rows(`
    SELECT 'TABLE' AS kind FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = '${SCHEMA}' AND lower(table_name) = lower(${literal(view)})
    UNION ALL SELECT 'VIEW' FROM duckdb_views() WHERE database_name = current_database() AND schema_name = '${SCHEMA}' AND lower(view_name) = lower(${literal(view)})`);
  if (found !== undefined) await session.run(`DROP ${String(found["kind"])} ${name(SCHEMA, view)}`);
}
