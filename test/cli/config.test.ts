/** What right words mean. Breaks seen to fail here: minutes as months · local time for a date-time without offset · defaults of modes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { duration_ms, time_ms } from "../../src/cli/value.ts";
import { prefixOf } from "../../src/core/prefix.ts";
import { checkConfig, fakeOktaConfig, queryConfig, syncConfig } from "../../src/config.ts";

const ENV = { OKTA_CLIENT_TOKEN: "00abcdefghijk" };
const DEFAULTS = { warehouse: "duckdb:./rollcall.duckdb", prefix: "okta", share: "75", completeEvery: "24h" };

test("durations", () => {
  const hour_ms = 3_600_000;
  const cases = {
    "0": 0,
    "0h": 0,
    "45s": 45_000,
    "90m": 1.5 * hour_ms,
    "24h": 24 * hour_ms,
    "7d": 168 * hour_ms,
    "2w": 336 * hour_ms,
    "1d12h": 36 * hour_ms,
  };
  for (const [text, expected] of Object.entries(cases))
    assert.equal(duration_ms("--complete-every", text), expected, text);
  for (const text of ["", "h", "1.5h", "1 h", "1M", "99999999999999d"])
    assert.throws(() => duration_ms("--complete-every", text), { code: "USAGE" }, text);
});

test("times are UTC unless they say otherwise", () => {
  const cases = {
    "2026-01-31": "2026-01-31T00:00:00.000Z",
    "2026-01-31T08:00:00Z": "2026-01-31T08:00:00.000Z",
    "2026-01-31t08:00:00.250z": "2026-01-31T08:00:00.250Z",
    "2026-01-31T08:00": "2026-01-31T08:00:00.000Z",
    "2026-01-31T08:00:00+02:00": "2026-01-31T06:00:00.000Z",
  };
  for (const [text, expected] of Object.entries(cases))
    assert.equal(new Date(time_ms("--logs-since", text)).toISOString(), expected, text);
  for (const text of ["", "2026", "2026-13-01", "2026-02-29", "31.01.2026", "1767225600", "2026-01-31T25:00:00Z"]) {
    assert.throws(() => time_ms("--logs-since", text), { code: "USAGE" }, text);
  }
});

test("a prefix is a name that every engine takes, in lower case", () => {
  for (const [text, expected] of [
    ["okta", "okta"],
    ["Acme_2", "acme_2"],
    ["x", "x"],
  ] as const)
    assert.equal(prefixOf(text, "--prefix"), expected);
  for (const text of [
    "",
    "_a",
    "2a",
    "a.b",
    "a b",
    "ä",
    "rollcall",
    "ROLLCALL",
    "main",
    "information_schema",
    "pg_catalog",
    "pg_x",
    "temp",
    "system",
    "a".repeat(41),
  ]) {
    assert.throws(() => prefixOf(text, "--prefix"), { code: "PREFIX_INVALID" }, text);
  }
});

test("sync without flags: all tables, each in its default mode, as the contract says", () => {
  const config = syncConfig(" HTTPS://Acme-Admin.okta.com/admin/dashboard ", DEFAULTS, ENV);
  assert.equal(config.org.origin, "https://acme.okta.com");
  assert.deepEqual(Object.fromEntries(config.tables.map(({ stream, mode }) => [stream.table, mode])), {
    users: "incremental",
    groups: "incremental",
    applications: "incremental",
    logs: "append",
    group_rules: "full_refresh",
    user_types: "full_refresh",
  });
  const {
    warehouse,
    prefix: schema,
    sharePercent,
    logsSince_ms,
    completeEvery_ms,
    allowMassDelete,
    json,
    quiet,
  } = config;
  assert.deepEqual(
    { warehouse, schema, sharePercent, logsSince_ms, completeEvery_ms, allowMassDelete, json, quiet },
    {
      warehouse: "duckdb:./rollcall.duckdb",
      schema: "okta",
      sharePercent: 75,
      logsSince_ms: null,
      completeEvery_ms: 86_400_000,
      allowMassDelete: false,
      json: false,
      quiet: false,
    },
  );
  assert.ok(Object.isFrozen(config));
});

test("--tables and --mode choose; logs=incremental means append", () => {
  const words = { ...DEFAULTS, tables: ["logs,users", "users"], mode: ["logs=incremental", "users=full_refresh"] };
  const { tables } = syncConfig("acme.okta.com", words, ENV);
  assert.deepEqual(
    tables.map(({ stream, mode }) => [stream.table, mode]),
    [
      ["users", "full_refresh"],
      ["logs", "append"],
    ],
  );
});

test("the org comes from OKTA_CLIENT_ORGURL where the command line names none", () => {
  const env = { ...ENV, OKTA_CLIENT_ORGURL: "https://env.okta.com" };
  assert.equal(checkConfig(undefined, {}, env).org.host, "env.okta.com");
  assert.equal(checkConfig("said.okta.com", {}, env).org.host, "said.okta.com");
});

test("query and fake-okta: numbers are numbers", () => {
  assert.equal(queryConfig("select 1", { warehouse: "duckdb:x", format: "csv", maxRows: "25" }, {}).maxRows, 25);
  const words = {
    port: "0",
    host: "127.0.0.1",
    seed: "7",
    users: "5",
    groups: "2",
    apps: "0",
    rules: "0",
    events: "9",
    latencyMs: "10",
    rateLimits: "none",
    auth: "dpop",
  };
  const { port, seed, latency_ms, rateLimits, auth, adminLinks } = fakeOktaConfig(words);
  assert.deepEqual(
    { port, seed, latency_ms, rateLimits, auth, adminLinks },
    { port: 0, seed: 7, latency_ms: 10, rateLimits: "none", auth: "dpop", adminLinks: false },
  );
});
