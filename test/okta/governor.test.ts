/**
 * Seen to fail when: in-flight requests do not count · the reserve is left out · the window opens at `Reset` without the margin ·
 * answers of an earlier window are believed · waits are taken from the local clock · a lost request is not counted.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { allowanceOf } from "../../src/okta/account.ts";
import { askerOf } from "../../src/okta/asker.ts";
import { in_flight_max, openGovernor, type Permit } from "../../src/okta/governor.ts";
import { serverClock } from "../../src/okta/server-clock.ts";
import type { Headers, Response, Transport } from "../../src/okta/transport.ts";
import { virtualClock, type VirtualClock } from "./virtual-clock.ts";

const never = new AbortController().signal;

interface World {
  readonly limit: number;
  readonly share_percent: number;
  /** Okta's clock minus ours. */
  readonly offset_ms: number;
  /** When windows begin, after the full minute of Okta's clock. */
  readonly phase_ms: number;
  /** Windows begin with the first request after the last ended, instead of each minute. */
  readonly lazy: boolean;
  readonly rounding: "floor" | "ceil";
  readonly stamped: "arrival" | "departure";
  /** Each way at most this, so a whole exchange on average; answers overtake each other. */
  readonly latency_ms: number;
  readonly seed: number;
  /** Requests per window of others who share the credential, in one burst. */
  readonly others: number;
  readonly lossPercent: number;
}

interface Window {
  ours: number;
  others: number;
  burst: boolean;
  refused: number;
  /** Sent before the window began, counted in it, and never answered: nobody can know of these. */
  unknowable: number;
  readonly start_ms: number;
}

const window_ms = 60_000;

/** Okta's side of one bucket, on the virtual clock. */
function simulated(world: World, clock: VirtualClock) {
  const windows: Window[] = [];
  const random = seeded(world.seed);
  const open = (at_ms: number): Window => {
    const last = windows.at(-1);
    const start_ms = world.lazy
      ? last !== undefined && at_ms < last.start_ms + window_ms
        ? last.start_ms
        : at_ms
      : Math.floor((at_ms - world.phase_ms) / window_ms) * window_ms + world.phase_ms;
    if (last?.start_ms === start_ms) return last;
    const fresh = { ours: 0, others: 0, burst: false, refused: 0, unknowable: 0, start_ms };
    windows.push(fresh);
    return fresh;
  };
  const server_ms = () => clock.now_ms() + world.offset_ms;
  const transport: Transport = {
    clock,
    async [Symbol.asyncDispose]() {},
    async send(_, signal): Promise<Response> {
      const sent_ms = clock.now_ms();
      const up_ms = random() * world.latency_ms;
      await clock.sleep(up_ms, signal);
      let stamp_ms = server_ms();
      const window = open(stamp_ms);
      if (!window.burst && stamp_ms > window.start_ms + 20_000) {
        window.burst = true;
        window.others = world.others;
      }
      window.ours += 1;
      const used = window.ours + window.others;
      const refused = used > world.limit;
      if (refused) window.refused += 1;
      await clock.sleep(random() * world.latency_ms, signal);
      if (world.stamped === "departure") stamp_ms = server_ms();
      if (windows.length > 1 && random() * 100 < world.lossPercent) {
        if (sent_ms + world.offset_ms < window.start_ms) window.unknowable += 1;
        throw new Error("lost");
      }
      const headers = {
        date: new Date(Math.floor(stamp_ms / 1000) * 1000).toUTCString(),
        "x-rate-limit-limit": String(world.limit),
        "x-rate-limit-remaining": String(Math.max(0, world.limit - used)),
        "x-rate-limit-reset": String(Math[world.rounding]((window.start_ms + window_ms) / 1000)),
      };
      return { status: refused ? 429 : 200, headers, bytes: new Uint8Array(), sent_ms, received_ms: clock.now_ms() };
    },
  };
  return { windows, transport };
}

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Reads as fast as allowed for some minutes, from several tables at once. */
async function spend(world: World, minutes: number): Promise<Window[]> {
  const clock = virtualClock(1_700_000_000_000);
  const { windows, transport } = simulated(world, clock);
  const server = serverClock(clock);
  using governor = openGovernor({ share_percent: world.share_percent, clock, server });
  const ask = askerOf({ origin: "https://acme.okta.com", governor, server, transport });
  const stop = new AbortController();
  const tables = Array.from({ length: 16 }, async () => {
    while (!stop.signal.aborted) {
      try {
        await ask({ method: "GET", path: "/api/v1/logs" }, async () => ({ headers: {} }), null, stop.signal);
      } catch (error) {
        if (!(error instanceof Error) || error.message !== "lost") return;
      }
    }
  });
  const end = clock.sleep(minutes * window_ms, never).then(() => stop.abort());
  await clock.until(Promise.all([...tables, end]));
  return windows;
}

