/** Results that are kept under a name: a statement that reads one reads what it was made of, as of when it was made. */
import type { Selectable } from "kysely";
import type { z } from "@hono/zod-openapi";
import type { Freshness as FreshnessWords } from "../api/contract/warehouse.ts";
import { interval_ms } from "../core/schedule.ts";
import type { SavedQueryRow } from "../store/schema.ts";
import type { ServiceContext } from "./context.ts";
import { StoredMaterialise } from "./queries.ts";
import { instant } from "./words.ts";

type Freshness = z.infer<typeof FreshnessWords>;
type Row = Selectable<SavedQueryRow>;

export interface Behind {
  /** `schema.name`, lower case: what was given, and what the kept results among it were made of. */
  readonly names: ReadonlySet<string>;
  /** On kept results that are not as fresh as they should be. */
  readonly warnings: readonly Freshness[];
}

/** Looks behind the kept results among `names`, however often one is made of another. */
export async function behind(
  { store: { db }, warehouse, now_ms }: Pick<ServiceContext, "store" | "warehouse" | "now_ms">,
  names: Iterable<string>,
): Promise<Behind> {
  const rows = await db.selectFrom("saved_query").selectAll().where("materialise_json", "is not", null).execute();
  const kept = new Map(rows.map((row) => [`views.${row.view_name}`.toLowerCase(), row]));
  const all = new Set(names);
  const warnings: Freshness[] = [];
  // A set gives what is added while it is walked, too.
  for (const name of all) {
    const row = kept.get(name);
    if (row === undefined) continue;
    const warning = freshnessOfKept(name, row, now_ms());
    if (warning !== null) warnings.push(warning);
    // One that can be read no longer says so itself, when it is filled.
    const reads = await warehouse.reads(row.sql).catch(() => []);
    for (const table of reads) all.add(`${table.schema}.${table.name}`.toLowerCase());
  }
  return { names: all, warnings };
}

function freshnessOfKept(table: string, row: Row, now_ms: number): Freshness | null {
  const { materialised_ms: made, materialise_error: error } = row;
  const when = made === null ? "has never been computed" : `was last computed at ${instant(made)}`;
  if (error !== null) return { table, state: "failed", message: `${table} ${when}; it could not be since: ${error}` };
  if (made === null) return { table, state: "never", message: `${table} ${when}.` };
  const { schedule } = StoredMaterialise.parse(JSON.parse(row.materialise_json!));
  const interval = interval_ms(schedule, now_ms);
  const isStale = interval !== null && now_ms - made > 2 * interval;
  return isStale ? { table, state: "stale", message: `${table} ${when}, more than twice its interval ago.` } : null;
}
