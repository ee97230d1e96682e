/** Lives through a history: the simulated org, the real client over HTTP, the real engine, the real warehouse; then compares. */
import { mkdtemp, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FakeOkta, startFakeOkta } from "../../fake-okta/server.ts";
import type { Batch } from "../../src/core/batch.ts";
import type { RunResult } from "../../src/core/run.ts";
import type { Stream } from "../../src/core/stream.ts";
import { sync } from "../../src/engine/sync.ts";
import { openClient } from "../../src/okta/client.ts";
import type { Clock } from "../../src/okta/clock.ts";
import { credentialFromEnvironment } from "../../src/okta/credential.ts";
import { parseOrg, resolveOrg } from "../../src/okta/org.ts";
import type { OktaClient } from "../../src/okta/seam.ts";
import { STREAMS } from "../../src/okta/streams.ts";
import { openTransport } from "../../src/okta/transport.ts";
import { openWarehouse } from "../../src/warehouse/open.ts";
import type { Warehouse } from "../../src/warehouse/warehouse.ts";
import { change } from "./changes.ts";
import { Dice } from "./dice.ts";
import { differences } from "./equality.ts";
import { quietSync, type History, type SyncStep } from "./history.ts";

/** What a deliberate break puts between the engine and the world. */
export interface Break {
  okta?(okta: OktaClient, fake: FakeOkta): OktaClient;
  warehouse?(warehouse: Warehouse, fake: FakeOkta): Warehouse;
  stream?(stream: Stream, fake: FakeOkta): Stream;
}

/** What went wrong with a history; empty when the warehouse equals the org and every result was honest. */
export type Findings = readonly string[];

const PREFIX = "okta";
/** Memory where there is such a disk: the simulation asks for correctness, the crash test for durability. */
const SCRATCH = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