const worlds = fc.record({
  limit: fc.integer({ min: 4, max: 300 }),
  share_percent: fc.integer({ min: 10, max: 100 }),
  offset_ms: fc.integer({ min: -100_000_000, max: 100_000_000 }),
  phase_ms: fc.integer({ min: 0, max: 59_999 }),
  lazy: fc.boolean(),
  rounding: fc.constantFrom("floor" as const, "ceil" as const),
  stamped: fc.constantFrom("arrival" as const, "departure" as const),
  latency_ms: fc.integer({ min: 20, max: 1_000 }),
  seed: fc.integer(),
  others: fc.constant(0),
  lossPercent: fc.constant(0),
});

const runs = { numRuns: 60, endOnFailure: false };

test("alone on a bucket: at most the allowance in each window, at least 95% of it, and no 429", async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const windows = await spend(world, 4);
      const allowance = allowanceOf(world.limit, world.share_percent);
      for (const window of windows) {
        assert.ok(window.ours <= allowance, `${window.ours} of ${allowance}`);
        assert.equal(window.refused, 0);
      }
      const inner = windows.slice(1, -1);
      const used = inner.reduce((sum, { ours }) => sum + ours, 0);
      assert.ok(used >= 0.95 * allowance * inner.length, `${used} of ${allowance} × ${inner.length}`);
      if (world.lazy) {
        const cycle_ms = (windows.at(-1)!.start_ms - windows[1]!.start_ms) / (windows.length - 2);
        assert.ok(cycle_ms <= window_ms / 0.94, `a window each ${cycle_ms} ms`);
      }
    }),
    runs,
  );
});

test("with others on the same credential: their spending is respected, what is left of the share is used", async () => {
  const shared = fc.record({ world: worlds, others: fc.integer({ min: 1, max: 100 }) });
  await fc.assert(
    fc.asyncProperty(shared, async ({ world, others }) => {
      const taken = Math.floor((world.limit * others) / 100);
      const windows = await spend({ ...world, lazy: false, others: taken }, 4);
      const allowance = allowanceOf(world.limit, world.share_percent);
      for (const window of windows) {
        assert.ok(window.ours <= allowance, `${window.ours} of ${allowance}`);
        // A burst of others cannot be foreseen: only requests already in flight may meet its end.
        assert.ok(window.refused <= in_flight_max, `${window.refused} refused`);
        if (taken <= world.limit - allowance) assert.equal(window.refused, 0);
      }
      // Others came when 20 s were over: by then the share was spent, so it is spent all the same.
      const inner = windows.slice(1, -1);
      const used = inner.reduce((sum, { ours }) => sum + ours, 0);
      if (allowance * world.latency_ms < in_flight_max * 15_000) {
        assert.ok(used >= 0.95 * allowance * inner.length, `${used} of ${allowance} × ${inner.length}`);
      }
    }),
    runs,
  );
});

test("slow answers that overtake each other, and lost ones: spent all the same, and no waiting for ever", async () => {
  await fc.assert(
    fc.asyncProperty(worlds, fc.integer({ min: 1, max: 100 }), async (world, lossPercent) => {
      const windows = await spend({ ...world, latency_ms: 5 * world.latency_ms, lossPercent }, 3);
      const allowance = allowanceOf(world.limit, world.share_percent);
      assert.ok(windows.length >= 2);
      for (const { ours, unknowable } of windows) assert.ok(ours - unknowable <= allowance, `${ours} of ${allowance}`);
    }),
    runs,
  );
});

test("a concurrency 429 halves what is in flight, once for those refused together; after a calm minute it doubles", async () => {
  const clock = virtualClock();
  using governor = openGovernor({ share_percent: 75, clock, server: serverClock(clock), random: () => 0.5 });
  const taken: Permit[] = [];
  const take = () =>
    void governor.acquire("other", never).then(
      (permit) => taken.push(permit),
      () => "still queued at the end",
    );
  const giveBack = (status: number, headers: Headers) => {
    for (const permit of taken.splice(0)) {
      permit.observe(status, headers);
      permit[Symbol.dispose]();
    }
  };
  const inFlight = async (after_ms: number) => {
    for (let count = 0; count < 30; count += 1) take();
    await clock.until(clock.sleep(after_ms, never));
    return taken.length;
  };
  assert.equal(await inFlight(0), 1, "unknown bucket: a single probe");
  giveBack(200, {});
  assert.equal(await inFlight(0), in_flight_max);
  giveBack(429, { "x-rate-limit-limit": "0", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "1" });
  assert.equal(await inFlight(2_900), 0);
  assert.equal(await inFlight(200), in_flight_max / 2);
  await clock.until(clock.sleep(60_000, never));
  giveBack(200, {});
  assert.equal(await inFlight(0), in_flight_max);
});

test("who leaves the queue takes no permit along", async () => {
  const clock = virtualClock();
  using governor = openGovernor({ share_percent: 75, clock, server: serverClock(clock) });
  const first = await governor.acquire("a", never);
  const leave = new AbortController();
  const leaving = Promise.allSettled(Array.from({ length: 20 }, () => governor.acquire("a", leave.signal)));
  const staying = Array.from({ length: in_flight_max }, () => governor.acquire("a", never));
  leave.abort();
  first.observe(200, {});
  first[Symbol.dispose]();
  assert.ok((await leaving).every(({ status }) => status === "rejected"));
  assert.equal((await Promise.all(staying)).length, in_flight_max);
});
