/** Makes the server's insides from a data directory: store, keys, warehouse, runner; and takes them down again in turn. */
import { EventEmitter } from "node:events";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import { DOWNLOAD_PREFIX, WAREHOUSE_FILE } from "../store/files.ts";
import { openHashKey } from "../store/hash-key.ts";
import { openKeys } from "../store/keys.ts";
import { openStore } from "../store/open.ts";
import { openWarehouse } from "../warehouse/open.ts";
import { reachOf } from "../notify/reach.ts";
import { Chores } from "./chores.ts";
import type { ServiceContext } from "./context.ts";
import type { DemoValues } from "./form.ts";
import { Holds } from "./holds.ts";
import { Live } from "./live.ts";
import { Runner } from "./runner.ts";

export interface Opening {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  readonly demo: DemoValues | null;
  readonly version: string;
  /** Epoch ms; for tests. */
  readonly now_ms?: () => number;
}

export interface Service extends AsyncDisposable {
  readonly context: ServiceContext;
  /** Recovers what a dead process left, and keeps the sources current from here on. */
  start(): Promise<void>;
}

/** Throws what the store, the keys or the warehouse are wrong with. */
export async function openService(opening: Opening): Promise<Service> {
  await using opened = new AsyncDisposableStack();
  const { dataDir, env, log, demo, version } = opening;
  const store = opened.use(await openStore(dataDir));
  await removeDownloads(store.dataDir);
  const keys = await openKeys({ env, store });
  const hashKey = await openHashKey(store, keys);
  // The demo's org is at another port at every start; the source that was linked to it goes where it is now.
  if (demo !== null)
    await store.db.updateTable("source").set({ origin: demo.url }).where("kind", "=", "simulated").execute();
  const url = `duckdb:${join(store.dataDir, WAREHOUSE_FILE)}`;
  const warehouse = opened.use(await openWarehouse(url, { mode: "write", serving: true }));
  const now_ms = opening.now_ms ?? Date.now;
  const context: ServiceContext = {
    store,
    keys,
    hashKey,
    warehouse,
    live: new Live(),
    orders: new EventEmitter(),
    holds: new Holds(),
    log,
    now_ms,
    started_ms: now_ms(),
    reach: reachOf(env),
    demo,
    dataDir: store.dataDir,
    version,
  };
  const chores = opened.use(new Chores(context));
  const runner = opened.use(new Runner(context, `${process.pid}-${randomUUID()}`));
  const lifetime = opened.move();
  return {
    context,
    start: async () => {
      await runner.start();
      chores.start();
    },
    [Symbol.asyncDispose]: () => lifetime.disposeAsync(),
  };
}

/** What a process that was killed while it sent a file left behind; the directory is this process's alone by now. */
async function removeDownloads(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir))
    if (name.startsWith(DOWNLOAD_PREFIX)) await rm(join(dataDir, name), { recursive: true, force: true });
}
