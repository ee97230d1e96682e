/** What a run tells: events while it goes, one result at the end. The shapes are the CLI's JSON contract. */
import type { ErrorReport } from "./error.ts";
import type { SyncMode } from "./stream.ts";

export type TableStatus = "completed" | "skipped" | "failed" | "held" | "cancelled";
export type RunStatus = "completed" | "partial" | "failed" | "cancelled" | "held";

export interface TableResult {
  readonly status: TableStatus;
  readonly mode: SyncMode;
  /** Rows received from Okta in this run, re-reads included. */
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly deleted: number;
  /** Rows without their key, or that are no objects: not stored, but counted. */
  readonly rejected: number;
  /** Values that did not fit their declared type: kept in `_extra`. */
  readonly oddValues: number;
  readonly requests: number;
  /** ISO 8601, on the org's clock. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly error: ErrorReport | null;
}

export interface RunResult {
  readonly type: "run";
  readonly status: RunStatus;
  readonly org: { readonly id: string; readonly host: string };
  /** ISO 8601, on the org's clock. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly requests: number;
  /** How many answers were 429. */
  readonly rateLimited: number;
  readonly tables: Readonly<Record<string, TableResult>>;
  /** Only where something was lost: stretches of a log that Okta no longer keeps and Rollcall never held. ISO 8601. */
  readonly gaps?: readonly {
    readonly table: string;
    readonly from: string;
    readonly to: string;
    readonly reason: string;
  }[];
}

/** How far a table is: sent when it begins, after every commit, and at most every second while pages come in. */
export interface Progress {
  readonly type: "progress";
  readonly table: string;
  readonly mode: SyncMode;
  /** What the table is doing now. */
  readonly phase:
    | "preparing"
    | "backfill"
    | "increment"
    | "poll"
    | "complete reading"
    | "catch-up"
    | "second look"
    | "switch";
  /** Rows received so far, the last of them perhaps not yet committed. */
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly deleted: number;
  readonly rejected: number;
  readonly requests: number;
  /** 0 to 1 where it can be told (the log's past by time), else null. */
  readonly fraction: number | null;
  /** Rows per second over the last seconds, local clock: for people's eyes only. */
  readonly rowsPerSecond: number;
  /** Seconds to go, where `fraction` tells. */
  readonly eta_s: number | null;
  /** The bucket the table reads from: what the last answer said, and seconds until it is filled up again when it waits. */
  readonly bucket: { readonly name: string; readonly limit: number | null; readonly remaining: number | null } | null;
}

/** Something a person should know that is no failure: a clamp, a gap, a restarted reading, rejected rows. */
export interface Notice {
  readonly type: "notice";
  readonly table: string | null;
  readonly code: NoticeCode;
  readonly message: string;
}

export type NoticeCode =
  | "ORG_UNDERSTOOD"
  | "LOGS_SINCE_CLAMPED"
  | "LOG_GAP"
  | "POLL_RESTARTED"
  | "READING_RESTARTED"
  | "NO_TIME_FILTER"
  | "PROFILE_SCHEMA_UNREADABLE"
  | "COLUMN_ADDED"
  | "TREATMENT_CHANGED"
  | "ROWS_REJECTED"
  | "ODD_VALUES"
  | "PAGE_SHRUNK";

/** A table's end. */
export interface TableEnd {
  readonly type: "table";
  readonly table: string;
  readonly result: TableResult;
}

export type RunEvent = Progress | Notice | TableEnd;

/**
 * The run's status from its tables': all completed or skipped → completed; cancelled and held as they say (cancelled first);
 * none completed → failed; else partial.
 */
export function runStatus(tables: readonly TableStatus[]): RunStatus {
  const has = (status: TableStatus) => tables.includes(status);
  if (has("cancelled")) return "cancelled";
  if (tables.every((status) => status === "completed" || status === "skipped")) return "completed";
  if (!has("failed") && has("held")) return "held";
  if (!has("completed")) return "failed";
  return "partial";
}

/** Exit codes of the CLI. At the end of a run the first that applies of 130, 3, 4, 5, 0. */
export const EXIT = {
  completed: 0,
  unexpected: 1,
  usage: 2,
  credentialRefused: 3,
  partialOrFailed: 4,
  held: 5,
  cancelled: 130,
} as const;
