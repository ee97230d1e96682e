/** What a run's end means for a table: when it is tried again, and what its row says. Pure. */
import type { Selectable } from "kysely";
import { ERRORS, type ErrorReport } from "../core/error.ts";
import type { TableResult } from "../core/run.ts";
import { RETRY_MOST_MS } from "../core/schedule.ts";
import type { RunTableRow, SourceTableRow } from "../store/schema.ts";

export interface Outcome {
  readonly table: string;
  readonly result: TableResult | null;
  readonly failure: ErrorReport | null;
  /** For the table's row. */
  readonly set: Partial<SourceTableRow>;
  /** For the run's part in it, where the run ended before the table could say so itself. */
  readonly part: Partial<RunTableRow> | null;
}

/** The first retry of a passing failure comes after this; each further one after twice as long. */
const RETRY_FIRST_MS = 60_000;

/** `result` null: the run ended before the table began, by `failure`. */
export function outcomeOf(
  row: Selectable<SourceTableRow>,
  result: TableResult | null,
  failure: ErrorReport | null,
  now_ms: number,
): Outcome {
  const table = row.table_name;
  const ended = endOf(result, failure);
  const part =
    result === null || ended.code === "SERVER_STOPPED"
      ? { status: ended.status, finished_ms: now_ms, error_json: ended.json }
      : null;
  const set = { last_status: ended.status, last_error_json: ended.json };
  if (ended.status === "completed" || ended.status === "skipped") {
    const done = { last_completed_ms: now_ms, failures_in_a_row: 0, retry_at_ms: null, wish: null };
    return { table, result, failure: null, set: { ...set, ...done }, part };
  }
  if (ended.status === "failed") {
    const failures = row.failures_in_a_row + 1;
    return {
      table,
      result,
      failure: ended.failure,
      set: { ...set, failures_in_a_row: failures, retry_at_ms: retryAt_ms(ended.failure, failures, now_ms) },
      part,
    };
  }
  // Held waits for a person's word, which one run uses up; cancelled waits for the schedule.
  return { table, result, failure: ended.failure, set: ended.status === "held" ? { ...set, wish: null } : set, part };
}

function endOf(result: TableResult | null, failure: ErrorReport | null) {
  const error = result === null || failure?.code === "SERVER_STOPPED" ? failure : result.error;
  const cancelled = error?.code === "CANCELLED" || error?.code === "SERVER_STOPPED";
  const completed = result !== null && result.error === null && result.status !== "cancelled";
  const report = completed ? null : error;
  return {
    status: completed ? result.status : cancelled ? ("cancelled" as const) : (result?.status ?? ("failed" as const)),
    failure: report,
    code: report?.code ?? null,
    json: report === null ? null : JSON.stringify(report),
  };
}

/** Passing failures are tried again with backoff; for the others the schedule is soon enough. */
function retryAt_ms(failure: ErrorReport | null, failures: number, now_ms: number): number | null {
  if (failure === null || ERRORS[failure.code].retry === "never") return null;
  return now_ms + Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 10));
}
