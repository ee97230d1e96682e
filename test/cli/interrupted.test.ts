/**
 * Ctrl-C in the middle of a real sync: committed, exit 130, and the same command goes on to the same tables; also with a service
 * app's key, which is in no output and no file.
 * Breaks seen to fail here: the signal not passed to the engine · `cancelled` as exit 4 · the key file's text in a message.
 */
import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { startFakeOkta } from "../../fake-okta/server.ts";
import { lastLine } from "../../src/cli/lines.ts";
import { asProcess, ended, launcher, start, temporaryFolder } from "./command.ts";

const SIZE = { users: 60, groups: 3, apps: 2, rules: 1, events: 2500, latePersistence: false } as const;

for (const target of ["process", "group"] as const) {
  test(`SIGINT to the ${target}: 130 at a batch boundary, and the same command resumes`, async (t) => {
    await using fake = await startFakeOkta({ ...SIZE, latency_ms: 100, pageSize: 50 });
    const env = { OKTA_CLIENT_ORGURL: fake.url, OKTA_CLIENT_TOKEN: fake.token };
    const folder = temporaryFolder(t);
    const argv = ["sync", "--json", "--warehouse", `duckdb:${join(folder, "w.duckdb")}`, "--tables", "users,logs"];
    const child = start(launcher, argv, { env, detached: true });
    const end = ended(child);
    for await (const line of createInterface({ input: child.stdout! }))
      if (/"table":"logs".*"phase":"backfill".*"read":[1-9]/.test(line)) break;
    process.kill(target === "process" ? child.pid! : -child.pid!, "SIGINT");
    const { code, stderr } = await end;
    assert.equal(code, 130, stderr);
    fake.requests.clear();
    const again = await asProcess(argv, { env });
    assert.equal(again.code, 0, again.stderr);
    const run = lastLine.parse(JSON.parse(again.stdout.trimEnd().split("\n").at(-1)!));
    assert.equal(run.status, "completed");
    assert.ok(run.tables["logs"]!.read < SIZE.events, "it began anew");
    const counted = await asProcess([
      "query",
      "select (select count(*) from okta.logs) as logs, (select count(*) from okta.users) as users",
      "--format",
      "ndjson",
      "--warehouse",
      `duckdb:${join(folder, "w.duckdb")}`,
    ]);
    assert.deepEqual(JSON.parse(counted.stdout), { logs: SIZE.events, users: 60 });
  });
}

test("a service app with DPoP: synced, and its key is in no output and no file", async (t) => {
  await using fake = await startFakeOkta({ ...SIZE, events: 200, auth: "dpop" });
  const folder = temporaryFolder(t);
  const keys = temporaryFolder(t);
  const forms = {
    OKTA_CLIENT_PRIVATEKEY: [
      JSON.stringify(fake.privateKeyJwk),
      fake.privateKeyPem,
      fake.privateKeyPem.replaceAll("\n", "\\n"),
    ],
    OKTA_CLIENT_PRIVATEKEY_FILE: [join(keys, "key.pem")],
  };
  writeFileSync(join(keys, "key.pem"), fake.privateKeyPem);
  const secrets = [
    String(fake.privateKeyJwk["d"]),
    ...fake.privateKeyPem.split("\n").filter((line) => line.length > 40 && !line.startsWith("---")),
  ];
  for (const [name, values] of Object.entries(forms)) {
    for (const value of values) {
      const env = { OKTA_CLIENT_ORGURL: fake.url, OKTA_CLIENT_CLIENTID: fake.clientId, [name]: value };
      const checked = await asProcess(["check", "--json"], { env });
      assert.equal(checked.code, 0, checked.stdout + checked.stderr);
      assert.equal(JSON.parse(checked.stdout).credential.kind, "dpop");
      writeFileSync(join(keys, "damaged.pem"), fake.privateKeyPem.slice(0, -60));
      const broken = name.endsWith("FILE") ? join(keys, "damaged.pem") : value.slice(0, -60);
      const damaged = await asProcess(["check"], { env: { ...env, [name]: broken } });
      assert.equal(damaged.code, 2);
      const all = [checked, damaged].map(({ stdout, stderr }) => stdout + stderr).join("\n");
      for (const secret of secrets) assert.ok(!all.includes(secret), "the key is in the output");
    }
  }
  const env = {
    OKTA_CLIENT_ORGURL: fake.url,
    OKTA_CLIENT_CLIENTID: fake.clientId,
    OKTA_CLIENT_PRIVATEKEY: fake.privateKeyPem,
  };
  const synced = await asProcess(["sync", "--json", "--warehouse", `duckdb:${join(folder, "w.duckdb")}`], { env });
  assert.equal(synced.code, 0, synced.stderr);
  for (const secret of secrets)
    assert.ok(!(synced.stdout + synced.stderr).includes(secret), "the key is in the output");
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name));
    for (const secret of secrets) assert.ok(!bytes.includes(secret), `the key is in ${name}`);
  }
});
