/** Ends the runs that cannot end themselves any more, and says of their tables what that means. */
import type { Kysely } from "kysely";
import type { Tables } from "../store/schema.ts";
import { type CutOff, type Death, recover, type UnderWay } from "../store/runs.ts";
import type { ServiceContext } from "./context.ts";
import { outcomeOf } from "./outcome.ts";
import { tellOutcome } from "./telling.ts";

/** What is to be begun again. One transaction: a run that is ended here has told so, or is ended by the next look. */
export function recoverRuns(
  { store, now_ms }: Pick<ServiceContext, "store" | "now_ms">,
  isAlive: (run: UnderWay) => boolean,
): Promise<readonly CutOff[]> {
  return store.db.transaction().execute(async (trx) => {
    const at_ms = now_ms();
    const { cutOff, deadly } = await recover(trx, at_ms, isAlive);
    for (const death of deadly) await failed(trx, death, at_ms);
    return cutOff;
  });
}

/** The tables of a run that is not begun again have failed, and wait for their schedule. */
async function failed(trx: Kysely<Tables>, { sourceId, tables, failure }: Death, now_ms: number): Promise<void> {
  const source = await trx.selectFrom("source").selectAll().where("id", "=", sourceId).executeTakeFirstOrThrow();
  const rows = await trx
    .selectFrom("source_table")
    .selectAll()
    .where("source_id", "=", sourceId)
    .where("table_name", "in", tables)
    .execute();
  const outcomes = rows.map((row) => outcomeOf(row, null, failure, now_ms));
  for (const { table, set } of outcomes)
    await trx
      .updateTable("source_table")
      .set({ ...set, retry_at_ms: null })
      .where("source_id", "=", sourceId)
      .where("table_name", "=", table)
      .execute();
  await tellOutcome(trx, { source, outcomes, now_ms });
}
