/** What an operation is told, closed: a word that it does not know is refused. */
import { z } from "@hono/zod-openapi";

/**
 * The schema with every object in it closed, however deep: whoever wrote `confrim`, or `treatmnt` in the second of three changes, meant
 * something. What is closed already stays the same schema, and keeps its name and description in the document; what is closed here has
 * none there.
 */
export function closed<S extends z.ZodType>(schema: S): S {
  return within(schema) as S;
}

function within(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries<z.ZodType>(schema.shape);
    const parts = Object.fromEntries(shape.map(([name, part]) => [name, closed(part)]));
    const isClosed = schema.def.catchall instanceof z.ZodNever && shape.every(([name, part]) => parts[name] === part);
    return isClosed ? schema : remade(schema, { shape: parts, catchall: z.never() });
  }
  if (schema instanceof z.ZodUnion) {
    const options = schema.options as readonly z.ZodType[];
    const parts = options.map(closed);
    return parts.every((part, at) => part === options[at]) ? schema : remade(schema, { options: parts });
  }
  for (const place of ["element", "innerType", "valueType"]) {
    const part = (schema.def as unknown as Readonly<Record<string, unknown>>)[place];
    if (!(part instanceof z.ZodType)) continue;
    const shut = closed(part);
    return shut === part ? schema : remade(schema, { [place]: shut });
  }
  return schema;
}

/** The same schema of other parts. Definitions are merged by zod: what a field has by default is made anew at each use. */
function remade(schema: z.ZodType, parts: Readonly<Record<string, unknown>>): z.ZodType {
  return schema.clone(z.core.util.mergeDefs(schema.def, parts) as typeof schema.def);
}
