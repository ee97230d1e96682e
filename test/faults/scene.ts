/** One run of the real engine and client against a simulated org in which something is wrong. No wait takes time: the clock is the org's. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FakeOkta, type FakeOktaOptions, startFakeOkta } from "../../fake-okta/server.ts";
import { exitOfError, exitOfRun } from "../../src/cli/exit.ts";
import { report } from "../../src/core/error.ts";
import type { RunEvent, RunResult } from "../../src/core/run.ts";
import { sync } from "../../src/engine/sync.ts";
import { STREAMS } from "../../src/okta/streams.ts";
import { openWarehouse } from "../../src/warehouse/open.ts";
import type { Warehouse } from "../../src/warehouse/warehouse.ts";
import { differences, NOTHING_LAGS } from "../simulation/equality.ts";
import { openSimulatedClient, over, simulatedClock } from "../simulation/simulated.ts";
import type { Row } from "./row.ts";

const PREFIX = "okta";
const SIZE = { users: 60, groups: 25, apps: 25, rules: 25, events: 80, userTypes: 3, pageSize: 10 } as const;

export interface Told {
  /** Null when the run did not start. */
  readonly run: RunResult | null;
  readonly exit: number;
  readonly thrown: { readonly code: string; readonly message: string } | null;
  readonly notices: readonly string[];
}

export class Scene implements AsyncDisposable {
  readonly fake: FakeOkta;
  readonly warehouse: Warehouse;
  readonly #row: Row;
  readonly #directory: string;

  static async open(row: Row): Promise<Scene> {
    const options: FakeOktaOptions = {
      ...SIZE,
      seed: 7,
      now: Date.UTC(2026, 5, 1),
      clock: "manual",
      keyKind: "EC",
      auth: row.auth ?? "token",
      ...row.org,
    };
    const directory = await mkdtemp(join(tmpdir(), "rollcall-faults-"));
    const fake = await startFakeOkta(options);
    return new Scene(
      row,
      directory,
      fake,
      await openWarehouse(`duckdb:${join(directory, "w.duckdb")}`, { mode: "write" }),
    );
  }

  constructor(row: Row, directory: string, fake: FakeOkta, warehouse: Warehouse) {
    this.#row = row;
    this.#directory = directory;
    this.fake = fake;
    this.warehouse = warehouse;
  }

  /** The row's run, or with `quiet` one that nothing disturbs and that may delete. */
  async run({ quiet }: { readonly quiet: boolean }): Promise<Told> {
    const { local_ms = 0, auth = "token", tables, during, allowMassDelete = false } = this.#row;
    const notices: string[] = [];
    const emit = (event: RunEvent) => void (event.type === "notice" && notices.push(event.code));
    const stop = new AbortController();
    let requests = 0;
    try {
      const settings = { auth, share_percent: 100, tables };
      await using okta = await openSimulatedClient(this.fake, simulatedClock(this.fake, local_ms), settings);
      const run = await sync({
        okta: over(okta, {
          get: (target, options) => {
            if (!quiet && ++requests === during?.request) during.act(this.fake, stop);
            return okta.get(target, options);
          },
        }),
        warehouse: quiet ? this.warehouse : (this.#row.warehouse?.(this.warehouse) ?? this.warehouse),
        prefix: PREFIX,
        tables: STREAMS.filter(({ table }) => tables.includes(table)).map((stream) => ({
          stream,
          mode: (!quiet && this.#row.mode) || stream.modes[0],
        })),
        logsSince_ms: null,
        completeEvery_ms: 0,
        allowMassDelete: quiet || allowMassDelete,
        signal: stop.signal,
        emit,
      });
      return { run, exit: exitOfRun(run), thrown: null, notices };
    } catch (error) {
      return { run: null, exit: exitOfError(error), thrown: report(error), notices };
    }
  }

  /** What differs between the warehouse and the org. */
  async differences(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const table of this.#row.tables)
      found.push(...(await differences(table, this.fake.org, this.warehouse, PREFIX, NOTHING_LAGS)));
    return found;
  }

  /** Values of the first column. */
  async query(sql: string): Promise<readonly unknown[]> {
    const { rows } = await this.warehouse.query(sql, { maxRows: 1_000 }, new AbortController().signal);
    return rows.map(([value]) => value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.warehouse[Symbol.asyncDispose]();
    await this.fake.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
