/** What is due and what is stale, from the rows alone. Pure. */
import type { Selectable } from "kysely";
import { CLOCK_WRONG_MS, interval_ms, isDue, Schedule } from "../core/schedule.ts";
import type { SourceRow, SourceTableRow } from "../store/schema.ts";

type Table = Selectable<SourceTableRow>;

/** A table without a completed run for this many of its intervals is stale. */
const STALE_INTERVALS = 2;

/** What spreads the tables' runs: always the same for the same table. */
export function seedOf({ source_id, table_name }: Pick<Table, "source_id" | "table_name">): string {
  return `${source_id} ${table_name}`;
}

/** The tables that a run of this source would bring up to date now; none while it is paused. */
export function dueTables(
  source: Pick<Selectable<SourceRow>, "paused_json">,
  tables: readonly Table[],
  now_ms: number,
): readonly Table[] {
  if (source.paused_json !== null) return [];
  return tables.filter(
    (table) =>
      table.enabled === 1 &&
      isDue({
        schedule: Schedule.parse(JSON.parse(table.schedule_json)),
        seed: seedOf(table),
        lastBegun_ms: table.last_begun_ms,
        retryAt_ms: table.retry_at_ms,
        now_ms,
      }),
  );
}

/** What decides beside the rows whether a table is late. */
export interface Moment {
  readonly now_ms: number;
  /** When this process began to keep the tables current. */
  readonly started_ms: number;
  /** The tables whose run waits or goes, by `seedOf`. */
  readonly underWay: ReadonlySet<string>;
}

/**
 * Whether a table that should be kept current is not: no completed run for twice its interval. Not stale is what a person switched off
 * or paused, what is under way, and anything before the server had one interval to catch up after its start.
 */
export function isStale(
  source: Pick<Selectable<SourceRow>, "paused_json" | "created_ms">,
  table: Table,
  { now_ms, started_ms, underWay }: Moment,
): boolean {
  if (table.enabled === 0 || source.paused_json !== null || underWay.has(seedOf(table))) return false;
  const interval = interval_ms(Schedule.parse(JSON.parse(table.schedule_json)), now_ms);
  if (interval === null || now_ms - started_ms < interval) return false;
  // A clock that was wrong left instants that are still to come: they say nothing.
  const since = [table.last_completed_ms, table.kept_since_ms, source.created_ms].filter(
    (at_ms) => at_ms !== null && at_ms <= now_ms + CLOCK_WRONG_MS,
  );
  const kept_ms = since.length === 0 ? started_ms : Math.max(...since.map(Number));
  return now_ms - kept_ms > STALE_INTERVALS * interval;
}
