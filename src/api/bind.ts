/** Binds an operation of the contract to what does it: rights first, then the request as the contract says, then the answer. */
import type { OpenAPIHono, RouteConfig } from "@hono/zod-openapi";
import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { RollcallError } from "../core/error.ts";
import type { Actor } from "../store/audit.ts";
import { ROLES, type Needs, type Role } from "./contract/operation.ts";

/** Who is asking, as the log-in or the key says. */
export interface Caller {
  readonly kind: "person" | "api_key";
  readonly id: string;
  /** For the audit trail. */
  readonly name: string;
  readonly role: Role;
  /** Of a person: which session. */
  readonly session: string | null;
}

export interface Env {
  Variables: { caller: Caller | null; requestId: string; csrfToken: string | null };
}
export type App = OpenAPIHono<Env>;

interface Operation extends RouteConfig {
  readonly "x-needs"?: Needs;
}
type Part<O, K extends "params" | "query"> = O extends { request: { [P in K]: infer S extends z.ZodType } }
  ? z.output<S>
  : never;
type BodyOf<O> = O extends {
  request: { body: { content: { "application/json": { schema: infer S extends z.ZodType } } } };
}
  ? z.output<S>
  : never;
type ResultOf<O> = O extends {
  responses: { 200: { content: { "application/json": { schema: infer S extends z.ZodType } } } };
}
  ? z.output<S>
  : Response | void;

export interface Call<O> {
  readonly params: Part<O, "params">;
  readonly query: Part<O, "query">;
  readonly body: BodyOf<O>;
  /** Never null where the operation needs a role. */
  readonly caller: Caller;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  readonly context: Context<Env>;
}

/** `handle` gives the JSON to answer; nothing where the operation is silent; a Response where it streams. */
export function bind<O extends Operation>(
  app: App,
  operation: O,
  handle: (call: Call<O>) => Promise<ResultOf<O>>,
): void {
  const needs = operation["x-needs"] ?? "admin";
  const status =
    Object.keys(operation.responses)
      .map(Number)
      .find((code) => code < 300) ?? 200;
  // Before the request is read: a stranger learns nothing from what a body is refused for.
  const rights = async (context: Context<Env>, next: () => Promise<void>): Promise<void> => {
    if (needs !== "nobody") demand(context.get("caller"), needs);
    await next();
  };
  const run = async (context: Context<Env>): Promise<Response> => {
    const caller = context.get("caller");
    const request = context.req as unknown as { valid: (part: string) => never };
    const has = operation.request;
    const result: unknown = await handle({
      params: has?.params === undefined ? (undefined as never) : request.valid("param"),
      query: has?.query === undefined ? (undefined as never) : request.valid("query"),
      body: has?.body === undefined ? (undefined as never) : request.valid("json"),
      caller: caller as Caller,
      signal: context.req.raw.signal,
      context,
    });
    if (result instanceof Response) return result;
    return status === 204 ? context.body(null, 204) : context.json(result as object, status as 200);
  };
  app.openapi({ ...operation, middleware: rights }, run as never);
}

/** Whether the caller may what needs this; null: nobody. */
export function may(caller: Caller | null, needs: Needs): boolean {
  return needs === "nobody" || (caller !== null && ROLES.indexOf(caller.role) >= ROLES.indexOf(needs));
}

/** Throws LOGIN_NEEDED or NOT_ALLOWED. */
export function demand(caller: Caller | null, needs: Role): asserts caller is Caller {
  if (caller === null) throw new RollcallError("LOGIN_NEEDED", "This needs somebody who is logged in, or an API key.");
  if (!may(caller, needs))
    throw new RollcallError("NOT_ALLOWED", `This needs the role ${needs}; ${caller.name} is ${caller.role}.`);
}

/** The caller as the audit trail names them. */
export function actorOf({ kind, id, name }: Caller): Actor {
  return { kind, id, name };
}
