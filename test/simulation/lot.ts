/** Many histories, one after the other, and what came of them. */
import { BREAKS, type NamedBreak } from "./breaks.ts";
import { drawHistory, type History } from "./history.ts";
import { type Findings, liveThrough } from "./world.ts";

export interface Counts {
  histories: number;
  runs: number;
  crashes: number;
  faults: number;
  changes: number;
}

export const nothing = (): Counts => ({ histories: 0, runs: 0, crashes: 0, faults: 0, changes: 0 });

/** Lives through one history and adds it to `counts`. What is thrown on the way is a finding, too. */
export async function live(seed: number, counts: Counts): Promise<Findings> {
  const history = drawHistory(seed);
  count(history, counts);
  return caught(() => liveThrough(history));
}

/** The first seed from `from` whose history shows the break; null when `most` histories did not. */
export async function exposing(
  broken: NamedBreak,
  from: number,
  most: number,
): Promise<{ readonly seed: number; readonly finding: string } | null> {
  for (let seed = from; seed < from + most; seed++) {
    const history = drawHistory(seed, broken.tables);
    const [finding] = await caught(() => liveThrough(broken.sharpen?.(history) ?? history, broken));
    if (finding !== undefined) return { seed, finding };
  }
  return null;
}

export function breakNamed(name: string): NamedBreak {
  const found = BREAKS.find((broken) => broken.name === name);
  if (found === undefined) throw new RangeError(`no break is called ${name}`);
  return found;
}

/** How a person sees one history again. */
export function repeating(seed: number): string {
  return `npm run soak -- --from ${seed} --histories 1`;
}

/** Lists of at least this many pages: what a history must have to meet what happens between pages. */
export function fewestPages({ size }: History): number {
  const { pageSize, ...lists } = size;
  return Math.floor(Math.min(...Object.values(lists)) / pageSize);
}

function count({ steps }: History, counts: Counts): void {
  counts.histories += 1;
  counts.runs += 2;
  for (const { before, sync } of steps) {
    counts.runs += 1 + sync.crashes.length;
    counts.crashes += sync.crashes.length;
    counts.faults += sync.faults.length;
    counts.changes += before.length + sync.changes.length;
  }
}

async function caught(living: () => Promise<Findings>): Promise<Findings> {
  try {
    return await living();
  } catch (error) {
    return [`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
}
