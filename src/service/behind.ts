/** Which tables a statement reads, as far as its words tell: names with their schema, saved views looked through. */
import type { ServiceContext } from "./context.ts";

/** Texts, comments and dollar-quoted texts are passed over; what remains are names, dots and everything else. */
const TOKEN =
  /(?<skip>'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\2\$)|"(?<quoted>(?:[^"]|"")*)"|(?<plain>[\p{L}_][\p{L}\p{N}_$]*)|(?<dot>\.)|\S/gu;

/** `schema.name` of every name written with its schema, in lower case, each once. */
export function namesIn(sql: string): ReadonlySet<string> {
  const found = new Set<string>();
  let before: string | null = null;
  let dotted: string | null = null;
  for (const { groups = {} } of sql.matchAll(TOKEN)) {
    if (groups["skip"] !== undefined) continue;
    const name: string | undefined = groups["plain"] ?? groups["quoted"]?.replaceAll('""', '"');
    if (name !== undefined) {
      if (dotted !== null) found.add(`${dotted}.${name}`.toLowerCase());
      before = name;
      dotted = null;
    } else {
      dotted = groups["dot"] === undefined ? null : before;
      before = null;
    }
  }
  return found;
}

/** The names in a statement and in the saved views behind it. Columns' names are among them: whoever asks knows the tables. */
export async function namesBehind(
  { store: { db } }: Pick<ServiceContext, "store">,
  sql: string,
): Promise<ReadonlySet<string>> {
  const found = new Set(namesIn(sql));
  if (![...found].some((name) => name.startsWith("views."))) return found;
  const saved = await db
    .selectFrom("saved_query")
    .select(["sql", "view_name"])
    .where("view_name", "is not", null)
    .execute();
  const sqlOf = new Map(saved.map((query) => [`views.${query.view_name}`.toLowerCase(), query.sql]));
  // A set may grow while it is iterated: views behind views are met in turn, each once.
  for (const name of found) for (const inner of namesIn(sqlOf.get(name) ?? "")) found.add(inner);
  return found;
}
