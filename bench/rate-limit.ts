import { setTimeout as sleep } from "node:timers/promises";
import { type Figure, sized } from "./figure.ts";
import { type Org, scratch, startOrg, startSync } from "./org.ts";

const WINDOWS = 3;
const WINDOW_MS = 60_000;
const LATENCY_MS = 1000;
/** `--share`'s default. */
const SHARE = 0.75;
const LEAST = 0.95;

interface Seen {
  readonly status: number;
  readonly bucket?: string;
  /** Org time of the answer; the bucket counted the request a latency before. */
  readonly at_ms: number;
}

export const figure: Figure = {
  name: "rate-limit",
  about: `use of the allowed share of the log's bucket over ${WINDOWS} windows of a minute of a backfill, at 1 s latency and the workforce limits`,
  target: "≥ 95%, no 429",
  /** Takes its minutes at any scale: fewer windows at a smaller one. */
  async run(scale) {
    const windows = Math.max(1, Math.round(WINDOWS * scale));
    await using folder = await scratch();
    const flags = { events: sized(400_000, 1), users: 1000, "latency-ms": LATENCY_MS, "rate-limits": "workforce" };
    await using org = await startOrg(flags);
    const { limit, from_ms } = await nextWindow(org);
    await sleep(from_ms - Date.now());
    const to_ms = from_ms + windows * WINDOW_MS;
    const syncing = startSync(
      org,
      folder.file("log.duckdb"),
      ["--tables", "logs"],
      AbortSignal.timeout(to_ms - Date.now()),
    );
    const { code } = await syncing;
    if (code !== 130) throw new Error(`the sync ended with ${code} before it was interrupted`);
    const seen = ((await org.control("GET /requests")) as readonly Seen[]).filter(
      ({ bucket, at_ms }) => bucket === "logs" && at_ms - LATENCY_MS >= from_ms && at_ms - LATENCY_MS < to_ms,
    );
    const refused = seen.filter(({ status }) => status === 429).length;
    const allowed = Math.floor(limit * SHARE);
    const perWindow = Array.from({ length: windows }, (_, at) => answeredIn(seen, from_ms + at * WINDOW_MS));
    const use = perWindow.reduce((sum, answered) => sum + answered, 0) / (allowed * windows);
    return {
      seen: `${(use * 100).toFixed(1)}%, ${refused} answers 429`,
      met: use >= LEAST && use <= 1 && refused === 0,
      beside: [
        `answered in each window: ${perWindow.join(", ")} of ${allowed} (${SHARE * 100}% of the ${limit} that the headers report)`,
      ],
    };
  },
};

function answeredIn(seen: readonly Seen[], from_ms: number): number {
  const inside = ({ at_ms }: Seen) => at_ms - LATENCY_MS >= from_ms && at_ms - LATENCY_MS < from_ms + WINDOW_MS;
  return seen.filter((request) => request.status === 200 && inside(request)).length;
}

/** When the bucket's next window begins (epoch ms; Okta's header tells whole seconds, so up to 1 s late), by one request in this one. */
async function nextWindow(org: Org): Promise<{ readonly limit: number; readonly from_ms: number }> {
  const { headers } = await fetch(`${org.url}/api/v1/logs?limit=1`, {
    headers: { authorization: `SSWS ${org.token}` },
  });
  const number = (name: string) => Number(headers.get(name));
  return { limit: number("x-rate-limit-limit"), from_ms: number("x-rate-limit-reset") * 1000 };
}