export async function liveThrough(history: History, broken: Break = {}): Promise<Findings> {
  const directory = await mkdtemp(join(SCRATCH, "rollcall-simulation-"));
  const { users, groups, apps, rules, events, pageSize } = history.size;
  const now = Date.UTC(2026, 5, 1) + history.seed * 7;
  await using fake = await startFakeOkta({
    seed: history.seed, users, groups, apps, rules, events, userTypes: 2, pageSize, now, clock: "manual",
  });
  await using warehouse = await openWarehouse(`duckdb:${join(directory, "simulated.duckdb")}`, { mode: "write" });
  try {
    return await new World(history, fake, warehouse, broken).live();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

class World {
  readonly #history: History;
  readonly #fake: FakeOkta;
  readonly #warehouse: Warehouse;
  readonly #broken: Break;
  readonly #dice: Dice;
  #changes = 0;

  constructor(history: History, fake: FakeOkta, warehouse: Warehouse, broken: Break) {
    this.#history = history;
    this.#fake = fake;
    this.#warehouse = warehouse;
    this.#broken = broken;
    this.#dice = new Dice(history.seed + 0x5eed);
  }

  async live(): Promise<Findings> {
    const findings: string[] = [];
    for (const { before, advance_ms, sync: step } of this.#history.steps) {
      for (const what of before) this.#change(what);
      this.#fake.org.clock.advance(advance_ms);
      if (Object.keys(step.tables).length > 0) await this.#sync(step);
    }
    this.#fake.faults.clear();
    this.#fake.org.clock.advance(30 * 60_000);
    for (const [completeEvery_ms, increment] of [[1_000 * 24 * 3_600_000, true], [0, false]] as const) {
      const result = await this.#sync(quietSync(this.#history.tables, completeEvery_ms));
      if (result?.status !== "completed") findings.push(`a quiet run ended ${JSON.stringify(result)}`);
      for (const table of this.#history.tables) {
        findings.push(...(await differences(table, this.#fake.org, this.#warehouse, PREFIX, { increment })));
      }
      this.#fake.org.clock.advance(1_000);
    }
    return findings;
  }

  #change(what: Parameters<typeof change>[1]): void {
    change(this.#fake.org, what, this.#dice, ++this.#changes);
  }

  /** Null when the run crashed. */
  async #sync(step: SyncStep): Promise<RunResult | null> {
    for (const rule of step.faults) this.#fake.faults.add(rule);
    const stop = new AbortController();
    const crash = new Crash(step);
    const clock = simulatedClock(this.#fake);
    await using client = await openSimulatedClient(this.#fake, clock);
    try {
      const okta = this.#disturbed(client, step, stop, crash);
      return await sync({
        okta: this.#broken.okta?.(okta, this.#fake) ?? okta,
        warehouse: crash.guard(this.#broken.warehouse?.(this.#warehouse, this.#fake) ?? this.#warehouse),
        prefix: PREFIX,
        tables: STREAMS.filter(({ table }) => table in step.tables).map((stream) => ({
          stream: this.#broken.stream?.(stream, this.#fake) ?? stream,
          mode: step.tables[stream.table]!,
        })),
        logsSince_ms: null,
        completeEvery_ms: step.completeEvery_ms,
        allowMassDelete: true,
        signal: stop.signal,
        emit: () => {},
        batchLimits: { pages: step.batchPages, bytes: 1e9, wait_ms: 60_000 },
      });
    } catch (error) {
      if (!crash.happened) throw error;
      return null;
    } finally {
      this.#fake.faults.clear();
    }
  }

  /** The client, with the org changing, Ctrl-C coming and time passing between its requests. */
  #disturbed(client: OktaClient, step: SyncStep, stop: AbortController, crash: Crash): OktaClient {
    let requests = 0;
    return over(client, {
      get: (target, options) => {
        requests++;
        crash.refuseWhenGone();
        for (const { request, change: what } of step.changes) if (request === requests) this.#change(what);
        if (step.cancelAt === requests) stop.abort();
        this.#fake.org.clock.advance(step.tick_ms);
        return client.get(target, options);
      },
    });
  }
}

/** The process ends at a commit: everything after it fails, nothing more is written. */
class Crash {
  readonly #at: SyncStep["crash"];
  #commits = 0;
  happened = false;

  constructor({ crash }: SyncStep) {
    this.#at = crash;
  }

  refuseWhenGone(): void {
    if (this.happened) throw new Error("crashed");
  }

  guard(warehouse: Warehouse): Warehouse {
    const writing = <A extends unknown[], R>(write: (...args: A) => Promise<R>) => async (...args: A): Promise<R> => {
      this.refuseWhenGone();
      const isIt = ++this.#commits === this.#at?.commit;
      if (isIt && this.#at?.when === "before") this.happened = true;
      this.refuseWhenGone();
      const result = await write(...args);
      if (isIt) this.happened = true;
      this.refuseWhenGone();
      return result;
    };
    return over(warehouse, {
      commit: writing((prefix: string, batch: Batch, signal: AbortSignal) => warehouse.commit(prefix, batch, signal)),
      finish: writing((...args: Parameters<Warehouse["finish"]>) => warehouse.finish(...args)),
      abandon: writing((...args: Parameters<Warehouse["abandon"]>) => warehouse.abandon(...args)),
      note: writing((...args: Parameters<Warehouse["note"]>) => warehouse.note(...args)),
    });
  }
}

/** `object` with some methods replaced; the others keep their own `this`. */
export function over<T extends object>(object: T, methods: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      if (Object.hasOwn(methods, name)) return methods[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Time is the org's; sleeping moves it at once. */
function simulatedClock({ org }: FakeOkta): Clock {
  return {
    now_ms: () => org.clock.now(),
    async sleep(ms) {
      org.clock.advance(Math.min(ms, 120_000));
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

async function openSimulatedClient(fake: FakeOkta, clock: Clock): Promise<OktaClient> {
  const address = parseOrg(fake.url);
  await using transport = openTransport({ clock, connections: 1, loopback: true });
  const org = await resolveOrg(address, transport, new AbortController().signal);
  const credential = await credentialFromEnvironment({ OKTA_CLIENT_TOKEN: fake.token }, () => "");
  return openClient({ org, credential, share_percent: 100, scopes: [], clock, random: () => 0.5 });
}
