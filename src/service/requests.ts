/** Asking for a run, and asking one to stop. The runner takes what was asked from the rows. */
import type { Kysely } from "kysely";
import { RollcallError } from "../core/error.ts";
import { enqueue, requestCancel } from "../store/runs.ts";
import { record, type Actor } from "../store/audit.ts";
import type { Tables } from "../store/schema.ts";
import type { ServiceContext } from "./context.ts";
import { getRun, type Run } from "./runs.ts";

interface Wanted {
  readonly cause: "import" | "schedule" | "person" | "retry" | "resumed";
  readonly by: Actor;
  /** Left out: every table that is switched on. */
  readonly tables?: readonly string[] | undefined;
  /** A person's one-time word for these tables: on record, and armed, only together with the run that it is for. */
  readonly wish?: Wish | null;
}

export type Wish = "resync" | "allow_mass_delete";

/**
 * Throws SOURCE_PAUSED, RUN_UNDER_WAY, and REQUEST_INVALID where no table is switched on. All that decides is read in the transaction
 * that inserts the run: whoever has paused or taken the source before has no run begin behind their back.
 */
export async function requestRun(context: ServiceContext, sourceId: string, wanted: Wanted): Promise<Run> {
  const id = await context.store.db.transaction().execute((trx) => insertRun(context, trx, sourceId, wanted));
  const run = await getRun(context, id);
  context.live.tell({ type: "run", run });
  context.orders.emit("wake");
  return run;
}

async function insertRun(
  context: ServiceContext,
  trx: Kysely<Tables>,
  sourceId: string,
  { cause, by, tables, wish = null }: Wanted,
): Promise<string> {
  const source = await trx.selectFrom("source").selectAll().where("id", "=", sourceId).executeTakeFirst();
  if (source === undefined) throw new RollcallError("NO_SUCH_OBJECT", `There is no source ${sourceId}.`);
  context.holds.demandFree(sourceId);
  if (source.paused_json !== null) throw new RollcallError("SOURCE_PAUSED", `${source.name} is paused.`);
  const rows = await trx.selectFrom("source_table").selectAll().where("source_id", "=", sourceId).execute();
  // A person may sync a table that is switched off; nothing else brings one back.
  const chosen = rows.filter(
    ({ table_name, enabled }) =>
      (enabled === 1 || (cause === "person" && tables !== undefined)) && (tables?.includes(table_name) ?? true),
  );
  if (chosen.length === 0) throw new RollcallError("REQUEST_INVALID", "No table is switched on.");
  const now_ms = context.now_ms();
  const id = await enqueue(trx, {
    sourceId,
    tables: chosen.map(({ table_name, mode }) => ({ table: table_name, mode })),
    cause,
    by: by.kind === "rollcall" ? null : by.name,
    now_ms,
  });
  if (id === null) throw new RollcallError("RUN_UNDER_WAY", `${source.name} is being synced already.`);
  if (wish !== null) {
    const names = chosen.map(({ table_name }) => table_name);
    await trx
      .updateTable("source_table")
      .set({ wish })
      .where("source_id", "=", sourceId)
      .where("table_name", "in", names)
      .execute();
    // A table has one wish. Another that no run has used up yet gives way, and that is on record, too.
    const withdrawn = chosen.flatMap(({ table_name, wish: armed }) =>
      armed === null || armed === wish ? [] : [{ table: table_name, wish: armed }],
    );
    const detail = { tables: names, ...(withdrawn.length === 0 ? {} : { withdrawn }) };
    await record(trx, by, { action: `source.${wish}`, object: { kind: "source", id: sourceId }, detail }, now_ms);
  }
  return id;
}

/** Asks a run to stop at its next batch boundary; one that has not begun ends at once. */
export async function cancelRun(context: ServiceContext, runId: string, by: Actor): Promise<Run> {
  await getRun(context, runId);
  await requestCancel(context.store, runId, context.now_ms());
  await record(
    context.store.db,
    by,
    { action: "run.cancelled", object: { kind: "run", id: runId }, detail: {} },
    context.now_ms(),
  );
  context.orders.emit("cancel", runId);
  return getRun(context, runId);
}

/** How often it is looked whether a run has ended, and how long at most: a batch is written within seconds. */
const LOOK_MS = 50;
const STOP_MOST_MS = 30_000;

/** Stops the run of a source, if there is one, and waits for its end; whether it came in time. */
export async function stopRun(context: ServiceContext, sourceId: string): Promise<boolean> {
  const asked = new Set<string>();
  for (const end_ms = performance.now() + STOP_MOST_MS; performance.now() < end_ms;) {
    const open = await context.store.db
      .selectFrom("run")
      .select("id")
      .where("source_id", "=", sourceId)
      .where("status", "in", ["queued", "running"])
      .executeTakeFirst();
    if (open === undefined) return true;
    if (!asked.has(open.id)) await requestCancel(context.store, open.id, context.now_ms());
    asked.add(open.id);
    context.orders.emit("cancel", open.id);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return false;
}
