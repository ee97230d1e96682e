/**
 * The declared columns against the model classes of Okta's official SDK, both ways and at every depth: what we declare is
 * there and of that type, and what is there is declared.
 * Seen to fail for: a misspelled field, a text declared as a timestamp, a boolean as a text, a struct as a list, a column taken out.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import type { ColumnType, Fields } from "../../src/core/column.ts";
import { STREAMS } from "../../src/okta/streams.ts";

interface SdkAttribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

/** The SDK's classes for each table; a row is any of them. */
const MODELS: Readonly<Record<string, readonly string[]>> = {
  users: ["User"],
  groups: ["Group"],
  applications: [
    "Application",
    "AutoLoginApplication",
    "BasicAuthApplication",
    "BookmarkApplication",
    "BrowserPluginApplication",
    "OpenIdConnectApplication",
    "Saml11Application",
    "SamlApplication",
    "SecurePasswordStoreApplication",
    "WsFederationApplication",
  ],
  logs: ["LogEvent"],
  group_rules: ["GroupRule"],
  user_types: ["UserType"],
};

/** What the SDK lacks, and how else we know it. `model` names a class of the SDK that describes it all the same. */
const LACKING: Readonly<Record<string, { readonly reason: string; readonly model?: string }>> = {
  "users.credentials.emails": { reason: "recorded in answers of real orgs; in no document of Okta's" },
  "logs.device": {
    reason: "recorded; Okta describes the object (LogDevice) and does not list it in LogEvent",
    model: "LogDevice",
  },
  "logs.authenticationContext.rootSessionId": { reason: "recorded in every event; in no document of Okta's" },
  "logs.securityContext.botProtection": {
    reason: "in Okta's OpenAPI document, newer than the SDK",
  },
  "group_rules.allGroupsValid": { reason: "recorded in every rule; in no document of Okta's" },
  "group_rules._embedded": { reason: "in Okta's OpenAPI document, newer than the SDK" },
};

const require = createRequire(import.meta.url);

/** The attributes of a class; null for an enumeration or a name that is none of the SDK's. */
function attributes(model: string): readonly SdkAttribute[] | null {
  if (!/^[A-Z]\w*$/.test(model)) return null;
  let classes: Record<string, { getAttributeTypeMap?: () => readonly SdkAttribute[] } | undefined>;
  try {
    classes = require(`@okta/okta-sdk-nodejs/src/generated/models/${model}.js`);
  } catch {
    return null;
  }
  return classes[model]?.getAttributeTypeMap?.() ?? null;
}

const lacking = new Set<string>();

for (const { table, columns } of STREAMS) {
  test(`${table}: as the SDK's classes have it`, () => {
    const models = MODELS[table];
    assert.ok(models !== undefined, "the table has a class in MODELS");
    const merged = new Map(
      models
        .flatMap((model) => attributes(model) ?? assert.fail(`no class ${model}`))
        .map((found) => [found.baseName, found]),
    );
    assert.deepEqual(compare(columns, [...merged.values()], table), []);
  });
}

test("what the SDK lacks is what this file says it lacks", () => {
  assert.deepEqual([...lacking].toSorted(), Object.keys(LACKING).toSorted());
});

function compare(fields: Fields, found: readonly SdkAttribute[], path: string): string[] {
  const byName = new Map(found.map((attribute) => [attribute.baseName, attribute]));
  return [
    ...[...byName.keys()]
      .filter((name) => !Object.hasOwn(fields, name))
      .map((name) => `${path}.${name} is not declared`),
    ...Object.entries(fields).flatMap(([name, { type }]) => {
      const inner = `${path}.${name}`;
      const attribute = byName.get(name);
      if (attribute !== undefined) return fits(type, attribute.type, attribute.format, inner);
      const exception = LACKING[inner];
      if (exception === undefined) return [`${inner} is not in the SDK`];
      lacking.add(inner);
      return exception.model === undefined ? [] : fits(type, exception.model, "", inner);
    }),
  ];
}

function fits(type: ColumnType, sdkType: string, format: string, path: string): string[] {
  const wrong = [`${path} is ${type.kind}, in the SDK ${sdkType} ${format}`.trimEnd()];
  const item = /^(?:Array|Set)<(.+)>$/.exec(sdkType)?.[1];
  const model = attributes(sdkType);
  switch (type.kind) {
    case "secret":
      return [];
    case "json":
      return item === undefined && (model !== null || sdkType === "any" || sdkType.startsWith("{")) ? [] : wrong;
    case "list":
      return item === undefined ? wrong : fits(type.of, item, format, `${path}[]`);
    case "struct":
      return model === null ? wrong : compare(type.fields, model, path);
    case "timestamp":
      return sdkType === "Date" && format === "date-time" ? [] : wrong;
    case "boolean":
      return sdkType === "boolean" ? [] : wrong;
    case "number":
      return sdkType === "number" && (format === "double" || format === "float") ? [] : wrong;
    case "integer":
      return sdkType === "number" && format !== "double" && format !== "float" ? [] : wrong;
    case "text":
      return sdkType === "string" ||
        (/^[A-Z]/.test(sdkType) && sdkType !== "Date" && item === undefined && model === null)
        ? []
        : wrong;
  }
}
