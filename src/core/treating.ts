/**
 * Treating rows: what a treatment says is done to the parsed JSON of a page, before it is made to fit its columns and before a
 * byte of it reaches a file. What is dropped is not there any more when odd and undeclared values are looked for, so no copy of it
 * can move to `_extra`. Where a value is not of the form in which the chosen field could be found (a text in place of a struct, a
 * number in place of a text to hash), all of it goes: better one value too few than one in the clear.
 */
import { createHmac, createSecretKey } from "node:crypto";
import type { AttributeColumn } from "./attribute.ts";
import { type ColumnType, snakeCase } from "./column.ts";
import { RollcallError } from "./error.ts";
import { EXTRA, type Stream } from "./stream.ts";
import { checkTreatment, structFields, type Treat, type Treatment } from "./treatment.ts";

/** What is done to a value: all of it goes, its text is hashed, each text of a list is, or something is done under some of its names. */
export type Plan = "drop" | "hash" | "hash each" | Within;

export interface Within {
  readonly names: ReadonlyMap<string, Plan>;
  /** Whether the names are those of the objects in a list. */
  readonly list: boolean;
}

/** A treatment, by Okta's names. */
export interface RowPlan {
  readonly fields: ReadonlyMap<string, Plan>;
  /** Nothing undeclared and nothing odd is kept. */
  readonly dropExtra: boolean;
  /** The attributes that are treated: their columns' names are not always their own. */
  readonly attributes: readonly AttributeColumn[];
  readonly hash: (text: string) => string;
}

/** Shorter keys could be guessed. */
const KEY_BYTES_LEAST = 16;

/** Null where nothing is treated. Throws `TREATMENT_INVALID`: for a column that is not there, and for a hash without a key. */
export function planOf(
  stream: Stream,
  given: readonly AttributeColumn[],
  treatment: Treatment,
  key: Uint8Array | null,
): RowPlan | null {
  checkTreatment(stream, [], treatment, given);
  const chosen = Object.entries(treatment);
  if (chosen.length === 0) return null;
  if (chosen.some(([, how]) => how === "hash")) mustBeKey(stream, key);
  const fieldOf = new Map(Object.keys(stream.columns).map((field) => [snakeCase(field), field]));
  const attributeOf = new Map(given.map((column) => [column.column, column]));
  const root: Tree = new Map();
  const attributes: AttributeColumn[] = [];
  for (const [column, how] of chosen) {
    const attribute = attributeOf.get(column);
    if (attribute !== undefined) attributes.push(attribute);
    const [first = "", ...rest] = column.split(".");
    const path =
      attribute === undefined ? [fieldOf.get(first) ?? first, ...rest] : [stream.profile!.field, attribute.attribute];
    if (column !== EXTRA) grow(root, path, how);
  }
  return {
    fields: (planned(root, false, attributes, (field) => stream.columns[field]!.type) as Within).names,
    dropExtra: treatment[EXTRA] === "drop",
    attributes,
    hash: hasher(key),
  };
}

type Branch = Treat | Tree;
type Tree = Map<string, Branch>;

/** Adds one path. What is dropped as a whole stays so, whatever is chosen within it; of two words on one value the drop counts. */
function grow(tree: Tree, [name = "", ...rest]: readonly string[], how: Treat): void {
  const there = tree.get(name);
  if (there === "drop") return;
  if (rest.length === 0) {
    tree.set(name, how);
  } else {
    const within: Tree = there instanceof Map ? there : new Map();
    tree.set(name, within);
    grow(within, rest, how);
  }
}

/** What is done to a value of this type, whose fields' types are `typeOf`. */
function planned(
  branch: Branch,
  list: boolean,
  attributes: readonly AttributeColumn[],
  typeOf: (name: string) => ColumnType,
): Plan {
  if (branch === "drop") return "drop";
  if (branch === "hash") return list ? "hash each" : "hash";
  const names = [...branch].map(([name, inner]): [string, Plan] => {
    const type = typeOf(name);
    const fields = structFields(type);
    return [
      name,
      planned(
        inner,
        type.kind === "list",
        attributes,
        (field) => fields?.[field]?.type ?? attributeType(attributes, field),
      ),
    ];
  });
  return { names: new Map(names), list };
}

/** A profile's fields are the attributes: of an attribute with columns of several types, the first named counts. */
function attributeType(attributes: readonly AttributeColumn[], name: string): ColumnType {
  const type = attributes.find(({ attribute }) => attribute === name)?.type;
  return type === "text[]" ? { kind: "list", of: { kind: "text" } } : { kind: "text" };
}

function mustBeKey({ table }: Stream, key: Uint8Array | null): void {
  if (key !== null && key.length >= KEY_BYTES_LEAST) return;
  throw new RollcallError(
    "TREATMENT_INVALID",
    key === null
      ? `Columns of ${table} are to be hashed, and there is no key to hash them with.`
      : `The key for hashed columns has ${key.length} bytes; it needs at least ${KEY_BYTES_LEAST}.`,
    { fix: "Sync this table with the server that hashes it: it has the key." },
  );
}

/** HMAC-SHA-256 in hex: equal texts have equal hashes in every table of this installation, and in no other's. */
function hasher(key: Uint8Array | null): (text: string) => string {
  const secret = createSecretKey(key ?? new Uint8Array());
  return (text) => createHmac("sha256", secret).update(text).digest("hex");
}

/** Treats a row in place; anything but an object holds nothing that a plan could name. */
export function treatRow(row: unknown, plan: RowPlan): void {
  if (isObject(row)) treatMembers(row, plan.fields, plan.hash);
}

function treatMembers(object: Record<string, unknown>, plans: ReadonlyMap<string, Plan>, hash: RowPlan["hash"]): void {
  for (const [name, plan] of plans) {
    if (Object.hasOwn(object, name)) object[name] = treated(object[name], plan, hash);
  }
}

/** Undefined is left out when the row is written; in a list it is written as null. */
function treated(value: unknown, plan: Plan, hash: RowPlan["hash"]): unknown {
  if (plan === "drop") return undefined;
  if (value === null) return null;
  if (plan === "hash") return typeof value === "string" ? hash(value) : undefined;
  if (plan === "hash each" || plan.list) {
    const one: Plan = plan === "hash each" ? "hash" : { ...plan, list: false };
    return Array.isArray(value) ? value.map((item: unknown) => treated(item, one, hash) ?? null) : undefined;
  }
  if (!isObject(value)) return undefined;
  treatMembers(value, plan.names, hash);
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !exact.isRawJSON(value);
}

/** In Node 24 and not yet in TypeScript's library: a number that kept its digits is an object. */
const exact = JSON as unknown as { isRawJSON(value: unknown): boolean };
