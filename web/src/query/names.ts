/** Names as SQL takes them. Pure. */

/** Words that DuckDB does not take as a name without quotes, as far as one meets them as columns. */
const RESERVED = new Set(
  `all analyse analyze and any array as asc both case cast check collate column constraint create default deferrable desc
  describe distinct do else end except false fetch for foreign from group having in initially intersect into lambda lateral
  leading limit not null offset on only or order pivot placing primary qualify references returning select show some summarize
  symmetric table then to trailing true union unique unpivot using variadic when where window with`.split(/\s+/),
);

export function quoted(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name.toLowerCase())
    ? name
    : `"${name.replaceAll('"', '""')}"`;
}

/** `okta.users` */
export const tableName = (table: { readonly schema: string; readonly name: string }): string =>
  `${quoted(table.schema)}.${quoted(table.name)}`;

/** `"a ""b"""` → `a "b"` */
export const bare = (text: string): string =>
  text.startsWith('"') ? text.replaceAll(/^"|"$/g, "").replaceAll('""', '"') : text;
