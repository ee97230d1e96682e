/** The contract as a list, and its document as JSON Schema: what the walks over all operations go by. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { API } from "../../src/api/contract/api.ts";
import type { Needs } from "../../src/api/contract/operation.ts";

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly needs: Needs;
}

/** Every operation of the contract. */
export const OPERATIONS: readonly Operation[] = Object.values(API).flatMap((group) =>
  Object.values(group).map((operation) => ({
    method: operation.method,
    path: operation.path,
    needs: (operation as { "x-needs": Needs })["x-needs"],
  })),
);

export type Schema = Readonly<Record<string, unknown>>;
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required?: boolean;
  readonly schema: Schema;
}
export interface Described {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
        readonly headers?: Readonly<Record<string, object>>;
      }
    >
  >;
  readonly security?: readonly object[];
}
export interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly securitySchemes: object };
}

/** What is at a `$ref`. */
export function resolved(schema: Schema, document: Document): Schema {
  const ref = schema["$ref"];
  if (typeof ref !== "string") return schema;
  const found = document.components.schemas[ref.replace("#/components/schemas/", "")];
  if (found === undefined) throw new Error(`${ref} leads nowhere`);
  return resolved(found, document);
}

/** Says whether a value fits a schema of the document. */
export function judge(document: Document): (schema: Schema) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, validateFormats: true });
  addFormats.default(ajv);
  ajv.addFormat("binary", true);
  const judged = new Map<string, ValidateFunction>();
  return (schema) => {
    const name = JSON.stringify(schema);
    const known = judged.get(name) ?? ajv.compile({ ...schema, components: document.components });
    judged.set(name, known);
    return known;
  };
}

/** A value that fits, as small as it may be; every optional field is there. */
export function sample(schema: Schema, document: Document): unknown {
  const at = resolved(schema, document);
  if (at["const"] !== undefined) return at["const"];
  if (Array.isArray(at["enum"])) return at["enum"][0] as unknown;
  const [first] = (at["anyOf"] ?? at["oneOf"] ?? at["allOf"] ?? []) as readonly Schema[];
  if (first !== undefined) return sample(first, document);
  const type = Array.isArray(at["type"]) ? (at["type"][0] as unknown) : at["type"];
  if (type === "object") {
    const properties = (at["properties"] ?? {}) as Readonly<Record<string, Schema>>;
    return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, sample(value, document)]));
  }
  if (type === "array") return at["items"] === undefined ? [] : [sample(at["items"] as Schema, document)];
  if (type === "boolean") return true;
  if (type === "integer" || type === "number") return at["minimum"] ?? 1;
  return text(at);
}

const FORMATS: Readonly<Record<string, string>> = {
  email: "somebody@acme.example",
  "date-time": "2026-11-01T12:00:00.000Z",
  uri: "https://hooks.acme.example/x",
};

function text(schema: Schema): string {
  const format = FORMATS[String(schema["format"])];
  return format ?? "x".repeat(Math.max(1, (schema["minLength"] as number | undefined) ?? 1));
}

/** Every object that a schema describes, at whatever depth, with its path; records have names of their own choice, and are none. */
export function* objects(schema: Schema, document: Document, path = ""): Generator<readonly [path: string, Schema]> {
  const at = resolved(schema, document);
  const properties = Object.entries((at["properties"] ?? {}) as Readonly<Record<string, Schema>>);
  if (at["properties"] !== undefined) yield [path, at];
  for (const [name, inner] of properties) yield* objects(inner, document, `${path}.${name}`);
  for (const inner of [at["items"], at["additionalProperties"]])
    if (typeof inner === "object") yield* objects(inner as Schema, document, `${path}[]`);
  for (const option of [at["anyOf"], at["oneOf"], at["allOf"]].flatMap((options) => (options ?? []) as Schema[]))
    yield* objects(option, document, path);
}

/** Every place in a value: its path, and the value with something else there (`undefined`: left out). */
export function* places(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* places(inner, [...path, key]);
}

export function replaced(value: unknown, path: readonly string[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  const inner = replaced(copy[key], rest, by);
  if (inner === undefined) delete copy[key];
  else copy[key] = inner;
  return Array.isArray(value) ? Object.values(copy) : copy;
}
