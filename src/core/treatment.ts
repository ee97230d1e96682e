/**
 * Treatment: what a person chose to leave out or to hash of a table before it is stored. A choice names a column as SQL does
 * (`profile_email`), or a field within one by its path (`actor.displayName`, `target.alternateId`), and holds for everything that
 * quotes the value: the column, the profile's JSON that it is derived from, and `_extra`. See docs/personal-data.md.
 *
 * What is refused, and why: the key and the incremental field (without them rows cannot be told apart or read on), hashes of
 * anything but text (a hash of a number is found by trying them all, one of JSON joins with nothing).
 */
import { type AttributeColumn, attributeChanges } from "./attribute.ts";
import { type ColumnType, type Field, type Fields, snakeCase } from "./column.ts";
import { RollcallError } from "./error.ts";
import { type Attribute, type AttributeType, EXTRA, type Stream, SYNCED_AT } from "./stream.ts";

export type Treat = "drop" | "hash";

/** Column, or path within one → what is done to it. What is not named is kept. */
export type Treatment = Readonly<Record<string, Treat>>;

/** A column, or a field within one, and what may be chosen for it. */
export interface Treatable {
  readonly column: string;
  /** In words: `text`, `list of text`, `struct`, `JSON`. */
  readonly type: string;
  readonly about: string;
  readonly canHash: boolean;
  readonly canDrop: boolean;
  /** Known to hold data about people. Attributes and free-form fields of the org's own may, too: only the org knows. */
  readonly personal: boolean;
}

/** For every form in which a treatment is chosen. */
export const TREATMENT_NOTE =
  "The choice is made before anything is stored, and holds for the column, for the JSON in `profile` and for `_extra`. The log's " +
  "copies remain unless columns of the log are dropped or hashed too: events quote names, e-mail addresses and IP addresses of " +
  "the people in them. Free-form JSON of other tables that quotes the same data (an application's settings and credentials) is not searched.";

/** For a table that holds rows when its treatment changes. */
export const TREATMENT_CHANGE_NOTE =
  "Dropping and hashing also change the rows already stored, at once and for good. To keep a column again, the table is read again; " +
  "events of the log that are stored without it stay without it.";

/** Everything that a person could name, in the order of the columns. `given`: the columns that the warehouse has named already. */
export function treatable(
  stream: Stream,
  attributes: readonly Attribute[],
  given: readonly AttributeColumn[] = [],
): Treatable[] {
  const personal = new Set(stream.personal ?? []);
  const fixed = new Set([snakeCase(stream.key), snakeCase(stream.incrementalField ?? stream.key)]);
  const own = Object.entries(stream.columns).flatMap(([name, field]) => fieldsOf(snakeCase(name), field));
  const attributesOwn = attributeColumns(stream, attributes, given).map(
    ({ column, type, about }): Omit<Treatable, "personal"> => ({
      column,
      type: ATTRIBUTE_WORDS[type],
      about,
      canHash: type === "text" || type === "text[]",
      canDrop: true,
    }),
  );
  const extra = { column: EXTRA, type: "JSON", about: EXTRA_ABOUT, canHash: false, canDrop: true };
  return [...own, extra, ...attributesOwn].map((choice) => ({
    ...choice,
    ...(fixed.has(choice.column) ? { canHash: false, canDrop: false } : {}),
    personal: personal.has(choice.column),
  }));
}

/** Throws `TREATMENT_INVALID`, which names the column and what is wrong with the choice. */
export function checkTreatment(
  stream: Stream,
  attributes: readonly Attribute[],
  treatment: Treatment,
  given: readonly AttributeColumn[] = [],
): void {
  const known = new Map(treatable(stream, attributes, given).map((choice) => [choice.column, choice]));
  for (const [column, how] of Object.entries(treatment)) {
    const choice = known.get(column);
    if (choice !== undefined && (how === "hash" ? choice.canHash : choice.canDrop)) continue;
    throw new RollcallError(
      "TREATMENT_INVALID",
      `${stream.table}.${column} cannot be ${DONE[how]}: ${why(stream, column, choice)}.`,
    );
  }
}

function why(stream: Stream, column: string, choice: Treatable | undefined): string {
  if (column === SYNCED_AT) return "it says when the row was read, and nothing about people";
  if (choice === undefined) return "the table has no such column";
  if (column === snakeCase(stream.key)) return "it identifies the row";
  if (!choice.canDrop) return "it tells Rollcall what has changed";
  return `only text can be hashed, and it is of type ${choice.type}; drop it, or a field within it`;
}

const DONE: Readonly<Record<Treat, string>> = { drop: "dropped", hash: "hashed" };

/** The attributes' columns: those given, and those that `attributes` will be given. */
export function attributeColumns(
  stream: Stream,
  attributes: readonly Attribute[],
  given: readonly AttributeColumn[],
): readonly AttributeColumn[] {
  if (stream.profile === undefined) return [];
  const declared = [...Object.keys(stream.columns).map(snakeCase), SYNCED_AT, EXTRA];
  const naming = { field: stream.profile.field, declared, given, lossless: () => false };
  const columns = new Map(given.map((column) => [column.column, column]));
  for (const { column } of attributeChanges(naming, attributes)) columns.set(column.column, column);
  return [...columns.values()];
}

function fieldsOf(path: string, { type, about }: Field): readonly Omit<Treatable, "personal">[] {
  if (type.kind === "secret") return [];
  const inner = structFields(type);
  const own = {
    column: path,
    type: words(type),
    about,
    canHash: words(type) === "text" || words(type) === "list of text",
    canDrop: true,
  };
  const fields = Object.entries(inner ?? {}).flatMap(([name, field]) => fieldsOf(`${path}.${name}`, field));
  return [own, ...fields];
}

/** The fields of a struct, or of the structs in a list. */
export function structFields(type: ColumnType): Fields | null {
  if (type.kind === "list") return structFields(type.of);
  return type.kind === "struct" ? type.fields : null;
}

function words(type: ColumnType): string {
  if (type.kind === "list") return `list of ${words(type.of)}`;
  return type.kind === "json" ? "JSON" : type.kind;
}

const ATTRIBUTE_WORDS: Readonly<Record<AttributeType, string>> = {
  text: "text",
  boolean: "boolean",
  integer: "integer",
  number: "number",
  "text[]": "list of text",
  "integer[]": "list of integer",
  "number[]": "list of number",
  json: "JSON",
};

const EXTRA_ABOUT = "What Okta sent that has no column here, and values that did not fit their column.";
