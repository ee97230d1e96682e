/** A statement as the engine's parser gives it: `json_serialize_sql`. */

export type Json = null | boolean | number | string | readonly Json[] | Node;
export type Node = { readonly [key: string]: Json };

/** A text of a tree; empty where there is none. */
export function word(json: Json | undefined): string {
  return typeof json === "string" ? json : "";
}

export function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
