import { fileURLToPath } from "node:url";
import { count, type Figure, median, seconds, sized } from "./figure.ts";
import { type Org, scratch, startOrg, sync } from "./org.ts";
import { watched } from "./watched.ts";

const USERS = 100_000;
/** The plain loop is slow: it reads a part, and rates are compared. */
const LOOP_USERS = 10_000;
const ROUNDS = 3;
const LEAST_PER_SECOND = 25_000;
const LEAST_TIMES = 10;

interface Rate {
  readonly perSecond: number;
  readonly cpu: string;
}

export const firstSync: Figure = {
  name: "users",
  about: `first sync of ${count(USERS)} users, from the org's process through \`rollcall sync\` into a closed DuckDB file`,
  target: `≥ ${count(LEAST_PER_SECOND)} rows/s`,
  async run(scale) {
    const users = sized(USERS, scale);
    await using folder = await scratch();
    await using org = await startOrg({ users, events: 1000 });
    const rounds: Rate[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      rounds.push(await ourRate(org, folder.file(`${round}.duckdb`), users));
    const rate = median(rounds.map(({ perSecond }) => perSecond));
    return {
      seen: `${count(rate)} rows/s`,
      met: rate >= LEAST_PER_SECOND,
      beside: [
        `rounds: ${rounds.map(({ perSecond }) => count(perSecond)).join(", ")}; whole life of the process`,
        rounds.at(-1)!.cpu,
      ],
    };
  },
};

export const againstSdk: Figure = {
  name: "sdk",
  about: "the same against a plain loop: the official SDK's `listUsers`, an object at a time, into a prepared `INSERT`",
  target: `≥ ${LEAST_TIMES} times faster`,
  async run(scale) {
    const users = sized(USERS, scale);
    const loopUsers = sized(LOOP_USERS, scale);
    await using folder = await scratch();
    await using org = await startOrg({ users, events: 1000 });
    await using loopOrg = await startOrg({ users: loopUsers, events: 1000 });
    const ours: number[] = [];
    const loop: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      loop.push(await loopRate(loopOrg, folder.file(`loop-${round}.duckdb`)));
      ours.push((await ourRate(org, folder.file(`ours-${round}.duckdb`), users)).perSecond);
    }
    const times = median(ours.map((rate, at) => rate / loop[at]!));
    return {
      seen: `${times.toFixed(1)} times`,
      met: times >= LEAST_TIMES,
      beside: [
        `ours ${count(median(ours))} rows/s (${count(users)} users, 40 columns and more), the loop ${count(median(loop))} rows/s (up to ${count(loopUsers)} users, 12 columns, a commit every 1,000 rows)`,
        `ratios of the rounds: ${ours.map((rate, at) => (rate / loop[at]!).toFixed(1)).join(", ")}`,
      ],
    };
  },
};

async function ourRate(org: Org, file: string, users: number): Promise<Rate> {
  const { run, wall_s, cpu } = await sync(org, file, "users");
  const inserted = run.tables["users"]?.inserted;
  if (inserted !== users) throw new Error(`${inserted} users were stored of ${users}`);
  return {
    perSecond: users / wall_s,
    cpu: `processor ${seconds(cpu.main_s)} JavaScript, ${seconds(cpu.others_s)} DuckDB and other threads`,
  };
}

async function loopRate(org: Org, file: string): Promise<number> {
  const script = fileURLToPath(new URL("sdk-loop.ts", import.meta.url));
  const { code, stdout, stderr } = await watched([script, org.url, file], { OKTA_CLIENT_TOKEN: org.token });
  if (code !== 0) throw new Error(stderr);
  const { rows, busy_ms } = JSON.parse(stdout) as { readonly rows: number; readonly busy_ms: number };
  return (rows / busy_ms) * 1000;
}
