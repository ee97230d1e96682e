/** Lives through a history: the simulated org, the real client over HTTP, the real engine, the real warehouse; then compares. */
import { mkdtemp, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FakeOkta, startFakeOkta } from "../../fake-okta/server.ts";
import type { RunResult } from "../../src/core/run.ts";
import type { Stream } from "../../src/core/stream.ts";
import { sync } from "../../src/engine/sync.ts";
import type { OktaClient } from "../../src/okta/seam.ts";
import { STREAMS } from "../../src/okta/streams.ts";
import { openWarehouse } from "../../src/warehouse/open.ts";
import type { Warehouse } from "../../src/warehouse/warehouse.ts";
import { change } from "./changes.ts";
import { Crashing } from "./crashing.ts";
import { Dice } from "./dice.ts";
import { differences } from "./equality.ts";
import { type Change, type Crash, DAY, type History, mayLackRows, quietSync, type SyncStep } from "./history.ts";
import { EventsSeen } from "./losses.ts";
import { openSimulatedClient, over, simulatedClock } from "./simulated.ts";

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
/** What every row carries in a history with a surprise. */
const SURPRISE = { surprise: { depth: 1 } };

export async function liveThrough(history: History, broken: Break = {}): Promise<Findings> {
  const directory = await mkdtemp(join(SCRATCH, "rollcall-simulation-"));
  const { size, access, seed } = history;
  const now = Date.UTC(2026, 5, 1) + seed * 7;
  const { auth, rateLimits, tokenLifetime_s: accessTokenLifetime_s } = access;
  await using fake = await startFakeOkta({
    seed,
    ...size,
    userTypes: 2,
    now,
    clock: "manual",
    auth,
    rateLimits,
    accessTokenLifetime_s,
    keyKind: "EC",
  });
  await using warehouse = await openWarehouse(`duckdb:${join(directory, "simulated.duckdb")}`, { mode: "write" });
  try {
    return await new World(history, fake, migratingOnce(warehouse), broken).live();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Migrating to a schema that the tables have already changes nothing (the warehouse's own suite proves it) and costs a third of the time. */
function migratingOnce(warehouse: Warehouse): Warehouse {
  const done = new Map<string, string>();
  return over(warehouse, {
    migrate: async (prefix, [spec, ...others]) => {
      if (spec === undefined || others.length > 0) return warehouse.migrate(prefix, spec ? [spec, ...others] : []);
      const attributes = JSON.stringify(spec.attributes);
      if (done.get(spec.stream.table) === attributes) return [];
      const changes = await warehouse.migrate(prefix, [spec]);
      done.set(spec.stream.table, attributes);
      return changes;
    },
  });
}

class World {
  readonly #history: History;
  readonly #fake: FakeOkta;
  readonly #warehouse: Warehouse;
  readonly #broken: Break;
  readonly #dice: Dice;
  readonly #events = new EventsSeen();
  /** Keys of rows that were in the warehouse once; only where rows may lack. */
  readonly #held = new Set<string>();
  /** Attributes were removed: Okta says of no user that it changed. */
  #schemaShrank = false;
  #changes = 0;

  constructor(history: History, fake: FakeOkta, warehouse: Warehouse, broken: Break) {
    this.#history = history;
    this.#fake = fake;
    this.#warehouse = warehouse;
    this.#broken = broken;
    this.#dice = new Dice(history.seed + 0x5eed);
  }

  async live(): Promise<Findings> {
    for (const { before, advance_ms, sync: step } of this.#history.steps) {
      this.#pass(before, advance_ms);
      if (Object.keys(step.tables).length > 0) await this.#command(step);
      if (mayLackRows(this.#history)) await this.#noteHeld();
    }
    this.#fake.org.clock.advance(30 * 60_000);
    return this.#endQuietly();
  }

  async #endQuietly(): Promise<Findings> {
    const { tables, surprise } = this.#history;
    const findings: string[] = [];
    for (const [completeEvery_ms, increment] of [
      [1_000 * DAY, true],
      [0, false],
    ] as const) {
      const rows = await this.#rows(tables);
      const result = await this.#sync(quietSync(tables, completeEvery_ms), new Crashing(null));
      if (result.status !== "completed") findings.push(`a quiet run ended ${JSON.stringify(result)}`);
      else findings.push(...(await this.#miscounted(result, rows)));
      const mayLag = {
        increment,
        profile: increment && this.#schemaShrank,
        unlessHeld: increment && mayLackRows(this.#history) ? this.#held : null,
        extra: surprise && !increment ? JSON.stringify(SURPRISE) : surprise || increment ? undefined : null,
      };
      for (const table of tables)
        findings.push(...(await differences(table, this.#fake.org, this.#warehouse, PREFIX, mayLag)));
      this.#fake.org.clock.advance(1_000);
    }
    this.#events.note(this.#fake);
    if (tables.includes("logs")) findings.push(...(await this.#events.lostInSilence(this.#warehouse, PREFIX)));
    return findings;
  }

  async #noteHeld(): Promise<void> {
    const known = new Set((await this.#warehouse.tables()).map(({ name }) => name));
    for (const { table, key } of STREAMS.filter((stream) => known.has(stream.table))) {
      const sql = `SELECT ${key} FROM "${PREFIX}".${table}`;
      const { rows } = await this.#warehouse.query(sql, { maxRows: 100_000 }, new AbortController().signal);
      for (const [one] of rows) this.#held.add(String(one));
    }
  }

  /** Rows in each table; zero where there is none yet. */
  async #rows(tables: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const known = await this.#warehouse.tables();
    return new Map(tables.map((table) => [table, known.find(({ name }) => name === table)?.rows ?? 0]));
  }

  /** A run's figures add up to what became of the tables. */
  async #miscounted(result: RunResult, before: ReadonlyMap<string, number>): Promise<Findings> {
    const after = await this.#rows(this.#history.tables);
    return Object.entries(result.tables).flatMap(([table, { inserted, deleted, rejected, oddValues }]) => {
      const grown = (after.get(table) ?? 0) - (before.get(table) ?? 0);
      const odd = rejected + oddValues;
      return [
        ...(grown === inserted - deleted ? [] : [`${table} grew by ${grown}, told ${inserted} in and ${deleted} out`]),
        ...(odd === 0 ? [] : [`${table}: ${odd} rows or values were refused that are whole`]),
      ];
    });
  }

  /** Things happen, then time passes. */
  #pass(changes: readonly Change[], ms: number): void {
    for (const what of changes) this.#change(what);
    if (ms > DAY) this.#events.note(this.#fake);
    this.#fake.org.clock.advance(ms);
  }

  #change(what: Change): void {
    if (what === "expireTokens") return this.#fake.tokens.expireTokens();
    if (what === "rotateNonce") return this.#fake.tokens.rotateNonce();
    if (what === "removeAttribute" || what === "retypeAttribute") this.#schemaShrank = true;
    change(this.#fake.org, what, this.#dice, ++this.#changes);
  }

  /** A person who gives the command again as long as it crashes. */
  async #command(step: SyncStep): Promise<void> {
    const attempts: readonly (Crash | null)[] = [...step.crashes, null];
    for (const [attempt, at] of attempts.entries()) {
      const crash = new Crashing(at);
      await this.#sync(attempt === 0 ? step : { ...step, changes: [], faults: [], cancelAt: null }, crash);
      if ("logs" in step.tables && (await this.#warehouse.checkpoints(PREFIX)).has("logs"))
        this.#events.beganBy(this.#fake.org.clock.now());
      if (!crash.happened || at === null) return;
      this.#pass(at.meanwhile, at.pause_ms);
    }
  }

  async #sync(step: SyncStep, crash: Crashing): Promise<RunResult> {
    const { access, surprise } = this.#history;
    for (const rule of step.faults) this.#fake.faults.add(rule);
    if (surprise) this.#fake.faults.add({ fault: { kind: "editRows", row: "all", set: SURPRISE } });
    const stop = new AbortController();
    await using client = await openSimulatedClient(this.#fake, simulatedClock(this.#fake), access);
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
    } finally {
      this.#fake.faults.clear();
    }
  }

  /** The client, with the org changing, Ctrl-C coming and time passing between its requests. */
  #disturbed(client: OktaClient, step: SyncStep, stop: AbortController, crash: Crashing): OktaClient {
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
