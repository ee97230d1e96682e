/**
 * The commands that ask a running server, over a socket, with a key; and a data directory's backup and change of key.
 * Breaks seen to fail here: the key sent over http:// to another machine · a redirect followed · a broken answer taken for a whole
 * one · the copy written into its place before it was whole · the server's own error code lost · the key taken into the backup.
 */
import assert from "node:assert/strict";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { createAdaptorServer } from "@hono/node-server";
import { pino } from "pino";
import { openService } from "../../src/service/open.ts";
import { openStore } from "../../src/store/open.ts";
import { openWarehouse } from "../../src/warehouse/open.ts";
import { Served } from "../service/served.ts";
import { asProcess, rollcall, temporaryFolder, type Ended } from "./command.ts";

const keys = { read: "", write: "", admin: "" };
let served: Served;
let server: string;
let socket: ReturnType<typeof createAdaptorServer>;
before(async () => {
  served = await Served.start();
  await served.link();
  await served.ended();
  socket = createAdaptorServer({ fetch: (request: Request) => served.app.fetch(request) });
  await new Promise<void>((resolve) => socket.listen(0, "127.0.0.1", resolve));
  server = `http://127.0.0.1:${(socket.address() as AddressInfo).port}`;
  for (const scope of ["read", "write", "admin"] as const)
    keys[scope] = String((await served.ask("POST", "/api/keys", { name: scope, scope })).body["key"]);
});
after(async () => {
  socket.close();
  await served[Symbol.asyncDispose]();
});

/** Asks the server; the key must be in no output. */
async function said(argv: readonly string[], scope: keyof typeof keys, signal?: AbortSignal): Promise<Ended> {
  const end = await rollcall([...argv, "--server", server], { ROLLCALL_API_KEY: keys[scope] }, signal);
  assert.ok(!(end.stdout + end.stderr).includes(keys[scope]), `the key is in the output of ${argv.join(" ")}`);
  return end;
}

