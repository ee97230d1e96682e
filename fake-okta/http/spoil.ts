import { type Answer, type Call, object } from "./answer.ts";
import { OktaError, errorBody, oktaErrors } from "./errors.ts";
import type { Fault } from "./faults.ts";

/** What a fault does before the org answers: end the request with another answer, or nothing (undefined). Throws Okta errors. */
export function spoilBefore(fault: Fault, call: Call, errorId: string): Answer | undefined {
  switch (fault.kind) {
    case "status": {
      const status = fault.status ?? (fault.code ? oktaErrors[fault.code].status : 500);
      const code = fault.code ?? (status === 429 ? "E0000047" : "E0000009");
      return object(fault.body ?? errorBody(code, oktaErrors[code].summary, [], errorId), status);
    }
    case "insufficientScope":
      return refused(
        403,
        call.invokedOrigin,
        call.path,
        "insufficient_scope",
        "The access token provided does not contain the required scopes.",
      );
    case "invalidToken":
      return refused(401, call.invokedOrigin, call.path, "invalid_token", "The access token has expired.");
    case "deadCursor":
      if (call.query.has("after")) throw new OktaError(fault.code ?? "E0000029", "", ["Invalid cursor."]);
      return undefined;
    case "redirect":
      return { status: 302, headers: { Location: fault.to }, links: [], body: "" };
    case "largePage":
      if (Number(call.query.get("limit") ?? Number.POSITIVE_INFINITY) > fault.over) throw new OktaError("E0000009");
      return undefined;
    default:
      return undefined;
  }
}

/** The header Okta refuses an OAuth token with; the body is empty (fact sheet 5.4). */
export function refused(
  status: number,
  origin: string,
  resource: string,
  error: string,
  description: string,
  scope = "",
  scheme = "Bearer",
): Answer {
  const challenge =
    scheme === "DPoP"
      ? 'DPoP algs="RS256 RS384 RS512 ES256 ES384 ES512"'
      : `Bearer authorization_uri="${origin}/oauth2/v1/authorize"`;
  const value = `${challenge}, realm="${origin}", scope="${scope}", error="${error}", error_description="${description}", resource="${resource}"`;
  return { status, headers: { "WWW-Authenticate": value }, links: [], body: "" };
}

/** What a fault does to an answer the org has given. */
export function spoilAfter(fault: Fault, call: Call, answer: Answer): Answer {
  switch (fault.kind) {
    case "html":
      return {
        ...answer,
        headers: { ...answer.headers, "Content-Type": "text/html;charset=utf-8" },
        body: "<!doctype html><title>Sign in</title><p>Please sign in.",
      };
    case "object":
      return { ...answer, body: '{"value":[]}' };
    case "foreignNext":
      return withNext(answer, (url) => url.replace(/^https?:\/\/[^/]+/, fault.origin));
    case "repeatCursor":
      return withNext(
        answer,
        () => call.invokedOrigin + call.path + (call.query.size > 0 ? `?${call.query.toString()}` : ""),
      );
    case "empty":
      return {
        ...answer,
        body: [],
        links: fault.keepNext ? answer.links : answer.links.filter((link) => link.rel !== "next"),
      };
    case "editRows":
      return { ...answer, body: typeof answer.body === "string" ? answer.body : editRows(answer.body, fault) };
    default:
      return answer;
  }
}

function withNext(answer: Answer, change: (url: string) => string): Answer {
  return {
    ...answer,
    links: answer.links.map((link) => (link.rel === "next" ? { rel: "next", url: change(link.url) } : link)),
  };
}

function editRows(rows: readonly string[], fault: Extract<Fault, { kind: "editRows" }>): string[] {
  return rows.map((text, position) => {
    if (fault.row !== "all" && fault.row !== position) return text;
    const row: Record<string, unknown> = JSON.parse(text);
    for (const [path, value] of Object.entries(fault.set)) setPath(row, path.split("."), value);
    for (const path of fault.remove) setPath(row, path.split("."), undefined);
    return JSON.stringify(row);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Undefined removes. Objects on the way are made where they are missing. */
function setPath(row: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  if (rest.length === 0) {
    if (value === undefined) delete row[head];
    else row[head] = value;
    return;
  }
  const inner = row[head];
  const next = isRecord(inner) ? inner : {};
  row[head] = next;
  setPath(next, rest, value);
}
