/**
 * The declared columns against Okta's own OpenAPI document, both ways and at every depth. The document is beside the
 * repository on the machines that build it, and not elsewhere.
 * Seen to fail for: an integer declared as a number, a text as a timestamp, a field misspelled or left out, a base attribute missing.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { before, test } from "node:test";
import { parse } from "yaml";
import type { ColumnType, Fields } from "../../src/core/column.ts";
import { baseAttributes } from "../../src/okta/attributes.ts";
import { STREAMS } from "../../src/okta/streams.ts";

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly discriminator?: { readonly mapping: Readonly<Record<string, string>> };
}

const SCHEMAS: Readonly<Record<string, string>> = {
  users: "User",
  groups: "Group",
  applications: "Application",
  logs: "LogEvent",
  group_rules: "GroupRule",
  user_types: "UserType",
};

/** What the document lacks, and how else we know it. */
const LACKING: Readonly<Record<string, { readonly reason: string; readonly schema?: string }>> = {
  "users.credentials.emails": { reason: "recorded" },
  "logs.device": { reason: "recorded; described as LogDevice, not listed in LogEvent", schema: "LogDevice" },
  "logs.authenticationContext.rootSessionId": { reason: "recorded" },
  "group_rules.allGroupsValid": { reason: "recorded" },
};

const document = new URL("../../../shared/data/okta-openapi/management-minimal.yaml", import.meta.url);
const skip = existsSync(document) ? false : "Okta's OpenAPI document is not beside this repository (../shared)";
let schemas: Readonly<Record<string, Schema>> = {};

before(() => {
  if (skip !== false) return;
  // Only the schemas: the whole document takes a YAML parser many seconds.
  const text = readFileSync(document, "utf8");
  const start = text.search(/^ {2}schemas:\n/m);
  const end = start + 1 + text.slice(start + 1).search(/^(?: {2})?\w+:\n/m);
  schemas = parse(text.slice(start, end > start ? end : undefined).replace(/^ {2}/gm, "")).schemas;
});

const lacking = new Set<string>();

for (const { table, columns } of STREAMS) {
  test(`${table}: as Okta's OpenAPI document has it`, { skip }, () => {
    assert.deepEqual(
      compare(columns, propertiesOf(named(SCHEMAS[table] ?? assert.fail("no schema in SCHEMAS"))), table),
      [],
    );
  });
}

test("what the document lacks is what this file says it lacks", { skip }, () => {
  assert.deepEqual([...lacking].toSorted(), Object.keys(LACKING).toSorted());
});

test("the base attributes of users are those of the document", { skip }, () => {
  assert.deepEqual(
    baseAttributes.map(({ name }) => name).toSorted(),
    [...propertiesOf(named("UserProfile")).keys()].toSorted(),
  );
  for (const schema of propertiesOf(named("UserProfile")).values()) assert.equal(kindOf(schema), "string");
});

function named(name: string): Schema {
  return schemas[name] ?? assert.fail(`the document has no schema ${name}`);
}

function resolved(schema: Schema): Schema {
  return schema.$ref === undefined ? schema : resolved(named(schema.$ref.split("/").at(-1) ?? ""));
}

/** All properties that an object of this schema may have, those of its kinds included. */
function propertiesOf(schema: Schema, seen: ReadonlySet<Schema> = new Set()): Map<string, Schema> {
  const self = resolved(schema);
  if (seen.has(self)) return new Map();
  const kinds = Object.values(self.discriminator?.mapping ?? {}).map(($ref) => ({ $ref }));
  const parts = [...(self.allOf ?? []), ...(self.oneOf ?? []), ...(self.anyOf ?? []), ...kinds];
  const deeper = new Set([...seen, self]);
  return new Map([
    ...parts.flatMap((part) => [...propertiesOf(part, deeper)]),
    ...Object.entries(self.properties ?? {}),
  ]);
}

function kindOf(schema: Schema): string {
  const self = resolved(schema);
  return self.type ?? (propertiesOf(self).size > 0 ? "object" : "any");
}

function compare(fields: Fields, properties: ReadonlyMap<string, Schema>, path: string): string[] {
  return [
    ...[...properties.keys()]
      .filter((name) => !Object.hasOwn(fields, name))
      .map((name) => `${path}.${name} is not declared`),
    ...Object.entries(fields).flatMap(([name, { type }]) => {
      const inner = `${path}.${name}`;
      const schema = properties.get(name);
      if (schema !== undefined) return fits(type, schema, inner);
      const exception = LACKING[inner];
      if (exception === undefined) return [`${inner} is not in the document`];
      lacking.add(inner);
      return exception.schema === undefined ? [] : fits(type, named(exception.schema), inner);
    }),
  ];
}

function fits(type: ColumnType, schema: Schema, path: string): string[] {
  const self = resolved(schema);
  const kind = kindOf(self);
  const wrong = [`${path} is ${type.kind}, in the document ${kind} ${self.format ?? ""}`.trimEnd()];
  switch (type.kind) {
    case "secret":
      return [];
    case "json":
      return kind === "object" || kind === "any" ? [] : wrong;
    case "list":
      return kind === "array" && self.items !== undefined ? fits(type.of, self.items, `${path}[]`) : wrong;
    case "struct":
      return kind === "object" && self.additionalProperties === undefined
        ? compare(type.fields, propertiesOf(self), path)
        : wrong;
    case "timestamp":
      return kind === "string" && self.format === "date-time" ? [] : wrong;
    case "text":
      return kind === "string" && self.format !== "date-time" ? [] : wrong;
    default:
      return kind === type.kind ? [] : wrong;
  }
}
