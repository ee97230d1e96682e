/** The DuckDB backend: the seam's laws, and what only a file can do. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { hasCode } from "../../src/core/error.ts";
import { openWarehouse } from "../../src/warehouse/open.ts";
import { GROUPS } from "./rows.ts";
import { batch, never, rowsOf } from "./laws.ts";
import { warehouseSuite } from "./suite.ts";

const root = await mkdtemp(join(tmpdir(), "rollcall-warehouse-"));
after(() => rm(root, { recursive: true, force: true }));
let places = 0;

/** A path of its own for each test. The name is that of the schema, which must not matter. */
async function freshPath(): Promise<string> {
  places += 1;
  const directory = join(root, String(places));
  await mkdir(directory);
  return join(directory, "okta.duckdb");
}

const open = (path: string, mode: "write" | "read" = "write") => openWarehouse(`duckdb:${path}`, { mode });

warehouseSuite("duckdb", async () => {
  const path = await freshPath();
  return { open: (mode) => open(path, mode) };
});

void test("an unknown scheme is told the known ones, and no password", async () => {
  const wrong = openWarehouse("postgres://me:hunter2@host/db", { mode: "write" });
  await assert.rejects(
    wrong,
    (error) =>
      hasCode(error, "WAREHOUSE_SCHEME") && error.message.includes("duckdb:") && !error.message.includes("hunter2"),
  );
});

void test("reading where there is nothing creates nothing", async () => {
  const path = await freshPath();
  await assert.rejects(open(path, "read"), (error) => hasCode(error, "WAREHOUSE_MISSING"));
  assert.deepEqual(await readdir(join(path, "..")), []);
});

void test("closing leaves one file, and no pages", async () => {
  const path = await freshPath();
  await mkdir(`${path}.staging`);
  await writeFile(`${path}.staging/left-by-a-killed-process`, "people's data");
  const warehouse = await open(path);
  const inside = await readdir(`${path}.staging`);
  assert.match(inside.join(), /^[0-9a-f]{32}$/, "a child of an unguessable name, and nothing else");
  assert.equal((await stat(`${path}.staging`)).mode & 0o777, 0o700);
  await warehouse[Symbol.asyncDispose]();
  assert.deepEqual(await readdir(join(path, "..")), ["okta.duckdb"]);
});

void test("what cannot be a warehouse is unusable, in one line", async () => {
  const path = await freshPath();
  await writeFile(path, "this is no database ".repeat(1000));
  const damaged = await freshPath();
  await (await open(damaged))[Symbol.asyncDispose]();
  const bytes = await readFile(damaged);
  await writeFile(damaged, bytes.fill(0xab, 4096, 8192));
  for (const [what, mode] of [
    [path, "write"],
    [path, "read"],
    [damaged, "write"],
    [root, "write"],
    [`${path}/in-a-file.duckdb`, "write"],
    [join(root, "no/such/dir.duckdb"), "write"],
    ["/proc/rollcall.duckdb", "write"],
  ] as const) {
    await assert.rejects(
      open(what, mode),
      (error) => hasCode(error, "WAREHOUSE_UNUSABLE") && !error.message.includes("\n"),
      what,
    );
  }
  assert.equal((await readFile(path, "utf8")).slice(0, 10), "this is no");
});

void test("a newer version's file is left as it is", async () => {
  const path = await freshPath();
  await (await open(path))[Symbol.asyncDispose]();
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run("UPDATE okta.rollcall.version SET version = 99");
  connection.closeSync();
  instance.closeSync();
  const before = await readFile(path);
  for (const mode of ["write", "read"] as const)
    await assert.rejects(open(path, mode), (error) => hasCode(error, "WAREHOUSE_NEWER"));
  assert.ok(before.equals(await readFile(path)));
  assert.deepEqual(await readdir(join(path, "..")), ["okta.duckdb"]);
});

