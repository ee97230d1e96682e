/**
 * The launcher finds or brings Node, installs once, and stays out of the way; the packed package runs where npm puts it.
 * Breaks seen to fail here: PATH's old Node taken · npm's output on stdout · no lock · a dead owner's lock kept · `-newer` turned
 * round · symlinks not followed · the strip hook left out · fake-okta left out of `files` · a dependency left out.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { ended, home, launcher, start, temporaryFolder } from "./command.ts";

/** PATH without any Node or npm, but what sh needs; `stubs` come first. */
function pathWith(t: TestContext, stubs: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(t);
  for (const [name, script] of Object.entries(stubs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  for (const tool of [
    "sh",
    "readlink",
    "dirname",
    "sed",
    "uname",
    "find",
    "sleep",
    "rm",
    "ln",
    "mkdir",
    "touch",
    "cat",
  ]) {
    const found = ["/bin", "/usr/bin"].map((bin) => join(bin, tool)).find(existsSync);
    symlinkSync(found!, join(folder, tool));
  }
  return folder;
}

const OLD_NODE = '[ "$1" = --version ] && echo v20.20.2 || { echo "the old Node was used" >&2; exit 99; }';
const THIS_NODE = `exec "${process.execPath}" "$@"`;

test("with an old Node on PATH, or none, the platform package's is used", async (t) => {
  for (const stubs of [{ node: OLD_NODE }, {}]) {
    const { code, stdout, stderr } = await ended(start(launcher, ["--version"], { env: { PATH: pathWith(t, stubs) } }));
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  }
});

test("a new enough Node on PATH is taken as it is", async (t) => {
  const PATH = pathWith(t, { node: '[ "$1" = --version ] && echo v26.1.0 || echo "new: $*"' });
  const { stdout } = await ended(start(launcher, ["tables", "--json"], { env: { PATH } }));
  assert.match(stdout, /^new: .*src\/main\.ts tables --json\n$/);
});

test("started through symlinks, from anywhere", async (t) => {
  const cwd = temporaryFolder(t);
  symlinkSync(launcher, join(cwd, "first"));
  symlinkSync("first", join(cwd, "second"));
  const { code, stdout } = await ended(start("./second", ["--version"], { cwd }));
  assert.equal(code, 0);
  assert.match(stdout, /^\d/);
});

/** A checkout in small, whose npm is a stub that notes each install and takes half a second. */
function checkout(
  t: TestContext,
  npm = 'echo noise; echo "$*" >> npm.log; sleep 0.5; mkdir -p node_modules; touch node_modules/.package-lock.json',
) {
  const folder = join(temporaryFolder(t), "a checkout");
  mkdirSync(join(folder, "scripts"), { recursive: true });
  mkdirSync(join(folder, "src"));
  copyFileSync(launcher, join(folder, "rollcall"));
  copyFileSync(join(home, "scripts/with-node.sh"), join(folder, "scripts/with-node.sh"));
  writeFileSync(join(folder, "package-lock.json"), "{}");
  writeFileSync(
    join(folder, "src/main.ts"),
    'const said: string = "ran"; console.log(said, process.argv.slice(2).join(","));',
  );
  const env = { PATH: pathWith(t, { node: THIS_NODE, npm }) };
  const run = () => ended(start(join(folder, "rollcall"), ["a b", "c"], { env, cwd: folder }));
  const installs = () =>
    existsSync(join(folder, "npm.log")) ? readFileSync(join(folder, "npm.log"), "utf8").trim().split("\n").length : 0;
  return { folder, run, installs };
}

test("first uses at the same time install once; npm's words go to stderr", async (t) => {
  const { folder, run, installs } = checkout(t);
  const all = await Promise.all([run(), run(), run()]);
  for (const { code, stdout } of all) assert.deepEqual([code, stdout], [0, "ran a b,c\n"]);
  assert.equal(installs(), 1);
  assert.equal(all.filter(({ stderr }) => stderr.includes("noise")).length, 1);
  assert.deepEqual(
    readdirSync(folder)
      .filter((name) => name.includes("lock"))
      .toSorted(),
    ["package-lock.json"].toSorted(),
  );
  const again = await run();
  assert.deepEqual([again.stdout, again.stderr], ["ran a b,c\n", ""]);
  assert.equal(installs(), 1);
});

test("a lockfile newer than what is installed installs again", async (t) => {
  const { folder, run, installs } = checkout(t);
  await run();
  const soon = new Date(Date.now() + 10_000);
  utimesSync(join(folder, "package-lock.json"), soon, soon);
  await run();
  assert.equal(installs(), 2);
});

test("the lock of a process that is gone does not hold anybody up", async (t) => {
  const { folder, run, installs } = checkout(t);
  const gone = spawn("true");
  await new Promise((resolve) => gone.once("exit", resolve));
  symlinkSync(String(gone.pid), join(folder, ".npm-install.lock"));
  const { code } = await run();
  assert.equal(code, 0);
  assert.equal(installs(), 1);
});

test("an install that fails says so, and the next use tries again", async (t) => {
  const { folder, run } = checkout(t, "echo broken >&2; exit 7");
  for (const _ of [1, 2]) {
    const { code, stdout, stderr } = await run();
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /broken[\s\S]*npm install failed/);
  }
  assert.ok(!existsSync(join(folder, ".npm-install.lock")));
});

/**
 * `npm pack`, unpacked where `npm install` would put it, beside what package.json says it needs and nothing else: those are the
 * checkout's own, so that no registry is asked.
 */
async function installPacked(folder: string): Promise<void> {
  const packed = await ended(
    start("npm", ["pack", home, "--pack-destination", folder, "--loglevel=error"], { env: { HOME: folder } }),
  );
  assert.equal(packed.code, 0, packed.stderr);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "rollcall"), { recursive: true });
  const unpack = ["-xzf", join(folder, tarball), "-C", join(modules, "rollcall"), "--strip-components=1"];
  const unpacked = await ended(start("tar", unpack, {}));
  assert.equal(unpacked.code, 0, unpacked.stderr);
  const { bin, dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(modules, "rollcall/package.json"), "utf8"),
  );
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    if (existsSync(join(home, "node_modules", name)))
      symlinkSync(join(home, "node_modules", name), join(modules, name));
  }
  mkdirSync(join(modules, ".bin"));
  symlinkSync(join("../rollcall", bin.rollcall), join(modules, ".bin/rollcall"));
}

