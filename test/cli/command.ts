/** Runs command lines for the tests: in this process for speed, or as the process a person starts. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { run } from "../../src/cli/run.ts";

export const home = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const launcher = join(home, "rollcall");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

/** A command line in this very process. */
export async function rollcall(
  argv: readonly string[],
  env: Environment = {},
  signal = new AbortController().signal,
): Promise<Ended> {
  const written = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof written) => ({ write: (piece: string) => void (written[name] += piece) });
  const code = await run(argv, { env, stdout: sink("stdout"), stderr: sink("stderr"), signal });
  return { code, ...written };
}

/** A process of its own, with nothing of this one's environment but PATH. */
export function start(
  command: string,
  argv: readonly string[],
  options: { env?: Environment; cwd?: string; detached?: boolean } = {},
): ChildProcess {
  return spawn(command, argv, {
    cwd: options.cwd ?? home,
    env: { PATH: process.env["PATH"], HOME: tmpdir(), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: options.detached ?? false,
  });
}

/** Waits for the end of what `start` started. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", reject);
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout!), text(child.stderr!), exit]);
  return { code, stdout, stderr };
}

/** The CLI as a process, without the launcher in front. */
export const asProcess = (argv: readonly string[], options: Parameters<typeof start>[2] = {}) =>
  ended(
    start(process.execPath, ["--disable-warning=ExperimentalWarning", join(home, "src/main.ts"), ...argv], options),
  );

/** A folder that goes with the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-cli-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
