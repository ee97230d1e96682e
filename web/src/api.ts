/** The page's only way to the server: every operation of the API, typed by its contract (types only; no schema is shipped). */
import type { Name, Result, Words } from "../../src/api/contract/client.ts";
import type { Problem } from "../../src/api/contract/operation.ts";

export type { Name, Result, Words } from "../../src/api/contract/client.ts";

/** What the server refused, or that it could not be reached (status 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

let csrfToken = "";
/** Kept in memory only: whoever has the page has the session's own token. */
export function keepCsrfToken(token: string): void {
  csrfToken = token;
}

let turnedAway: () => void = () => undefined;
/** `listener` hears of every answer that says that this session is over, or is another one by now. One listener. */
export function onTurnedAway(listener: () => void): () => void {
  turnedAway = listener;
  return () => (turnedAway = () => undefined);
}

/** Sends the request; throws ApiError. For streams: the caller reads the response's body. */
export async function send<N extends Name>(name: N, words: Words<N>, signal?: AbortSignal): Promise<Response> {
  const [method = "", path = ""] = name.split(" ");
  const {
    params = {},
    query = {},
    body,
  } = words as {
    params?: Record<string, string>;
    query?: Record<string, string | number | boolean | undefined>;
    body?: unknown;
  };
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  const target = path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key] ?? ""));
  return answered(search.size === 0 ? target : `${target}?${search.toString()}`, {
    method: method.toUpperCase(),
    headers: { "x-csrf-token": csrfToken, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The answer to any request of this page; throws ApiError. For what is no operation: the API's own document. */
export async function answered(target: string, words: RequestInit): Promise<Response> {
  const response = await fetch(target, words).catch((error: unknown) => {
    if (words.signal?.aborted === true) throw error;
    throw new ApiError(unreachable());
  });
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.code === "LOGIN_NEEDED" || problem.code === "CSRF_REFUSED") turnedAway();
    throw new ApiError(problem);
  }
  return response;
}

/** Calls an operation that answers JSON (or nothing). */
export async function call<N extends Name>(name: N, words: Words<N>, signal?: AbortSignal): Promise<Result<N>> {
  const response = await send(name, words, signal);
  return (response.status === 204 ? undefined : await response.json()) as Result<N>;
}

async function problemOf(response: Response): Promise<Problem> {
  if (response.headers.get("content-type")?.startsWith("application/problem+json"))
    return (await response.json()) as Problem;
  return { ...unreachable(), status: response.status, detail: `The server answered ${response.status}.` };
}

function unreachable(): Problem {
  return {
    type: "about:blank",
    title: "No answer",
    status: 0,
    code: "SERVER_UNREACHABLE",
    detail: "The server cannot be reached.",
    fix: "Check that rollcall serve is running, then try again.",
  };
}
