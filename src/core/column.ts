/**
 * Columns as data. A stream declares Okta's fields with these words; the warehouse turns them into its own types, the
 * conformer into a check of every page, the docs into a table.
 */

export type ColumnType =
  | { readonly kind: "text" | "boolean" | "integer" | "number" | "timestamp" }
  /** Free-form: kept as JSON. `secrets: "drop"` removes keys named as in `docs/secrets.md`, at any depth. */
  | { readonly kind: "json"; readonly secrets: "drop" | "keep" }
  /** Fixed shape: a struct whose fields keep Okta's own names. */
  | { readonly kind: "struct"; readonly fields: Fields }
  | { readonly kind: "list"; readonly of: ColumnType }
  /** Known, never stored, never counted: a secret that Okta returns. */
  | { readonly kind: "secret" };

export interface Field {
  readonly type: ColumnType;
  /** One sentence, shown as the column's COMMENT and in the docs. */
  readonly about: string;
}

/** Okta's field name → its type. Order is the order of the columns. */
export type Fields = Readonly<Record<string, Field>>;

const scalar =
  (kind: "text" | "boolean" | "integer" | "number" | "timestamp") =>
  (about: string): Field => ({
    type: { kind },
    about,
  });

export const text = scalar("text");
export const boolean = scalar("boolean");
export const integer = scalar("integer");
export const number = scalar("number");
/** ISO 8601 with milliseconds in Okta's answers; TIMESTAMPTZ in the warehouse. */
export const timestamp = scalar("timestamp");
export const json = (about: string, options: { readonly secrets: "drop" | "keep" } = { secrets: "keep" }): Field => ({
  type: { kind: "json", secrets: options.secrets },
  about,
});
export const struct = (about: string, fields: Fields): Field => ({ type: { kind: "struct", fields }, about });
export const list = (about: string, of: Field): Field => ({ type: { kind: "list", of: of.type }, about });
export const secret = (about: string): Field => ({ type: { kind: "secret" }, about });

/**
 * The SQL name of an Okta field or attribute: `lastUpdated` → `last_updated`, `_links` → `_links`, `SAMLRole2` → `saml_role2`.
 * Only `[a-z0-9_]` remain; two names may collide, which `attribute.ts` settles for profile attributes.
 */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/(?<=[A-Z])(?=[A-Z][a-z])/g, "_")
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, "_");
}
