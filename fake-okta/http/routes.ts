import type { OrgState } from "../org/state.ts";
import { schemaText } from "../org/schema.ts";
import { type Answer, type Call, list, object } from "./answer.ts";
import { OktaError } from "./errors.ts";
import { listGroups, listMembers } from "./group-lists.ts";
import { listLogs } from "./log-list.ts";
import { listApps, listRules, listUserTypes } from "./other-lists.ts";
import type { Serving } from "./paging.ts";
import type { SeenKind } from "./sight.ts";
import { userLinks } from "./user-links.ts";
import { listUsers } from "./user-list.ts";

/** One endpoint. `{}` in the path is an id; the first route that fits wins, so exact ones come first. */
export interface Route {
  readonly path: string;
  /** The scope an OAuth token needs; undefined where Okta asks for no credential. */
  readonly scope: string | undefined;
  /** What a caller without an admin role gets: an empty list or E0000006 (fact sheet 0.0). */
  readonly withoutRole: "empty" | "forbidden";
  readonly handle: (org: OrgState, call: Call, serving: Serving, id: string) => Answer;
}

function found(has: boolean, id: string, kind: string, text: () => string): Answer {
  if (!has) throw new OktaError("E0000007", `Resource not found: ${id} (${kind})`);
  return object(text());
}

/** The answer, unless the caller's role hides that row from it. */
function seen(serving: Serving, kind: SeenKind, id: string, answer: () => Answer): Answer {
  serving.sight.demand(kind, id);
  return answer();
}

export const routes: readonly Route[] = [
  {
    path: "/.well-known/okta-organization",
    scope: undefined,
    withoutRole: "forbidden",
    handle: (org, _, serving) => wellKnown(org, serving),
  },
  { path: "/api/v1/users", scope: "okta.users.read", withoutRole: "empty", handle: listUsers },
  {
    path: "/api/v1/users/{}",
    scope: "okta.users.read",
    withoutRole: "forbidden",
    handle: (org, _call, serving, id) => oneUser(org, serving, id),
  },
  { path: "/api/v1/groups", scope: "okta.groups.read", withoutRole: "empty", handle: listGroups },
  { path: "/api/v1/groups/rules", scope: "okta.groups.read", withoutRole: "forbidden", handle: listRules },
  {
    path: "/api/v1/groups/rules/{}",
    scope: "okta.groups.read",
    withoutRole: "forbidden",
    handle: (org, _call, _serving, id) =>
      found(org.rules.rows.has(id), id, "GroupRule", () => JSON.stringify(org.rules.get(id))),
  },
  { path: "/api/v1/groups/{}/users", scope: "okta.groups.read", withoutRole: "empty", handle: listMembers },
  {
    path: "/api/v1/groups/{}",
    scope: "okta.groups.read",
    withoutRole: "forbidden",
    handle: (org, _call, serving, id) =>
      seen(serving, "groups", id, () => found(org.groups.has(id), id, "UserGroup", () => org.groups.text(id))),
  },
  { path: "/api/v1/apps", scope: "okta.apps.read", withoutRole: "empty", handle: listApps },
  {
    path: "/api/v1/apps/{}",
    scope: "okta.apps.read",
    withoutRole: "forbidden",
    handle: (org, _call, serving, id) =>
      seen(serving, "apps", id, () =>
        found(org.apps.rows.has(id), id, "AppInstance", () => JSON.stringify(org.apps.get(id))),
      ),
  },
  { path: "/api/v1/logs", scope: "okta.logs.read", withoutRole: "forbidden", handle: listLogs },
  {
    path: "/api/v1/meta/types/user",
    scope: "okta.userTypes.read",
    withoutRole: "forbidden",
    handle: (org) => listUserTypes(org),
  },
  {
    path: "/api/v1/meta/types/user/{}",
    scope: "okta.userTypes.read",
    withoutRole: "forbidden",
    handle: (org, _call, _serving, id) => {
      const typeId = id === "default" ? org.defaultTypeId : id;
      return found(org.types.rows.has(typeId), id, "CVDType", () => JSON.stringify(org.types.get(typeId)));
    },
  },
  {
    path: "/api/v1/meta/schemas/user/{}",
    scope: "okta.schemas.read",
    withoutRole: "forbidden",
    handle: (org, _call, _serving, id) => oneSchema(org, id),
  },
];

function oneUser(org: OrgState, serving: Serving, idOrLogin: string): Answer {
  const id = org.users.find(idOrLogin);
  if (id === undefined) throw new OktaError("E0000007", `Resource not found: ${idOrLogin} (User)`);
  serving.sight.demand("users", id);
  const row = org.users.row(id);
  return object(JSON.stringify({ ...row, _links: userLinks(org, row) }));
}

function oneSchema(org: OrgState, id: string): Answer {
  const entry = [...org.schemas].find(
    ([typeId, schema]) => schema.id === id || (id === "default" && typeId === org.defaultTypeId),
  );
  if (!entry) throw new OktaError("E0000007", `Resource not found: ${id} (UserSchema)`);
  return object(schemaText(org.origin, entry[1], entry[0], entry[0] === org.defaultTypeId));
}

/** Which org this is, told to anybody: the same id whatever host was asked (fact sheet 1.4). */
function wellKnown(org: OrgState, serving: Serving): Answer {
  return object(
    JSON.stringify({
      id: org.orgId,
      cell: "ok14",
      pipeline: "idx",
      settings: { analyticsCollectionEnabled: false, bugReportingEnabled: true, omEnabled: false },
      _links: {
        organization: { href: org.origin },
        ...(serving.alternate === undefined ? {} : { alternate: { href: serving.alternate } }),
      },
    }),
  );
}

interface Compiled {
  readonly route: Route;
  readonly shape: RegExp;
}

const compiled: readonly Compiled[] = routes.map((route) => ({
  route,
  shape: new RegExp(`^${route.path.replaceAll(".", "\\.").replace("{}", "([^/]+)")}$`),
}));

/** The route of a path and the id in it. */
export function findRoute(path: string): { route: Route; id: string } | undefined {
  for (const { route, shape } of compiled) {
    const match = shape.exec(path);
    if (match) return { route, id: decodeURIComponent(match[1] ?? "") };
  }
  return undefined;
}

/** What a caller without an admin role sees (fact sheet 0.0). */
export function answerWithoutRole(route: Route, call: Call, serving: Serving): Answer {
  if (route.withoutRole === "forbidden") throw new OktaError("E0000006");
  const query = call.query.toString();
  return list([], [{ rel: "self", url: serving.linkOrigin + call.path + (query === "" ? "" : `?${query}`) }]);
}