/** The one object that `--json` prints; `T` is what the test reads of it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
function json<T>({ stdout, stderr }: Ended): T {
  assert.match(stdout, /^\{.*\}\n$/, stderr);
  return JSON.parse(stdout) as T;
}

test("sources: listed, shown by id, prefix and name, synced, paused, resumed", async () => {
  const { sources } = json<{ sources: { id: string; name: string }[] }>(await said(["sources", "--json"], "read"));
  const [listed] = sources;
  const people = await said(["sources"], "read");
  assert.equal(people.code, 0);
  assert.match(people.stdout, /^source +prefix +org[\s\S]*okta +127\.0\.0\.1:\d+ +completed/);
  for (const word of [listed!.id, "okta", listed!.name]) {
    const shown = json<{ source: { id: string } }>(await said(["sources", "show", word, "--json"], "read"));
    assert.equal(shown.source.id, listed!.id, word);
  }
  assert.match((await said(["sources", "show", "okta"], "read")).stdout, /okta\.users +completed +incremental +60/);

  const asked = await said(["sources", "sync", "okta", "--tables", "users,groups", "--json"], "write");
  const { run } = json<{ run: { id: string; tables: { table: string }[] } }>(asked);
  assert.deepEqual(run.tables.map(({ table }) => table).toSorted(), ["groups", "users"]);
  assert.equal((await served.ended(run.id)).status, "completed");

  assert.match((await said(["sources", "pause", "okta"], "write")).stdout, /is paused/);
  const held = await said(["sources", "sync", "okta"], "write");
  assert.deepEqual([held.code, held.stdout], [2, ""]);
  assert.match(held.stderr, /\[SOURCE_PAUSED\]\n next: Resume/);
  assert.match((await said(["sources", "resume", "okta"], "write")).stdout, /by its schedule again; next at 20\d\d-/);
});

test("runs of one source: by id, prefix or name, and none of an unknown one", async () => {
  const { id, name } = await served.source((await served.latestRun()).sourceId);
  for (const word of [id, "okta", name]) {
    const { runs } = json<{ runs: { sourceId: string }[] }>(await said(["runs", "--source", word, "--json"], "read"));
    assert.ok(runs.length > 0 && runs.every(({ sourceId }) => sourceId === id), word);
  }
  const unknown = await said(["runs", "--source", "otka"], "read");
  assert.deepEqual([unknown.code, unknown.stdout], [2, ""]);
  assert.match(unknown.stderr, /no source "otka".*okta.*\[NO_SUCH_OBJECT\]/s);
});

test("a backup is of one server: another's data directory is refused before anything is copied", async (t) => {
  const folder = temporaryFolder(t);
  const other = join(folder, "other");
  await (await openStore(other))[Symbol.asyncDispose]();
  const mixed = await said(["backup", join(folder, "backup"), "--data-dir", other], "admin");
  assert.deepEqual([mixed.code, mixed.stdout], [2, ""]);
  assert.match(mixed.stderr, /not the data directory of the server at .*\[BACKUP_FAILED\]/s);
  assert.ok(!existsSync(join(folder, "backup")));
});

test("runs: listed, shown, their log, cancelled", async () => {
  const { runs } = json<{ runs: { id: string }[] }>(await said(["runs", "--json", "--limit", "1"], "read"));
  assert.equal(runs.length, 1);
  const { id } = runs[0]!;
  assert.match((await said(["runs"], "read")).stdout, /^run +source +status +cause/);
  assert.match(
    (await said(["runs", "show", id], "read")).stdout,
    /table +mode +status[\s\S]*users +incremental +completed/,
  );
  const log = json<{ lines: unknown[] }>(await said(["runs", "log", id, "--json"], "read"));
  assert.ok(log.lines.length > 0);
  assert.equal((await said(["runs", "log", id, "--table", "users"], "read")).code, 0);
  const late = await said(["runs", "cancel", id], "write");
  assert.ok(late.code === 0 || /\[[A-Z_]+\]/.test(late.stderr), late.stderr);
});

test("query: each format as from a file, cut said, a wrong statement refused, a viewer kept out of the bookkeeping", async () => {
  const sql = "select status, count(*) as people from okta.users group by all order by people desc, status";
  const rows = JSON.parse((await said(["query", sql, "--format", "json"], "read")).stdout) as { people: number }[];
  assert.equal(
    rows.reduce((sum, { people }) => sum + people, 0),
    60,
  );
  const lines = (await said(["query", sql, "--format", "ndjson"], "read")).stdout.trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    rows,
  );
  assert.match((await said(["query", sql, "--format", "csv"], "read")).stdout, /^status,people\r\n/);
  assert.match((await said(["query", sql], "read")).stdout, /^status +people\n/);
  const cut = await said(["query", "select * from range(30000)", "--max-rows", "20000", "--format", "ndjson"], "read");
  assert.equal(cut.stdout.trimEnd().split("\n").length, 20_000);
  assert.match(cut.stderr, /cut after 20,000 rows/);
  assert.equal((await said(["query", "select 1 where false", "--format", "json"], "read")).stdout, "[]\n");
  for (const wrong of ["selec 1", "delete from okta.users", "from rollcall.notes"]) {
    const { code, stdout, stderr } = await said(["query", wrong], "read");
    assert.deepEqual([code, stdout], [2, ""], wrong);
    assert.match(stderr, /\[QUERY_REFUSED\]/, wrong);
  }
  const tooMany = await said(["query", sql, "--max-rows", "2000000"], "read");
  assert.match(tooMany.stderr, /--max-rows takes a whole number from 1 to 1000000/);
});

test("query: Ctrl-C ends it here and on the server", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 300);
  const slow = "select count(*) from range(1000000) a, range(1000000) b where a.range % 7 = b.range % 11";
  const { code, stderr } = await said(["query", slow], "read", stop.signal);
  assert.equal(code, 130, stderr);
  assert.match(stderr, /\[CANCELLED\]/);
  assert.equal((await said(["query", "select 1"], "read")).code, 0);
});

test("snapshot and export: whole files in their place, and only with the right", async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, "copy.duckdb");
  const former = "checksumDUCK, what was there";
  writeFileSync(file, former);
  const refused = await said(["snapshot", file], "read");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /\[NOT_ALLOWED\]/);
  assert.equal(readFileSync(file, "utf8"), former);
  const notes = join(folder, "notes.txt");
  writeFileSync(notes, "what somebody wrote");
  const other = await said(["snapshot", notes], "admin");
  assert.deepEqual([other.code, readFileSync(notes, "utf8")], [2, "what somebody wrote"]);
  assert.match(other.stderr, /is no DuckDB file: it is not replaced/);
  const ambiguous = await said(["snapshot", join(folder, "okta.duckdb")], "admin");
  assert.match(ambiguous.stderr, /schema okta ambiguous.*\[COPY_FAILED\]/s);
  const made = await said(["snapshot", file], "admin");
  assert.equal(made.code, 0, made.stderr);
  const local = ["--warehouse", `duckdb:${file}`];
  assert.match(
    (await rollcall(["query", "select count(*) as n from okta.users", "--format", "csv", ...local])).stdout,
    /^n\r\n60\r\n$/,
  );

  const again = join(folder, "again.duckdb");
  assert.equal((await rollcall(["snapshot", again, ...local])).code, 0);
  assert.equal((await rollcall(["snapshot", file, ...local])).code, 2);
  assert.equal((await rollcall(["query", "from okta.groups limit 1", "--warehouse", `duckdb:${again}`])).code, 0);
  assert.equal((await rollcall(["snapshot", again, "--warehouse", `duckdb:${join(folder, "none.duckdb")}`])).code, 2);
  assert.ok(!existsSync(join(folder, "none.duckdb")));

  for (const [name, run] of [
    ["served", (argv: readonly string[]) => said(argv, "read")],
    ["local", (argv: readonly string[]) => rollcall([...argv, ...local])],
  ] as const) {
    const directory = join(folder, name);
    const unknown = await run(["export", directory, "--tables", "okta.usres"]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /Did you mean okta\.users\?.*\[TABLE_UNKNOWN\]/);
    assert.equal((await run(["export", directory, "--tables", "okta.users,okta.groups"])).code, 0);
    assert.deepEqual(readdirSync(directory).toSorted(), ["okta.groups.parquet", "okta.users.parquet"]);
    assert.equal(readFileSync(join(directory, "okta.users.parquet")).subarray(0, 4).toString(), "PAR1");
  }
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes("rollcall-copy")),
    [],
  );
});

/** A server that is none of ours. */
async function stranger(t: TestContext, answer: RequestListener): Promise<string> {
  const other = createServer(answer);
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.after(() => (other.closeAllConnections(), other.close()));
  return `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
}

test("the key goes nowhere but to the address that was named", async (t) => {
  const heard: string[] = [];
  const behind = await stranger(t, (request, response) => {
    heard.push(String(request.headers.authorization));
    response.end("[]");
  });
  const redirecting = await stranger(t, (_, response) =>
    response.writeHead(307, { location: `${behind}/api/sources` }).end(),
  );
  const env = { ROLLCALL_API_KEY: keys.read };
  const sent = await rollcall(["sources", "--server", redirecting], env);
  assert.equal(sent.code, 2);
  assert.match(sent.stderr, /sends elsewhere \(307 to http.*not sent there.*\[SERVER_NOT_ROLLCALL\]/);
  assert.deepEqual(heard, []);
  for (const [address, says] of [
    ["http://rollcall.acme.com", /not sent to rollcall\.acme\.com over http:\/\//],
    ["http://127.0.0.1.acme.com", /not sent to/],
    ["http://10.0.0.1:8080", /not sent to/],
    ["ftp://127.0.0.1", /--server takes the address/],
    ["rollcall.acme.com", /--server takes the address/],
    ["https://me:hunter2@acme.com", /--server takes the address/],
    ["https://acme.com/path", /--server takes the address/],
  ] as const) {
    const { code, stderr } = await rollcall(["sources", "--server", address], env);
    assert.equal(code, 2, address);
    assert.match(stderr, says);
    assert.ok(!stderr.includes("hunter2"));
  }
  const keyless = await rollcall(["sources", "--server", server], {});
  assert.match(keyless.stderr, /no API key in ROLLCALL_API_KEY.*\n next: .*Settings → API keys/);
  const typed = await rollcall(["sources", "--server", server, "--api-key", keys.read], {});
  assert.match(typed.stderr, /never taken from the command line/);
  assert.ok(!typed.stderr.includes(keys.read));
});

test("what is no Rollcall, what is not there, and what breaks off in the middle", async (t) => {
  const env = { ROLLCALL_API_KEY: keys.admin };
  const page = await stranger(t, (_, response) => response.end("<html>"));
  assert.match((await rollcall(["sources", "--server", page], env)).stderr, /\[SERVER_NOT_ROLLCALL\]/);
  const failing = await stranger(t, (_, response) => response.writeHead(502).end("bad gateway"));
  assert.match(
    (await rollcall(["runs", "--server", failing, "--json"], env)).stdout,
    /^\{"error":\{"code":"SERVER_NOT_ROLLCALL"/,
  );
  assert.match((await rollcall(["runs", "--server", "http://127.0.0.1:1"], env)).stderr, /\[SERVER_UNREACHABLE\]/);
  const file = join(temporaryFolder(t), "copy.duckdb");
  const former = "checksumDUCK, what was there";
  writeFileSync(file, former);
  for (const headers of [{ "content-length": "1000" }, { "transfer-encoding": "chunked" }]) {
    const broken = await stranger(t, ({ url }, response) => {
      if (url === "/api/warehouse") return void response.writeHead(200).end("[]");
      response.writeHead(200, headers).write("half of it");
      setTimeout(() => response.destroy(), 50);
    });
    const { code, stderr } = await rollcall(["snapshot", file, "--server", broken], env);
    assert.equal(code, 2);
    assert.match(stderr, /\[SERVER_UNREACHABLE\]/);
    assert.deepEqual(readdirSync(join(file, "..")), ["copy.duckdb"]);
    assert.equal(readFileSync(file, "utf8"), former);
    const half = await rollcall(["query", "select 1", "--server", broken], env);
    assert.match(half.stderr, /\[SERVER_UNREACHABLE\]/);
  }
});

/** Opens a data directory as the server does; resolves to how many sources it knows and rows it holds. */
async function contents(dataDir: string, env: Readonly<Record<string, string>> = {}) {
  const log = pino({ level: "silent" });
  await using service = await openService({ dataDir, env, log, demo: null, version: "0.0.0" });
  const sources = await service.context.store.db.selectFrom("source").selectAll().execute();
  const { rows } = await service.context.warehouse.query(
    "from okta.users",
    { maxRows: 100 },
    AbortSignal.timeout(10_000),
  );
  return { sources: sources.length, rows: rows.length };
}

test("backup while the server runs, restored and opened; the key is not in it", async (t) => {
  const folder = temporaryFolder(t);
  const backup = join(folder, "backups/first");
  const argv = ["backup", backup, "--data-dir", served.directory];
  const env = { ROLLCALL_API_KEY: keys.admin };
  const alone = await asProcess(argv);
  assert.equal(alone.code, 2);
  assert.match(alone.stderr, /\[WAREHOUSE_IN_USE\]\n next: .*--server URL/);
  assert.deepEqual(readdirSync(join(folder, "backups")), []);

  const made = await asProcess([...argv, "--server", server], { env });
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /which is not in it\. Keep that key/);
  assert.deepEqual(readdirSync(backup).toSorted(), ["backup.json", "control.sqlite", "warehouse.duckdb"]);
  for (const name of readdirSync(backup)) assert.equal(statSync(join(backup, name)).mode & 0o777, 0o600, name);
  assert.match((await asProcess([...argv, "--server", server], { env })).stderr, /is not empty.*\[BACKUP_FAILED\]/);
  assert.match((await asProcess(["backup", join(folder, "x"), "--data-dir", folder])).stderr, /\[STORE_UNUSABLE\]/);

  const restored = join(folder, "restored");
  cpSync(backup, restored, { recursive: true });
  await assert.rejects(contents(restored), /neither ROLLCALL_SECRET_KEY nor/);
  copyFileSync(join(served.directory, "secret.key"), join(restored, "secret.key"));
  assert.deepEqual(await contents(restored), { sources: 1, rows: 60 });

  const offline = await rollcall(["backup", join(folder, "second"), "--data-dir", restored]);
  assert.equal(offline.code, 0, offline.stderr);
  await using copy = await openWarehouse(`duckdb:${join(folder, "second/warehouse.duckdb")}`, { mode: "read" });
  assert.ok((await copy.tables()).length > 0);
});

test("reseal: under a new key file, then under a key of one's own; not while a server runs, not with a wrong key", async (t) => {
  const directory = join(temporaryFolder(t), "data");
  mkdirSync(directory);
  const backup = await rollcall(["backup", join(directory, "b"), "--data-dir", served.directory, "--server", server], {
    ROLLCALL_API_KEY: keys.admin,
  });
  assert.equal(backup.code, 0, backup.stderr);
  const dataDir = join(directory, "b");
  copyFileSync(join(served.directory, "secret.key"), join(dataDir, "secret.key"));
  const argv = ["reseal", "--data-dir", dataDir];
  const former = readFileSync(join(dataDir, "secret.key"), "utf8");

  const first = await rollcall(argv);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^1 credential sealed under the new key [0-9a-f]{10}, in /);
  assert.notEqual(readFileSync(join(dataDir, "secret.key"), "utf8"), former);
  assert.deepEqual(await contents(dataDir), { sources: 1, rows: 60 });

  const own = Buffer.alloc(32, 7).toString("base64");
  assert.match((await rollcall(argv, { ROLLCALL_NEW_SECRET_KEY: "short" })).stderr, /\[SECRET_KEY_INVALID\]/);
  assert.match(
    (await rollcall(argv, { ROLLCALL_SECRET_KEY: own, ROLLCALL_NEW_SECRET_KEY: own })).stderr,
    /\[SECRET_KEY_WRONG\]/,
  );
  const second = await rollcall(argv, { ROLLCALL_NEW_SECRET_KEY: own });
  assert.equal(second.code, 0, second.stderr);
  assert.ok(!second.stdout.includes(own));
  await assert.rejects(contents(dataDir), /SECRET_KEY_WRONG|sealed under/);
  assert.deepEqual(await contents(dataDir, { ROLLCALL_SECRET_KEY: own }), { sources: 1, rows: 60 });
  assert.match(
    (await rollcall(argv, { ROLLCALL_SECRET_KEY: own })).stderr,
    /Give the new key in ROLLCALL_NEW_SECRET_KEY/,
  );
  assert.match((await rollcall(["reseal", "--data-dir", served.directory])).stderr, /\[STORE_IN_USE\]/);
  assert.match((await rollcall(["reseal", "--data-dir", join(directory, "none")])).stderr, /\[STORE_UNUSABLE\]/);
});
