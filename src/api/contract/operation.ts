/** An operation of the HTTP API as data: path, words in, words out, who may. Everything else (OpenAPI, checks, the page's client) comes from it. */
import { createRoute, z } from "@hono/zod-openapi";
import { closed } from "./closed.ts";

/** Who may: `nobody` needs no log-in, then each includes the one before it. API keys: read = viewer, write = editor, admin = admin. */
export const ROLES = ["viewer", "editor", "admin"] as const;
export type Role = (typeof ROLES)[number];
export type Needs = Role | "nobody";

/** RFC 9457. `code` is stable; programs match on it, never on the English. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    fix: z.string().openapi({ description: "What to do next." }),
    fields: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: "What is wrong with the request, field by field." }),
  })
  .openapi("Problem");
export type Problem = z.infer<typeof Problem>;

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: Problem } },
});

/** Of an operation without parameters. */
type Nothing = z.ZodObject<Record<string, never>>;
type Method = "get" | "post" | "put" | "patch" | "delete";

interface Words<P extends string, M extends Method> {
  readonly method: M;
  readonly path: P;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly needs: Needs;
  /** How it fails as no other does: status and when. */
  readonly failures?: Readonly<Record<number, string>>;
}

/** An operation that answers JSON. */
export function operation<
  P extends string,
  M extends Method,
  Result extends z.ZodType,
  Params extends z.ZodObject = Nothing,
  Query extends z.ZodObject = Nothing,
  Body extends z.ZodType = z.ZodUndefined,
>(
  words: Words<P, M> & {
    readonly params?: Params;
    readonly query?: Query;
    readonly body?: Body;
    readonly result: Result;
    /** 200 unless it creates something. */
    readonly status?: 200 | 201 | 202;
  },
) {
  return createRoute({
    ...frame(words),
    method: words.method,
    path: words.path,
    request: request(words),
    responses: {
      // One type for every success: which of them it is, only the answer's status line says.
      [(words.status ?? 200) as 200]: {
        description: "Done.",
        content: { "application/json": { schema: words.result } },
      },
      ...problems(words),
    },
  });
}

/** An operation that answers nothing. */
export function silent<
  P extends string,
  M extends Method,
  Params extends z.ZodObject = Nothing,
  Query extends z.ZodObject = Nothing,
  Body extends z.ZodType = z.ZodUndefined,
>(words: Words<P, M> & { readonly params?: Params; readonly query?: Query; readonly body?: Body }) {
  return createRoute({
    ...frame(words),
    method: words.method,
    path: words.path,
    request: request(words),
    responses: { 204: { description: "Done." }, ...problems(words) },
  });
}

/** An operation that answers a stream of bytes. */
export function streamed<
  P extends string,
  M extends Method,
  Params extends z.ZodObject = Nothing,
  Query extends z.ZodObject = Nothing,
  Body extends z.ZodType = z.ZodUndefined,
>(
  words: Words<P, M> & {
    readonly params?: Params;
    readonly query?: Query;
    readonly body?: Body;
    readonly media: readonly string[];
  },
) {
  const schema = z.string().openapi({ format: "binary" });
  return createRoute({
    ...frame(words),
    method: words.method,
    path: words.path,
    request: request(words),
    responses: {
      200: { description: "The stream.", content: Object.fromEntries(words.media.map((media) => [media, { schema }])) },
      ...problems(words),
    },
  });
}

function frame(words: Words<string, Method>) {
  return {
    tags: [words.tag],
    operationId: operationId(words),
    summary: words.summary,
    ...(words.description === undefined ? {} : { description: words.description }),
    "x-needs": words.needs,
    security: words.needs === "nobody" ? [] : [{ session: [] }, { key: [] }],
  };
}

/** `get /api/sources/{id}/tables` → `get_sources_id_tables`. */
function operationId({ method, path }: Words<string, Method>): string {
  return [method, ...path.split("/").map((part) => part.replaceAll(/[^a-z0-9]/gi, ""))]
    .filter((part) => part !== "" && part !== "api")
    .join("_");
}

function request<Params extends z.ZodObject, Query extends z.ZodObject, Body extends z.ZodType>(words: {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
}) {
  return {
    ...(words.params === undefined ? {} : { params: words.params }),
    ...(words.query === undefined ? {} : { query: closed(words.query) }),
    ...(words.body === undefined
      ? {}
      : { body: { required: true, content: { "application/json": { schema: closed(words.body) } } } }),
  } as {
    params: Params;
    query: Query;
    body: { required: true; content: { "application/json": { schema: Body } } };
  };
}

/** When to come back, in seconds. */
const RETRY_AFTER = { "retry-after": { required: true, schema: { type: "integer" as const, minimum: 0 } } };

function problems({ needs, method, body, failures = {} }: Words<string, Method> & { readonly body?: z.ZodType }) {
  const isPublic = needs === "nobody" && method === "get";
  return {
    400: problem("The request cannot be understood."),
    // Also where nobody has to log in: a key that does not hold is refused everywhere.
    401: problem("Not logged in, or by a key, session or password that does not hold."),
    ...(isPublic ? {} : { 403: problem("Not allowed, or asked by another site's page.") }),
    404: problem("There is no such thing."),
    409: problem("It clashes with what is there."),
    413: problem("The body is too long."),
    ...(body === undefined ? {} : { 415: problem("The body is not application/json.") }),
    421: problem("Asked under a name that is not this server's."),
    422: problem("Understood and refused: by Okta, by the warehouse, by a rule."),
    429: { ...problem("Too often."), headers: RETRY_AFTER },
    500: problem("Something unexpected."),
    ...Object.fromEntries(Object.entries(failures).map(([status, when]) => [status, problem(when)])),
  };
}
