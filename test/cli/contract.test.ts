/**
 * The contract of section 2, end to end: every command against the simulated org, every exit code, every JSON line against its
 * schema, and the credential in no output and no file.
 * Breaks seen to fail here: a field added to the run line · progress on stdout as text · check exits 0 with an unreadable table ·
 * 5 for 4 · `await using` left before its promise · the token in an error's message · query opens for writing.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startFakeOkta, type FakeOkta } from "../../fake-okta/server.ts";
import { checkObject, eventLine, lastLine, tablesObject } from "../../src/cli/lines.ts";
import { run as runCommand } from "../../src/cli/run.ts";
import type { RunResult } from "../../src/core/run.ts";
import { openWarehouse } from "../../src/warehouse/open.ts";
import { asProcess, ended, home, rollcall, start, temporaryFolder, type Ended } from "./command.ts";

const SIZE = { users: 80, groups: 7, apps: 5, rules: 3, events: 400, userTypes: 2 } as const;
let fake: FakeOkta;
let env: Readonly<Record<string, string>>;
before(async () => {
  fake = await startFakeOkta({ ...SIZE, latePersistence: false });
  env = { OKTA_CLIENT_ORGURL: fake.url, OKTA_CLIENT_TOKEN: fake.token };
});
after(() => fake.close());

/** Every command of this file runs here, so that every output is searched for the credential. */
async function said(
  argv: readonly string[],
  more: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Ended> {
  const end = await rollcall(argv, { ...env, ...more }, signal);
  for (const secret of [fake.token, String(fake.privateKeyJwk["d"])]) {
    assert.ok(!(end.stdout + end.stderr).includes(secret), `a credential is in the output of ${argv.join(" ")}`);
  }
  return end;
}

/** The lines of `sync --json`, each checked against its schema. */
function lines(stdout: string): { readonly events: readonly { readonly type: string }[]; readonly run: RunResult } {
  assert.ok(stdout.endsWith("\n"));
  const parsed = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const last = parsed.pop();
  for (const line of parsed) eventLine.parse(line);
  lastLine.parse(last);
  return { events: parsed, run: last };
}

const warehouseIn = (folder: string) => `duckdb:${join(folder, "w.duckdb")}`;
const syncing = (folder: string, ...flags: string[]) => [
  "sync",
  "--json",
  "--warehouse",
  warehouseIn(folder),
  ...flags,
];

function searchFiles(folder: string, secret: string): void {
  for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue;
    const path = join(name.parentPath, name.name);
    assert.ok(!readFileSync(path).includes(secret), `the credential is in ${path}`);
  }
}

test("check: readable everywhere is 0; the JSON object is the contract's", async () => {
  const { code, stdout, stderr } = await said(["check", "--json"]);
  assert.equal(code, 0, stderr);
  const object = checkObject.parse(JSON.parse(stdout));
  assert.deepEqual(Object.keys(object.tables), [
    "users",
    "groups",
    "applications",
    "logs",
    "group_rules",
    "user_types",
  ]);
  const human = await said(["check", "--tables", "users"]);
  assert.equal(human.code, 0);
  assert.match(human.stdout, /API token[\s\S]*users +yes/);
  assert.match(human.stderr, /Understood the org as http:\/\/127\.0\.0\.1/);
});

