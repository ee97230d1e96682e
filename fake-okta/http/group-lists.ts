import { nameKey } from "../org/groups.ts";
import type { OrgState } from "../org/state.ts";
import { readPath } from "../org/users.ts";
import { compileSearch, type FieldRule, type SearchRules } from "../search-rules.ts";
import { type Answer, type Call, list } from "./answer.ts";
import { OktaError } from "./errors.ts";
import { hasNext, pageLimit, pageLinks, pageOf, type PagingRule, type Serving } from "./paging.ts";
import { searchPage } from "./search-page.ts";

const plain = new Set(["eq", "gt", "ge", "lt", "le"] as const);
const searchable = new Set(["eq", "sw", "gt", "ge", "lt", "le", "pr"] as const);
const withContains = new Set(["eq", "sw", "co", "gt", "ge", "lt", "le", "pr"] as const);

const filterFields: Readonly<Record<string, FieldRule>> = {
  id: { type: "text", allows: plain },
  type: { type: "text", allows: plain },
  lastUpdated: { type: "date", allows: plain },
  lastMembershipUpdated: { type: "date", allows: plain },
};

/** `filter` on groups (fact sheet 1.1). */
const filterRules: SearchRules = {
  field: (name) => (Object.hasOwn(filterFields, name) ? filterFields[name] : undefined),
  logic: new Set(["and", "or"]),
  caseSensitive: true,
};

const searchRules: SearchRules = {
  field: (name) => {
    if (["created", "lastUpdated", "lastMembershipUpdated"].includes(name)) return { type: "date", allows: searchable };
    if (name === "profile.name" || name === "profile.description") return { type: "text", allows: withContains };
    return name.startsWith("profile.") || ["id", "type", "source.id"].includes(name)
      ? { type: "text", allows: searchable }
      : undefined;
  },
  logic: new Set(["and", "or", "not"]),
  caseSensitive: false,
};

const groupPaging: PagingRule = {
  byDefault: 10_000,
  namesDefault: true,
  most: 10_000,
  repeats: ["filter", "search", "sortBy", "sortOrder", "expand"],
};
const memberPaging: PagingRule = { byDefault: 1000, namesDefault: true, most: 1000, repeats: [] };

function groupText(org: OrgState, id: string, call: Call): string {
  const text = org.groups.text(id);
  if (call.query.get("expand") !== "stats") return text;
  const stats = {
    usersCount: org.members(id).items.length,
    appsCount: 0,
    groupPushMappingsCount: 0,
    hasAdminPrivlege: false,
  };
  return `${text.slice(0, -1)},"_embedded":${JSON.stringify({ stats })}}`;
}

/** `GET /groups`: by name when plain, by id with `filter` or `search` (fact sheet 1.6). */
export function listGroups(org: OrgState, call: Call, serving: Serving): Answer {
  const search = call.query.get("search");
  const filter = call.query.get("filter");
  const q = call.query.get("q");
  const limit = pageLimit(call, q === null ? groupPaging : { ...groupPaging, byDefault: 300 }, serving);
  const after = call.query.get("after");
  // A quick search by `q` has no Link header at all (recorded).
  const answer = (ids: readonly string[], next: string | undefined): Answer =>
    list(
      ids.map((id) => groupText(org, id, call)),
      q === null ? pageLinks(call, groupPaging, serving, next) : [],
    );
  if (search !== null) {
    const matches = compileSearch(search, searchRules);
    const stale = org.groupsIndex.stale(org.clock.now());
    const read = (id: string, field: string): unknown => readPath(org.groups.row(id), field);
    const found = searchPage(call, org.groups.ids, limit, serving, {
      sees: (id) => serving.sight.sees("groups", id),
      matches,
      read,
      text: (id) => groupText(org, id, call),
      stale,
    });
    return list(found.rows, pageLinks(call, groupPaging, serving, found.next));
  }
  if (filter !== null) {
    const matches = compileSearch(filter, filterRules);
    if (after !== null && !/^00g\w{17}$/.test(after)) throw new OktaError("E0000029", "", ["Invalid cursor."]);
    const ids = org.groups.ids;
    const { page, more } = pageOf(
      ids.items,
      after === null ? 0 : ids.after(after),
      limit,
      (id) => serving.sight.sees("groups", id) && matches((field) => readPath(org.groups.row(id), field)),
    );
    return answer(page, hasNext(more, page.length, limit, serving) ? page.at(-1) : undefined);
  }
  return byName(org, { after, limit, q }, serving, answer);
}

function idIn(nameKeyText: string): string {
  return nameKeyText.slice(nameKeyText.lastIndexOf("\0") + 1);
}

/** The plain list's cursor is the last group's name and id, so a rename in mid-listing skips or repeats a group. */
function byName(
  org: OrgState,
  { after, limit, q }: { readonly after: string | null; readonly limit: number; readonly q: string | null },
  serving: Serving,
  answer: (ids: readonly string[], next: string | undefined) => Answer,
): Answer {
  const key = after === null ? undefined : Buffer.from(after, "base64url").toString();
  const id = key === undefined ? undefined : idIn(key);
  if (id !== undefined && !/^00g\w{17}$/.test(id)) throw new OktaError("E0000029", "", ["Invalid cursor."]);
  const names = org.groups.byName;
  const { page, more } = pageOf(
    names.items,
    key === undefined ? 0 : names.after(key),
    limit,
    (name) => serving.sight.sees("groups", idIn(name)) && (q === null || name.startsWith(q)),
  );
  const ids = page.map(idIn);
  const last = ids.at(-1);
  // `q` is never paged (fact sheet 1.1).
  const next =
    hasNext(more, page.length, limit, serving) && q === null && last !== undefined
      ? Buffer.from(nameKey(org.groups.row(last))).toString("base64url")
      : undefined;
  return answer(ids, next);
}

/** `GET /groups/{id}/users`: full users by id, DEPROVISIONED included (fact sheet 0.8). */
export function listMembers(org: OrgState, call: Call, serving: Serving, groupId: string): Answer {
  if (!org.groups.has(groupId)) throw new OktaError("E0000007", `Resource not found: ${groupId} (UserGroup)`);
  serving.sight.demand("groups", groupId);
  const after = call.query.get("after");
  if (after !== null && !/^00u\w{17}$/.test(after)) throw new OktaError("E0000029", "", ["Invalid cursor."]);
  const members = org.members(groupId);
  const limit = pageLimit(call, memberPaging, serving);
  const { page, more } = pageOf(members.items, after === null ? 0 : members.after(after), limit, (id) =>
    serving.sight.sees("users", id),
  );
  return list(
    page.map((id) => org.users.text(id)),
    pageLinks(call, memberPaging, serving, hasNext(more, page.length, limit, serving) ? page.at(-1) : undefined),
  );
}
