/** A batch: some pages of one stream and the checkpoint that covers them. The only thing that crosses from reading to writing. */
import type { Checkpoint } from "./checkpoint.ts";

/** One HTTP response body that holds a JSON array whose rows all fit the declared columns (see `conform.ts`). */
export interface Page {
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** The response's `Date`, epoch ms: which of two readings of one row is the later. */
  readonly readAt_ms: number;
}

/**
 * Where the rows of a batch go.
 * `append`: added unless a row with the key is there already (the archive: nothing is ever overwritten).
 * `upsert`: by key into the live table; a row read earlier never overwrites one read later; equal rows are left alone.
 *           With `reading`, the keys are marked as seen by that complete reading.
 * `stage`: into the reading's own table, to be switched at once by `finish`.
 */
export type Landing =
  | { readonly kind: "append" }
  | { readonly kind: "upsert"; readonly reading: string | null }
  | { readonly kind: "stage"; readonly reading: string };

export interface Batch {
  readonly table: string;
  readonly pages: readonly Page[];
  readonly landing: Landing;
  /** Keys that the second look proved gone (404 E0000007); remembered with the reading until `finish` deletes them. */
  readonly gone: readonly string[];
  /** Stored with the rows, in the same transaction. */
  readonly checkpoint: Checkpoint;
  /** Gaps noticed: stored in `rollcall.gaps` in the same transaction. */
  readonly gaps: readonly Gap[];
}

/** A stretch of the log that Okta no longer keeps and Rollcall never held. Times ISO 8601. */
export interface Gap {
  readonly from: string;
  readonly to: string;
  readonly noticedAt: string;
  readonly reason: string;
}

/** What a commit did to the live table. Rows staged count only when `finish` switches them. */
export interface Written {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly deleted: number;
}

export const NOTHING_WRITTEN: Written = { inserted: 0, updated: 0, unchanged: 0, deleted: 0 };
