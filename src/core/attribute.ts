/**
 * The columns of the org's own attributes. A name once given stays for ever; the registry of what was given is the
 * warehouse's, the rules are here: pure, so that every order of discovery can be tried.
 */
import { createHash } from "node:crypto";
import { snakeCase } from "./column.ts";
import type { Attribute, AttributeType } from "./stream.ts";

/** One column given to an attribute. An attribute whose type changed may have several. */
export interface AttributeColumn {
  /** Okta's name, case-sensitive. */
  readonly attribute: string;
  /** The SQL name. */
  readonly column: string;
  readonly type: AttributeType;
  readonly about: string;
}

/** What became of one column. Unlisted columns stay as they are. */
export interface AttributeChange {
  readonly change: "added" | "widened" | "redescribed";
  readonly column: AttributeColumn;
}

/** The wider type that holds every value of the narrower, as long as no integer lies beyond 2^53. */
const WIDER: Partial<Record<AttributeType, AttributeType>> = { integer: "number", "integer[]": "number[]" };

/** What may follow a column's name when its attribute changes type. */
const TYPE_SUFFIX: Record<AttributeType, string> = {
  text: "text",
  boolean: "boolean",
  integer: "integer",
  number: "number",
  "text[]": "text_list",
  "integer[]": "integer_list",
  "number[]": "number_list",
  json: "json",
};

export interface Naming {
  /** Okta's field that holds the attributes; their columns are called `<field>_<attribute>`. */
  readonly field: string;
  /** SQL names that are taken by declared columns. */
  readonly declared: readonly string[];
  /** What was given before, oldest first. */
  readonly given: readonly AttributeColumn[];
  /** Whether a column can become the wider type without loss: false when it holds an integer beyond 2^53. */
  readonly lossless: (column: AttributeColumn) => boolean;
}

/**
 * The changes that give every attribute of `found` a column of its type. Same `given` and same set of `found`: same answer,
 * whatever the order of `found`. Attributes that are no longer found keep their columns.
 */
export function attributeChanges(naming: Naming, found: readonly Attribute[]): readonly AttributeChange[] {
  const columns = new Map(naming.given.map((column) => [column.column, column]));
  const taken = new Set([...naming.declared, ...columns.keys()].map((name) => name.toLowerCase()));
  const changes: AttributeChange[] = [];
  for (const attribute of inNamingOrder(found)) {
    const change = changeFor(naming, columns, taken, attribute);
    if (change === null) continue;
    changes.push(change);
    columns.set(change.column.column, change.column);
    taken.add(change.column.column.toLowerCase());
  }
  return changes;
}

function changeFor(
  naming: Naming,
  columns: ReadonlyMap<string, AttributeColumn>,
  taken: ReadonlySet<string>,
  { name, type, about }: Attribute,
): AttributeChange | null {
  const own = [...columns.values()].filter((column) => column.attribute === name);
  const same = own.find((column) => column.type === type);
  if (same !== undefined) {
    return same.about === about ? null : { change: "redescribed", column: { ...same, about } };
  }
  const narrower = own.find((column) => WIDER[column.type] === type && naming.lossless(column));
  if (narrower !== undefined) return { change: "widened", column: { ...narrower, type, about } };
  const plain = `${snakeCase(naming.field)}_${snakeCase(name)}`;
  const wanted = own.length === 0 ? plain : `${plain}_${TYPE_SUFFIX[type]}`;
  return { change: "added", column: { attribute: name, column: freeName(wanted, name, taken), type, about } };
}

/** `wanted`, or else `wanted` and the shortest free start of the attribute's own hash (at least 4 digits). */
function freeName(wanted: string, attribute: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  const hash = createHash("sha256").update(attribute).digest("hex");
  for (let length = 4; length <= hash.length; length += 1) {
    const name = `${wanted}_${hash.slice(0, length)}`;
    if (!taken.has(name)) return name;
  }
  throw new Error(`no free column name for attribute ${attribute}`);
}

/**
 * The order in which names are given: of attributes that share a SQL name the one in plain camelCase comes first (it gets
 * the bare name), the others by their code points. A name found twice counts once: the last type stated.
 */
function inNamingOrder(found: readonly Attribute[]): readonly Attribute[] {
  const unique = [...new Map(found.map((attribute) => [attribute.name, attribute])).values()];
  const rank = ({ name }: Attribute) => (camelCase(snakeCase(name)) === name ? 0 : 1);
  return unique.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

function camelCase(snake: string): string {
  return snake.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
