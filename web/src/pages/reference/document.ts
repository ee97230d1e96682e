/** The API's document as the page reads it: operations by tag, in the document's order. */
import { answered } from "../../api.ts";

export interface Schema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly [word: string]: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Described {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly "x-needs"?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>;
}

export interface Operation extends Described {
  readonly method: string;
  readonly path: string;
}

export interface Document {
  readonly info: { readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export async function loadDocument(signal: AbortSignal): Promise<Document> {
  const response = await answered("/api/openapi.json", { signal });
  return (await response.json()) as Document;
}

/** Operations whose words hold all of `search`'s, grouped. */
export function operationsByTag(document: Document, search: string): ReadonlyMap<string, readonly Operation[]> {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const groups = new Map<string, Operation[]>();
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, described] of Object.entries(methods)) {
      const operation = { ...described, method, path };
      const told = `${method} ${path} ${described.summary} ${described.tags.join(" ")}`.toLowerCase();
      if (!words.every((word) => told.includes(word))) continue;
      const tag = described.tags[0] ?? "Others";
      groups.set(tag, [...(groups.get(tag) ?? []), operation]);
    }
  return groups;
}

/** The schema that a `$ref` names. */
export function follow(document: Document, schema: Schema): { readonly name: string | null; readonly schema: Schema } {
  const ref = schema["$ref"];
  if (typeof ref !== "string") return { name: null, schema };
  const name = ref.replace("#/components/schemas/", "");
  return { name, schema: document.components.schemas[name] ?? {} };
}

/** The schema of a body or an answer, with its media type; null where there is none. */
export function contentOf({ content }: Content): { readonly media: readonly string[]; readonly schema: Schema } | null {
  const entries = Object.entries(content ?? {});
  const first = entries[0];
  return first === undefined ? null : { media: entries.map(([media]) => media), schema: first[1].schema };
}

/** A command that does it from a terminal. */
export function curlOf(operation: Operation, document: Document, origin: string): string {
  const required = (operation.parameters ?? []).filter((parameter) => parameter.in === "query" && parameter.required);
  const query = required.map(({ name }) => `${name}=…`).join("&");
  const lines = [
    `curl${operation.method === "get" ? "" : ` -X ${operation.method.toUpperCase()}`} '${origin}${operation.path}${query === "" ? "" : `?${query}`}'`,
  ];
  if (operation["x-needs"] !== "nobody") lines.push(`-H "Authorization: Bearer $ROLLCALL_API_KEY"`);
  const body = operation.requestBody === undefined ? null : contentOf(operation.requestBody);
  if (body !== null) {
    lines.push("-H 'Content-Type: application/json'");
    lines.push(`-d '${JSON.stringify(example(body.schema, document), null, 2)}'`);
  }
  return lines.join(" \\\n  ");
}

const DEEPEST = 6;

/** Something of that shape. */
function example(schema: Schema, document: Document, depth = 0): unknown {
  const { schema: at } = follow(document, schema);
  if (at["example"] !== undefined) return at["example"];
  if (at["default"] !== undefined) return at["default"];
  if (at["const"] !== undefined) return at["const"];
  if (Array.isArray(at["enum"])) return at["enum"][0] as unknown;
  const [first] = (at["anyOf"] ?? at["oneOf"] ?? at["allOf"] ?? []) as readonly Schema[];
  if (first !== undefined) return example(first, document, depth + 1);
  const type = Array.isArray(at["type"]) ? (at["type"][0] as unknown) : at["type"];
  if (type === "object" && depth < DEEPEST)
    return Object.fromEntries(
      Object.entries((at["properties"] ?? {}) as Readonly<Record<string, Schema>>).map(([key, value]) => [
        key,
        example(value, document, depth + 1),
      ]),
    );
  if (type === "array")
    return depth < DEEPEST && at["items"] !== undefined ? [example(at["items"] as Schema, document, depth + 1)] : [];
  if (type === "boolean") return true;
  if (type === "integer" || type === "number") return at["minimum"] ?? 1;
  return type === "object" ? {} : "…";
}
