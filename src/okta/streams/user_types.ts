import { boolean, json, text, timestamp } from "../../core/column.ts";
import type { Stream } from "../../core/stream.ts";

export const userTypes: Stream = {
  table: "user_types",
  about: "Kinds of user the org distinguishes, each with a profile schema of its own.",
  docs: "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserType/",
  key: "id",
  incrementalField: null,
  columns: {
    id: text("Okta's identifier of the user type; users point here with `type.id`."),
    name: text("Name for use in code, fixed once the type exists; `user` for the default type."),
    displayName: text("Name that people see in the Admin Console."),
    description: text("What the type is for, in the org's own words."),
    default: boolean("True for the one type that users get when none is chosen."),
    created: timestamp("When the type was created."),
    createdBy: text("Identifier of the user who created the type; a system identifier for the default type."),
    lastUpdated: timestamp("When the type's names or description last changed; a change of its schema does not count."),
    lastUpdatedBy: text("Identifier of the user who last changed the type."),
    _links: json("Okta's links for the type; `schema` leads to the profile schema that its users follow."),
  },
  modes: ["full_refresh"],
  permission: { scope: "okta.userTypes.read", role: "Read-only Administrator" },
  read: {
    kind: "list",
    lists: [{ path: "/api/v1/meta/types/user", query: {} }],
    since: null,
    one: (key) => ({ path: `/api/v1/meta/types/user/${encodeURIComponent(key)}`, query: {} }),
  },
  neverEmpty: true,
  notes: [
    "Okta answers with the whole list at once and has no time filter here; the list is short and is read on every run.",
    '`default` is a word of SQL: the column is written `"default"`.',
    "The scope `okta.userTypes.read` is often forgotten when a service app is set up; without it only this table fails.",
  ],
};
