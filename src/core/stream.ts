/** A stream: one Okta list declared as a table. Everything else is derived from this. */
import type { Fields } from "./column.ts";

/** How a table is synced. `incremental`: upserted by key. `append`: only added to. `full_refresh`: read whole, then switched at once. */
export type SyncMode = "incremental" | "append" | "full_refresh";

/** A GET on the org's own host. `path` starts with `/`. */
export interface Request {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** How Okta tells what there is, what changed and what is gone. */
export type ReadPlan =
  | {
      readonly kind: "list";
      /** Read one after the other, these make up the complete list. */
      readonly lists: readonly [Request, ...Request[]];
      /** What changed at or after `from` (ISO 8601); null where Okta has no server-side time filter: then every run reads the complete list. */
      readonly since: ((from: string) => Request) | null;
      /** One object by its key: the second look before a row is deleted. A 404 E0000007 here is the only proof of deletion. */
      readonly one: (key: string) => Request;
    }
  | {
      readonly kind: "log";
      readonly path: string;
      /** How long Okta keeps events, in days. */
      readonly retention_days: number;
      readonly pageSize: number;
    };

export interface Stream {
  /** SQL name of the table, the same in CLI, API and UI. */
  readonly table: string;
  /** One sentence for people: the table's COMMENT. */
  readonly about: string;
  /** The page of Okta's documentation that describes the endpoint. */
  readonly docs: string;
  /** Okta's field that identifies a row. */
  readonly key: "id" | "uuid";
  /** The field that moves when an object changes, as people know it; null where there is none. */
  readonly incrementalField: string | null;
  readonly columns: Fields;
  /** What a person may choose; the first is the default. */
  readonly modes: readonly [SyncMode, ...SyncMode[]];
  /** The least that lets a credential read this: OAuth scope for a service app, admin role for either kind. */
  readonly permission: { readonly scope: string; readonly role: string };
  readonly read: ReadPlan;
  /** Every org has at least one row here: an empty first answer means a missing admin role, not an empty org (fact sheet, fact 0). */
  readonly neverEmpty: boolean;
  /** What a reader should know and the columns do not say: shown in the docs and by `sync`. */
  readonly notes: readonly string[];
  /** Columns, or paths within one (`actor.displayName`), that hold data about people: marked where a person chooses what to store. */
  readonly personal?: readonly string[];
  /** Where Okta counts the rows without listing them; about right is good enough. */
  readonly counted?: {
    readonly request: Request;
    readonly scope: string;
    readonly count: (body: unknown) => number | null;
  };
  /** Set where the org itself defines more columns (the user profile). */
  readonly profile?: ProfileSource;
}

/** Where the org's own attributes are declared, and which JSON column holds their values. */
export interface ProfileSource {
  /** Okta's field with the free-form profile; its attributes become columns `<field>_<attribute>`. */
  readonly field: string;
  readonly schemas: { readonly first: Request; readonly types: Request };
  /** Attributes every org has: the columns when the schema may not be read. */
  readonly base: readonly Attribute[];
  /** The scope that reads schemas, and the one that reads the list of types. */
  readonly scope: string;
  readonly typesScope: string;
}

/** Every scope that reading these streams can use, those of their profiles' schemas included; each once. */
export function scopesOf(streams: readonly Stream[]): readonly string[] {
  return [
    ...new Set(
      streams.flatMap(({ permission, profile }) => [
        permission.scope,
        ...(profile === undefined ? [] : [profile.scope, profile.typesScope]),
      ]),
    ),
  ];
}

/** One attribute of the org's own schema. */
export interface Attribute {
  /** Okta's name, case-sensitive. */
  readonly name: string;
  readonly type: AttributeType;
  readonly about: string;
}

export type AttributeType = "text" | "boolean" | "integer" | "number" | "text[]" | "integer[]" | "number[]" | "json";

/** The primary key's SQL name and `_synced_at`, `_extra` are on every table. */
export const SYNCED_AT = "_synced_at";
export const EXTRA = "_extra";
