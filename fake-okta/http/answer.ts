import type { IncomingHttpHeaders } from "node:http";

/** A request as the routes see it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Raw header names and values, to tell a repeated header from a joined one. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
  /** `scheme://host` the client asked at; what a DPoP `htu` must name. */
  readonly invokedOrigin: string;
}

/** What a route answers, before faults and the wire. `Link` values go out as separate headers (fact sheet 1). */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  links: readonly Link[];
  /** JSON text, or the texts of the rows of a list. */
  body: string | readonly string[];
}

export interface Link {
  readonly rel: "self" | "next";
  readonly url: string;
}

export function object(body: string, status = 200): Answer {
  return { status, headers: {}, links: [], body };
}

export function list(rows: readonly string[], links: readonly Link[] = []): Answer {
  return { status: 200, headers: {}, links, body: rows };
}
