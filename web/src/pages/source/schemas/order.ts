/** Which tables are shown, and in which order. Pure. */
import { MODES, scheduleText } from "../../../parts/frequency.ts";
import type { Status } from "../../../parts/status.tsx";
import { statusOf } from "../../../parts/table-status.ts";
import type { SourceTable } from "../../../parts/words.ts";

export interface Filter {
  readonly search: string;
  readonly status: Status | "";
  readonly mode: SourceTable["mode"] | "";
  readonly frequency: string;
  readonly enabledOnly: boolean;
}
export const NO_FILTER: Filter = { search: "", status: "", mode: "", frequency: "", enabledOnly: false };

const SORTS = {
  table: ({ table }: SourceTable) => table,
  status: (table: SourceTable) => statusOf(table),
  mode: ({ mode }: SourceTable) => MODES[mode].label,
  frequency: ({ schedule }: SourceTable) => scheduleText(schedule),
  lastCompletedAt: ({ lastCompletedAt }: SourceTable) => lastCompletedAt ?? "",
  rowsStored: ({ rowsStored }: SourceTable) => rowsStored,
  rowsMoved: ({ rowsMoved }: SourceTable) => rowsMoved,
} as const;
export type SortKey = keyof typeof SORTS;

export interface Sort {
  /** Null: as the product lists them. */
  readonly key: SortKey | null;
  readonly falling: boolean;
}

/** Rising, falling, as listed. */
export function nextSort(sort: Sort, key: SortKey): Sort {
  if (sort.key !== key) return { key, falling: false };
  return sort.falling ? { key: null, falling: false } : { key, falling: true };
}

export function arrange(
  tables: readonly SourceTable[],
  filter: Filter,
  { key, falling }: Sort,
): readonly SourceTable[] {
  const found = tables.filter((table) => isFound(table, filter));
  if (key === null) return found;
  const value = SORTS[key];
  const sorted = found.sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
  });
  return falling ? sorted.toReversed() : sorted;
}

function isFound(table: SourceTable, filter: Filter): boolean {
  const wanted = filter.search.trim().toLowerCase();
  return (
    (wanted === "" ||
      [table.table, table.queryName, table.about].some((text) => text.toLowerCase().includes(wanted))) &&
    (filter.status === "" || statusOf(table) === filter.status) &&
    (filter.mode === "" || table.mode === filter.mode) &&
    (filter.frequency === "" || scheduleText(table.schedule) === filter.frequency) &&
    (!filter.enabledOnly || table.enabled)
  );
}
