/** What is due and what is stale, from the rows alone. Pure. */
import type { Selectable } from "kysely";
import { interval_ms, isDue, Schedule } from "../core/schedule.ts";
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

/** Whether a table that should be kept current is not: no completed run for twice its interval. What a person switched off or paused is not stale. */
export function isStale(
  source: Pick<Selectable<SourceRow>, "paused_json" | "created_ms">,
  table: Table,
  now_ms: number,
): boolean {
  if (table.enabled === 0) return false;
  const interval = interval_ms(Schedule.parse(JSON.parse(table.schedule_json)), now_ms);
  if (interval === null) return false;
  return now_ms - (table.last_completed_ms ?? source.created_ms) > STALE_INTERVALS * interval;
}
