import { count, type Figure, seconds, sized } from "./figure.ts";
import { scratch, startOrg, sync } from "./org.ts";

const USERS = 100_000;
const MOST_REQUESTS = 15;
const MOST_S = 3;

interface Seen {
  readonly path: string;
  readonly query: string;
}

export const figure: Figure = {
  name: "unchanged",
  about: `second sync of an unchanged org of ${count(USERS)} users, 300 groups, 60 apps, 20 rules, 3 user types: all six tables`,
  target: `≤ ${MOST_REQUESTS} requests, ≤ ${MOST_S} s`,
  async run(scale) {
    await using folder = await scratch();
    await using org = await startOrg({ users: sized(USERS, scale), groups: 300, apps: 60, rules: 20, events: 2000 });
    const file = folder.file("org.duckdb");
    await sync(org, file, "");
    await org.control("DELETE /requests");
    const again = await sync(org, file, "");
    const requests = (await org.control("GET /requests")) as readonly Seen[];
    const moved = Object.values(again.run.tables).reduce(
      (sum, table) => sum + table.inserted + table.updated + table.deleted,
      0,
    );
    if (moved > 0) throw new Error(`${moved} rows moved in an unchanged org`);
    return {
      seen: `${requests.length} requests, ${seconds(again.wall_s)}`,
      met: requests.length <= MOST_REQUESTS && again.wall_s <= MOST_S,
      beside: [
        `${seconds(again.wall_s)} is the life of the process; the run itself ${seconds(again.run_s)} on the org's clock (± 1 s); processor ${seconds(again.cpu.main_s + again.cpu.others_s)}`,
        requests.map(({ path, query }) => `\`${path}${query === "" ? "" : "?…"}\``).join(", "),
      ],
    };
  },
};