test("sync, sync again, tables and query: 0, and only JSON on stdout", async (t) => {
  const folder = temporaryFolder(t);
  const first = await said(syncing(folder));
  assert.equal(first.code, 0, first.stderr);
  assert.equal(first.stderr, "");
  const { events, run } = lines(first.stdout);
  assert.ok(
    events.some(({ type }) => type === "progress") &&
      events.some(({ type }) => type === "notice") &&
      events.some(({ type }) => type === "table"),
  );
  assert.equal(run.status, "completed");
  assert.deepEqual(Object.fromEntries(Object.entries(run.tables).map(([name, { inserted }]) => [name, inserted])), {
    users: 80,
    groups: 7,
    applications: 5,
    logs: 400,
    group_rules: 3,
    user_types: 2,
  });
  const second = lines((await said(syncing(folder, "--quiet", "--mode", "logs=incremental"))).stdout);
  assert.equal(second.events.length, 0);
  assert.equal(second.run.tables["logs"]?.mode, "append");
  assert.ok(
    Object.values(second.run.tables).every(({ inserted, updated, deleted }) => inserted + updated + deleted === 0),
  );

  const at = ["--warehouse", warehouseIn(folder)];
  const tables = tablesObject.parse(JSON.parse((await said(["tables", "--json", ...at])).stdout));
  assert.deepEqual(
    tables.tables.map(({ schema, name, rows }) => `${schema}.${name} ${rows}`).toSorted((a, b) => a.localeCompare(b)),
    [
      "okta.applications 5",
      "okta.group_rules 3",
      "okta.groups 7",
      "okta.logs 400",
      "okta.user_types 2",
      "okta.users 80",
    ],
  );
  assert.match((await said(["tables", ...at])).stdout, /okta\.users +80 +incremental +20\d\d-/);

  const sql = "select id, created, 9007199254740993::bigint as big, profile from okta.users order by id";
  const json = JSON.parse((await said(["query", sql, "--format", "json", ...at])).stdout);
  assert.equal(json.length, 80);
  assert.match(json[0].created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.equal(json[0].big, "9007199254740993");
  assert.equal(typeof json[0].profile, "object");
  const cut = await said(["query", sql, "--format", "ndjson", "--max-rows", "3", ...at]);
  assert.equal(cut.code, 0);
  assert.deepEqual(
    cut.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
    json.slice(0, 3),
  );
  assert.match(cut.stderr, /cut after 3 rows/);
  assert.match((await said(["query", "select 1 as one", "--format", "csv", ...at])).stdout, /^one\r\n1\r\n$/);
  searchFiles(folder, fake.token);
});

test("2: a statement that writes or is wrong, a warehouse that is not there, another org's prefix, a warehouse in use", async (t) => {
  const folder = temporaryFolder(t);
  assert.equal((await said(syncing(folder, "--tables", "user_types"))).code, 0);
  const at = ["--warehouse", warehouseIn(folder)];
  for (const sql of [
    "delete from okta.user_types",
    "create table t(i int)",
    `copy (select 1) to '${join(folder, "out.csv")}'`,
    "selec 1",
    "select * from okta.nothing",
  ]) {
    const { code, stdout, stderr } = await said(["query", sql, ...at]);
    assert.deepEqual([code, stdout], [2, ""], sql);
    assert.match(stderr, /\[QUERY_REFUSED\]/, sql);
  }
  assert.ok(!existsSync(join(folder, "out.csv")));
  for (const command of [["query", "select 1"], ["tables", "--json"], ["tables"]]) {
    const { code, stderr } = await said([...command, "--warehouse", `duckdb:${join(folder, "none.duckdb")}`]);
    assert.equal(code, 2);
    assert.match(stderr, /\[WAREHOUSE_MISSING\]/);
  }
  assert.ok(!existsSync(join(folder, "none.duckdb")));
  for (const command of [["query", "select 1"], ["tables"], ["sync"]]) {
    const { code, stderr } = await said([...command, "--warehouse", "mysql://me:secret@host/x"]);
    assert.equal(code, 2);
    assert.match(stderr, /duckdb/);
    assert.ok(!stderr.includes("me:secret"));
  }
  await using other = await startFakeOkta({ ...SIZE, seed: 2 });
  const taken = await said(syncing(folder, "--tables", "user_types"), {
    OKTA_CLIENT_ORGURL: other.url,
    OKTA_CLIENT_TOKEN: other.token,
  });
  assert.equal(taken.code, 2);
  const refused = lines(taken.stdout).run as RunResult & { error: { code: string; message: string } };
  assert.equal(refused.error.code, "PREFIX_TAKEN");
  assert.ok(
    refused.error.message.includes(fake.org.id) && refused.error.message.includes(other.org.id),
    refused.error.message,
  );
  await using held = await openWarehouse(warehouseIn(folder), { mode: "write" });
  assert.ok(held);
  const busy = await asProcess(syncing(folder), { env });
  assert.equal(busy.code, 2, busy.stderr);
  assert.match(busy.stderr, /\[WAREHOUSE_IN_USE\]/);
  lines(busy.stdout);
});

test("3: Okta refuses the credential", async (t) => {
  const wrong = { OKTA_CLIENT_TOKEN: "00wrongwrongwrongwrongwrongwrongwrongwrong0" };
  const check = await said(["check", "--json"], wrong);
  assert.equal(check.code, 3, check.stderr);
  checkObject.parse(JSON.parse(check.stdout));
  assert.ok(!(check.stdout + check.stderr).includes(wrong.OKTA_CLIENT_TOKEN));
  const sync = await said(syncing(temporaryFolder(t)), wrong);
  assert.equal(sync.code, 3, sync.stderr);
  const { run } = lines(sync.stdout);
  assert.equal(run.status, "failed");
  assert.ok(!(sync.stdout + sync.stderr).includes(wrong.OKTA_CLIENT_TOKEN));
});

test("4: rights are missing, or the org does not answer", async (t) => {
  fake.access.adminRole = false;
  t.after(() => (fake.access.adminRole = true));
  const check = await said(["check", "--json"]);
  assert.equal(check.code, 4, check.stderr);
  const object = checkObject.parse(JSON.parse(check.stdout));
  assert.ok(Object.values(object.tables).some((table) => !table.readable));
  const human = await said(["check"]);
  assert.equal(human.code, 4);
  assert.match(human.stdout, /next: .*users/);
  const sync = await said(syncing(temporaryFolder(t), "--tables", "users"));
  assert.equal(sync.code, 4, sync.stderr);
  const shown = await said(["sync", "--tables", "users", "--warehouse", warehouseIn(temporaryFolder(t))]);
  assert.match(shown.stdout, /users failed: [\s\S]*\[[A-Z_]+\]\n {2}next: /);
  const nobody = await said(syncing(temporaryFolder(t)), { OKTA_CLIENT_ORGURL: "http://127.0.0.1:1" });
  assert.equal(nobody.code, 4);
  const failed = lines(nobody.stdout).run as RunResult & { error: { code: string } };
  assert.deepEqual([failed.status, failed.org, failed.error.code], ["failed", null, "ORG_UNREACHABLE"]);
});

test("5: a deletion beyond the threshold is held until it is confirmed", async (t) => {
  await using org = await startFakeOkta({ ...SIZE, seed: 3 });
  const at = { OKTA_CLIENT_ORGURL: org.url, OKTA_CLIENT_TOKEN: org.token };
  const argv = syncing(temporaryFolder(t), "--tables", "users", "--complete-every", "0");
  assert.equal((await said(argv, at)).code, 0);
  for (const { id } of org.org.truth("users").slice(10, 60))
    for (const _ of [1, 2]) if (org.org.state.users.has(String(id))) org.org.apply({ op: "deleteUser", id });
  // Rows stored in the very second in which a reading begins are left to the next one.
  org.org.clock.advance(60_000);
  const held = await said(argv, at);
  assert.equal(held.code, 5, held.stdout);
  const { run } = lines(held.stdout);
  assert.equal(run.status, "held");
  assert.match(run.tables["users"]!.error!.fix, /--allow-mass-delete/);
  const confirmed = await said([...argv, "--allow-mass-delete"], at);
  assert.equal(confirmed.code, 0, confirmed.stdout);
  assert.ok(lines(confirmed.stdout).run.tables["users"]!.deleted >= 40);
});

test("1: what nobody expected says so, with where", async () => {
  const stderr: string[] = [];
  const broken = {
    write: () => {
      throw new TypeError("out of paper");
    },
  };
  const code = await runCommand(["--help"], {
    env: {},
    stdout: broken,
    stderr: { write: (text) => stderr.push(text) },
    signal: new AbortController().signal,
  });
  assert.equal(code, 1);
  assert.match(stderr.join(""), /out of paper \[UNEXPECTED\][\s\S]*report/);
});

test("130: cancelled before it began", async (t) => {
  const { code, stdout } = await said(syncing(temporaryFolder(t)), {}, AbortSignal.abort());
  assert.equal(code, 130);
  assert.equal(lines(stdout).run.status, "cancelled");
});

test("a reader of stdout that goes away ends the output, not the process's sense", async (t) => {
  const folder = temporaryFolder(t);
  assert.equal((await said(syncing(folder))).code, 0);
  const command = `"${process.execPath}" --disable-warning=ExperimentalWarning "${join(home, "src/main.ts")}" query "select * from range(200000)" --max-rows 200000 --format ndjson --warehouse "${warehouseIn(folder)}" | head -1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await ended(start("bash", ["-c", command]));
  assert.equal(stdout, '{"range":0}\n0\n');
  assert.equal(stderr.replace(/^cut after.*\n/, ""), "");
});
