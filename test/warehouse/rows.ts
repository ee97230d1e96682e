/** Streams and rows for the warehouse's suite and measurements: shaped and sized as Okta's, and the same for the same seed. */
import { boolean, integer, json, list, number, secret, struct, text, timestamp } from "../../src/core/column.ts";
import type { Page } from "../../src/core/batch.ts";
import type { Attribute, Stream } from "../../src/core/stream.ts";

const place = {
  city: text("City."),
  state: text("State."),
  country: text("Country."),
  postalCode: text("Postal code."),
  geolocation: struct("Where on earth.", { lat: number("Latitude."), lon: number("Longitude.") }),
};

const request = (path: string) => ({ path, query: {} });

export const LOGS: Stream = {
  table: "logs",
  about: "System Log: what happened in the org.",
  docs: "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/",
  key: "uuid",
  incrementalField: "published",
  columns: {
    uuid: text("The event's identity."),
    published: timestamp("When it happened."),
    eventType: text("What happened."),
    version: text("Version of the event's shape."),
    severity: text("DEBUG, INFO, WARN or ERROR."),
    legacyEventType: text("The old name of the event type."),
    displayMessage: text("What happened, for people."),
    actor: struct("Who did it.", {
      id: text("Key."),
      type: text("Kind."),
      alternateId: text("Login."),
      displayName: text("Name."),
      detailEntry: json("More, free-form."),
    }),
    client: struct("From where.", {
      userAgent: struct("Program.", { rawUserAgent: text("As sent."), os: text("System."), browser: text("Browser.") }),
      zone: text("Network zone."),
      device: text("Device."),
      id: text("OAuth client."),
      ipAddress: text("Address."),
      geographicalContext: struct("Place.", place),
    }),
    device: json("The registered device."),
    authenticationContext: struct("How the actor signed in.", {
      authenticationProvider: text("Provider."),
      credentialProvider: text("Credential's provider."),
      credentialType: text("Credential's kind."),
      issuer: struct("Issuer.", { id: text("Key."), type: text("Kind.") }),
      interface: text("Interface."),
      authenticationStep: integer("Step."),
      rootSessionId: text("First session."),
      externalSessionId: text("Session."),
    }),
    outcome: struct("How it ended.", { result: text("Result."), reason: text("Why.") }),
    target: list(
      "On what.",
      struct("One target.", {
        id: text("Key."),
        type: text("Kind."),
        alternateId: text("Login."),
        displayName: text("Name."),
        detailEntry: json("More, free-form."),
      }),
    ),
    transaction: struct("Within what.", { type: text("Kind."), id: text("Key."), detail: json("More, free-form.") }),
    debugContext: struct("For debugging.", { debugData: json("Free-form.") }),
    securityContext: struct("Network.", {
      asNumber: integer("AS number."),
      asOrg: text("AS owner."),
      isp: text("Provider."),
      domain: text("Domain."),
      isProxy: boolean("Whether a proxy."),
    }),
    request: struct("The request.", {
      ipChain: list(
        "Hops.",
        struct("One hop.", {
          ip: text("Address."),
          geographicalContext: struct("Place.", place),
          version: text("IP version."),
          source: text("Source."),
        }),
      ),
    }),
  },
  modes: ["append", "full_refresh"],
  permission: { scope: "okta.logs.read", role: "Report Administrator" },
  read: { kind: "log", path: "/api/v1/logs", retention_days: 90, pageSize: 1000 },
  neverEmpty: false,
  notes: [],
};

export const USERS: Stream = {
  table: "users",
  about: "People of the org, in every status.",
  docs: "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/",
  key: "id",
  incrementalField: "lastUpdated",
  columns: {
    id: text("The user's key."),
    status: text("STAGED, ACTIVE, …"),
    created: timestamp("When created."),
    activated: timestamp("When activated."),
    statusChanged: timestamp("When the status changed."),
    lastLogin: timestamp("Last sign-in."),
    lastUpdated: timestamp("When last changed."),
    passwordChanged: timestamp("When the password changed."),
    realmId: text("Realm."),
    transitioningToStatus: text("The status it goes to."),
    type: struct("The user type.", { id: text("Key.") }),
    credentials: struct("How the user signs in.", {
      password: secret("Never stored."),
      provider: struct("Provider.", { type: text("Kind."), name: text("Name.") }),
    }),
    profile: json("All attributes.", { secrets: "drop" }),
    _links: json("Links; kept, never compared."),
  },
  modes: ["incremental", "full_refresh"],
  permission: { scope: "okta.users.read", role: "Read-only Administrator" },
  read: {
    kind: "list",
    lists: [request("/api/v1/users")],
    since: null,
    one: (key) => request(`/api/v1/users/${key}`),
  },
  neverEmpty: true,
  notes: [],
  profile: {
    field: "profile",
    schemas: { first: request("/api/v1/meta/schemas/user/default"), types: request("/api/v1/meta/types/user") },
    base: [
      { name: "login", type: "text", about: "Username." },
      { name: "email", type: "text", about: "Primary email." },
    ],
    scope: "okta.schemas.read",
    typesScope: "okta.userTypes.read",
  },
};

