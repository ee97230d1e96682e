import { fileURLToPath } from "node:url";
import { count, type Figure, median, seconds, sized } from "./figure.ts";
import { type Org, scratch, startOrg, sync } from "./org.ts";
import { readLog } from "./pages.ts";
import { watched } from "./watched.ts";

const EVENTS = 300_000;
/** Ours and the peer take turns, so that what else runs on the machine meets both. */
const ROUNDS = 3;
const LEAST = 0.6;

interface Rate {
  readonly perSecond: number;
  /** Of all processes that took part. */
  readonly cpu_s: number;
  readonly cpu: string;
}

export const figure: Figure = {
  name: "logs",
  about: `${count(EVENTS)} log events from the org's process through \`rollcall sync\`, against DuckDB's bare \`read_json\` of the same pages into the same columns`,
  target: `≥ ${LEAST} of the bare rate (aim: 0.8)`,
  async run(scale) {
    await using folder = await scratch();
    await using org = await startOrg({ events: sized(EVENTS, scale), users: 1000 });
    const pages = await readLog(org, folder.file("pages"));
    const ours: Rate[] = [];
    const bare: Rate[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(await bareRate(pages.folder, folder.file(`bare-${round}.duckdb`), pages.rows));
      ours.push(await ourRate(org, folder.file(`ours-${round}.duckdb`), pages.rows));
    }
    const rate = median(ours.map(({ perSecond }) => perSecond));
    const peer = median(bare.map(({ perSecond }) => perSecond));
    const ratio = median(ours.map(({ perSecond }, at) => perSecond / bare[at]!.perSecond));
    const byCpu = median(ours.map(({ cpu_s }, at) => bare[at]!.cpu_s / cpu_s));
    return {
      seen: `${ratio.toFixed(2)} (${count(rate)} events/s)`,
      met: ratio >= LEAST,
      beside: [
        `bare \`read_json\`: ${count(peer)} events/s`,
        `ratio by processor time, all processes counted: ${byCpu.toFixed(2)} (that is what is left of the ratio when every core is taken by others)`,
        `medians of ${ROUNDS} rounds, taking turns; ratios of the rounds: ${ours.map(({ perSecond }, at) => (perSecond / bare[at]!.perSecond).toFixed(2)).join(", ")}`,
        `ours: whole life of the process, ${ours.at(-1)!.cpu}`,
        `bare: first insert to closed file, ${bare.at(-1)!.cpu}`,
      ],
    };
  },
};

async function ourRate(org: Org, file: string, rows: number): Promise<Rate> {
  const before = org.cpu();
  const { run, wall_s, cpu } = await sync(org, file, "logs");
  const after = org.cpu();
  const inserted = run.tables["logs"]?.inserted;
  if (inserted !== rows) throw new Error(`${inserted} events were stored of ${rows}`);
  const org_s = before && after ? after.main_s + after.others_s - before.main_s - before.others_s : NaN;
  return {
    perSecond: rows / wall_s,
    cpu_s: cpu.main_s + cpu.others_s + org_s,
    cpu: `processor ${seconds(cpu.main_s)} JavaScript, ${seconds(cpu.others_s)} DuckDB and other threads, ${seconds(org_s)} the org's process`,
  };
}

async function bareRate(folder: string, file: string, rows: number): Promise<Rate> {
  const { stdout, stderr, code, cpu } = await watched([
    fileURLToPath(new URL("bare.ts", import.meta.url)),
    folder,
    file,
  ]);
  if (code !== 0) throw new Error(stderr);
  const told = JSON.parse(stdout) as { readonly rows: number; readonly busy_ms: number };
  if (told.rows !== rows) throw new Error(`${told.rows} events were read of ${rows}`);
  const cpu_s = cpu.main_s + cpu.others_s;
  return { perSecond: (rows / told.busy_ms) * 1000, cpu_s, cpu: `processor ${seconds(cpu_s)}` };
}
