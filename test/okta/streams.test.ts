/**
 * The registry walk: what must hold for every stream, whoever adds it.
 * Seen to fail for: a key that is no column, an empty description, two columns with one SQL name, an id that is not encoded,
 * a stale docs/tables.md, a stream whose file is missing from the registry.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { type ColumnType, type Field, snakeCase } from "../../src/core/column.ts";
import { EXTRA, type Stream, SYNCED_AT } from "../../src/core/stream.ts";
import { STREAMS } from "../../src/okta/streams.ts";
import { file, tablesPage } from "../../scripts/tables.ts";

const FROM = "2026-01-02T03:04:05.000Z";

for (const stream of STREAMS) {
  test(`${stream.table}: names, key and modes`, () => {
    assert.match(stream.table, /^[a-z][a-z0-9_]*$/);
    assert.equal(stream.columns[stream.key]?.type.kind, "text", "the key is a declared text column");
    assert.equal(Object.keys(stream.columns)[0], stream.key, "the key comes first");
    assert.equal(new Set(stream.modes).size, stream.modes.length);
    if (stream.incrementalField === null) {
      assert.deepEqual(stream.modes, ["full_refresh"]);
    } else {
      assert.equal(stream.columns[stream.incrementalField]?.type.kind, "timestamp");
      assert.deepEqual(stream.modes, [stream.read.kind === "log" ? "append" : "incremental", "full_refresh"]);
    }
    const names = [...sqlNames(stream), SYNCED_AT, EXTRA];
    assert.equal(new Set(names).size, names.length, `SQL names are unique: ${names.join(" ")}`);
    for (const name of names) assert.match(name, /^[a-z_][a-z0-9_]*$/);
  });

  test(`${stream.table}: described, down to the last field`, () => {
    sentence(stream.about, stream.table);
    for (const note of stream.notes) sentence(note, `${stream.table}, a note`);
    for (const [path, field] of walk(stream)) sentence(field.about, `${stream.table}.${path}`);
    for (const { name, about } of stream.profile?.base ?? []) sentence(about, `${stream.table}.${name}`);
    assert.ok(stream.docs.startsWith("https://developer.okta.com/docs/"));
    assert.match(stream.permission.scope, /^okta\.\w+\.read$/);
    assert.match(stream.permission.role, / Administrator$/);
  });

  test(`${stream.table}: structs have fields, lists hold values, free-form is top or leaf`, () => {
    for (const [path, { type }] of walk(stream)) {
      if (type.kind === "struct") assert.ok(Object.keys(type.fields).length > 0, path);
      if (type.kind === "list") assert.notEqual(type.of.kind, "secret", path);
    }
    // Wherever an app or an event is free-form it may carry a secret; links and the profiles of people and groups are kept whole.
    for (const [path, { type }] of walk(stream)) {
      const keeps =
        path === "_links" || path === "visibility.appLinks" || (path === "profile" && stream.table !== "applications");
      if (type.kind === "json") assert.equal(type.secrets, keeps ? "keep" : "drop", `${stream.table}.${path}`);
    }
  });

  test(`${stream.table}: what it asks of Okta`, () => {
    const { read } = stream;
    if (read.kind === "log") {
      assert.deepEqual(read, {
        kind: "log",
        path: "/api/v1/logs",
        retention_days: 90,
        pageSize: 1000,
      });
      return;
    }
    const [{ path }] = read.lists;
    const since = read.since?.(FROM);
    for (const request of [...read.lists, ...(since === undefined ? [] : [since])]) {
      assert.equal(request.path, path);
      assert.match(request.path, /^\/api\/v1\/[a-z/]+$/);
      assert.ok(!("after" in request.query) && !("search" in request.query), "`search` reads an index that lags");
    }
    // No upper bound, and `ge`: a user's timestamps are whole seconds.
    if (since !== undefined)
      assert.deepEqual(
        since.query["filter"]?.match(/\b\w+ (?:ge|gt|le|lt) /g)?.filter((term) => !term.endsWith(" ge ")),
        [],
      );
    if (since !== undefined) assert.ok(since.query["filter"]?.includes(`"${FROM}"`));
    assert.deepEqual(read.one("a/b?c d"), { path: `${path}/a%2Fb%3Fc%20d`, query: {} });
  });
}

test("the requests, to the letter", () => {
  assert.deepEqual(
    Object.fromEntries(
      STREAMS.map(({ table, read }) => [
        table,
        read.kind === "log" ? read.path : [...read.lists, read.since?.(FROM) ?? null],
      ]),
    ),
    {
      users: [
        { path: "/api/v1/users", query: { limit: "200" } },
        { path: "/api/v1/users", query: { limit: "200", filter: 'status eq "DEPROVISIONED"' } },
        { path: "/api/v1/users", query: { limit: "200", filter: `lastUpdated ge "${FROM}"` } },
      ],
      groups: [
        { path: "/api/v1/groups", query: { limit: "1000" } },
        {
          path: "/api/v1/groups",
          query: {
            limit: "1000",
            filter: `lastUpdated ge "${FROM}" or lastMembershipUpdated ge "${FROM}"`,
          },
        },
      ],
      applications: [{ path: "/api/v1/apps", query: { limit: "200", includeNonDeleted: "true" } }, null],
      logs: "/api/v1/logs",
      group_rules: [{ path: "/api/v1/groups/rules", query: { limit: "200" } }, null],
      user_types: [{ path: "/api/v1/meta/types/user", query: {} }, null],
    },
  );
  assert.deepEqual(
    STREAMS.filter(({ neverEmpty }) => neverEmpty).map(({ table }) => table),
    ["users", "groups", "user_types"],
  );
});

test("the profile is a declared JSON column with base attributes that have columns of their own", () => {
  for (const { profile, columns } of STREAMS) {
    if (profile === undefined) continue;
    assert.equal(columns[profile.field]?.type.kind, "json");
    assert.equal(profile.base.length, 31);
  }
});

test("what must never be stored is declared as a secret", () => {
  const secrets = STREAMS.flatMap((stream) =>
    walk(stream).flatMap(([path, { type }]) => (type.kind === "secret" ? [`${stream.table}.${path}`] : [])),
  );
  assert.deepEqual(secrets, ["users.credentials.password", "users.credentials.recovery_question.answer"]);
});

test("each file of streams/ is one table of the registry, and each table is unique", () => {
  const files = readdirSync(new URL("../../src/okta/streams/", import.meta.url)).map((name) =>
    name.replace(/\.ts$/, ""),
  );
  assert.deepEqual(STREAMS.map(({ table }) => table).toSorted(), files.toSorted());
});

test("docs/tables.md is what scripts/tables.ts writes", () => {
  assert.equal(readFileSync(file, "utf8"), tablesPage(STREAMS), "run `node scripts/tables.ts`");
});

function sentence(words: string, where: string): void {
  assert.match(words, /^\S.{2,}\.$/, `${where} has one line that ends in a full stop: ${JSON.stringify(words)}`);
  assert.ok(words.length <= 250, `${where} is short`);
}

function sqlNames(stream: Stream): string[] {
  const { profile } = stream;
  return [
    ...Object.keys(stream.columns).map(snakeCase),
    ...(profile?.base.map(({ name }) => snakeCase(`${profile.field}_${name}`)) ?? []),
  ];
}

/** Every declared field with its path, `[]` for the items of a list. */
function walk(stream: Stream): [string, Field][] {
  const fields = (type: ColumnType, path: string): [string, Field][] => {
    if (type.kind === "list") return fields(type.of, `${path}[]`);
    if (type.kind !== "struct") return [];
    return Object.entries(type.fields).flatMap(([name, field]) => visit(path === "" ? name : `${path}.${name}`, field));
  };
  const visit = (path: string, field: Field): [string, Field][] => [[path, field], ...fields(field.type, path)];
  return fields({ kind: "struct", fields: stream.columns }, "");
}
