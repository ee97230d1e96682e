/** The schema that holds one org's tables, as a person names it. */
import { RollcallError } from "./error.ts";

/** Schemas that the engine or Rollcall itself needs. */
const RESERVED: ReadonlySet<string> = new Set([
  "rollcall",
  "views",
  "main",
  "memory",
  "information_schema",
  "pg_catalog",
  "temp",
  "system",
]);
const LONGEST = 40;

/** Lower case, because no engine tells `Okta` from `okta`. Throws PREFIX_INVALID; `named` is what the person knows it by. */
export function prefixOf(text: string, named: string): string {
  const name = text.toLowerCase();
  const refuse = (why: string) => {
    throw new RollcallError("PREFIX_INVALID", `${named} "${text}" ${why}.`);
  };
  if (!/^[a-z][a-z0-9_]*$/.test(name)) refuse("is not a letter followed by letters, digits or underscores");
  if (name.length > LONGEST) refuse(`is longer than ${LONGEST} characters`);
  if (RESERVED.has(name) || name.startsWith("pg_")) refuse("is a name that the warehouse keeps for itself");
  return name;
}
