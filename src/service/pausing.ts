/** Pausing a source, and letting it go on. */
import type { Kysely } from "kysely";
import { record, ROLLCALL, type Actor } from "../store/audit.ts";
import type { Tables } from "../store/schema.ts";
import type { ServiceContext } from "./context.ts";
import { stopRun } from "./requests.ts";
import { getSource, sourceRow, type Source } from "./source-view.ts";

/** A person's word that nothing is to run: nothing begins from here on, and what runs is stopped. */
export async function pauseSource(context: ServiceContext, id: string, actor: Actor): Promise<Source> {
  await sourceRow(context, id);
  await setPause(context, id, { code: "PAUSED", message: `Paused by ${actor.name}.`, fix: "Resume it." }, actor);
  await stopRun(context, id);
  return getSource(context, id);
}

/** Runs by the schedule again; what failed, was stopped or is overdue is begun at once. */
export async function resumeSource(context: ServiceContext, id: string, actor: Actor): Promise<Source> {
  await sourceRow(context, id);
  await setPause(context, id, null, actor);
  context.orders.emit("wake");
  return getSource(context, id);
}

/** Notes why nothing runs (null: it runs again), on record. */
export async function setPause(
  context: ServiceContext,
  id: string,
  why: { readonly code: string; readonly message: string; readonly fix: string } | null,
  actor: Actor = ROLLCALL,
): Promise<void> {
  const now_ms = context.now_ms();
  await context.store.db.transaction().execute(async (trx) => {
    await trx
      .updateTable("source")
      .set({ paused_json: why === null ? null : JSON.stringify(why), paused_ms: why === null ? null : now_ms })
      .where("id", "=", id)
      .execute();
    if (why === null) await goOn(trx, id, now_ms);
    await record(
      trx,
      actor,
      { action: why === null ? "source.resumed" : "source.paused", object: { kind: "source", id }, detail: why ?? {} },
      now_ms,
    );
  });
  context.live.tell({ type: "source", sourceId: id });
}

/** What kept tables from being read may be mended: those that ended without being read to the end are due at once, and nothing is late before it could run. */
export async function goOn(trx: Kysely<Tables>, id: string, now_ms: number): Promise<void> {
  await trx.updateTable("source_table").set({ kept_since_ms: now_ms }).where("source_id", "=", id).execute();
  await trx
    .updateTable("source_table")
    .set({ retry_at_ms: now_ms })
    .where("source_id", "=", id)
    .where("enabled", "=", 1)
    .where("last_status", "in", ["failed", "cancelled"])
    .execute();
}
