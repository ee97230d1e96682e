import { z } from "zod";
import type { Entity } from "../log/event-text.ts";
import { type AppRow, newApp } from "../org/apps.ts";
import type { OrgState } from "../org/state.ts";
import { demand, operation } from "./operation.ts";
import { userEntity } from "./users.ts";

const appId = z.object({ id: z.string() });

function appEntity(app: AppRow): Entity {
  return {
    id: app.id,
    type: "AppInstance",
    alternateId: app.label,
    displayName: app.label,
    detailEntry: { signOnModeType: app.signOnMode },
  };
}

function changeApp(org: OrgState, id: string, happened: string, edit: (app: AppRow) => void): void {
  const app = org.apps.get(id);
  edit(app);
  app.lastUpdated = org.stamp();
  org.emit({
    eventType: `application.lifecycle.${happened}`,
    message: `Application ${happened}`,
    targets: [appEntity(app)],
  });
}

/** Assignments do not move the app's `lastUpdated` (fact sheet 0.7). */
function assign(org: OrgState, id: string, principal: string, assigned: boolean): void {
  const app = org.apps.get(id);
  const isUser = org.users.has(principal);
  demand(isUser || org.groups.has(principal), `no user or group ${principal}`);
  const all = org.assignments.get(id) ?? new Set();
  org.assignments.set(id, all);
  if (assigned) all.add(principal);
  else all.delete(principal);
  const who: Entity = isUser
    ? userEntity(org.users.row(principal))
    : {
        id: principal,
        type: "UserGroup",
        alternateId: "unknown",
        displayName: org.groups.row(principal).profile.name,
        detailEntry: null,
      };
  const kind = isUser ? "application.user_membership" : "group.application_assignment";
  org.emit({
    eventType: `${kind}.${assigned ? "add" : "remove"}`,
    message: "Application assignment",
    targets: [appEntity(app), who],
  });
}

const assignment = z.object({ appId: z.string(), principalId: z.string() });

export const appOperations = {
  createApp: operation(
    z.object({ label: z.string(), variety: z.number().int().nonnegative().optional() }),
    (org, args): string => {
      const sequence = org.newSequence();
      const now = org.clock.now();
      const id = org.newId("app");
      const variety = args.variety ?? sequence;
      const app = newApp({
        id,
        label: args.label,
        orgId: org.orgId,
        origin: org.origin,
        created_ms: now,
        updated_ms: now,
        variety,
      });
      org.apps.put(app);
      org.emit({ eventType: "application.lifecycle.create", message: "Application create", targets: [appEntity(app)] });
      return id;
    },
  ),
  updateApp: operation(z.object({ id: z.string(), label: z.string() }), (org, { id, label }) =>
    changeApp(org, id, "update", (app) => {
      app.label = label;
    }),
  ),
  activateApp: operation(appId, (org, { id }) =>
    changeApp(org, id, "activate", (app) => {
      app.status = "ACTIVE";
    }),
  ),
  deactivateApp: operation(appId, (org, { id }) =>
    changeApp(org, id, "deactivate", (app) => {
      app.status = "INACTIVE";
    }),
  ),
  /** Only an INACTIVE app can be deleted (fact sheet 3.3). */
  deleteApp: operation(appId, (org, { id }): void => {
    const app = org.apps.get(id);
    demand(app.status === "INACTIVE", "only an INACTIVE app can be deleted");
    org.apps.remove(id);
    org.assignments.delete(id);
    org.emit({ eventType: "application.lifecycle.delete", message: "Application delete", targets: [appEntity(app)] });
  }),
  assign: operation(assignment, (org, { appId: id, principalId }) => assign(org, id, principalId, true)),
  unassign: operation(assignment, (org, { appId: id, principalId }) => assign(org, id, principalId, false)),
};
