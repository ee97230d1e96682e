/** The one word for a table: what is wrong comes before what goes on, and that before what was. */
import type { Status } from "./status.tsx";
import type { SourceTable } from "./words.ts";

export function statusOf(table: SourceTable): Status {
  if (!table.enabled) return "off";
  if (table.status === "running" || table.status === "queued") return table.status;
  if (table.status === "failed" || table.status === "held") return table.status;
  if (table.stale) return "stale";
  return table.status ?? "waiting";
}