void test("a schema of somebody's own is not claimed", async () => {
  const path = await freshPath();
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run("CREATE SCHEMA mine; CREATE TABLE mine.users (id VARCHAR)");
  connection.closeSync();
  instance.closeSync();
  await using warehouse = await open(path);
  await assert.rejects(warehouse.claim("mine", { id: "00o1", host: "acme.okta.com" }), (error) =>
    hasCode(error, "PREFIX_TAKEN"),
  );
});

void test("the second opening is told who holds the file, in this process and in another", async () => {
  const path = await freshPath();
  await (await open(path))[Symbol.asyncDispose]();
  const child = spawn(process.execPath, [join(import.meta.dirname, "committer.ts"), path, "hold"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  using _ = { [Symbol.dispose]: () => void child.kill("SIGKILL") };
  await once(createInterface(child.stdout), "line");
  for (const mode of ["write", "read"] as const) {
    await assert.rejects(
      open(path, mode),
      (error) =>
        hasCode(error, "WAREHOUSE_IN_USE") && error.message.includes(`process ${child.pid} (rollcall ${path} hold)`),
    );
  }
  assert.ok((await readdir(join(path, ".."))).includes("okta.duckdb.staging"), "the holder's pages stay");
  child.kill("SIGKILL");
  await once(child, "exit");
  await using warehouse = await open(path);
  await assert.rejects(
    open(path, "read"),
    (error) => hasCode(error, "WAREHOUSE_IN_USE") && error.message.includes(`process ${process.pid}`),
  );
  await warehouse[Symbol.asyncDispose]();
  await using one = await open(path, "read");
  await using two = await open(path, "read");
  assert.deepEqual(await rowsOf(one, "SELECT 1"), await rowsOf(two, "SELECT 1"));
});

void test("kill -9 in the middle of commits: rows and checkpoint agree, and the file opens", async () => {
  const path = await freshPath();
  for (let kill = 0; kill < 5; kill += 1) {
    const child = spawn(process.execPath, [join(import.meta.dirname, "committer.ts"), path, "commit"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(createInterface(child.stdout), "line");
    await new Promise((resolve) => setTimeout(resolve, 40 + kill * 61));
    child.kill("SIGKILL");
    await once(child, "exit");
    await using warehouse = await open(path);
    await warehouse.migrate("okta", [{ stream: GROUPS, attributes: [] }]);
    const cursor =
      (JSON.parse((await warehouse.checkpoints("okta")).get("groups") ?? "{}") as { cursor?: string }).cursor ?? "0";
    const [row] = await rowsOf(warehouse, "SELECT count(*), coalesce(max(size), 0) FROM okta.groups");
    assert.deepEqual(row, [Number(cursor) * 300, Number(cursor)]);
  }
});

void test("a full disk: said so, rolled back, and the file opens afterwards", async (context) => {
  const disk = join(root, "small-disk");
  await mkdir(disk);
  const mount = spawn("mount", ["-t", "tmpfs", "-o", "size=12m", "none", disk], { stdio: "ignore" });
  const [status] = (await Promise.race([once(mount, "exit"), once(mount, "error").then(() => [1])])) as [number];
  if (status !== 0) return context.skip("no small disk can be mounted here (needs root)");
  try {
    const path = join(disk, "okta.duckdb");
    let committed = 0;
    const fill = async () => {
      await using warehouse = await open(path);
      await warehouse.migrate("okta", [{ stream: GROUPS, attributes: [] }]);
      for (let n = 0; n < 100; n += 1) {
        const rows = Array.from({ length: 1000 }, (_, row) => ({
          id: `${n}-${row}`,
          name: Buffer.from(Array.from({ length: 600 }, () => Math.random() * 256)).toString("hex"),
        }));
        await warehouse.commit("okta", batch("groups", { kind: "upsert", reading: null }, 1, rows), never);
        committed += 1000;
      }
    };
    await assert.rejects(fill(), (error) => hasCode(error, "WAREHOUSE_FULL"));
    await using reader = await open(path, "read");
    assert.deepEqual(await rowsOf(reader, "SELECT count(*) FROM okta.groups"), [[committed]]);
  } finally {
    await once(spawn("umount", ["-l", disk]), "exit");
  }
});
