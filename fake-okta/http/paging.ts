import type { Call, Link } from "./answer.ts";
import { OktaError } from "./errors.ts";
import type { Sight } from "./sight.ts";

/** How one endpoint pages (fact sheet 1.1, 1.2, 2.2). */
export interface PagingRule {
  /** Page size when none is asked for, and whether the links then name it. */
  readonly byDefault: number;
  readonly namesDefault: boolean;
  /** A larger `limit` is cut to this, or refused where `refusesMore`. */
  readonly most: number;
  readonly refusesMore?: boolean;
  /** Parameters that links repeat, in this order behind `after` and `limit`; Okta drops all others (fact sheet 0.10). */
  readonly repeats: readonly string[];
  /** Links keep the order in which the parameters came, with `after` behind them (seen for logs: Azure-Sentinel#957). */
  readonly keepsOrder?: boolean;
}

/** Where a list is served: what its links begin with, and a cap on page sizes that tests may set. */
export interface Serving {
  readonly linkOrigin: string;
  readonly pageSize: number | undefined;
  /** The org on its custom domain, if it has one. */
  readonly alternate: string | undefined;
  /** A full last page has a `next`, too, and an empty page behind it (fact sheet 0.9). */
  readonly emptyLastPage: boolean;
  /** Which rows the caller's role lets it see. */
  readonly sight: Sight;
}

/** The rows asked for per page. Throws E0000001 for a `limit` that is no number or not allowed. */
export function pageLimit(call: Call, rule: PagingRule, serving: Serving, least = 1): number {
  const asked = call.query.get("limit");
  const limit = asked === null ? rule.byDefault : Number(asked);
  const bad = !Number.isInteger(limit) || limit < least || (rule.refusesMore === true && limit > rule.most);
  if (bad) throw new OktaError("E0000001", "limit", [`limit: The value must be between ${least} and ${rule.most}.`]);
  return Math.min(limit, rule.most, serving.pageSize ?? limit);
}

/** The `self` link, and `next` when there is a cursor for it: `after`, `limit`, then the others (recorded for users and apps). */
export function pageLinks(call: Call, rule: PagingRule, serving: Serving, next: string | undefined): Link[] {
  const asked = [...call.query.keys()].filter((name) => name === "limit" || rule.repeats.includes(name));
  const names = rule.keepsOrder ? [...asked, "after"] : ["after", "limit", ...rule.repeats];
  const byDefault = rule.namesDefault ? String(rule.byDefault) : null;
  const url = (after: string | null): string => {
    const query = new URLSearchParams();
    for (const name of names) {
      const value = name === "after" ? after : (call.query.get(name) ?? (name === "limit" ? byDefault : null));
      if (value !== null) query.set(name, value);
    }
    return serving.linkOrigin + call.path + (query.size === 0 ? "" : `?${query.toString()}`);
  };
  const links: Link[] = [{ rel: "self", url: url(call.query.get("after")) }];
  if (next !== undefined) links.push({ rel: "next", url: url(next) });
  return links;
}

/** Whether a page has a `next`: when there are more rows, and where a full page is never taken for the last one. */
export function hasNext(more: boolean, rows: number, limit: number, serving: Serving): boolean {
  return more || (serving.emptyLastPage && rows > 0 && rows === limit);
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
