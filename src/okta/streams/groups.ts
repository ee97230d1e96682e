import { json, list, text, timestamp } from "../../core/column.ts";
import type { Stream } from "../../core/stream.ts";

/**
 * Okta allows 10,000 and advises 200. A list of 100,000 groups is 500 requests at 200, two to three minutes of a token's
 * usual share (250 a minute); 10 at 10,000, each a body of 8 MB that Okta may answer with a timeout. 1,000 is a tenth of
 * what Okta itself takes by default: 100 requests of 0.8 MB. After a 500 the client asks again for less.
 */
const limit = "1000";

export const groups: Stream = {
  table: "groups",
  about: "Groups of the org: its own, those imported from directories and apps, and the built-in ones.",
  docs: "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/",
  key: "id",
  incrementalField: "lastUpdated",
  columns: {
    id: text("Okta's identifier of the group."),
    type: text(
      "`OKTA_GROUP` for the org's own, `APP_GROUP` for imported ones, `BUILT_IN` for Everyone and Okta Administrators.",
    ),
    objectClass: list(
      "Classes that decide which fields the profile has.",
      text("One class, such as `okta:user_group` or `okta:windows_security_principal`."),
    ),
    created: timestamp("When the group was created."),
    lastUpdated: timestamp("When the group's profile last changed; a change of its members does not count."),
    lastMembershipUpdated: timestamp("When a user last joined or left the group."),
    profile: json("Name, description and, depending on the source and on the org's group schema, further fields."),
    _embedded: json("Objects that Okta sends along on request; empty as we read it.", {
      secrets: "drop",
    }),
    _links: json("Okta's links for the group; `source` names the app that an imported group comes from."),
  },
  modes: ["incremental", "full_refresh"],
  permission: { scope: "okta.groups.read", role: "Read-only Administrator" },
  read: {
    kind: "list",
    lists: [{ path: "/api/v1/groups", query: { limit } }],
    since: (from) => ({
      path: "/api/v1/groups",
      query: { limit, filter: `lastUpdated ge "${from}" or lastMembershipUpdated ge "${from}"` },
    }),
    one: (key) => ({ path: `/api/v1/groups/${encodeURIComponent(key)}`, query: {} }),
  },
  // A group administrator sees neither Everyone nor, without a group to manage, any other: that too is the role, not the org.
  neverEmpty: true,
  notes: [
    "A change of members moves `last_membership_updated` and not `last_updated`; increments ask for both.",
    "Okta hides the group Everyone from a credential whose admin role is limited to some groups.",
  ],
};
