import { z } from "zod";
import type { Entity } from "../log/event-text.ts";
import { type GroupRow, groupLinks } from "../org/groups.ts";
import { newRule, type RuleRow } from "../org/rules-and-types.ts";
import type { OrgState } from "../org/state.ts";
import { demand, operation } from "./operation.ts";
import { userEntity } from "./users.ts";

const objectId = z.object({ id: z.string() });
const membership = z.object({ groupId: z.string(), userId: z.string() });

function groupEntity(row: GroupRow): Entity {
  return { id: row.id, type: "UserGroup", alternateId: "unknown", displayName: row.profile.name, detailEntry: null };
}

function requireGroup(org: OrgState, id: string): GroupRow {
  demand(org.groups.has(id), `no group ${id}`);
  return org.groups.row(id);
}

/** Membership moves `lastMembershipUpdated` only (fact sheet 0.6). */
function changeMembership(org: OrgState, groupId: string, userId: string, joins: boolean): void {
  const group = requireGroup(org, groupId);
  demand(org.users.has(userId), `no user ${userId}`);
  demand(groupId !== org.everyoneId, "Everyone's members cannot be changed");
  const at = org.stamp();
  if (joins) org.members(groupId).add(userId);
  else org.members(groupId).remove(userId);
  org.groups.change(groupId, org.clock.now(), (row) => {
    row.lastMembershipUpdated = at;
  });
  const targets = [userEntity(org.users.row(userId)), groupEntity(group)];
  org.emit(
    joins
      ? {
          eventType: "group.user_membership.add",
          message: "Add user to group membership",
          legacy: "core.user_group_member.user_add",
          targets,
        }
      : {
          eventType: "group.user_membership.remove",
          message: "Remove user from group membership",
          legacy: "core.user_group_member.user_remove",
          targets,
        },
  );
}

function updateGroup(org: OrgState, id: string, values: Readonly<Record<string, unknown>>): void {
  const type = requireGroup(org, id).type;
  demand(type === "OKTA_GROUP", `a ${type} group cannot be edited`);
  const at = org.stamp();
  const row = org.groups.change(id, org.clock.now(), (group) => {
    Object.assign(group.profile, values);
    group.lastUpdated = at;
  });
  org.emit({ eventType: "group.profile.update", message: "Okta group profile update", targets: [groupEntity(row)] });
}

/** Memberships go with the group without events; rules that pointed at it become INVALID. */
function deleteGroup(org: OrgState, id: string): void {
  const row = requireGroup(org, id);
  demand(row.type !== "BUILT_IN", "a built-in group cannot be deleted");
  org.groups.remove(id, org.clock.now());
  for (const assigned of org.assignments.values()) assigned.delete(id);
  org.emit({ eventType: "group.lifecycle.delete", message: "Okta group deleted", targets: [groupEntity(row)] });
  for (const rule of org.rules.rows.values())
    if (rule.actions.assignUserToGroups.groupIds.includes(id)) invalidate(org, rule);
}

function invalidate(org: OrgState, rule: RuleRow): void {
  rule.status = "INVALID";
  rule.allGroupsValid = false;
  rule.lastUpdated = org.stamp();
  org.emit({
    eventType: "group.user_membership.rule.invalidate",
    message: "Group rule invalidated",
    targets: [ruleEntity(rule)],
  });
}

function ruleEntity(rule: RuleRow): Entity {
  return {
    id: rule.id,
    type: "PolicyRule",
    alternateId: null,
    displayName: rule.name,
    detailEntry: { policyType: "group_rule" },
  };
}

/** Rule changes have no event of their own; they show as policy rule events (inferred, fact sheet 3.2). */
function changeRule(org: OrgState, id: string, happened: string, edit: (rule: RuleRow) => void): void {
  const rule = org.rules.get(id);
  edit(rule);
  rule.lastUpdated = org.stamp();
  org.emit({ eventType: `policy.rule.${happened}`, message: `Group rule ${happened}`, targets: [ruleEntity(rule)] });
}

export const groupOperations = {
  createGroup: operation(
    z.object({ name: z.string(), description: z.string().nullable().optional() }),
    (org, args): string => {
      const id = org.newId("group");
      const at = org.stamp();
      const row: GroupRow = {
        id,
        created: at,
        lastUpdated: at,
        lastMembershipUpdated: at,
        objectClass: ["okta:user_group"],
        type: "OKTA_GROUP",
        profile: { name: args.name, description: args.description ?? null },
        _links: groupLinks(org.origin, id),
      };
      org.groups.add(row, org.clock.now());
      org.emit({ eventType: "group.lifecycle.create", message: "Okta group created", targets: [groupEntity(row)] });
      return id;
    },
  ),
  renameGroup: operation(z.object({ id: z.string(), name: z.string() }), (org, { id, name }) =>
    updateGroup(org, id, { name }),
  ),
  updateGroup: operation(
    z.object({ id: z.string(), profile: z.record(z.string(), z.unknown()) }),
    (org, { id, profile }) => updateGroup(org, id, profile),
  ),
  deleteGroup: operation(objectId, (org, { id }) => deleteGroup(org, id)),
  addMember: operation(membership, (org, { groupId, userId }) => changeMembership(org, groupId, userId, true)),
  removeMember: operation(membership, (org, { groupId, userId }) => changeMembership(org, groupId, userId, false)),
  createRule: operation(
    z.object({ name: z.string(), groupIds: z.array(z.string()) }),
    (org, { name, groupIds }): string => {
      for (const id of groupIds) requireGroup(org, id);
      const now = org.clock.now();
      const rule = newRule({ id: org.newId("rule"), name, groupIds, created_ms: now, updated_ms: now });
      org.rules.put(rule);
      org.emit({ eventType: "policy.rule.add", message: "Group rule add", targets: [ruleEntity(rule)] });
      return rule.id;
    },
  ),
  updateRule: operation(z.object({ id: z.string(), name: z.string() }), (org, { id, name }) =>
    changeRule(org, id, "update", (rule) => {
      rule.name = name;
    }),
  ),
  activateRule: operation(objectId, (org, { id }) =>
    changeRule(org, id, "activate", (rule) => {
      demand(rule.allGroupsValid, "a rule without its group cannot be activated");
      rule.status = "ACTIVE";
    }),
  ),
  deactivateRule: operation(objectId, (org, { id }) =>
    changeRule(org, id, "deactivate", (rule) => {
      rule.status = "INACTIVE";
    }),
  ),
  invalidateRule: operation(objectId, (org, { id }) => invalidate(org, org.rules.get(id))),
  deleteRule: operation(objectId, (org, { id }): void => {
    const rule = org.rules.get(id);
    org.rules.remove(id);
    org.emit({ eventType: "policy.rule.delete", message: "Group rule delete", targets: [ruleEntity(rule)] });
  }),
};
