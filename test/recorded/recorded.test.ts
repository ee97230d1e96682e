/**
 * Recorded answers of real orgs pass through the real client, readers and warehouse, with the `Link` headers they had, and
 * come out equal: every row, every declared column, the profile's own columns, nothing rejected, odd or left over.
 * Breaks seen to fail here: a text column declared as a boolean · a declared column taken out (its values turn up in `_extra`).
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { sync } from "../../src/engine/sync.ts";
import { openClient } from "../../src/okta/client.ts";
import { systemClock } from "../../src/okta/clock.ts";
import { parseOrg, resolveOrg } from "../../src/okta/org.ts";
import { Secret } from "../../src/core/secret.ts";
import { STREAMS } from "../../src/okta/streams.ts";
import { openTransport } from "../../src/okta/transport.ts";
import { openWarehouse } from "../../src/warehouse/open.ts";
import { temporaryFolder } from "../cli/command.ts";
import { differencesFrom, type MayLag, NOTHING_LAGS, type Row } from "../simulation/equality.ts";
import { ABSENT, cassettes, nango, type Recorded } from "./recordings.ts";
import { replay } from "./replay.ts";

const SCHEMA = "/api/v1/meta/schemas/user/default";
const TYPES = "/api/v1/meta/types/user";

interface Source {
  readonly table: string;
  readonly pages: readonly Pick<Recorded, "body" | "link">[];
  readonly origin: string;
  readonly schema: unknown;
  readonly mayLag: MayLag;
}

const PATHS: Readonly<Record<string, string>> = {
  users: "/api/v1/users",
  groups: "/api/v1/groups",
  applications: "/api/v1/apps",
  logs: "/api/v1/logs",
  group_rules: "/api/v1/groups/rules",
  user_types: TYPES,
};

const NANGO: Readonly<Record<string, string>> = {
  users: "list-users",
  groups: "list-groups",
  applications: "list-applications",
  logs: "list-system-log",
  group_rules: "list-group-rules",
  user_types: "list-user-types",
};

for (const [table, name] of Object.entries(NANGO)) {
  test(`${table}: a workforce org of 2026, as recorded`, { skip: ABSENT }, async (t) => {
    const pages = nango(name).filter(({ path }) => path === PATHS[table]);
    const schema = nango("schemas").find(({ path }) => path.startsWith("/api/v1/meta/schemas/user/"))?.body;
    const origin = "https://trial-7332229.okta.com";
    const asked = await passes(t, { table, pages, origin, schema, mayLag: NOTHING_LAGS });
    const next = /after=([^>&]+)[^>]*>; rel="next"/.exec(pages[0]?.link ?? "")?.[1];
    if (next !== undefined)
      assert.ok(
        asked.some((one) => one.includes(`after=${next}`)),
        "its next link was not followed",
      );
    assert.equal(next !== undefined, table === "logs");
  });
}

const TAPED: Readonly<Record<string, RegExp>> = {
  users: /^\/api\/v1\/(?:users(?:\/00u\w+)?|groups\/00g\w+\/users)$/,
  groups: /^\/api\/v1\/groups(?:\/00g\w+)?$/,
  applications: /^\/api\/v1\/apps(?:\/0oa\w+)?$/,
  group_rules: /^\/api\/v1\/groups\/rules(?:\/0pr\w+)?$/,
  user_types: /^\/api\/v1\/meta\/types\/user(?:\/oty\w+)?$/,
};

for (const [table, paths] of Object.entries(TAPED)) {
  test(`${table}: the tapes of Okta's Python SDK`, { skip: ABSENT }, async (t) => {
    const origin = "https://taped.okta.com";
    const key = STREAMS.find((stream) => stream.table === table)!.key;
    const isRow = (row: unknown): row is Row => typeof (row as Row | null)?.[key] === "string";
    const answers = cassettes(paths)
      .map(({ body }) => (Array.isArray(body) ? body : [body]).filter(isRow))
      .filter((rows) => rows.length > 0);
    const pages = answers.map((body, at) => ({
      body,
      link: at + 1 < answers.length ? `<${origin}${PATHS[table]}?after=${at + 1}>; rel="next"` : null,
    }));
    // Attributes of orgs whose schema was not recorded have no columns; the profile itself is compared.
    await passes(t, { table, pages, origin, schema: null, mayLag: { ...NOTHING_LAGS, attributes: true } });
  });
}

/** Syncs what was recorded and compares; what was asked for, by path and query. */
async function passes(t: TestContext, { table, pages, origin, schema, mayLag }: Source): Promise<readonly string[]> {
  const stream = STREAMS.find((candidate) => candidate.table === table)!;
  const rows = pages.flatMap(({ body }) => body as Row[]);
  const keys = new Set(rows.map((row) => row[stream.key]));
  assert.ok(keys.size > 0, "nothing was recorded");
  const documents = new Map<string, unknown>([[TYPES, []], ...(schema ? [[SCHEMA, schema] as const] : [])]);
  await using server = await replay(
    { path: PATHS[table]!, pages },
    documents,
    origin,
    new Date("2026-07-07T15:24:51Z"),
  );
  await using transport = openTransport({ clock: systemClock, connections: 1, loopback: true });
  const { signal } = new AbortController();
  const org = await resolveOrg(parseOrg(server.url), transport, signal);
  const credential = { kind: "token", token: new Secret("recorded") } as const;
  await using okta = openClient({ org, credential, share_percent: 100, scopes: [], clock: systemClock });
  await using warehouse = await openWarehouse(`duckdb:${join(temporaryFolder(t), "recorded.duckdb")}`, {
    mode: "write",
  });
  const run = await sync({
    okta,
    warehouse,
    prefix: "okta",
    tables: [{ stream, mode: stream.modes[0] }],
    logsSince_ms: null,
    completeEvery_ms: 0,
    allowMassDelete: false,
    signal,
    emit: () => {},
  });
  const { status, rejected, oddValues, inserted, error } = run.tables[table]!;
  assert.deepEqual(
    { status, rejected, oddValues, error },
    { status: "completed", rejected: 0, oddValues: 0, error: null },
  );
  assert.equal(inserted, keys.size);
  assert.deepEqual(await differencesFrom(stream, rows, warehouse, "okta", mayLag), []);
  t.diagnostic(`${keys.size} rows from ${pages.length} answers`);
  return server.asked;
}
