import { count, type Figure, sized } from "./figure.ts";
import { scratch, sizeOf, startOrg, sync } from "./org.ts";
import { readLog } from "./pages.ts";

const EVENTS = 300_000;
const MOST = 0.35;

export const figure: Figure = {
  name: "size",
  about: `size of the closed warehouse file against the raw JSON of the ${count(EVENTS)} log events in it`,
  target: `≤ ${MOST}`,
  async run(scale) {
    await using folder = await scratch();
    await using org = await startOrg({ events: sized(EVENTS, scale), users: 1000 });
    const raw = await readLog(org, null);
    const file = folder.file("log.duckdb");
    const { run } = await sync(org, file, "logs");
    const rows = run.tables["logs"]!.inserted;
    if (rows !== raw.rows) throw new Error(`${rows} events were stored of ${raw.rows}`);
    const bytes = await sizeOf(file);
    return {
      seen: (bytes / raw.bytes).toFixed(3),
      met: bytes / raw.bytes <= MOST,
      beside: [`${count(bytes / rows)} bytes an event in the file, ${count(raw.bytes / rows)} in JSON`],
    };
  },
};
