/** Okta's 31 base attributes of a user, with the extra keys their schema entries carry (recorded `/meta/schemas/user`). */
const baseAttributes: ReadonlyArray<readonly [name: string, title: string, extra?: Record<string, unknown>]> = [
  ["login", "Username", { required: true, minLength: 5, maxLength: 100 }],
  ["firstName", "First name", { required: true, minLength: 1, maxLength: 50 }],
  ["lastName", "Last name", { required: true, minLength: 1, maxLength: 50 }],
  ["middleName", "Middle name"],
  ["honorificPrefix", "Honorific prefix"],
  ["honorificSuffix", "Honorific suffix"],
  ["email", "Primary email", { required: true, format: "email" }],
  ["title", "Title"],
  ["displayName", "Display name"],
  ["nickName", "Nickname"],
  ["profileUrl", "Profile Url", { format: "uri" }],
  ["secondEmail", "Secondary email", { format: "email" }],
  ["mobilePhone", "Mobile phone", { maxLength: 100 }],
  ["primaryPhone", "Primary phone", { maxLength: 100 }],
  ["streetAddress", "Street address"],
  ["city", "City"],
  ["state", "State"],
  ["zipCode", "Zip code"],
  ["countryCode", "Country code", { format: "country-code" }],
  ["postalAddress", "Postal Address"],
  ["preferredLanguage", "Preferred language", { format: "language-code" }],
  ["locale", "Locale", { format: "locale" }],
  ["timezone", "Time zone", { format: "timezone" }],
  ["userType", "User type"],
  ["employeeNumber", "Employee number"],
  ["costCenter", "Cost center"],
  ["organization", "Organization"],
  ["division", "Division"],
  ["department", "Department"],
  ["managerId", "ManagerId"],
  ["manager", "Manager"],
];

/** The types Okta offers for a custom attribute (fact sheet 7.1). */
export const attributeTypes = [
  "string",
  "number",
  "integer",
  "boolean",
  "array:string",
  "array:number",
  "array:integer",
] as const;
export type AttributeType = (typeof attributeTypes)[number];

/** What the schema document says of one attribute. */
export type AttributeEntry = Record<string, unknown>;

type OwnAccess = "READ_ONLY" | "READ_WRITE" | "HIDE";

/** What users may do with their own base attributes, READ_ONLY where nothing is said (recorded). */
const ownAccess: Readonly<Record<string, OwnAccess>> = {
  ...Object.fromEntries(["firstName", "lastName", "email", "secondEmail", "mobilePhone"].map((n) => [n, "READ_WRITE"])),
  ...Object.fromEntries(["primaryPhone", "streetAddress", "city", "state", "zipCode", "countryCode", "postalAddress"].map((n) => [n, "HIDE"])),
}; // prettier-ignore

function entry(
  title: string,
  shape: Record<string, unknown>,
  extra: Record<string, unknown> = {},
  action: OwnAccess = "READ_ONLY",
): AttributeEntry {
  return {
    title,
    ...shape,
    ...extra,
    mutability: "READ_WRITE",
    scope: "NONE",
    permissions: [{ principal: "SELF", action }],
    master: { type: "PROFILE_MASTER" },
  };
}

export const baseProperties: Readonly<Record<string, AttributeEntry>> = Object.fromEntries(
  baseAttributes.map(([name, title, extra]) => [name, entry(title, { type: "string" }, extra, ownAccess[name])]),
);

/** Only these profile attributes are sent when empty; every other one vanishes (fact sheet 7.1). */
export const alwaysSent: ReadonlySet<string> = new Set([
  "login",
  "email",
  "firstName",
  "lastName",
  "mobilePhone",
  "secondEmail",
]);

export function customProperty(name: string, type: AttributeType): AttributeEntry {
  const [outer, item] = type.split(":");
  return entry(name, item === undefined ? { type: outer } : { type: "array", items: { type: item } });
}

/** The custom attributes a new org has in each of its types, one of every type. */
export const firstCustomAttributes: Readonly<Record<string, AttributeType>> = {
  costCenterCode: "string",
  badgeNumber: "integer",
  allocation: "number",
  remote: "boolean",
  skills: "array:string",
  shiftCodes: "array:integer",
  ratings: "array:number",
};

export interface SchemaState {
  readonly id: string;
  readonly title: string;
  readonly created: string;
  lastUpdated: string;
  readonly custom: Map<string, AttributeEntry>;
}

/** The schema document; its `id` is a URL that says `default` for the default type only. */
export function schemaText(origin: string, schema: SchemaState, typeId: string, isDefault: boolean): string {
  const url = `${origin}/meta/schemas/user/${isDefault ? "default" : schema.id}`;
  return JSON.stringify({
    id: url,
    $schema: "http://json-schema.org/draft-04/schema#",
    name: isDefault ? "user" : schema.title,
    title: schema.title,
    description: "Okta user profile template with default permission settings",
    lastUpdated: schema.lastUpdated,
    created: schema.created,
    definitions: {
      custom: { id: "#custom", type: "object", properties: Object.fromEntries(schema.custom), required: [] },
      base: {
        id: "#base",
        type: "object",
        properties: baseProperties,
        required: ["login", "firstName", "lastName", "email"],
      },
    },
    type: "object",
    properties: { profile: { allOf: [{ $ref: "#/definitions/custom" }, { $ref: "#/definitions/base" }] } },
    _links: {
      self: { rel: "self", href: `${origin}/api/v1/meta/schemas/user/${schema.id}`, method: "GET" },
      type: { rel: "type", href: `${origin}/api/v1/meta/types/user/${typeId}`, method: "GET" },
    },
  });
}