test("packed and installed as a dependency: checks, serves, syncs and answers below node_modules", async (t) => {
  const folder = join(temporaryFolder(t), "an app %20 #1");
  mkdirSync(folder);
  await installPacked(folder);
  const own = join(folder, "node_modules/rollcall");
  for (const unwanted of ["test", "bench", "scripts/check.ts", ".oxlintrc.json"])
    assert.ok(!existsSync(join(own, unwanted)), unwanted);

  const bin = join(folder, "node_modules/.bin/rollcall");
  const PATH = pathWith(t, { node: OLD_NODE });
  const org = start(
    bin,
    [
      "fake-okta",
      "--port",
      "0",
      "--users",
      "12",
      "--groups",
      "3",
      "--apps",
      "2",
      "--rules",
      "1",
      "--events",
      "50",
      "--rate-limits",
      "none",
    ],
    { env: { PATH } },
  );
  t.after(() => org.kill("SIGKILL"));
  const env: Record<string, string> = { PATH };
  for await (const line of createInterface({ input: org.stdout! })) {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) env[name] = value;
    if (name === "ROLLCALL_CONTROL_URL") break;
  }
  const synced = await ended(start(bin, ["sync", "--quiet"], { cwd: folder, env }));
  assert.equal(synced.code, 0, synced.stderr);
  const asked = await ended(
    start(bin, ["query", "select count(*) as n from okta.users", "--format", "ndjson"], { cwd: folder, env }),
  );
  assert.deepEqual([asked.code, asked.stdout, asked.stderr], [0, '{"n":12}\n', ""]);
});
