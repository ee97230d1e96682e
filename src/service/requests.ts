/** Asking for a run, and asking one to stop. The runner takes what was asked from the rows. */
import { RollcallError } from "../core/error.ts";
import { enqueue, requestCancel } from "../store/runs.ts";
import { record, type Actor } from "../store/audit.ts";
import type { ServiceContext } from "./context.ts";
import { getRun, type Run } from "./runs.ts";

interface Wanted {
  readonly cause: "import" | "schedule" | "person" | "retry" | "resumed";
  readonly by: Actor;
  /** Left out: every table that is switched on. */
  readonly tables?: readonly string[] | undefined;
}

/** Throws SOURCE_PAUSED, RUN_UNDER_WAY, and REQUEST_INVALID where no table is switched on. */
export async function requestRun(
  context: ServiceContext,
  sourceId: string,
  { cause, by, tables }: Wanted,
): Promise<Run> {
  const { db } = context.store;
  const source = await db.selectFrom("source").selectAll().where("id", "=", sourceId).executeTakeFirstOrThrow();
  if (source.paused_json !== null) throw new RollcallError("SOURCE_PAUSED", `${source.name} is paused.`);
  const rows = await db.selectFrom("source_table").selectAll().where("source_id", "=", sourceId).execute();
  // A person may sync a table that is switched off; nothing else brings one back.
  const chosen = rows.filter(
    ({ table_name, enabled }) =>
      (enabled === 1 || (cause === "person" && tables !== undefined)) && (tables?.includes(table_name) ?? true),
  );
  if (chosen.length === 0) throw new RollcallError("REQUEST_INVALID", "No table is switched on.");
  const id = await enqueue(context.store, {
    sourceId,
    tables: chosen.map(({ table_name, mode }) => ({ table: table_name, mode })),
    cause,
    by: by.kind === "rollcall" ? null : by.name,
    now_ms: context.now_ms(),
  });
  if (id === null) throw new RollcallError("RUN_UNDER_WAY", `${source.name} is being synced already.`);
  const run = await getRun(context, id);
  context.live.tell({ type: "run", run });
  context.orders.emit("wake");
  return run;
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

/** How often it is looked whether a run has ended. */
const LOOK_MS = 50;

/** Stops the run of a source, if there is one, and waits for its end. */
export async function stopRun(context: ServiceContext, sourceId: string): Promise<void> {
  for (;;) {
    const open = await context.store.db
      .selectFrom("run")
      .select("id")
      .where("source_id", "=", sourceId)
      .where("status", "in", ["queued", "running"])
      .executeTakeFirst();
    if (open === undefined) return;
    await requestCancel(context.store, open.id, context.now_ms());
    context.orders.emit("cancel", open.id);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
