/** Every failure leaves as application/problem+json (RFC 9457): what happened, its stable code, the next step. */
import { STATUS_CODES } from "node:http";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Logger } from "pino";
import type { z } from "@hono/zod-openapi";
import { ERRORS, RollcallError, type ErrorCode } from "../core/error.ts";
import type { Env } from "./bind.ts";
import type { Problem } from "./contract/operation.ts";
import { RETRY_AFTER_S } from "./limits.ts";

/** Codes with a status of their own. All others are 422: understood, and refused by Okta, by the warehouse, by a rule. */
const STATUS = {
  UNEXPECTED: 500,
  REQUEST_INVALID: 400,
  BODY_TOO_LONG: 413,
  LOGIN_NEEDED: 401,
  LOGIN_REFUSED: 401,
  CSRF_REFUSED: 403,
  NOT_ALLOWED: 403,
  SETUP_REFUSED: 403,
  NO_SUCH_OBJECT: 404,
  SETUP_NEEDED: 409,
  SETUP_DONE: 409,
  LAST_ADMIN: 409,
  NAME_TAKEN: 409,
  PREFIX_TAKEN: 409,
  ALREADY_LINKED: 409,
  RUN_UNDER_WAY: 409,
  SOURCE_PAUSED: 409,
  HOST_REFUSED: 421,
  TOO_MANY_TRIES: 429,
  NOT_READY: 503,
  STORE_FULL: 507,
} as const satisfies Partial<Record<ErrorCode, ContentfulStatusCode>>;

const REFUSED = 422;

/** How a failure of this code is answered. */
export function statusOf(code: ErrorCode): ContentfulStatusCode {
  return (STATUS as Partial<Record<ErrorCode, ContentfulStatusCode>>)[code] ?? REFUSED;
}

/** The request does not say what the contract asks. */
export class InvalidRequest extends RollcallError {
  readonly fields: NonNullable<Problem["fields"]>;

  constructor(fields: NonNullable<Problem["fields"]>) {
    super("REQUEST_INVALID", `${fields[0]?.path ?? "The request"}: ${fields[0]?.message ?? "not understood"}`);
    this.fields = fields;
  }

  static of(error: z.ZodError, part: string): InvalidRequest {
    return new InvalidRequest(
      error.issues.map(({ path, message }) => ({ path: path.length === 0 ? part : path.join("."), message })),
    );
  }
}

/** It was tried too often, by whoever may try again then. */
export class TriedTooOften extends RollcallError {
  readonly wait_s: number;

  constructor(message: string, wait_s: number) {
    super("TOO_MANY_TRIES", message, { fix: `Wait ${Math.ceil(wait_s / 60)} min, then try again.` });
    this.wait_s = wait_s;
  }
}

/** The answer to a failure; what nobody expected is logged here, once, under the request's id. */
export function answer(error: unknown, context: Context<Env>, log: Logger): Response {
  const { problem, headers } = describe(error, context, log);
  return context.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
    "content-type": "application/problem+json; charset=utf-8",
    ...headers,
  });
}

function describe(error: unknown, context: Context<Env>, log: Logger) {
  if (error instanceof RollcallError && error.code !== "UNEXPECTED") {
    const { code, message, fix } = error;
    const fields = error instanceof InvalidRequest ? { fields: error.fields } : {};
    return { problem: problemOf(statusOf(code), code, message, fix, fields), headers: headersOf(error) };
  }
  // What the framework refuses before us: no JSON, no media type that we read.
  if (error instanceof HTTPException && error.status < 500)
    return {
      problem: problemOf(error.status, "REQUEST_INVALID", sentence(error), ERRORS.REQUEST_INVALID.fix),
      headers: {},
    };
  const id = context.get("requestId");
  log.error({ requestId: id, method: context.req.method, path: context.req.path, error: traced(error) }, "unexpected");
  const detail = `Something unexpected happened; the server's log has it under request ${id}.`;
  const fix = "Try again; if it happens again, report it with that part of the log.";
  return { problem: problemOf(500, "UNEXPECTED", detail, fix), headers: {} };
}

function headersOf(error: RollcallError): Readonly<Record<string, string>> {
  if (error.code === "LOGIN_NEEDED") return { "www-authenticate": 'Bearer realm="Rollcall"' };
  if (statusOf(error.code) !== 429) return {};
  return { "retry-after": String(error instanceof TriedTooOften ? error.wait_s : RETRY_AFTER_S) };
}

function problemOf(
  status: number,
  code: string,
  detail: string,
  fix: string,
  more: Pick<Problem, "fields"> = {},
): Problem {
  const title = STATUS_CODES[status] ?? "Refused";
  return { type: `urn:rollcall:problem:${code}`, title, status, code, detail, fix, ...more };
}

function sentence({ status, message }: HTTPException): string {
  if (status === 415) return "The body must be application/json.";
  return message === "" ? "The request cannot be understood." : `${message}.`;
}

/** Credentials as they look: Okta's tokens behind their scheme, our keys, signed tokens (and what begins as one), private keys. */
const SECRETS =
  /\b(SSWS|Bearer|DPoP|Basic)\s+[\w.~+/=-]+|\brc_[\w-]{8,}|\beyJ[\w.-]+|-----BEGIN [^-]*-----[\s\S]*?(-----END [^-]*-----|$)/g;

/** For the log: where it happened, and what was said, without what looks like a credential. */
export function traced(error: unknown): { readonly type: string; readonly stack: string } {
  const type = error instanceof Error ? error.name : typeof error;
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { type, stack: said.replaceAll(SECRETS, "(secret)") };
}
