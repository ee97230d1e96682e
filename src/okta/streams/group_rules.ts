import { boolean, json, list, struct, text, timestamp } from "../../core/column.ts";
import type { Stream } from "../../core/stream.ts";

export const groupRules: Stream = {
  table: "group_rules",
  about: "Rules that put users into groups by an expression over their profile.",
  docs: "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/GroupRule/",
  key: "id",
  incrementalField: null,
  columns: {
    id: text("Okta's identifier of the rule."),
    type: text("Kind of rule; Okta knows only `group_rule`."),
    name: text("Name that people see in the Admin Console."),
    status: text("`ACTIVE`, `INACTIVE`, or `INVALID` when something that the rule refers to is gone."),
    created: timestamp("When the rule was created."),
    lastUpdated: timestamp("When the rule last changed."),
    conditions: struct("Whom the rule applies to.", {
      people: struct("Users who are left out although the expression holds for them.", {
        users: struct("Exceptions by user.", {
          exclude: list("Identifiers of the users left out.", text("Identifier of a user.")),
        }),
        groups: struct("Exceptions by group; Okta documents the field and does not support it.", {
          exclude: list("Identifiers of the groups left out.", text("Identifier of a group.")),
        }),
      }),
      expression: struct("The condition itself.", {
        type: text("Language of the expression, `urn:okta:expression:1.0`."),
        value: text("The condition in Okta Expression Language."),
      }),
    }),
    actions: struct("What happens to the users for whom the condition holds.", {
      assignUserToGroups: struct("The groups that they join.", {
        groupIds: list("Identifiers of the groups that they join.", text("Identifier of a group.")),
      }),
    }),
    allGroupsValid: boolean("False when a group that the rule assigns no longer exists."),
    _embedded: json("Objects that Okta sends along on request; empty as we read it.", {
      secrets: "drop",
    }),
  },
  modes: ["full_refresh"],
  permission: { scope: "okta.groups.read", role: "Read-only Administrator" },
  read: {
    kind: "list",
    lists: [{ path: "/api/v1/groups/rules", query: { limit: "200" } }],
    since: null,
    one: (key) => ({ path: `/api/v1/groups/rules/${encodeURIComponent(key)}`, query: {} }),
  },
  neverEmpty: false,
  notes: [
    "Okta has no time filter here: the whole list is read on every run and replaces the table at once.",
    "Okta removes a deleted rule in the background, so it may be listed for a moment longer.",
  ],
};
