import { boolean, integer, json, list, struct, text, timestamp } from "../../core/column.ts";
import type { Stream } from "../../core/stream.ts";

/** One shape for all sign-on modes: `name`, `credentials` and `settings` differ by mode and are named alike in each. */
export const applications: Stream = {
  table: "applications",
  about: "App integrations of the org, of every sign-on mode, active or not.",
  docs: "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/",
  key: "id",
  incrementalField: "lastUpdated",
  columns: {
    id: text("Okta's identifier of the app; for OpenID Connect apps also the client id."),
    orn: text("Okta resource name of the app."),
    name: text("Name of the app's definition in the catalog, such as `oidc_client` or `salesforce`."),
    label: text("Name that people see."),
    status: text("`ACTIVE`, `INACTIVE` or `DELETED`."),
    signOnMode: text(
      "How people sign in: `OPENID_CONNECT`, `SAML_2_0`, `SAML_1_1`, `WS_FEDERATION`, `BOOKMARK`, `AUTO_LOGIN`, `BASIC_AUTH`, `BROWSER_PLUGIN` or `SECURE_PASSWORD_STORE`.",
    ),
    created: timestamp("When the app was added to the org."),
    lastUpdated: timestamp("When the app itself last changed; assigning users or groups does not count."),
    features: list("Provisioning features switched on.", text("One feature, such as `PUSH_NEW_USERS`.")),
    accessibility: struct("How people get at the app.", {
      selfService: boolean("True when people may add the app themselves."),
      errorRedirectUrl: text("Page shown when signing in to the app fails."),
      loginRedirectUrl: text("Sign-in page of the app's own; unused in Identity Engine."),
    }),
    visibility: struct("Where the app is shown.", {
      autoLaunch: boolean("True when the app opens as soon as a person signs in to Okta."),
      autoSubmitToolbar: boolean("True when the browser plugin signs in without being asked."),
      hide: struct("Where the app is kept out of sight.", {
        iOS: boolean("True when the app is hidden in Okta Mobile."),
        web: boolean("True when the app is hidden on the dashboard in a browser."),
      }),
      appLinks: json("Name of each of the app's links, with true for those on the dashboard."),
    }),
    licensing: struct("The licence bought for the app.", {
      seatCount: integer("Number of seats bought."),
    }),
    universalLogout: struct("Whether Okta can end a person's sessions in the app.", {
      status: text("`ENABLED`, `DISABLED` or `UNSUPPORTED`."),
      supportType: text("`FULL` or `PARTIAL`."),
      identityStack: text(
        "`SHARED` when signing out here also signs out of other apps of the same maker, else `NOT_SHARED`.",
      ),
      protocol: text("`GLOBAL_TOKEN_REVOCATION` or `PROPRIETARY`."),
    }),
    expressConfiguration: struct("What can be set up in the app without leaving Okta.", {
      enabledCapabilities: list("Capabilities in use.", text("One capability, such as `SSO`.")),
      supportedCapabilities: list("Capabilities that the app offers.", text("One capability, such as `SSO`.")),
    }),
    profile: json("Free properties given to an OAuth 2.0 client.", { secrets: "drop" }),
    credentials: json("How the app's user names are made, which keys sign, which client it is; secrets are left out.", {
      secrets: "drop",
    }),
    settings: json("Settings of the app and its sign-on mode; secrets are left out.", {
      secrets: "drop",
    }),
    _embedded: json("Objects that Okta sends along on request; empty as we read it.", {
      secrets: "drop",
    }),
    _links: json("Okta's links for the app; `accessPolicy` leads to the policy that guards it."),
  },
  modes: ["incremental", "full_refresh"],
  permission: { scope: "okta.apps.read", role: "Read-only Administrator" },
  read: {
    kind: "list",
    lists: [{ path: "/api/v1/apps", query: { limit: "200", includeNonDeleted: "true" } }],
    since: null,
    one: (key) => ({ path: `/api/v1/apps/${encodeURIComponent(key)}`, query: {} }),
  },
  neverEmpty: false,
  notes: [
    "Okta has no time filter here: every run reads the list and writes only what changed, and notices at once what is gone.",
    "Assigning a user or a group to an app does not move `last_updated`; the system log tells of it.",
    "Secrets in `credentials` and `settings` are dropped by name, see docs/secrets.md.",
  ],
};
