import type { AppRow } from "../org/apps.ts";
import type { OrgState } from "../org/state.ts";
import { readPath } from "../org/users.ts";
import { compileSearch, type FieldRule, type SearchRules } from "../search-rules.ts";
import { type Answer, type Call, list } from "./answer.ts";
import { OktaError } from "./errors.ts";
import { hasNext, pageLimit, pageLinks, pageOf, type PagingRule, type Serving } from "./paging.ts";

const text: FieldRule = { type: "text", allows: new Set(["eq"] as const) };
const appFilterFields: Readonly<Record<string, FieldRule>> = {
  id: { type: "text", allows: new Set(["eq", "gt", "ge", "lt", "le"] as const) },
  status: text,
  name: text,
  "credentials.signing.kid": text,
  "settings.slo.enabled": text,
  "user.id": text,
  "group.id": text,
};

const appFilterRules: SearchRules = {
  field: (name) => (Object.hasOwn(appFilterFields, name) ? appFilterFields[name] : undefined),
  logic: new Set(["and", "or"]),
  caseSensitive: true,
};

/** Page size 20 unless asked otherwise; `includeNonDeleted` and `useOptimization` vanish from the links, `q` stays (recorded). */
const appPaging: PagingRule = { byDefault: 20, namesDefault: true, most: 200, repeats: ["q", "filter", "expand"] };

/** `GET /apps`: by id; without `includeNonDeleted` or a filter on status only ACTIVE ones (fact sheet 1.2). */
export function listApps(org: OrgState, call: Call, serving: Serving): Answer {
  const after = call.query.get("after");
  if (after !== null && !/^0oa\w{17}$/.test(after)) throw new OktaError("E0000029", "", ["Invalid cursor."]);
  const filter = call.query.get("filter");
  const q = call.query.get("q")?.toLowerCase();
  const matches = filter === null ? undefined : compileSearch(filter, appFilterRules);
  const showsAll = call.query.get("includeNonDeleted") === "true" || (filter !== null && /\bstatus\b/.test(filter));
  const limit = pageLimit(call, appPaging, serving);
  const { page, more } = pageOf(org.apps.ids.items, after === null ? 0 : org.apps.ids.after(after), limit, (id) => {
    if (!serving.sight.sees("apps", id)) return false;
    const app = org.apps.get(id);
    if (!showsAll && app.status !== "ACTIVE") return false;
    if (q !== undefined && !app.name.toLowerCase().startsWith(q) && !app.label.toLowerCase().startsWith(q))
      return false;
    return !matches || matches((field) => readApp(org, app, field));
  });
  return list(
    page.map((id) => JSON.stringify(org.apps.get(id))),
    pageLinks(call, appPaging, serving, hasNext(more, page.length, limit, serving) ? page.at(-1) : undefined),
  );
}

function readApp(org: OrgState, app: AppRow, field: string): unknown {
  return field === "user.id" || field === "group.id" ? [...(org.assignments.get(app.id) ?? [])] : readPath(app, field);
}

const rulePaging: PagingRule = { byDefault: 50, namesDefault: true, most: 200, repeats: ["search", "expand"] };

/** `GET /groups/rules`: by id, 50 unless asked otherwise, 200 at most. */
export function listRules(org: OrgState, call: Call, serving: Serving): Answer {
  const after = call.query.get("after");
  if (after !== null && !/^0pr\w{17}$/.test(after)) throw new OktaError("E0000029", "", ["Invalid cursor."]);
  const keyword = call.query.get("search")?.toLowerCase();
  const limit = pageLimit(call, rulePaging, serving);
  const { page, more } = pageOf(org.rules.ids.items, after === null ? 0 : org.rules.ids.after(after), limit, (id) => {
    const rule = org.rules.get(id);
    return keyword === undefined || `${rule.name} ${rule.conditions.expression.value}`.toLowerCase().includes(keyword);
  });
  return list(
    page.map((id) => JSON.stringify(org.rules.get(id))),
    pageLinks(call, rulePaging, serving, hasNext(more, page.length, limit, serving) ? page.at(-1) : undefined),
  );
}

/** `GET /meta/types/user`: the whole set, without any Link (fact sheet 1.1). */
export function listUserTypes(org: OrgState): Answer {
  return list(org.types.ids.items.map((id) => JSON.stringify(org.types.get(id))));
}
