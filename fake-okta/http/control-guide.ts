import { z } from "zod";

/** A shape in words a person can type from: `{"id": "string", "profile?": "object"}`; a choice is joined by `|`. */
export type Shape = string | { readonly [name: string]: Shape };

/** What a body must look like. `op`-style unions show one shape per variant, named by its `kind`. */
export function shapeOf(schema: z.ZodType): Shape {
  // What JSON cannot say (a RegExp in a fault's match) is left out of the guide.
  return readShape(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
}

type JsonSchema = Exclude<z.core.JSONSchema.BaseSchema, boolean>;

function readShape(schema: JsonSchema): Shape {
  const variants = (schema.oneOf ?? schema.anyOf)?.filter(isSchema).filter(saysSomething);
  if (variants) return readVariants(variants);
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.map(String).join(" | ");
  if (schema.type === "array") return isSchema(schema.items) ? `list of ${words(readShape(schema.items))}` : "list";
  if (Array.isArray(schema.type)) return schema.type.join(" | ");
  if (schema.type !== "object") return schema.type ?? "anything";
  if (!schema.properties) return "object";
  const needed = new Set(schema.required);
  return Object.fromEntries(
    Object.entries(schema.properties).map(([name, inner]) => [
      needed.has(name) ? name : `${name}?`,
      isSchema(inner) ? readShape(inner) : "anything",
    ]),
  );
}

/** Variants named by their `kind`; one that may be null; or a choice in words. */
function readVariants(variants: readonly JsonSchema[]): Shape {
  if (variants.every((one) => kindOf(one) !== undefined))
    return Object.fromEntries(variants.map((one) => [kindOf(one) ?? "", readShape(one)]));
  const [only, ...others] = variants.filter((one) => one.type !== "null").map(readShape);
  if (only !== undefined && typeof only !== "string" && others.length === 0) return only;
  return variants.map((one) => words(readShape(one))).join(" | ");
}

/** What JSON has no word for comes out empty. */
function saysSomething(schema: JsonSchema): boolean {
  return Object.keys(schema).length > 0;
}

function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === "object" && schema !== null && !Array.isArray(schema);
}

function kindOf(schema: JsonSchema): string | undefined {
  const kind = schema.properties?.kind;
  return isSchema(kind) && typeof kind.const === "string" ? kind.const : undefined;
}

function words(shape: Shape): string {
  return typeof shape === "string" ? shape : JSON.stringify(shape);
}

/** What is wrong with a body, one clause per fault: `id: expected string, received undefined`. */
export function clearly(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".") || "the body"}: ${issue.message}`).join("; ");
}
