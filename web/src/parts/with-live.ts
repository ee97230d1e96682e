/** A source's row is written when its run ends; until then the run itself knows better. Pure. */
import type { RunTable, SourceTable } from "./words.ts";

export function withLive(table: SourceTable, live: readonly RunTable[]): SourceTable {
  const now = live.find((each) => each.table === table.table);
  if (now === undefined) return table;
  const completed = now.status === "completed";
  return {
    ...table,
    status: now.status,
    failure: now.failure,
    stale: table.stale && !completed,
    lastCompletedAt: completed ? (now.finishedAt ?? table.lastCompletedAt) : table.lastCompletedAt,
    rowsStored: Math.max(0, table.rowsStored + now.inserted - now.deleted),
    rowsMoved: now.inserted + now.updated + now.deleted,
  };
}
