/** What the API stands on. `rollcall serve` makes it once; tests make their own. */
import type { Logger } from "pino";
import type { Asking } from "../service/asking.ts";
import type { ServiceContext } from "../service/context.ts";
import type { Store } from "../store/open.ts";
import type { SetupToken } from "./setup-token.ts";

export interface ApiDeps {
  readonly store: Store;
  readonly log: Logger;
  /** Epoch ms. */
  readonly now_ms: () => number;
  readonly version: string;
  /** Sources, runs, the warehouse. */
  readonly service: ServiceContext;
  readonly asking: Asking;
  /** Rejects when warehouse or control plane cannot be used: what `/readyz` asks. */
  readonly ready: () => Promise<void>;
  /** Lets the first person in. */
  readonly setup: SetupToken;
  readonly demo: boolean;
  /** The built web page (web/dist). */
  readonly webDir: string;
  /**
   * Names by which people may reach this server besides loopback names, bare addresses and the public address of the settings:
   * the host it is bound to, and what the operator names.
   */
  readonly hosts: readonly string[];
  /** A proxy that we trust is in front: its `x-forwarded-proto` and `x-forwarded-for` are believed. */
  readonly trustProxy: boolean;
}
