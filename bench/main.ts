/**
 * `npm run bench [-- NAME…] [--scale N]`: measures the figures, prints what it saw beside each limit, and writes `bench/results.md`
 * when all were measured in full size.
 */
import { writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Figure, Measured } from "./figure.ts";
import { figure as logs } from "./logs.ts";
import { machine } from "./machine.ts";
import { figure as memory } from "./memory.ts";
import { figure as rateLimit } from "./rate-limit.ts";
import { demoOrg, groups, mending } from "./reported.ts";
import { crowd, during, firstLoad, idle, start } from "./server.ts";
import { figure as size } from "./size.ts";
import { figure as unchanged } from "./unchanged.ts";
import { againstSdk, firstSync } from "./users.ts";

const FIGURES: readonly Figure[] = [
  logs,
  firstSync,
  againstSdk,
  memory,
  rateLimit,
  unchanged,
  size,
  demoOrg,
  groups,
  mending,
  start,
  firstLoad,
  during,
  crowd,
  idle,
];

const results = fileURLToPath(new URL("results.md", import.meta.url));

const options = { scale: { type: "string", default: "1" } } as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const scale = Number(values.scale);
const names = FIGURES.map(({ name }) => name);
if (positionals.some((name) => !names.includes(name)) || !(scale > 0 && scale <= 1)) {
  console.error(`Usage: npm run bench [-- NAME… --scale N]. N: 0 to 1. NAME: ${names.join(", ")}.`);
  process.exitCode = 2;
} else {
  const chosen = FIGURES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const rows: string[] = [];
  for (const figure of chosen) {
    const load = loadavg()[0]!.toFixed(1);
    const measured = await attempt(figure);
    console.log(
      `\n${figure.name}: ${measured.seen} · target ${figure.target ?? "none"} · ${verdict(measured)} · load ${load}`,
    );
    for (const line of measured.beside) console.log(`  ${line}`);
    rows.push(row(figure, measured, load));
  }
  if (chosen.length === FIGURES.length && scale === 1) await writeFile(results, await page(rows));
}

/** A figure that cannot be measured is a missed one; the others are still measured. */
async function attempt(figure: Figure): Promise<Measured> {
  try {
    return await figure.run(scale);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { seen: `not measured: ${reason.split("\n")[0]}`, met: figure.target === null ? null : false, beside: [] };
  }
}

function verdict({ met }: Measured): string {
  return met === null ? "reported" : met ? "met" : "MISSED";
}

function row(figure: Figure, measured: Measured, load: string): string {
  const cells = [
    figure.about,
    figure.target ?? "–",
    `**${measured.seen}**`,
    verdict(measured),
    measured.beside.join("<br>"),
    load,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

async function page(rows: readonly string[]): Promise<string> {
  return `${[
    "# Figures",
    "Written by `npm run bench`; each figure is `bench/<name>.ts`. The org is `rollcall fake-okta`, in a process of its own on the same machine.",
    (await machine()).map((line) => `- ${line}`).join("\n"),
    ["| figure | target | seen | | beside it | load before |", "| --- | --- | --- | --- | --- | --- |", ...rows].join(
      "\n",
    ),
  ].join("\n\n")}\n`;
}