/** A small table: what the laws are tried on where the columns do not matter. */
export const GROUPS: Stream = {
  table: "groups",
  about: "Groups of the org.",
  docs: "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/",
  key: "id",
  incrementalField: "lastUpdated",
  columns: {
    id: text("The group's key."),
    name: text("Its name."),
    size: integer("How many."),
    weight: number("How heavy."),
    active: boolean("Whether active."),
    lastUpdated: timestamp("When last changed."),
    tags: list("Words.", text("One word.")),
    owner: struct("Who owns it.", { id: text("Key."), displayName: text("Name.") }),
    settings: json("Free-form."),
    _links: json("Links; kept, never compared."),
  },
  modes: ["incremental", "full_refresh"],
  permission: { scope: "okta.groups.read", role: "Read-only Administrator" },
  read: {
    kind: "list",
    lists: [request("/api/v1/groups")],
    since: null,
    one: (key) => request(`/api/v1/groups/${key}`),
  },
  neverEmpty: true,
  notes: [],
};

export interface Random {
  (): number;
  int(below: number): number;
  pick<T>(from: readonly T[]): T;
  word(length: number): string;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Numbers that are the same for the same seed (mulberry32). */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const int = (below: number) => Math.floor(next() * below);
  const pick = <T>(from: readonly T[]): T => from[int(from.length)] as T;
  const word = (length: number) => Array.from({ length }, () => LETTERS[int(62)]).join("");
  return Object.assign(next, { int, pick, word });
}

/** Rows as the body of one response. */
export function page(rows: readonly object[], readAt: string): Page {
  return { bytes: Buffer.from(JSON.stringify(rows)), rows: rows.length, readAt_ms: Date.parse(readAt) };
}

const EVENTS = [
  ["user.session.start", "core.user_auth.login_success", "User login to Okta"],
  ["user.authentication.sso", "app.auth.sso", "User single sign on to app"],
  ["group.user_membership.add", "core.user_group_member.user_add", "Add user to group membership"],
  ["policy.evaluate_sign_on", null, "Evaluation of sign-on policy"],
  ["user.authentication.auth_via_mfa", "core.user.factor.attempt_success", "Authentication of user via MFA"],
  ["application.user_membership.add", "app.generic.provision.assign_user_to_app", "Add user to application membership"],
  ["user.lifecycle.activate", "core.user.config.user_activated", "Activate Okta user"],
] as const;
const AGENTS = [
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Windows 10",
    "CHROME",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "Mac OS X",
    "SAFARI",
  ],
  ["Okta-Integrations/1.0", "Unknown", "UNKNOWN"],
] as const;
const CITIES = [
  ["Berlin", "Berlin", "Germany", "10115", 52.5, 13.4],
  ["Paris", "Île-de-France", "France", "75001", 48.85, 2.35],
  ["Austin", "Texas", "United States", "73301", 30.27, -97.74],
  ["Osaka", "Osaka", "Japan", "530-0001", 34.69, 135.5],
] as const;

/** `count` log events of about 1.5 KB, a second apart from `from_ms` on; 5,000 people, 300 addresses a city. */
export function logEvents(draw: Random, from_ms: number, count: number): object[] {
  return Array.from({ length: count }, (_, index) => logEvent(draw, from_ms + index * 1000 + draw.int(1000)));
}

