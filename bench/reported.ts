/** Figures without a target: what else a reader wants to know. */
import { count, type Figure, seconds, sized } from "./figure.ts";
import { scratch, startOrg, sync } from "./org.ts";

const DEMO = { users: 5000, groups: 300, apps: 60, rules: 20, events: 200_000 } as const;
const GROUPS = 100_000;
const MENDED_EVENTS = 100_000;

export const demoOrg: Figure = {
  name: "demo",
  about: "first sync of the demo's org, all six tables",
  target: null,
  async run(scale) {
    await using folder = await scratch();
    await using org = await startOrg({ ...DEMO, events: sized(DEMO.events, scale) });
    const { run, wall_s, cpu } = await sync(org, folder.file("demo.duckdb"), "");
    const perTable = Object.entries(run.tables).map(([table, { requests }]) => `${table} ${requests}`);
    return {
      seen: `${run.requests} requests, ${seconds(wall_s)}`,
      met: null,
      beside: [
        `requests: ${perTable.join(", ")}`,
        `processor ${seconds(cpu.main_s)} JavaScript, ${seconds(cpu.others_s)} DuckDB and other threads`,
      ],
    };
  },
};

export const groups: Figure = {
  name: "groups",
  about: `first sync of ${count(GROUPS)} groups`,
  target: null,
  async run(scale) {
    const size = sized(GROUPS, scale);
    await using folder = await scratch();
    await using org = await startOrg({ groups: size, users: 1000, events: 1000 });
    const { wall_s } = await sync(org, folder.file("groups.duckdb"), "groups");
    return { seen: `${count(size / wall_s)} rows/s`, met: null, beside: ["whole life of the process"] };
  },
};

export const mending: Figure = {
  name: "mending",
  about: `first sync of ${count(MENDED_EVENTS)} log events of which every page holds an undeclared field, so that all are mended`,
  target: null,
  async run(scale) {
    const events = sized(MENDED_EVENTS, scale);
    await using folder = await scratch();
    await using org = await startOrg({ events, users: 1000 });
    const plain = await sync(org, folder.file("plain.duckdb"), "logs");
    const fault = { kind: "editRows", row: 0, set: { undeclared: { deep: [1, 2] } } };
    await org.control("POST /faults", { match: { path: "/api/v1/logs" }, fault });
    const mended = await sync(org, folder.file("mended.duckdb"), "logs");
    return {
      seen: `${count(events / mended.wall_s)} events/s`,
      met: null,
      beside: [
        `plain pages: ${count(events / plain.wall_s)} events/s`,
        `processor of JavaScript: ${seconds(mended.cpu.main_s)}, plain ${seconds(plain.cpu.main_s)}; the org edits the pages meanwhile`,
      ],
    };
  },
};
