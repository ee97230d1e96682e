/** The server's figures: how fast it is there, how it answers while it imports and while many look, what it holds when idle. */
import { mkdirSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findChromium, visit } from "../test/page/browser.ts";
import { count, type Figure, median, megabytes, seconds, sized } from "./figure.ts";
import { scratch } from "./org.ts";
import { Serving } from "./serving.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const EVENTS = 1_000_000;

const START_MOST_S = 2;
const START_ROUNDS = 5;

export const start: Figure = {
  name: "start",
  about:
    "start of `rollcall serve` (launcher included) on a prepared checkout, an empty data directory, to the first page served",
  target: `≤ ${START_MOST_S} s`,
  async run() {
    const rounds: number[] = [];
    for (let round = 0; round < START_ROUNDS; round += 1) {
      await using folder = await scratch();
      rounds.push(await startOnce(folder.file("data"), 20_000 + round));
    }
    return {
      seen: seconds(median(rounds)),
      met: median(rounds) <= START_MOST_S,
      beside: [`rounds: ${rounds.map(seconds).join(", ")}`],
    };
  },
};

async function startOnce(dataDir: string, port: number): Promise<number> {
  const began_ms = performance.now();
  const child = spawn(join(root, "rollcall"), ["serve", "--port", String(port), "--data-dir", dataDir], {
    stdio: "ignore",
  });
  try {
    for (;;) {
      const page = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
      if (page?.ok === true && (await page.text()).includes("/assets/")) return (performance.now() - began_ms) / 1000;
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
  }
}

const LOAD_MOST_KB = 350;

export const firstLoad: Figure = {
  name: "first-load",
  about:
    "JavaScript that the first visit of the Sources page transfers (compressed), without the editor and the charts",
  target: `≤ ${LOAD_MOST_KB} KB`,
  async run() {
    const executable = await findChromium();
    if (executable === null) throw new Error("no Chromium");
    await using folder = await scratch();
    await using serving = await Serving.start(folder.file("data"), 1000);
    await using seat = await visit(executable);
    const sizes: Promise<number>[] = [];
    seat.page.on("requestfinished", (request) => {
      if (new URL(request.url()).pathname.endsWith(".js"))
        sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    });
    await seat.page.goto(serving.url);
    await seat.page.getByLabel("E-mail address").fill("ada@example.com");
    await seat.page.getByLabel("Password", { exact: false }).first().fill("correct horse battery staple");
    await seat.page.getByRole("button", { name: "Log in" }).click();
    await seat.page.getByRole("link", { name: "Sources" }).first().click();
    await seat.page.getByText("+ New source").first().waitFor();
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    const kb = bytes / 1000;
    return {
      seen: `${Math.round(kb)} KB`,
      met: kb <= LOAD_MOST_KB,
      beside: [`${sizes.length} files; log-in, overview and Sources page`],
    };
  },
};

const ASK_MOST_S = 1;
const SPEED_LEAST = 0.8;
const ASK_EVERY_MS = 500;
const BY_TYPE = { sql: "select event_type, count(*) from okta.logs group by all order by 2 desc" };

export const during: Figure = {
  name: "queries-during-import",
  about: `a count by event type, asked every ${ASK_EVERY_MS} ms while an import of ${count(EVENTS)} events runs, and the import's speed beside that of one alone`,
  target: `≤ ${ASK_MOST_S} s at the median; ≥ ${SPEED_LEAST} of its speed`,
  async run(scale) {
    const events = sized(EVENTS, scale);
    const alone_s = await imported(events, async () => undefined);
    const took: number[] = [];
    const beside_s = await imported(events, async (serving, signal) => {
      while (!signal.aborted) {
        const began_ms = performance.now();
        const answered = await serving.ask("POST", "/api/warehouse/query", BY_TYPE).catch(() => null);
        // Before its first commit the table is not there yet.
        if (answered !== null) took.push((performance.now() - began_ms) / 1000);
        await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
      }
    });
    const share = alone_s / beside_s;
    return {
      seen: `${seconds(median(took))} at the median; ${share.toFixed(2)} of its speed`,
      met: median(took) <= ASK_MOST_S && share >= SPEED_LEAST,
      beside: [
        `${took.length} queries, slowest ${seconds(Math.max(...took))}`,
        `${count(events / alone_s)} events/s alone, ${count(events / beside_s)} beside the queries`,
      ],
    };
  },
};

/** How long the import of the log took, s, with `meanwhile` beside it. */
async function imported(
  events: number,
  meanwhile: (serving: Serving, signal: AbortSignal) => Promise<void>,
): Promise<number> {
  await using folder = await scratch();
  await using serving = await Serving.start(folder.file("data"), events);
  const { runId } = await serving.link(["logs"]);
  const stop = new AbortController();
  const beside = meanwhile(serving, stop.signal);
  const took_s = await serving.ended(runId);
  stop.abort();
  await beside;
  return took_s;
}

const PEOPLE = 50;
const ASKERS = 5;
const POLL_EVERY_MS = 5000;
const CROWD_S = 60;
const CROWD_MOST_S = 1;

export const crowd: Figure = {
  name: "crowd",
  about: `${PEOPLE} people polling the source page (two requests every ${POLL_EVERY_MS / 1000} s) and ${ASKERS} running queries over 200,000 events, for ${CROWD_S} s`,
  target: `no request over ${CROWD_MOST_S} s at p99, none failed`,
  async run(scale) {
    await using folder = await scratch();
    await using serving = await Serving.start(folder.file("data"), sized(200_000, scale));
    const { sourceId, runId } = await serving.link(["users", "groups", "logs"]);
    await serving.ended(runId);
    const keys = await Promise.all(
      Array.from({ length: ASKERS }, (_, at) =>
        serving.json<{ key: string }>("POST", "/api/keys", { name: `bench ${at}`, scope: "read" }),
      ),
    );
    const took: number[] = [];
    const asked: number[] = [];
    const failed: string[] = [];
    const timed = async (list: number[], work: () => Promise<unknown>) => {
      const began_ms = performance.now();
      await work().catch((error: unknown) => failed.push(String(error)));
      list.push((performance.now() - began_ms) / 1000);
    };
    const end_ms = performance.now() + CROWD_S * 1000;
    const person = async (at: number) => {
      await new Promise((resolve) => setTimeout(resolve, (at / PEOPLE) * POLL_EVERY_MS));
      while (performance.now() < end_ms) {
        await Promise.all([
          timed(took, () => serving.ask("GET", `/api/sources/${sourceId}`)),
          timed(took, () => serving.ask("GET", `/api/runs?source=${sourceId}`)),
        ]);
        await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
      }
    };
    const asker = async (key: string) => {
      while (performance.now() < end_ms)
        await timed(asked, () =>
          serving.ask("POST", "/api/warehouse/query", BY_TYPE, { authorization: `Bearer ${key}` }),
        );
    };
    await Promise.all([...Array.from({ length: PEOPLE }, (_, at) => person(at)), ...keys.map(({ key }) => asker(key))]);
    const p99 = Math.max(at99(took), at99(asked));
    return {
      seen: `${seconds(p99)} at p99, ${failed.length} failed`,
      met: p99 <= CROWD_MOST_S && failed.length === 0,
      beside: [
        `${took.length} requests of people: median ${seconds(median(took))}, p99 ${seconds(at99(took))}`,
        `${asked.length} queries: median ${seconds(median(asked))}, p99 ${seconds(at99(asked))}`,
        ...failed.slice(0, 3),
      ],
    };
  },
};

function at99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? NaN;
}

const IDLE_MOST_BYTES = 250e6;
const IDLE_AFTER_MS = 45_000;

export const idle: Figure = {
  name: "idle-memory",
  about:
    "resident memory of a server that has a linked, imported source and nothing to do (the simulated org is another process)",
  target: `≤ ${megabytes(IDLE_MOST_BYTES)}`,
  async run(scale) {
    await using folder = await scratch();
    mkdirSync(folder.file("."), { recursive: true });
    const data = folder.file("data");
    let after = NaN;
    {
      await using first = await Serving.start(data, sized(200_000, scale));
      const { runId } = await first.link(["users", "groups", "logs"]);
      await first.ended(runId);
      await new Promise((resolve) => setTimeout(resolve, IDLE_AFTER_MS));
      after = first.resident();
    }
    await using again = await Serving.start(data, 1000);
    await new Promise((resolve) => setTimeout(resolve, IDLE_AFTER_MS));
    const resident = again.resident();
    return {
      seen: megabytes(resident),
      met: resident <= IDLE_MOST_BYTES,
      beside: [`${megabytes(after)} in the process that did the import, ${IDLE_AFTER_MS / 1000} s after its end`],
    };
  },
};
