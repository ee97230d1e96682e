/**
 * Every field that recorded answers of real orgs hold is declared, fits its type, or lies inside a JSON column; no secret
 * stands outside one that drops it. The recordings are beside the repository on the machines that build it, and not elsewhere.
 * Seen to fail for: `rootSessionId`, `allGroupsValid` or `credentials.emails` taken out, a text declared as a boolean,
 * `detailEntry` kept with its secrets.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import type { ColumnType, Fields } from "../../src/core/column.ts";
import { isSecret } from "../../src/core/secrets.ts";
import { attributesOf, baseAttributes, mergeAttributes } from "../../src/okta/attributes.ts";
import { STREAMS } from "../../src/okta/streams.ts";

const folder = new URL("../../../shared/data/okta-recorded/", import.meta.url);
const skip = existsSync(folder) ? false : "recorded responses are not beside this repository (../shared)";

interface Answer {
  readonly path: string;
  readonly body: unknown;
}

const ROWS: Readonly<Record<string, RegExp>> = {
  users: /^\/api\/v1\/(?:users(?:\/00u\w+)?|groups\/00g\w+\/users)$/,
  groups: /^\/api\/v1\/groups(?:\/00g\w+)?$/,
  applications: /^\/api\/v1\/apps(?:\/0oa\w+)?$/,
  logs: /^\/api\/v1\/logs$/,
  group_rules: /^\/api\/v1\/groups\/rules(?:\/0pr\w+)?$/,
  user_types: /^\/api\/v1\/meta\/types\/user(?:\/oty\w+)?$/,
};

const answers = skip === false ? [...nango(), ...cassettes()] : [];

for (const { table, columns, key } of STREAMS) {
  test(`${table}: recorded rows are declared and fit`, { skip }, () => {
    const rows = answers
      .filter(({ path }) => ROWS[table]?.test(path))
      .flatMap(({ body }) => (Array.isArray(body) ? body : [body]))
      // Errors and a mock server's own answer ({status: 404, message}) are no rows.
      .filter((row) => isRecord(row) && typeof row[key] === "string");
    assert.ok(rows.length >= 2, `there are recorded rows (${rows.length})`);
    assert.deepEqual([...new Set(rows.flatMap((row) => misfits(columns, row, "")))], []);
  });
}

test("secrets that Okta was seen to send stand where they are dropped", { skip }, () => {
  const seen = new Set<string>();
  for (const { table, columns } of STREAMS) {
    for (const { body } of answers.filter(({ path }) => ROWS[table]?.test(path))) {
      for (const row of Array.isArray(body) ? body : [body]) secretsIn(columns, row, table, seen);
    }
  }
  assert.deepEqual([...seen].toSorted(), [
    "dropped: applications.credentials.oauthClient.client_secret",
    "dropped: logs.target[].detailEntry.clientsecret",
    "dropped: users.credentials.password",
  ]);
});

test("recorded user schemas read into attributes that hold Okta's base", { skip }, () => {
  const schemas = answers.filter(
    ({ path, body }) => /^\/api\/v1\/meta\/schemas\/user\/(?:osc\w+|default)$/.test(path) && isRecord(body),
  );
  assert.ok(schemas.length >= 2);
  for (const { body } of schemas) {
    const attributes = attributesOf(body);
    const types = new Map(attributes.map(({ name, type }) => [name, type]));
    assert.deepEqual(
      baseAttributes.filter(({ name, type }) => types.get(name) !== type),
      [],
    );
    assert.equal(types.size, attributes.length, "no attribute twice");
    for (const { about } of attributes) assert.ok(about.length > 0);
  }
  assert.ok(mergeAttributes(schemas.map(({ body }) => attributesOf(body))).length >= 32, "with custom ones");
});

function misfits(fields: Fields, row: unknown, path: string): string[] {
  if (!isRecord(row)) return [`${path} is no object`];
  return Object.entries(row).flatMap(([name, value]) => {
    const inner = path === "" ? name : `${path}.${name}`;
    const type = Object.hasOwn(fields, name) ? fields[name]?.type : undefined;
    return type === undefined ? [`${inner} is not declared`] : misfit(type, value, inner);
  });
}

function misfit(type: ColumnType, value: unknown, path: string): string[] {
  if (value === null) return [];
  const unless = (fits: boolean) => (fits ? [] : [`${path} is declared ${type.kind} and was ${typeof value}`]);
  switch (type.kind) {
    case "struct":
      return misfits(type.fields, value, path);
    case "list":
      return Array.isArray(value) ? value.flatMap((item) => misfit(type.of, item, `${path}[]`)) : unless(false);
    case "text":
      return unless(typeof value === "string");
    case "boolean":
    case "number":
      return unless(typeof value === type.kind);
    case "integer":
      return unless(Number.isSafeInteger(value));
    case "timestamp":
      return unless(typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value));
    default:
      return [];
  }
}

/** Notes every secret with what becomes of it. */
function secretsIn(fields: Fields, row: unknown, path: string, seen: Set<string>): void {
  if (!isRecord(row)) return;
  for (const [name, value] of Object.entries(row)) {
    const type = Object.hasOwn(fields, name) ? fields[name]?.type : undefined;
    if (type !== undefined) secretsOf(type, value, `${path}.${name}`, seen);
  }
}