function logEvent(draw: Random, at_ms: number): object {
  const [eventType, legacyEventType, displayMessage] = draw.pick(EVENTS);
  const [raw, os, browser] = draw.pick(AGENTS);
  const cityAt = draw.int(CITIES.length);
  const [city, state, country, postalCode, lat, lon] = CITIES[cityAt] as (typeof CITIES)[number];
  const ip = `198.51.${cityAt * 2 + draw.int(2)}.${draw.int(150)}`;
  const geographicalContext = { city, state, country, postalCode, geolocation: { lat, lon } };
  const person = (type: string) => {
    const who = draw.int(5000);
    return {
      id: `00u${(who * 7919 + 1000003).toString(36).padStart(17, "x")}`,
      type,
      alternateId: `person${who}@example.test`,
      displayName: `Person Number ${who}`,
      detailEntry: null,
    };
  };
  const session = `trs${draw.word(22)}`;
  const requestId = draw.word(27);
  return {
    uuid: `${hex(draw, 8)}-771f-11f1-9d5d-${hex(draw, 12)}`,
    published: new Date(at_ms).toISOString(),
    eventType,
    version: "0",
    severity: draw.int(20) === 0 ? "WARN" : "INFO",
    legacyEventType,
    displayMessage,
    actor: person("User"),
    client: {
      userAgent: { rawUserAgent: raw, os, browser },
      zone: "null",
      device: "Computer",
      id: null,
      ipAddress: ip,
      geographicalContext,
    },
    device: null,
    authenticationContext: {
      authenticationProvider: null,
      credentialProvider: null,
      credentialType: null,
      issuer: null,
      interface: null,
      authenticationStep: 0,
      rootSessionId: session,
      externalSessionId: session,
    },
    outcome: { result: draw.int(20) === 0 ? "FAILURE" : "SUCCESS", reason: null },
    target: [person("User"), { ...person("AppUser"), detailEntry: { signOnModeType: "SAML_2_0" } }].slice(
      0,
      draw.int(4) === 0 ? 2 : 1,
    ),
    transaction: { type: "WEB", id: requestId, detail: {} },
    debugContext: {
      debugData: {
        requestId,
        requestUri: `/app/app_${draw.int(60)}/sso/saml`,
        dtHash: hex(draw, 32),
        threatSuspected: "false",
      },
    },
    securityContext: { asNumber: 64500 + cityAt, asOrg: "example", isp: "example isp", domain: ".", isProxy: false },
    request: { ipChain: [{ ip, geographicalContext: null, version: "V4", source: null }] },
  };
}

function hex(draw: Random, length: number): string {
  return Array.from({ length }, () => draw.int(16).toString(16)).join("");
}

const NAMED = [
  "login",
  "email",
  "firstName",
  "lastName",
  "displayName",
  "department",
  "costCenter",
  "title",
  "city",
  "manager",
  "mobilePhone",
];

/** Okta's base attributes and custom ones: 40. */
export const ATTRIBUTES: readonly Attribute[] = [
  ...NAMED.map((name): Attribute => ({ name, type: "text", about: `The ${name}.` })),
  ...Array.from({ length: 29 }, (_, at): Attribute => ({
    name: `customAttribute${at}`,
    type: at % 5 === 0 ? "integer" : at % 7 === 0 ? "boolean" : at % 11 === 0 ? "text[]" : "text",
    about: `Custom ${at}.`,
  })),
];

/** A user of about 2 KB with all of `ATTRIBUTES`. */
export function user(draw: Random, at: number): object {
  const profile: Record<string, unknown> = {};
  for (const { name, type } of ATTRIBUTES)
    profile[name] =
      type === "integer"
        ? draw.int(100000)
        : type === "boolean"
          ? draw.int(2) === 1
          : type === "text[]"
            ? ["red", "blue"]
            : `${name} ${draw.int(3000)}`;
  profile["login"] = profile["email"] = `person${at}@example.test`;
  const id = `00u${at.toString(36).padStart(6, "0")}${"x".repeat(11)}`;
  return {
    id,
    status: draw.pick(["ACTIVE", "STAGED", "SUSPENDED", "DEPROVISIONED"]),
    created: "2025-01-05T10:00:00.000Z",
    activated: "2025-01-05T10:00:00.000Z",
    statusChanged: null,
    lastLogin: new Date(1767225600000 + draw.int(1e9)).toISOString(),
    lastUpdated: new Date(1767225600000 + draw.int(1e9)).toISOString(),
    passwordChanged: null,
    realmId: null,
    transitioningToStatus: null,
    type: { id: "oty1abcdefghijklmn" },
    credentials: { provider: { type: "OKTA", name: "OKTA" } },
    profile,
    _links: { self: { href: `https://acme.okta.com/api/v1/users/${id}` } },
  };
}
