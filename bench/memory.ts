import { count, type Figure, megabytes, seconds, sized } from "./figure.ts";
import { scratch, startOrg, sync } from "./org.ts";

const SMALL = 200_000;
const LARGE = 2_000_000;
const MOST_BYTES = 600e6;
const MOST_GROWTH = 1.2;

export const figure: Figure = {
  name: "memory",
  about: `peak memory (VmHWM) of the sync process, first sync of ${count(SMALL)} against ${count(LARGE)} log events`,
  target: "≤ 600 MB, growth ≤ 1.2 times",
  async run(scale) {
    const small = await peak(sized(SMALL, scale));
    const large = await peak(sized(LARGE, scale));
    const growth = large.bytes / small.bytes;
    return {
      seen: `${megabytes(large.bytes)}, growth ${growth.toFixed(2)}`,
      met: Math.max(small.bytes, large.bytes) <= MOST_BYTES && growth <= MOST_GROWTH,
      beside: [small.words, large.words],
    };
  },
};

async function peak(events: number): Promise<{ readonly bytes: number; readonly words: string }> {
  await using folder = await scratch();
  await using org = await startOrg({ events, users: 1000 });
  const { peak_bytes, wall_s } = await sync(org, folder.file("log.duckdb"), "logs");
  return { bytes: peak_bytes, words: `${count(events)} events: ${megabytes(peak_bytes)}, ${seconds(wall_s)}` };
}
