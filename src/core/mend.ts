/**
 * Makes any page fit the declared columns and loses nothing: undeclared fields and values of another type move to `_extra`
 * by path, secrets go, rows without their key are rejected and counted. Slow and thorough; `inspect.ts` keeps it off the hot path.
 * What a person chose to drop or hash is gone before anything else is looked at.
 */
import { RollcallError } from "./error.ts";
import { SAFE_DIGITS } from "./inspect.ts";
import { isSecret } from "./secrets.ts";
import type { RowShape, Shape } from "./shape.ts";
import { EXTRA } from "./stream.ts";
import { type RowPlan, treatRow } from "./treating.ts";

export interface Mended {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly rejected: number;
  /** Values that did not fit their declared type. */
  readonly oddValues: number;
}

type Json = unknown;
type JsonObject = Record<string, Json>;

/** Treats the rows where the shape says so, then makes them fit. Throws `BODY_NOT_A_LIST` where the bytes are no JSON array. */
export function mend(bytes: Uint8Array, shape: RowShape): Mended {
  const page = parse(bytes);
  const rows: JsonObject[] = [];
  let oddValues = 0;
  for (const row of page) {
    if (shape.plan !== null) treatRow(row, shape.plan);
    const mended = mendRow(row, shape);
    if (mended === null) continue;
    rows.push(mended.row);
    oddValues += mended.oddValues;
  }
  return {
    bytes: new TextEncoder().encode(JSON.stringify(rows)),
    rows: rows.length,
    rejected: page.length - rows.length,
    oddValues,
  };
}

/** A page whose rows fit as they are, treated: what is dropped or hashed fits as well. */
export function treatPlain(bytes: Uint8Array, plan: RowPlan): Uint8Array {
  const page = parse(bytes);
  for (const row of page) treatRow(row, plan);
  return new TextEncoder().encode(JSON.stringify(page));
}

function parse(bytes: Uint8Array): readonly Json[] {
  let page: Json;
  try {
    page = parseExactly(new TextDecoder().decode(bytes).toWellFormed());
  } catch (cause) {
    throw new RollcallError("BODY_NOT_A_LIST", "Okta's answer is not JSON.", { cause });
  }
  if (!Array.isArray(page)) throw new RollcallError("BODY_NOT_A_LIST", "Okta's answer is JSON, but not a list.");
  return page;
}

/** `JSON.rawJSON` and the reviver's source text are in Node 24 and not yet in TypeScript's library. */
interface ExactJson {
  parse(
    text: string,
    reviver: (this: unknown, key: string, value: Json, context: { readonly source?: string }) => Json,
  ): Json;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}
const exact = JSON as unknown as ExactJson;

/** Numbers that a double cannot hold keep their digits. The reviver is slow, so only texts that may hold such numbers meet it. */
function parseExactly(text: string): Json {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return exact.parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
      ? exact.rawJSON(source)
      : value,
  );
}

function mendRow(row: Json, shape: RowShape): { row: JsonObject; oddValues: number } | null {
  if (!isObject(row)) return null;
  const key = row[shape.key];
  if (typeof key !== "string" || key === "") return null;
  const extra = new Map<string, Json>();
  const mender = new RowMender(extra);
  const fitted = mender.fit(row, shape.row, "") as JsonObject;
  if (extra.size > 0 && shape.plan?.dropExtra !== true) fitted[EXTRA] = Object.fromEntries(extra);
  return { row: fitted, oddValues: mender.oddValues };
}

class RowMender {
  readonly #extra: Map<string, Json>;
  oddValues = 0;

  constructor(extra: Map<string, Json>) {
    this.#extra = extra;
  }

  /** The part of `value` that fits; what does not fit is noted under `path`, and null stands in its place. */
  fit(value: Json, shape: Shape, path: string): Json {
    if (value === null || value === undefined) return null;
    switch (shape.kind) {
      case "object":
        return isObject(value) ? this.#object(value, shape, path) : this.#odd(value, path);
      case "list":
        return Array.isArray(value)
          ? value.map((item, index) => this.fit(item, shape.of, `${path}[${index}]`))
          : this.#odd(value, path);
      case "json":
        return shape.secrets === "drop" ? withoutSecrets(value) : value;
      case "secret":
        return null;
      default:
        return FITS[shape.kind](value) ? value : this.#odd(value, path);
    }
  }

  #object(value: JsonObject, shape: Shape & { kind: "object" }, path: string): JsonObject {
    const fitted: JsonObject = {};
    for (const [name, inner] of Object.entries(value)) {
      const member = shape.byName.get(name);
      const innerPath = path === "" ? name : `${path}.${name}`;
      if (member?.shape.kind === "secret") continue;
      if (shape.open) {
        // A profile keeps its values as Okta gave them, odd ones too; only the typed columns beside it need them to fit.
        if (member !== undefined) this.fit(inner, member.shape, innerPath);
        fitted[name] = inner;
      } else if (member !== undefined) {
        fitted[name] = this.fit(inner, member.shape, innerPath);
      } else if (!isSecret(name, inner)) {
        this.#extra.set(innerPath, withoutSecrets(inner));
      }
    }
    return fitted;
  }

  #odd(value: Json, path: string): null {
    this.oddValues++;
    this.#extra.set(path, withoutSecrets(value));
    return null;
  }
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** What each type takes without a loss; a number that kept its digits (`rawJSON`) is an object here. */
const FITS: Readonly<Record<"text" | "boolean" | "integer" | "number" | "timestamp", (value: Json) => boolean>> = {
  text: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  integer: (value) =>
    Number.isSafeInteger(value) ||
    (exact.isRawJSON(value) && JSON.stringify(value).replace("-", "").length <= SAFE_DIGITS),
  number: (value) => typeof value === "number" || exact.isRawJSON(value),
  timestamp: (value) => typeof value === "string" && ISO.test(value) && isRealDate(value),
};

/** `Date` takes 30 February for 2 March; a warehouse refuses it. */
function isRealDate(value: string): boolean {
  const day = value.slice(0, 10);
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) return false;
  return !Number.isNaN(Date.parse(value.replace(" ", "T")));
}

/** A copy without the names of `secrets.ts`, at any depth. */
function withoutSecrets(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isObject(value) || exact.isRawJSON(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => !isSecret(name, inner))
      .map(([name, inner]) => [name, withoutSecrets(inner)]),
  );
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !exact.isRawJSON(value);
}
