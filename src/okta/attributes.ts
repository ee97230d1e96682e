/** Reads Okta's user schemas (JSON Schema, draft 4) into attributes. Pure; what it does not understand becomes `json`. */
import type { Attribute, AttributeType } from "../core/stream.ts";

const base = (name: string, about: string): Attribute => ({ name, type: "text", about });

/** Okta's base profile: the same 31 attributes in every org, all text. Administrators can hide them, not remove them. */
export const baseAttributes: readonly Attribute[] = [
  base("login", "Name that the user signs in with, unique in the org."),
  base("email", "Primary email address."),
  base("secondEmail", "Second email address, mostly for recovering the account."),
  base("firstName", "Given name."),
  base("lastName", "Family name."),
  base("middleName", "Middle name."),
  base("honorificPrefix", "Title before the name."),
  base("honorificSuffix", "Title after the name."),
  base("displayName", "Name that people see."),
  base("nickName", "What the user is called in everyday life."),
  base("title", "Job title."),
  base("profileUrl", "Address of the user's page on the web."),
  base("mobilePhone", "Mobile phone number."),
  base("primaryPhone", "Main phone number."),
  base("streetAddress", "Street and number."),
  base("city", "City."),
  base("state", "State or region."),
  base("zipCode", "Postal code."),
  base("countryCode", "Country, by its two-letter code (ISO 3166-1)."),
  base("postalAddress", "Address for mail."),
  base("preferredLanguage", "Language that the user prefers."),
  base("locale", "How the user writes numbers, dates and money."),
  base("timezone", "Time zone."),
  base("userType", "Relation to the organization, such as employee or contractor; not Okta's user type."),
  base("employeeNumber", "Number that the organization gave the user."),
  base("costCenter", "Cost center."),
  base("organization", "Organization."),
  base("division", "Division."),
  base("department", "Department."),
  base("managerId", "Identifier of the user's manager, in the organization's own terms."),
  base("manager", "Name of the user's manager."),
];

/** The attributes that one schema document declares: base, then custom, in the document's order. */
export function attributesOf(schemaDocument: unknown): Attribute[] {
  const definitions = field(schemaDocument, "definitions");
  return ["base", "custom"].flatMap((section) =>
    Object.entries(record(field(field(definitions, section), "properties"))).map(([name, declaration]) => ({
      name,
      type: typeOf(declaration),
      about: aboutOf(name, declaration),
    })),
  );
}

/**
 * The attributes of all user types together, one for each name: the widest of its types and the longest of its
 * descriptions. Base attributes come first, the others by name, so the result does not depend on the order of the lists.
 */
export function mergeAttributes(lists: readonly (readonly Attribute[])[]): Attribute[] {
  const merged = new Map<string, Attribute>();
  for (const attribute of lists.flat()) {
    const known = merged.get(attribute.name);
    merged.set(
      attribute.name,
      known === undefined
        ? attribute
        : {
            name: known.name,
            type: widest(known.type, attribute.type),
            about: longest(known.about, attribute.about),
          },
    );
  }
  return [...merged.values()].toSorted((a, b) => rank(a) - rank(b) || compare(a.name, b.name));
}

/**
 * The narrowest type that takes the values of both as they are: integer ⊂ number, integer[] ⊂ number[], and json above all.
 * A text column takes no numbers (they would count as odd), so text and integer meet in json.
 */
export function widest(a: AttributeType, b: AttributeType): AttributeType {
  if (a === b) return a;
  if (NUMERIC.has(a) && NUMERIC.has(b)) return "number";
  return NUMERIC_LISTS.has(a) && NUMERIC_LISTS.has(b) ? "number[]" : "json";
}

const NUMERIC: ReadonlySet<AttributeType> = new Set(["integer", "number"]);
const NUMERIC_LISTS: ReadonlySet<AttributeType> = new Set(["integer[]", "number[]"]);

const scalars = new Map<unknown, AttributeType>([
  ["string", "text"],
  ["boolean", "boolean"],
  ["integer", "integer"],
  ["number", "number"],
]);
const arrays = new Map<unknown, AttributeType>([
  ["string", "text[]"],
  ["integer", "integer[]"],
  ["number", "number[]"],
]);

function typeOf(declaration: unknown): AttributeType {
  const type = field(declaration, "type");
  if (type === "array") return arrays.get(field(field(declaration, "items"), "type")) ?? "json";
  return scalars.get(type) ?? "json";
}

function aboutOf(name: string, declaration: unknown): string {
  const words = (key: string) => {
    const value = field(declaration, key);
    return typeof value === "string" ? value.replace(/\s+/g, " ").trim() : "";
  };
  const [title, description] = [words("title"), words("description")];
  const about =
    title && description && title !== description ? `${title}: ${description}` : title || description || name;
  return about.length > ABOUT_LIMIT ? `${about.slice(0, ABOUT_LIMIT - 1)}…` : about;
}

/** Characters of a description that reach the warehouse. */
const ABOUT_LIMIT = 500;

const baseRanks = new Map(baseAttributes.map(({ name }, index) => [name, index]));
const rank = ({ name }: Attribute) => baseRanks.get(name) ?? baseAttributes.length;
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const longest = (a: string, b: string) => ((a.length - b.length || compare(b, a)) < 0 ? b : a);

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function field(value: unknown, name: string): unknown {
  return record(value)[name];
}
