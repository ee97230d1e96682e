/** The API's operations by name (`get /api/sources`), as types: what a client of it may say, and what it is told. Nothing of it exists at run time. */
import type { z } from "@hono/zod-openapi";
import type { Api } from "./api.ts";

type Operation = { [G in keyof Api]: Api[G][keyof Api[G]] }[keyof Api];
interface Shape {
  readonly method: string;
  readonly path: string;
  readonly request: {
    params: z.ZodType;
    query: z.ZodType;
    body: { content: { "application/json": { schema: z.ZodType } } };
  };
  readonly responses: object;
}
/** `"get /api/sources"` → its operation. */
type ByName = { [O in Operation & Shape as `${O["method"]} ${O["path"]}`]: O };
export type Name = keyof ByName;

type Body<N extends Name> = z.input<ByName[N]["request"]["body"]["content"]["application/json"]["schema"]>;
type Params<N extends Name> = z.input<ByName[N]["request"]["params"]>;
type Query<N extends Name> = z.input<ByName[N]["request"]["query"]>;
type Wanted<K extends string, T> = T extends undefined | Record<string, never>
  ? object
  : object extends T
    ? { readonly [P in K]?: T }
    : { readonly [P in K]: T };

/** What an operation is told: `params`, `query` and `body`, as far as it has them. */
export type Words<N extends Name> = Wanted<"params", Params<N>> & Wanted<"query", Query<N>> & Wanted<"body", Body<N>>;

/** What it answers as JSON; undefined where it answers nothing or bytes. */
export type Result<N extends Name> = ByName[N]["responses"] extends {
  200: { content: { "application/json": { schema: infer S extends z.ZodType } } };
}
  ? z.output<S>
  : undefined;
