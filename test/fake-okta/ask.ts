import type { FakeOkta } from "../../fake-okta/server.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly self: string | undefined;
  readonly next: string | undefined;
  readonly body: unknown;
  /** The body where it is a list, else empty. */
  readonly rows: ReadonlyArray<Record<string, unknown>>;
}

/** One GET with the org's SSWS token unless headers say otherwise; `path` may be a whole URL. */
export async function ask(fake: FakeOkta, path: string, headers?: Record<string, string>): Promise<Reply> {
  const url = path.startsWith("http") ? path : fake.url + path;
  const response = await fetch(url, {
    headers: headers ?? { authorization: `SSWS ${fake.token}` },
    redirect: "manual",
  });
  const text = await response.text();
  const link = (rel: string): string | undefined =>
    new RegExp(`<([^>]+)>; rel="${rel}"`).exec(response.headers.get("link") ?? "")?.[1];
  const body: unknown = text === "" || !/^[[{]/.test(text) ? text : JSON.parse(text);
  return {
    status: response.status,
    headers: response.headers,
    self: link("self"),
    next: link("next"),
    body,
    rows: Array.isArray(body) ? body : [],
  };
}

/** All rows of a list, by following `next` until it is absent or `most` pages are read. */
export async function readAll(fake: FakeOkta, path: string, most = 200): Promise<Array<Record<string, unknown>>> {
  const rows: Array<Record<string, unknown>> = [];
  let next: string | undefined = path;
  for (let page = 0; next !== undefined && page < most; page++) {
    const reply: Reply = await ask(fake, next);
    if (reply.status !== 200) throw new Error(`${next}: ${reply.status} ${JSON.stringify(reply.body)}`);
    rows.push(...reply.rows);
    next = reply.next;
  }
  return rows;
}

/** Okta's code in an error body. */
export function errorCode(reply: Reply): unknown {
  return typeof reply.body === "object" && reply.body !== null && "errorCode" in reply.body
    ? reply.body.errorCode
    : undefined;
}

export function ids(rows: ReadonlyArray<Record<string, unknown>>): unknown[] {
  return rows.map((row) => row.id);
}

export const query = (params: Record<string, string>): string => `?${new URLSearchParams(params).toString()}`;
