/** Tells of tables that should be current and are not, also where nothing failed: a schedule that silently stopped looks like this. */
import type { ServiceContext } from "./context.ts";
import { isStale } from "./due.ts";
import { notify } from "./notifications.ts";

/** One look; what a channel has been told already it is not told again. */
export async function watch({ store: { db }, now_ms }: ServiceContext): Promise<void> {
  const at_ms = now_ms();
  const sources = await db.selectFrom("source").selectAll().where("paused_json", "is", null).execute();
  const rows = await db.selectFrom("source_table").selectAll().where("enabled", "=", 1).execute();
  for (const source of sources) {
    const tables = rows
      .filter((row) => row.source_id === source.id && isStale(source, row, at_ms))
      .map(({ table_name }) => table_name);
    if (tables.length === 0) continue;
    await db
      .transaction()
      .execute((trx) => notify(trx, { kind: "stale", sourceId: source.id, sourceName: source.name, tables, at_ms }));
  }
}
