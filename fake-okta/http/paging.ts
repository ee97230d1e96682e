import type { Call, Link } from "./answer.ts";
import { OktaError } from "./errors.ts";

/** How one endpoint pages (fact sheet 1.1, 1.2, 2.2). */
export interface PagingRule {
  /** Page size when none is asked for, and whether the links then name it. */
  readonly byDefault: number;
  readonly namesDefault: boolean;
  /** A larger `limit` is cut to this, or refused where `refusesMore`. */
  readonly most: number;
  readonly refusesMore?: boolean;
  /** Parameters that links repeat; Okta drops all others (fact sheet 0.10). `after` and `limit` are always known. */
  readonly repeats: readonly string[];
}

/** Where a list is served: what its links begin with, and a cap on page sizes that tests may set. */
export interface Serving {
  readonly linkOrigin: string;
  readonly pageSize: number | undefined;
  /** The org on its custom domain, if it has one. */
  readonly alternate: string | undefined;
}

/** The rows asked for per page. Throws E0000001 for a `limit` that is no number or not allowed. */
export function pageLimit(call: Call, rule: PagingRule, serving: Serving, least = 1): number {
  const asked = call.query.get("limit");
  const limit = asked === null ? rule.byDefault : Number(asked);
  const bad = !Number.isInteger(limit) || limit < least || (rule.refusesMore === true && limit > rule.most);
  if (bad) throw new OktaError("E0000001", "limit", [`limit: The value must be between ${least} and ${rule.most}.`]);
  return Math.min(limit, rule.most, serving.pageSize ?? limit);
}

/** The `self` link, and `next` when there is a cursor for it: known parameters only, `after` first. */
export function pageLinks(call: Call, rule: PagingRule, serving: Serving, next: string | undefined): Link[] {
  const kept = [...call.query].filter(([name]) => name === "limit" || name === "after" || rule.repeats.includes(name));
  if (rule.namesDefault && !call.query.has("limit")) kept.push(["limit", String(rule.byDefault)]);
  const url = (params: readonly (readonly [string, string])[]): string => {
    const query = new URLSearchParams(params.map(([name, value]): [string, string] => [name, value])).toString();
    return serving.linkOrigin + call.path + (query === "" ? "" : `?${query}`);
  };
  const links: Link[] = [{ rel: "self", url: url(kept) }];
  if (next !== undefined)
    links.push({ rel: "next", url: url([["after", next], ...kept.filter(([name]) => name !== "after")]) });
  return links;
}

/** Up to `limit` items from a position that pass the test, and whether there are more. */
export function pageOf<T>(
  items: readonly T[],
  from: number,
  limit: number,
  passes?: (item: T) => boolean,
): { page: T[]; more: boolean } {
  const page: T[] = [];
  for (let i = from; i < items.length; i++) {
    const item = items[i];
    if (item === undefined || (passes && !passes(item))) continue;
    if (page.length === limit) return { page, more: true };
    page.push(item);
  }
  return { page, more: false };
}
