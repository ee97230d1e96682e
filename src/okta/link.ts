/** Where the next page is: Okta's `Link` headers, checked and brought home to the host that the person named. */
import { RollcallError } from "../core/error.ts";
import type { Link } from "./seam.ts";
import type { Headers } from "./transport.ts";

export interface Home {
  readonly origin: string;
  /** Every host (with its port, if any) that links of this org may name. */
  readonly hosts: ReadonlySet<string>;
}

/**
 * The target of `rel="next"`, or null. Okta sends two separate `Link` headers (fact sheet 1); several links in one header are read
 * too. A repeated `next` counts once: the first.
 */
export function nextOf(headers: Headers): string | null {
  const value = headers["link"];
  if (value === undefined) return null;
  for (const line of typeof value === "string" ? [value] : value) {
    for (const [, target, parameters] of line.matchAll(/<([^>]*)>([^<]*)/g)) {
      if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)/i.test(parameters ?? "")) return target ?? null;
    }
  }
  return null;
}

/**
 * Path and query of a `next`, to be asked at the org's own host. Links may name the `-admin` host or another host of the same org
 * (fact 11); any other is refused with FOREIGN_LINK. Parameters of `began` that Okta dropped are put back (fact 10); those that
 * Okta set stay as they are.
 */
export function homeward(next: string, home: Home, began: Readonly<Record<string, string>>): Link {
  const url = URL.parse(next, home.origin);
  if (url === null) throw foreign("is not an address");
  const secure = url.protocol === "https:" || url.origin === home.origin || home.origin.startsWith("http:");
  if (!secure || !/^https?:$/.test(url.protocol)) throw foreign(`uses ${url.protocol}`);
  if (url.username !== "" || url.password !== "") throw foreign("carries a user name");
  if (!home.hosts.has(url.host)) throw foreign(`is at ${url.host}`);
  const given = url.searchParams;
  const dropped = Object.entries(began).filter(([name]) => !given.has(name));
  const query = [url.search.slice(1), queryText(dropped)].filter((part) => part !== "").join("&");
  return query === "" ? url.pathname : `${url.pathname}?${query}`;
}

/** A link as stored in a checkpoint, if it is a path on the org's own host; throws FOREIGN_LINK else. */
export function ownPath(link: Link): Link {
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(link)) throw foreign("is not a path of this org");
  return link;
}

/** `a=1&b=2`, percent-encoded (a space is `%20`). */
export function queryText(entries: Iterable<readonly [string, string]>): string {
  return Array.from(entries, ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
}

function foreign(what: string): RollcallError {
  return new RollcallError("FOREIGN_LINK", `Okta's next page ${what}; it was not asked for.`);
}
