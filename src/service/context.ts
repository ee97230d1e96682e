/** What everything the server does works with. Made once, in serve.ts. */
import type { EventEmitter } from "node:events";
import type { Logger } from "pino";
import type { Reach } from "../notify/reach.ts";
import type { Keys } from "../store/seal.ts";
import type { Store } from "../store/open.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";
import type { DemoValues } from "./form.ts";
import type { Holds } from "./holds.ts";
import type { Live } from "./live.ts";

export interface ServiceContext {
  readonly store: Store;
  /** Seals and opens the secrets in the store. */
  readonly keys: Keys;
  /** What personal data is hashed with: the same for all sources, so that hashes of equal values are equal. */
  readonly hashKey: Uint8Array;
  /** The one warehouse of this server: runs write through it, people ask through it. */
  readonly warehouse: Warehouse;
  readonly live: Live;
  readonly log: Logger;
  /** Local clock, epoch ms: for schedules and people's eyes. What is synced goes by the org's own clock. */
  readonly now_ms: () => number;
  /** When this process began to keep the sources current, by the same clock. */
  readonly started_ms: number;
  /** What the runner is told: look at the rows now; stop this run. */
  readonly orders: EventEmitter<{ wake: []; cancel: [runId: string] }>;
  readonly holds: Holds;
  /** Which addresses messages may go to. */
  readonly reach: Reach;
  readonly demo: DemoValues | null;
  readonly dataDir: string;
  readonly version: string;
}

export { ROLLCALL, type Actor } from "../store/audit.ts";
