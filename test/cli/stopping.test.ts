/**
 * The first signal asks, the second ends, whether they reach the process or its group, with npm and sh in between or not.
 * Breaks seen to fail here: no echo window below npm · an echo window everywhere · the second signal ignored · `sh` without exec.
 */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { stoppingOf } from "../../src/cli/stopping.ts";
import { ended, home, start, temporaryFolder } from "./command.ts";

const program = join(home, "test/cli/never-ends.ts");
const withNode = join(home, "scripts/with-node.sh");

type Kill = (child: ChildProcess, signal: NodeJS.Signals) => void;
const toProcess: Kill = (child, signal) => void child.kill(signal);
const toGroup: Kill = (child, signal) => void process.kill(-child.pid!, signal);

/** Starts, sends one signal, sees that it was heard and the program goes on, sends another, gives the exit code. */
async function twice(
  t: TestContext,
  command: string,
  argv: readonly string[],
  kill: Kill,
  options: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
) {
  const child = start(command, argv, { ...options, detached: true });
  t.after(() => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, "SIGKILL");
  });
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const until = async (wanted: string) => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`it ended before it said "${wanted}"`);
      if (value === wanted) return;
    }
  };
  await until("ready");
  kill(child, "SIGINT");
  await until("asked");
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(child.exitCode, null, "one Ctrl-C was taken for two");
  kill(child, "SIGINT");
  return exit;
}

test("through the launcher: to the process, and to its group", async (t) => {
  assert.equal(await twice(t, withNode, [program], toProcess), 130);
  assert.equal(await twice(t, withNode, [program], toGroup), 130);
});

test("below npm run, which passes on what the group has received already", async (t) => {
  const cwd = temporaryFolder(t);
  writeFileSync(
    join(cwd, "package.json"),
    JSON.stringify({ name: "x", scripts: { go: `exec "${withNode}" "${program}"` } }),
  );
  const env = { npm_config_update_notifier: "false" };
  const exit = await twice(t, "npm", ["run", "--silent", "go"], toGroup, { cwd, env });
  assert.notEqual(exit, 0);
});

test("two signals count apart from npm, and within its echo count once", (t) => {
  const now = t.mock.method(performance, "now", () => 0);
  const at = (ms: number) => now.mock.mockImplementation(() => ms);
  for (const [env, ends_after] of [
    [{}, [0, 1]],
    [{ npm_lifecycle_event: "demo" }, [0, 3, 399, 401]],
  ] as const) {
    const listeners: (() => void)[] = [];
    let ended_count = 0;
    at(0);
    const signal = stoppingOf({ env, on: (_, listener) => listeners.push(listener) }, () => (ended_count += 1));
    assert.equal(signal.aborted, false);
    for (const ms of ends_after) {
      assert.equal(ended_count, 0, `${JSON.stringify(env)} before ${ms} ms`);
      at(ms);
      listeners[0]!();
      assert.equal(signal.aborted, true);
    }
    assert.equal(ended_count, 1);
  }
});

test("SIGTERM is heard as SIGINT is", async (t) => {
  const child = start(withNode, [program], { detached: true });
  t.after(() => child.kill("SIGKILL"));
  const end = ended(child);
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  child.kill("SIGTERM");
  await new Promise((resolve) => child.stdout!.once("data", resolve));
  child.kill("SIGTERM");
  const { code, stdout } = await end;
  assert.equal(code, 130);
  assert.equal(stdout, "ready\nasked\n");
});
