/**
 * The long proof, `npm run soak`: 20,000 random histories must end with the warehouse equal to the org, then every deliberate
 * break of test/simulation/breaks.ts must be caught. Spread over the cores; exits 1 when one of it is not so.
 *
 *   npm run soak -- [--histories 20000] [--from 1000000] [--breaks all|none|PART OF A NAME] [--processes N]
 */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { BREAKS } from "../test/simulation/breaks.ts";
import { breakNamed, type Counts, exposing, live, nothing, repeating } from "../test/simulation/lot.ts";

/** How many histories may pass before a break counts as missed. */
const MOST_PER_BREAK = 150;
const TOLD_EVERY_MS = 15_000;

/** What a process is asked to do, one at a time. */
type Task = { readonly kind: "history"; readonly seed: number } | { readonly kind: "break"; readonly name: string };

interface Done {
  readonly counts: Counts;
  /** What speaks against us; empty when all is well. */
  readonly findings: readonly string[];
  readonly said: string | null;
}

async function perform(task: Task): Promise<Done> {
  const counts = nothing();
  if (task.kind === "history") return { counts, findings: await live(task.seed, counts), said: null };
  const exposed = await exposing(breakNamed(task.name), 1, MOST_PER_BREAK);
  return exposed === null
    ? { counts, findings: [`${MOST_PER_BREAK} histories did not show it`], said: null }
    : { counts, findings: [], said: `history ${exposed.seed}: ${exposed.finding.slice(0, 140)}` };
}

async function answer(task: Task): Promise<void> {
  process.send?.(await perform(task));
}

if (process.send !== undefined) {
  process.on("message", (task: Task) => void answer(task));
} else {
  process.exitCode = await soak();
}

async function soak(): Promise<number> {
  const { values } = parseArgs({
    options: {
      histories: { type: "string", default: "20000" },
      from: { type: "string", default: "1000000" },
      breaks: { type: "string" },
      processes: { type: "string", default: String(availableParallelism()) },
    },
  });
  const [histories, from] = [Number(values.histories), Number(values.from)];
  // One history by its number is a person's question about that one.
  const part = values.breaks ?? (histories > 1 ? "all" : "none");
  const names = BREAKS.map(({ name }) => name).filter((name) => part === "all" || name.includes(part));
  const total = nothing();
  let bad = 0;
  let told_ms = performance.now();
  const began_ms = told_ms;
  const onDone = (task: Task, { counts, findings, said }: Done) => {
    for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += counts[key];
    const title = task.kind === "history" ? `history ${task.seed}` : `break “${task.name}”`;
    if (findings.length > 0) bad += 1;
    for (const finding of findings) console.log(`✗ ${title}: ${finding}`);
    if (findings.length > 0 && task.kind === "history") console.log(`  to repeat it: ${repeating(task.seed)}`);
    if (said !== null) console.log(`✓ ${title} is caught by ${said}`);
    if (performance.now() - told_ms < TOLD_EVERY_MS) return;
    told_ms = performance.now();
    const perSecond = total.histories / ((told_ms - began_ms) / 1000);
    console.log(`${total.histories} of ${histories} histories, ${perSecond.toFixed(1)} a second, ${bad} bad`);
  };
  await shareOut(tasks(histories, from, names), Number(values.processes), onDone);
  console.log(`${JSON.stringify(total)}, ${names.length} breaks, ${bad} bad`);
  return bad === 0 ? 0 : 1;
}

function* tasks(histories: number, from: number, names: readonly string[]): Generator<Task> {
  for (let seed = from; seed < from + histories; seed++) yield { kind: "history", seed };
  for (const name of names) yield { kind: "break", name };
}

/** Gives each process its next task when it has done one. A process that dies takes the soak with it. */
async function shareOut(
  waiting: Iterable<Task> & Iterator<Task>,
  processes: number,
  onDone: (task: Task, done: Done) => void,
): Promise<void> {
  const worker = async () => {
    const child = fork(import.meta.filename, { execArgv: ["--disable-warning=ExperimentalWarning"] });
    try {
      for (const task of waiting) {
        const answered = new Promise<Done>((resolve, reject) => {
          child.once("message", (done) => resolve(done as Done));
          child.once("exit", (code) => reject(new Error(`the process for ${JSON.stringify(task)} ended with ${code}`)));
        });
        child.send(task);
        onDone(task, await answered);
        child.removeAllListeners("exit");
      }
    } finally {
      child.kill();
    }
  };
  await Promise.all(Array.from({ length: processes }, worker));
}
