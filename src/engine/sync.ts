/** Entry point of the engine: one run of one org into one warehouse. (Under construction: the signature is fixed.) */
import type { RunEvent, RunResult } from "../core/run.ts";
import type { Stream, SyncMode } from "../core/stream.ts";
import type { OktaClient } from "../okta/seam.ts";
import type { Warehouse } from "../warehouse/warehouse.ts";

export interface SyncOptions {
  readonly okta: OktaClient;
  readonly warehouse: Warehouse;
  readonly prefix: string;
  /** The chosen streams, each with the mode it is synced in. */
  readonly tables: readonly { readonly stream: Stream; readonly mode: SyncMode }[];
  /** Where the log's past begins, epoch ms; null: as far back as Okta keeps. */
  readonly logsSince_ms: number | null;
  /** How old a complete reading may become before it is done again; 0: at once. */
  readonly completeEvery_ms: number;
  readonly allowMassDelete: boolean;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/** Runs once. Never throws for what Okta or the warehouse do to a table: that is in the result. Throws RollcallError for what keeps a run from starting. */
export function sync(_options: SyncOptions): Promise<RunResult> {
  throw new Error("under construction");
}
