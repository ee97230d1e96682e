/** A schema as a list of its fields; what has a name of its own opens on demand. */
import { Code, Text } from "@mantine/core";
import { follow, type Document, type Schema } from "./document.ts";
import classes from "./reference.module.css";

interface Props {
  readonly schema: Schema;
  readonly document: Document;
}

/** The fields of an object (of an array's items, of each of several shapes); one line for anything else. */
export function SchemaView({ schema, document }: Props) {
  const { schema: at } = follow(document, schema);
  const shapes = (at["oneOf"] ?? at["anyOf"]) as readonly Schema[] | undefined;
  if (shapes !== undefined && shapes.some((shape) => isDeep(follow(document, shape).schema)))
    return (
      <div className={classes.fields}>
        {shapes.map((shape, place) => (
          // Shapes have no names and never change their order.
          <div key={place}>
            <Text size="sm" c="dimmed">
              {place === 0 ? "Either" : "or"} {typeOf(shape, document)}
            </Text>
            {isDeep(follow(document, shape).schema) ? <SchemaView schema={shape} document={document} /> : null}
          </div>
        ))}
      </div>
    );
  if (at["type"] === "array" && at["items"] !== undefined)
    return <SchemaView schema={at["items"] as Schema} document={document} />;
  const properties = Object.entries((at["properties"] ?? {}) as Readonly<Record<string, Schema>>);
  if (properties.length === 0)
    return (
      <Text size="sm" className={classes.fields}>
        <Code>{typeOf(schema, document)}</Code>
      </Text>
    );
  const required = (at["required"] ?? []) as readonly string[];
  return (
    <ul className={classes.fields}>
      {properties.map(([name, property]) => (
        <Field key={name} name={name} required={required.includes(name)} schema={property} document={document} />
      ))}
    </ul>
  );
}

function Field(props: Props & { readonly name: string; readonly required: boolean }) {
  const { name, required, schema, document } = props;
  const { schema: at } = follow(document, schema);
  const about = schema["description"] ?? at["description"];
  const line = (
    <>
      <Code>{name}</Code>{" "}
      <Text span size="sm" c="dimmed">
        {typeOf(schema, document)}
        {required ? "" : ", optional"}
        {bounds(at)}
      </Text>
      {typeof about === "string" ? (
        <Text span size="sm">
          {" "}
          {about}
        </Text>
      ) : null}
    </>
  );
  return (
    <li>
      {isDeep(at) ? (
        <details>
          <summary>{line}</summary>
          <SchemaView schema={schema} document={document} />
        </details>
      ) : (
        line
      )}
    </li>
  );
}

/** Whether it has fields to show. */
function isDeep(schema: Schema): boolean {
  const inner = (schema["items"] ?? {}) as Schema;
  const shapes = (schema["oneOf"] ?? schema["anyOf"] ?? []) as readonly Schema[];
  return (
    schema["properties"] !== undefined ||
    "$ref" in inner ||
    inner["properties"] !== undefined ||
    shapes.some((shape) => "$ref" in shape || isDeep(shape))
  );
}

/** `Source`, `list of string`, `a | b`. */
export function typeOf(schema: Schema, document: Document): string {
  const { name, schema: at } = follow(document, schema);
  if (Array.isArray(at["enum"])) return (at["enum"] as unknown[]).map((value) => JSON.stringify(value)).join(" | ");
  if (name !== null) return name;
  if (at["const"] !== undefined) return JSON.stringify(at["const"]);
  const shapes = (at["anyOf"] ?? at["oneOf"] ?? at["allOf"]) as readonly Schema[] | undefined;
  if (shapes !== undefined) return shapes.map((shape) => typeOf(shape, document)).join(" | ");
  if (at["type"] === "array") return `list of ${typeOf((at["items"] ?? {}) as Schema, document)}`;
  const type = typeof at.type === "object" ? at.type.join(" | ") : (at.type ?? "anything");
  return at.format === undefined ? type : `${type} (${at.format})`;
}

const BOUNDS = [
  ["minimum", "at least"],
  ["maximum", "at most"],
  ["minLength", "at least", "characters"],
  ["maxLength", "at most", "characters"],
  ["minItems", "at least", "items"],
  ["maxItems", "at most", "items"],
  ["default", "default"],
] as const;

function bounds(schema: Schema): string {
  return BOUNDS.filter(([key]) => schema[key] !== undefined && typeof schema[key] !== "object")
    .map(([key, word, unit]) => `, ${word} ${JSON.stringify(schema[key])}${unit === undefined ? "" : ` ${unit}`}`)
    .join("");
}
