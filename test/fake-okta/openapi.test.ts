/** What the org answers validates against Okta's own OpenAPI document, where it is at hand. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import { startFakeOkta } from "../../fake-okta/server.ts";
import { ask } from "./ask.ts";

const document = new URL("../../../shared/data/okta-openapi/management-minimal.yaml", import.meta.url);
const skip = existsSync(document) ? false : "../shared/data/okta-openapi is not here";
if (skip !== false) console.log(`skipped: ${skip}`);

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** OpenAPI 3.0 to JSON Schema: `nullable` becomes a type, keywords of OpenAPI alone go. */
function toJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toJsonSchema);
  if (!isObject(node)) return node;
  const dropped = new Set(["nullable", "discriminator", "example", "examples", "xml", "externalDocs", "deprecated"]);
  const entries = Object.entries(node).filter(
    ([key]) => !(dropped.has(key) && typeof node[key] !== "object") && key !== "discriminator",
  );
  const schema: Json = Object.fromEntries(entries.map(([key, value]) => [key, toJsonSchema(value)]));
  if (node.nullable !== true) return schema;
  return { anyOf: [schema, { type: "null" }] };
}

/**
 * The value without its nulls. The document names few fields that may be null, real orgs send many more (recorded), and
 * its prose says that a null may as well be left out: so it is held against what is there.
 */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(inner)]));
}

let shared: Ajv2020.default | undefined;

function validator(name: string): ValidateFunction {
  if (!shared) {
    const parsed = parse(readFileSync(document, "utf8")) as { components: { schemas: Json } };
    shared = new Ajv2020.default({ strict: false, allErrors: false, validateFormats: true });
    addFormats.default(shared);
    shared.addSchema({ $id: "okta", components: { schemas: toJsonSchema(parsed.components.schemas) } });
  }
  return shared.compile({ $ref: `okta#/components/schemas/${name}` });
}

const lists: ReadonlyArray<readonly [path: string, schema: string]> = [
  ["/api/v1/users?limit=200", "User"],
  ["/api/v1/groups", "Group"],
  ["/api/v1/groups/rules", "GroupRule"],
  ["/api/v1/apps?includeNonDeleted=true&limit=200", "Application"],
  ["/api/v1/logs?limit=1000", "LogEvent"],
  ["/api/v1/meta/types/user", "UserType"],
  ["/api/v1/meta/schemas/user/default", "UserSchema"],
  ["/.well-known/okta-organization", "WellKnownOrgMetadata"],
  ["/api/v1/users?limit=0", "Error"],
];

/** Applications are polymorphic: each is held against the schema of its sign-on mode. */
const appSchemas: Readonly<Record<string, string>> = {
  OPENID_CONNECT: "OpenIdConnectApplication",
  SAML_2_0: "SamlApplication",
  BROWSER_PLUGIN: "BrowserPluginApplication",
  BOOKMARK: "BookmarkApplication",
  AUTO_LOGIN: "AutoLoginApplication",
};

test("every application is what Okta's document says of its sign-on mode", { skip }, async () => {
  await using fake = await startFakeOkta({ users: 1, groups: 1, apps: 30, rules: 0, events: 0 });
  const modes = new Set<string>();
  for (const row of fake.org.truth("applications")) {
    const mode = String(row.signOnMode);
    const validate = validator(appSchemas[mode] ?? "none");
    assert.ok(validate(withoutNulls(row)), `${mode}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
    modes.add(mode);
  }
  assert.deepEqual(modes, new Set(Object.keys(appSchemas)));
});

test("every row of every list is what Okta's document says", { skip }, async () => {
  await using fake = await startFakeOkta({ users: 150, groups: 20, apps: 30, rules: 6, events: 9000 });
  const user = fake.org.createUser({ profile: { firstName: "Ünal", skills: ["x"] } });
  fake.org.signIn({ id: user });
  fake.org.deactivateUser({ id: user });
  const checked: string[] = [];
  for (const [path, schema] of lists) {
    const validate = validator(schema);
    const reply = await ask(fake, path);
    const values = Array.isArray(reply.body) ? reply.body : [reply.body];
    assert.ok(values.length > 0, path);
    for (const value of values.map(withoutNulls)) {
      assert.ok(
        validate(value),
        `${path}: ${JSON.stringify(validate.errors?.slice(0, 3))} in ${JSON.stringify(value).slice(0, 600)}`,
      );
      checked.push(schema);
    }
    assert.equal(
      validate({ id: 17, uuid: 17, created: 17, definitions: 17, errorCode: 17 }),
      false,
      `${schema} refuses nonsense`,
    );
  }
  assert.ok(checked.length > 200);
});
