/** The simulated org as a process of its own, and `rollcall sync` of it as another: what a person would start. */
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RunResult } from "../src/core/run.ts";
import { type Cpu, look, spawnNode, watched, type Watched } from "./watched.ts";

const main = join(dirname(dirname(fileURLToPath(import.meta.url))), "src/main.ts");

export interface Org extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** Asks the control endpoint, which lies on a port of its own. */
  control(call: string, body?: unknown): Promise<unknown>;
  /** The org's process so far. */
  cpu(): Cpu | null;
}

/** Starts `rollcall fake-okta` with these flags, by default without limits or latency. */
export async function startOrg(flags: Readonly<Record<string, string | number>>): Promise<Org> {
  const wanted = { "rate-limits": "none", port: 0, ...flags };
  const words = Object.entries(wanted).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
  const child = spawnNode([main, "fake-okta", ...words], {});
  child.stderr!.resume();
  const said = new Map<string, string>();
  for await (const line of createInterface({ input: child.stdout! })) {
    const [, name = "", value = ""] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    said.set(name, value);
    if (name === "ROLLCALL_CONTROL_URL") break;
  }
  const [url, token, controlUrl] = ["OKTA_CLIENT_ORGURL", "OKTA_CLIENT_TOKEN", "ROLLCALL_CONTROL_URL"].map((name) =>
    said.get(name),
  );
  if (url === undefined || token === undefined || controlUrl === undefined)
    throw new Error(`the simulated org did not start (exit code ${child.exitCode})`);
  return {
    url,
    token,
    control: async (call, body) => {
      const [method, path] = call.split(" ");
      const sent = body === undefined ? null : JSON.stringify(body);
      const response = await fetch(`${controlUrl}${path}`, { method: method!, body: sent });
      if (!response.ok) throw new Error(`${call}: ${response.status} ${await response.text()}`);
      return response.json();
    },
    cpu: () => look(child.pid!)?.cpu ?? null,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

export interface Synced extends Watched {
  readonly run: RunResult;
  /** From the first request's begin to the last commit's end, on the org's clock, which tells whole seconds: ± 1 s. */
  readonly run_s: number;
}

/** One `rollcall sync --json` as a process. Throws unless it completed. */
export async function sync(
  org: Org,
  warehouse: string,
  tables: string,
  extra: readonly string[] = [],
): Promise<Synced> {
  const ended = await startSync(org, warehouse, [...(tables === "" ? [] : ["--tables", tables]), ...extra]);
  const run = JSON.parse(ended.stdout.trimEnd().split("\n").at(-1)!) as RunResult;
  if (ended.code !== 0) throw new Error(`the sync ended with ${ended.code}: ${JSON.stringify(run)}`);
  return { ...ended, run, run_s: (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000 };
}

/** The same, without a look at its end; `stop` interrupts it as Ctrl-C would. */
export function startSync(org: Org, warehouse: string, words: readonly string[], stop?: AbortSignal): Promise<Watched> {
  const argv = [main, "sync", org.url, "--warehouse", `duckdb:${warehouse}`, "--json", ...words];
  return watched(argv, { OKTA_CLIENT_TOKEN: org.token }, stop);
}

/** A folder that goes when disposed of. */
export async function scratch(): Promise<AsyncDisposable & { file(name: string): string }> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-bench-"));
  return {
    file: (name) => join(folder, name),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Bytes of a closed warehouse: the file and what may be left of its log. */
export async function sizeOf(warehouse: string): Promise<number> {
  const sizes = await Promise.all(
    [warehouse, `${warehouse}.wal`].map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