function secretsOf(type: ColumnType, value: unknown, path: string, seen: Set<string>): void {
  if (type.kind === "struct") secretsIn(type.fields, value, path, seen);
  if (type.kind === "list" && Array.isArray(value))
    for (const item of value) secretsOf(type.of, item, `${path}[]`, seen);
  if (type.kind === "secret") seen.add(`dropped: ${path}`);
  // Links are named after what they do (`resetPassword`) and hold addresses.
  if (type.kind === "json" && !path.endsWith("._links"))
    freeForm(value, path, type.secrets === "drop" ? "dropped" : "KEPT", seen);
}

function freeForm(value: unknown, path: string, what: string, seen: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) freeForm(item, `${path}[]`, what, seen);
  if (!isRecord(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (isSecret(name, inner)) seen.add(`${what}: ${path}.${name}`);
    else freeForm(inner, `${path}.${name}`, what, seen);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `api.<method>.<path>` → an answer, a list of answers, or answers by a hash. */
function nango(): Answer[] {
  const answersAt = (path: string, value: unknown): Answer[] => {
    if (Array.isArray(value)) return value.flatMap((item) => answersAt(path, item));
    if (!isRecord(value)) return [];
    if ("response" in value) return Number(value["status"]) < 300 ? [{ path, body: value["response"] }] : [];
    return Object.values(value).flatMap((item) => answersAt(path, item));
  };
  const at = new URL("nango-okta/", folder);
  return readdirSync(at).flatMap((name) =>
    Object.values(record(JSON.parse(readFileSync(new URL(name, at), "utf8")), "api")).flatMap((paths) =>
      Object.entries(isRecord(paths) ? paths : {}).flatMap(([path, value]) =>
        answersAt(path.split("?")[0] ?? "", value),
      ),
    ),
  );
}

/** The Python SDK's cassettes of the folders that read our tables. */
function cassettes(): Answer[] {
  const at = new URL("okta-sdk-python-cassettes/", folder);
  return readdirSync(at)
    .filter((name) => /^test_(?:users|groups|applications|user_types|user_schema|application_sso)_it$/.test(name))
    .flatMap((name) => readdirSync(new URL(`${name}/`, at)).map((tape) => new URL(`${name}/${tape}`, at)))
    .flatMap((tape): Answer[] => {
      const interactions: unknown = parse(readFileSync(tape, "utf8"), { maxAliasCount: -1 })?.interactions;
      return (Array.isArray(interactions) ? interactions : []).flatMap((interaction): Answer[] => {
        const path = new URL(String(record(interaction, "request")["uri"])).pathname;
        const text = record(record(interaction, "response"), "body")["string"];
        try {
          return [{ path, body: JSON.parse(String(text)) }];
        } catch {
          return [];
        }
      });
    });
}

function record(value: unknown, name: string): Record<string, unknown> {
  const inner = isRecord(value) ? value[name] : undefined;
  return isRecord(inner) ? inner : {};
}
