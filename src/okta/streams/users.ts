import { z } from "zod";
import { json, list, secret, struct, text, timestamp } from "../../core/column.ts";
import type { Stream } from "../../core/stream.ts";
import { baseAttributes } from "../attributes.ts";

const path = "/api/v1/users";
const limit = "200";

export const users: Stream = {
  table: "users",
  about: "People and service accounts of the org in every status, deactivated ones included.",
  docs: "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/",
  key: "id",
  incrementalField: "lastUpdated",
  columns: {
    id: text("Okta's identifier of the user."),
    status: text(
      "`STAGED`, `PROVISIONED`, `ACTIVE`, `RECOVERY`, `LOCKED_OUT`, `PASSWORD_EXPIRED`, `SUSPENDED` or `DEPROVISIONED` (deactivated).",
    ),
    transitioningToStatus: text(
      "Status that a change still running in the background leads to; null when there is none.",
    ),
    type: struct("The user type, which decides the user's profile schema.", {
      id: text("Identifier of the user type, as in the table `user_types`."),
    }),
    realmId: text("Identifier of the realm that the user lives in, where the org uses realms."),
    created: timestamp("When the user was created."),
    activated: timestamp("When the user last became active; null before the first activation."),
    statusChanged: timestamp("When the status last changed."),
    lastLogin: timestamp("When the user last signed in, as of the last time that this row was read."),
    lastUpdated: timestamp("When profile, status or credentials last changed; signing in does not count."),
    passwordChanged: timestamp("When the password was last set; null when Okta holds none."),
    profile: json("The whole profile as Okta sends it; attributes without a value are mostly left out."),
    credentials: struct("How the user signs in, without any secret.", {
      password: secret("An empty object when a password is set; never stored, whatever it holds."),
      recovery_question: struct("The question for recovering the account.", {
        question: text("The question's text."),
        answer: secret("The answer, which is never stored."),
      }),
      provider: struct("Who checks the password.", {
        type: text("`OKTA`, `ACTIVE_DIRECTORY`, `LDAP`, `FEDERATION`, `SOCIAL` or `IMPORT`."),
        name: text("Name of the provider, such as the directory's domain."),
      }),
      emails: list(
        "Addresses that Okta uses for the account.",
        struct("One address.", {
          value: text("The address."),
          status: text("`VERIFIED` or `UNVERIFIED`."),
          type: text("`PRIMARY` or `SECONDARY`."),
        }),
      ),
    }),
    _embedded: json("Objects that Okta sends along on request; empty as we read it.", {
      secrets: "drop",
    }),
    _links: json("Okta's links for the user; a list holds fewer than a reading of the single user."),
  },
  modes: ["incremental", "full_refresh"],
  permission: { scope: "okta.users.read", role: "Read-only Administrator" },
  read: {
    kind: "list",
    // The plain list leaves deactivated users out, and `search` reads an index that may lag.
    lists: [
      { path, query: { limit } },
      { path, query: { limit, filter: 'status eq "DEPROVISIONED"' } },
    ],
    since: (from) => ({ path, query: { limit, filter: `lastUpdated ge "${from}"` } }),
    one: (key) => ({ path: `${path}/${encodeURIComponent(key)}`, query: {} }),
  },
  neverEmpty: true,
  // [SPEC] `expand=stats` of /groups: the built-in group Everyone has every user; whether deactivated ones count is not said.
  counted: {
    request: { path: "/api/v1/groups", query: { filter: 'type eq "BUILT_IN"', expand: "stats", limit: "10" } },
    scope: "okta.groups.read",
    count: largestGroup,
  },
  notes: [
    "Signing in moves `last_login` and not `last_updated`: between complete readings `last_login` may lag.",
    "Deactivated users (`DEPROVISIONED`) stay in the table until Okta deletes them.",
    "Removing an attribute from Okta's schema, or changing its type, moves no user's `last_updated`: values may lag until the next complete reading.",
    "A custom admin role may hide profile attributes; what the credential cannot see is null here.",
  ],
  personal: [
    "credentials.recovery_question.question",
    "credentials.emails",
    "credentials.emails.value",
    "profile_login",
    "profile_email",
    "profile_second_email",
    "profile_first_name",
    "profile_last_name",
    "profile_middle_name",
    "profile_honorific_prefix",
    "profile_honorific_suffix",
    "profile_display_name",
    "profile_nick_name",
    "profile_profile_url",
    "profile_mobile_phone",
    "profile_primary_phone",
    "profile_street_address",
    "profile_city",
    "profile_state",
    "profile_zip_code",
    "profile_country_code",
    "profile_postal_address",
    "profile_employee_number",
    "profile_manager_id",
    "profile_manager",
  ],
  profile: {
    field: "profile",
    schemas: {
      first: { path: "/api/v1/meta/schemas/user/default", query: {} },
      types: { path: "/api/v1/meta/types/user", query: {} },
    },
    base: baseAttributes,
    scope: "okta.schemas.read",
    typesScope: "okta.userTypes.read",
  },
};

const Groups = z.array(z.object({ _embedded: z.object({ stats: z.object({ usersCount: z.number() }) }) }));

function largestGroup(body: unknown): number | null {
  const groups = Groups.safeParse(body);
  if (!groups.success || groups.data.length === 0) return null;
  return Math.max(...groups.data.map(({ _embedded }) => _embedded.stats.usersCount));
}
