/** Tells of tables that should be current and are not, also where nothing failed: a schedule that silently stopped looks like this. */
import type { ServiceContext } from "./context.ts";
import { isStale, type Moment, seedOf } from "./due.ts";
import { notify } from "./notifications.ts";

type Watched = Pick<ServiceContext, "store" | "now_ms" | "started_ms">;

/** How it stands now, for `isStale`. */
export async function momentOf({ store: { db }, now_ms, started_ms }: Watched): Promise<Moment> {
  const open = await db
    .selectFrom("run_table")
    .innerJoin("run", "run.id", "run_table.run_id")
    .select(["run.source_id", "run_table.table_name"])
    .where("run.status", "in", ["queued", "running"])
    .execute();
  return { now_ms: now_ms(), started_ms, underWay: new Set(open.map(seedOf)) };
}

/** One look; what a channel has been told already it is not told again. */
export async function watch(context: Watched): Promise<void> {
  const { db } = context.store;
  const moment = await momentOf(context);
  const at_ms = moment.now_ms;
  const sources = await db.selectFrom("source").selectAll().where("paused_json", "is", null).execute();
  const rows = await db.selectFrom("source_table").selectAll().where("enabled", "=", 1).execute();
  for (const source of sources) {
    const tables = rows
      .filter((row) => row.source_id === source.id && isStale(source, row, moment))
      .map(({ table_name }) => table_name);
    if (tables.length === 0) continue;
    await db
      .transaction()
      .execute((trx) => notify(trx, { kind: "stale", sourceId: source.id, sourceName: source.name, tables, at_ms }));
  }
}
