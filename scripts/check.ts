/** What `npm test` runs: every check, each timed. One that fails fails the whole; the others still run. */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const tool = (name: string) => join(home, "node_modules", ".bin", name);

/** Two files at a time: what the smallest machine that counts has cores for. */
const TEST_CONCURRENCY = 2;
/**
 * One test file may take this long before it counts as hung. The longest, a quarter of the simulation, takes two to three minutes on
 * two free cores, and was seen to take more than ten where others had most of them.
 */
const TEST_TIMEOUT_MS = 1_800_000;

const tests = globSync("test/**/*.test.ts", { cwd: home }).toSorted();

interface Step {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
}

const STEPS: readonly Step[] = [
  { name: "types", command: tool("tsc"), arguments: [] },
  { name: "types", command: tool("tsc"), arguments: ["-p", "web"] },
  { name: "page", command: process.execPath, arguments: ["scripts/web.ts"] },
  { name: "lint", command: tool("oxlint"), arguments: ["--deny-warnings"] },
  { name: "format", command: tool("oxfmt"), arguments: ["--check", "."] },
  { name: "unused", command: tool("knip"), arguments: [] },
  { name: "papers", command: process.execPath, arguments: ["scripts/tables.ts", "--check"] },
  { name: "papers", command: process.execPath, arguments: ["scripts/errors.ts", "--check"] },
  { name: "papers", command: process.execPath, arguments: ["scripts/link-okta.ts", "--check"] },
  {
    name: "tests",
    command: process.execPath,
    arguments: [
      "--disable-warning=ExperimentalWarning",
      "--test",
      `--test-concurrency=${TEST_CONCURRENCY}`,
      `--test-timeout=${TEST_TIMEOUT_MS}`,
      "--test-reporter=spec",
      ...tests,
    ],
  },
];

/** The tools' own `#!/usr/bin/env node` must find this Node, not the older one that may be on PATH. */
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}` };

const wanted = process.argv.slice(2);
const ended = STEPS.filter((step) => wanted.length === 0 || wanted.includes(step.name)).map((step) => {
  console.log(`\n── ${step.name} ${"─".repeat(60 - step.name.length)}`);
  const began_ms = performance.now();
  const { status, error } = spawnSync(step.command, step.arguments, { cwd: home, env, stdio: "inherit" });
  if (error !== undefined) console.error(`${step.command}: ${error.message}`);
  return { name: step.name, passed: status === 0, seconds: (performance.now() - began_ms) / 1000 };
});

console.log("");
for (const { name, passed, seconds } of ended)
  console.log(`${passed ? "✓" : "✗"} ${name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s`);
process.exitCode = ended.length > 0 && ended.every(({ passed }) => passed) ? 0 : 1;
