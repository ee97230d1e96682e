/** Runs Node processes and watches what they use, by `/proc`. Linux only: elsewhere memory and processor time are NaN. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";

/** Ticks of `/proc/PID/stat` per second: fixed in Linux's interface. */
const TICKS = 100;
const LOOK_EVERY_MS = 50;

/** Seconds of a processor. */
export interface Cpu {
  /** The thread that runs JavaScript. */
  readonly main_s: number;
  /** DuckDB's, libuv's and V8's. */
  readonly others_s: number;
}

export interface Watched {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the start of the process to its end. */
  readonly wall_s: number;
  readonly cpu: Cpu;
  /** VmHWM. */
  readonly peak_bytes: number;
}

/** Runs `node argv…` to its end, or until `stop` aborts (SIGINT). The environment is PATH and `env`. */
export async function watched(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stop?: AbortSignal,
): Promise<Watched> {
  const began_ms = performance.now();
  const child = spawnNode(argv, env);
  const onStop = () => void child.kill("SIGINT");
  stop?.addEventListener("abort", onStop, { once: true });
  let last = look(child.pid!);
  const looking = setInterval(() => (last = look(child.pid!) ?? last), LOOK_EVERY_MS);
  try {
    const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, "close")]);
    const wall_s = (performance.now() - began_ms) / 1000;
    const { cpu, peak_bytes } = last ?? { cpu: { main_s: NaN, others_s: NaN }, peak_bytes: NaN };
    return { code: child.exitCode, stdout, stderr, wall_s, cpu, peak_bytes };
  } finally {
    clearInterval(looking);
    stop?.removeEventListener("abort", onStop);
  }
}

/** What `scripts/with-node.sh` sets for every process. */
const LAUNCHED = { UV_THREADPOOL_SIZE: "16", MALLOC_ARENA_MAX: "2" };

export function spawnNode(argv: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(process.execPath, [...process.execArgv, ...argv], {
    env: { PATH: process.env["PATH"], ...LAUNCHED, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** What a process has used so far; null when it is gone or there is no `/proc`. */
export function look(
  pid: number,
): { readonly cpu: Cpu; readonly peak_bytes: number; readonly resident_bytes: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const [peak_kb, resident_kb] = ["VmHWM", "VmRSS"].map(
      (name) => new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(status)?.[1],
    );
    if (peak_kb === undefined || resident_kb === undefined) return null;
    const whole_s = cpuOf(`/proc/${pid}/stat`);
    const main_s = cpuOf(`/proc/${pid}/task/${pid}/stat`);
    return {
      cpu: { main_s, others_s: whole_s - main_s },
      peak_bytes: Number(peak_kb) * 1024,
      resident_bytes: Number(resident_kb) * 1024,
    };
  } catch {
    return null;
  }
}

/** User and system time: fields 14 and 15, counted behind the name, which may hold anything. */
function cpuOf(file: string): number {
  const fields = readFileSync(file, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
