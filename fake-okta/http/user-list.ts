import { userStatuses } from "../org/generated-users.ts";
import type { OrgState } from "../org/state.ts";
import { readPath } from "../org/users.ts";
import { compileSearch, type FieldRule, type SearchRules } from "../search-rules.ts";
import { type Answer, type Call, list } from "./answer.ts";
import { OktaError } from "./errors.ts";
import { hasNext, pageLimit, pageLinks, pageOf, type PagingRule, type Serving } from "./paging.ts";
import { searchPage } from "./search-page.ts";

const eqOnly = new Set(["eq"] as const);
const inequality = new Set(["eq", "gt", "ge", "lt", "le"] as const);
const searchable = new Set(["eq", "sw", "gt", "ge", "lt", "le", "pr"] as const);
const searchableText = new Set(["eq", "sw", "co", "gt", "ge", "lt", "le", "pr"] as const);
const withContains = new Set(["profile.login", "profile.email", "profile.firstName", "profile.lastName"]);
const dates = new Set(["created", "activated", "statusChanged", "lastUpdated"]);

const filterFields: Readonly<Record<string, FieldRule>> = {
  status: { type: "text", allows: eqOnly },
  lastUpdated: { type: "date", allows: inequality },
  id: { type: "text", allows: eqOnly },
  "profile.login": { type: "text", allows: eqOnly },
  "profile.email": { type: "text", allows: eqOnly },
  "profile.firstName": { type: "text", allows: eqOnly },
  "profile.lastName": { type: "text", allows: eqOnly },
};

/** `filter` on users: few attributes, eq only but for `lastUpdated`, no `not` (fact sheet 1.1). */
const filterRules: SearchRules = {
  field: (name) => (Object.hasOwn(filterFields, name) ? filterFields[name] : undefined),
  logic: new Set(["and", "or"]),
  caseSensitive: true,
};

/** `search` on users: every profile attribute, no `ne`, `co` on four of them, values in any case (fact sheet 1.1). */
const searchRules: SearchRules = {
  field: (name) => {
    if (dates.has(name)) return { type: "date", allows: searchable };
    if (withContains.has(name)) return { type: "text", allows: searchableText };
    return name.startsWith("profile.") || ["id", "status", "type.id", "realmId"].includes(name)
      ? { type: "text", allows: searchable }
      : undefined;
  },
  logic: new Set(["and", "or", "not"]),
  caseSensitive: false,
};

const paging: PagingRule = {
  byDefault: 200,
  namesDefault: true,
  most: 200,
  repeats: ["filter", "search", "sortBy", "sortOrder"],
};

/** `GET /users`: plain (by status, then id, without DEPROVISIONED), `filter`, `search` or `q`. */
export function listUsers(org: OrgState, call: Call, serving: Serving): Answer {
  const search = call.query.get("search");
  const filter = call.query.get("filter");
  const q = call.query.get("q");
  if (search !== null) {
    const found = searchPage(call, org.users.ids, pageLimit(call, paging, serving), serving, {
      sees: (id) => serving.sight.sees("users", id),
      matches: compileSearch(search, searchRules),
      read: (id, field) => org.users.read(id, field),
      text: (id) => org.users.text(id),
      stale: org.usersIndex.stale(org.clock.now()),
    });
    return list(found.rows, pageLinks(call, paging, serving, found.next));
  }
  if (q !== null) return quickFind(org, q, call, serving);
  return filter === null ? plainList(org, call, serving) : filtered(org, filter, call, serving);
}

/** Current rows by id order; the order of a filtered list is not documented (inferred). */
function filtered(org: OrgState, filter: string, call: Call, serving: Serving): Answer {
  const matches = compileSearch(filter, filterRules);
  const after = call.query.get("after");
  if (after !== null && !/^00u\w{17}$/.test(after)) throw new OktaError("E0000029", "", ["Invalid cursor."]);
  const ids = org.users.ids;
  const limit = pageLimit(call, paging, serving);
  const { page, more } = pageOf(
    ids.items,
    after === null ? 0 : ids.after(after),
    limit,
    (id) => serving.sight.sees("users", id) && matches((field) => org.users.read(id, field)),
  );
  const next = hasNext(more, page.length, limit, serving) ? page.at(-1) : undefined;
  return answerPage(org, page, pageLinks(call, paging, serving, next));
}

function answerPage(org: OrgState, ids: readonly string[], links: ReturnType<typeof pageLinks>): Answer {
  return list(
    ids.map((id) => org.users.text(id)),
    links,
  );
}

/**
 * Pages run by status ordinal, then id, and the cursor is `<ordinal><id>` (fact sheet 0.3): a user whose status changes
 * between two pages is skipped or shown twice.
 */
function plainList(org: OrgState, call: Call, serving: Serving): Answer {
  const limit = pageLimit(call, paging, serving);
  const after = call.query.get("after");
  if (after !== null && !/^[0-6]00u\w{17}$/.test(after)) throw new OktaError("E0000029", "", ["Invalid cursor."]);
  const firstOrdinal = after === null ? 0 : Number(after.slice(0, 1));
  const page: string[] = [];
  for (const [ordinal, status] of userStatuses.slice(0, -1).entries()) {
    if (ordinal < firstOrdinal) continue;
    const ids = org.users.withStatus(status);
    const from = after !== null && ordinal === firstOrdinal ? ids.after(after.slice(1)) : 0;
    const part = pageOf(ids.items, from, limit - page.length, (id) => serving.sight.sees("users", id));
    page.push(...part.page);
    if (part.more) return answerPage(org, page, pageLinks(call, paging, serving, plainCursor(org, page)));
  }
  const next = hasNext(false, page.length, limit, serving) ? plainCursor(org, page) : undefined;
  return answerPage(org, page, pageLinks(call, paging, serving, next));
}

function plainCursor(org: OrgState, page: readonly string[]): string {
  const last = page.at(-1) ?? "";
  return `${userStatuses.findIndex((status) => status === org.users.read(last, "status"))}${last}`;
}

/**
 * `q`: people by the beginning of a name or address, ten by default, never paged, without DEPROVISIONED. No Link at all,
 * as recorded for groups (for users: inferred).
 */
function quickFind(org: OrgState, q: string, call: Call, serving: Serving): Answer {
  const sought = q.toLowerCase();
  const rule = { ...paging, byDefault: 10 };
  const { page } = pageOf(org.users.ids.items, 0, pageLimit(call, rule, serving), (id) => {
    if (org.users.read(id, "status") === "DEPROVISIONED" || !serving.sight.sees("users", id)) return false;
    const row = org.users.row(id);
    return ["firstName", "lastName", "email"].some((name) =>
      String(readPath(row, `profile.${name}`))
        .toLowerCase()
        .startsWith(sought),
    );
  });
  return answerPage(org, page, []);
}
