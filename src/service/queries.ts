/** Saved queries: SQL with a name that can be a view, be materialised by a schedule, be charted, and tell when its result passes a threshold. */
import { z } from "zod";
import type { Selectable } from "kysely";
import {
  Alert as AlertWords,
  Chart,
  type queries as operations,
  type SavedQuery as SavedQueryWords,
} from "../api/contract/queries.ts";
import { report, RollcallError } from "../core/error.ts";
import { Schedule } from "../core/schedule.ts";
import { record } from "../store/audit.ts";
import { newId } from "../store/id.ts";
import type { SavedQueryRow } from "../store/schema.ts";
import { queryTimeout_ms } from "../store/settings.ts";
import { takenColumn } from "../store/sqlite.ts";
import type { Actor, ServiceContext } from "./context.ts";
import { withoutCards } from "./dashboards.ts";
import { instant } from "./words.ts";

export type SavedQuery = z.infer<typeof SavedQueryWords>;
export type NewQuery = z.output<(typeof operations.create)["request"]["body"]["content"]["application/json"]["schema"]>;
type Held = Pick<ServiceContext, "store" | "warehouse" | "now_ms">;
type Row = Selectable<SavedQueryRow>;

/** An alert as stored: what a person set, and how it stood when last looked at. */
export const StoredAlert = z.object({
  ...AlertWords.shape,
  checked_ms: z.number().nullable(),
  /** Null before the first look. */
  past: z.boolean().nullable(),
  error: z.string().nullable(),
});
export type StoredAlert = z.infer<typeof StoredAlert>;

/** A materialisation as stored: `tried_ms`, whatever came of it, is what the schedule counts from. */
export const StoredMaterialise = z.object({ schedule: Schedule, tried_ms: z.number().nullable() });

/** By name. */
export async function listQueries({ store: { db } }: Held): Promise<SavedQuery[]> {
  const rows = await db.selectFrom("saved_query").selectAll().orderBy("name").orderBy("id").execute();
  return rows.map(queryOf);
}

/** Throws NO_SUCH_OBJECT. */
export async function getQuery(context: Held, id: string): Promise<SavedQuery> {
  return queryOf(await queryRow(context, id));
}

/** Throws NAME_TAKEN where the view's name is another's, VIEW_INVALID and QUERY_REFUSED as `Warehouse.putView` does. */
export async function createQuery(context: Held, wish: NewQuery, actor: Actor): Promise<SavedQuery> {
  consistent(wish);
  const now_ms = context.now_ms();
  const id = newId("saved_query", now_ms);
  await viewFree(context, wish.viewName, null);
  if (wish.viewName !== null) await context.warehouse.putView(wish.viewName, wish.sql, actor.name);
  const row: Row = {
    id,
    ...columnsOf(wish, null),
    materialised_ms: null,
    materialise_error: null,
    alert_ms: null,
    created_by: actor.name,
    created_ms: now_ms,
    updated_ms: now_ms,
  };
  await nameFree(() =>
    context.store.db.transaction().execute(async (trx) => {
      await trx.insertInto("saved_query").values(row).execute();
      await record(trx, actor, deed("created", row), now_ms);
    }),
  );
  return queryOf(row);
}

/** Throws NO_SUCH_OBJECT, and as `createQuery` does. The view follows: renamed, replaced or removed. */
export async function changeQuery(context: Held, id: string, wish: NewQuery, actor: Actor): Promise<SavedQuery> {
  consistent(wish);
  const before = await queryRow(context, id);
  await viewFree(context, wish.viewName, id);
  const sameView = before.view_name?.toLowerCase() === wish.viewName?.toLowerCase();
  const sameResult =
    sameView && before.sql === wish.sql && before.materialise_json !== null && wish.materialise !== null;
  // A table filled by the same SQL stays as it is until its schedule says.
  if (wish.viewName !== null && !sameResult) {
    // What is there may be a table, which no view replaces.
    if (sameView && before.materialise_json !== null) await context.warehouse.dropView(wish.viewName);
    await context.warehouse.putView(wish.viewName, wish.sql, actor.name);
  }
  const now_ms = context.now_ms();
  const row: Row = {
    ...before,
    ...columnsOf(wish, before),
    ...(sameResult ? {} : { materialised_ms: null, materialise_error: null }),
    updated_ms: now_ms,
  };
  await nameFree(() =>
    context.store.db.transaction().execute(async (trx) => {
      const { id: _id, ...values } = row;
      await trx.updateTable("saved_query").set(values).where("id", "=", id).execute();
      await record(trx, actor, deed("changed", row), now_ms);
    }),
  );
  if (before.view_name !== null && !sameView) await context.warehouse.dropView(before.view_name);
  return queryOf(row);
}

/** Removes its view and its cards on dashboards with it. Throws NO_SUCH_OBJECT. */
export async function removeQuery(context: Held, id: string, actor: Actor): Promise<void> {
  const row = await queryRow(context, id);
  await context.store.db.transaction().execute(async (trx) => {
    await trx.deleteFrom("saved_query").where("id", "=", id).execute();
    const dashboards = await withoutCards(trx, id, context.now_ms());
    await record(trx, actor, deed("removed", row, { dashboards }), context.now_ms());
  });
  if (row.view_name !== null) await context.warehouse.dropView(row.view_name);
}

/** Fills the table behind a materialised query now. Throws REQUEST_INVALID where it is none, and as `Warehouse.materialise` does. */
export async function materialiseNow(
  context: Held,
  id: string,
  actor: Actor,
  signal: AbortSignal,
): Promise<SavedQuery> {
  const row = await queryRow(context, id);
  if (row.view_name === null || row.materialise_json === null)
    throw new RollcallError("REQUEST_INVALID", `${row.name} is not materialised.`, {
      fix: "Give it a view name and a schedule first.",
    });
  await materialise(context, row, context.now_ms(), signal);
  const after = await queryRow(context, id);
  await record(context.store.db, actor, deed("materialised", after), context.now_ms());
  return queryOf(after);
}

/** Fills the table and notes what came of it, also where it throws. */
export async function materialise(context: Held, row: Row, now_ms: number, signal: AbortSignal): Promise<void> {
  const { schedule } = StoredMaterialise.parse(JSON.parse(row.materialise_json!));
  const note = async (set: Partial<Row>) => {
    const materialise_json = JSON.stringify({ schedule, tried_ms: now_ms });
    // Not where a person changed it meanwhile: what they set stands, and is tried by its own schedule.
    const same = context.store.db
      .updateTable("saved_query")
      .where("id", "=", row.id)
      .where("updated_ms", "=", row.updated_ms);
    await same.set({ ...set, materialise_json }).execute();
  };
  try {
    const limits = { timeout_ms: await queryTimeout_ms(context.store.db) };
    await context.warehouse.materialise(row.view_name!, row.sql, row.created_by, limits, signal);
  } catch (error) {
    if (!signal.aborted) await note({ materialise_error: report(error).message });
    throw error;
  }
  await note({ materialised_ms: now_ms, materialise_error: null });
}

export function queryOf(row: Row): SavedQuery {
  const alert = alertOf(row);
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    sql: row.sql,
    chart: row.chart_json === null ? null : Chart.parse(JSON.parse(row.chart_json)),
    viewName: row.view_name,
    materialise:
      row.materialise_json === null ? null : StoredMaterialise.parse(JSON.parse(row.materialise_json)).schedule,
    materialisedAt: instant(row.materialised_ms),
    materialiseError: row.materialise_error,
    alert:
      alert === null
        ? null
        : { column: alert.column, is: alert.is, threshold: alert.threshold, schedule: alert.schedule },
    alertedAt: instant(row.alert_ms),
    alertPast: alert?.past === true,
    createdBy: row.created_by,
    updatedAt: instant(row.updated_ms),
  };
}

export function alertOf({ alert_json }: Pick<Row, "alert_json">): StoredAlert | null {
  return alert_json === null ? null : StoredAlert.parse(JSON.parse(alert_json));
}

async function queryRow({ store: { db } }: Held, id: string): Promise<Row> {
  const row = await db.selectFrom("saved_query").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new RollcallError("NO_SUCH_OBJECT", `There is no saved query ${id}.`);
  return row;
}

/** How an alert stood is kept while what it looks at is the same: a new description does not tell it once more. */
function columnsOf(wish: NewQuery, before: Row | null) {
  const { name, description, sql, chart, viewName, materialise: schedule, alert } = wish;
  const old = before === null ? null : alertOf(before);
  const looksAt = (each: z.infer<typeof AlertWords>) => JSON.stringify([each.column, each.is, each.threshold]);
  const same = old !== null && alert !== null && before?.sql === sql && looksAt(old) === looksAt(alert);
  const stood = same ? old : { checked_ms: null, past: null, error: null };
  const filled = before?.materialise_json ?? null;
  const tried = filled === null ? null : StoredMaterialise.parse(JSON.parse(filled)).tried_ms;
  return {
    name,
    description,
    sql,
    chart_json: chart === null ? null : JSON.stringify(chart),
    view_name: viewName,
    materialise_json:
      schedule === null ? null : JSON.stringify({ schedule, tried_ms: before?.sql === sql ? tried : null }),
    alert_json: alert === null ? null : JSON.stringify({ ...stood, ...alert }),
  };
}

function consistent({ materialise: schedule, viewName }: NewQuery): void {
  if (schedule !== null && viewName === null)
    throw new RollcallError("REQUEST_INVALID", "A materialised query needs a view name.", {
      fix: "Give it a view name.",
    });
}

/** Before the warehouse is touched: another query's view is not replaced. */
async function viewFree({ store: { db } }: Held, viewName: string | null, own: string | null): Promise<void> {
  if (viewName === null) return;
  const names = await db
    .selectFrom("saved_query")
    .select(["id", "view_name"])
    .where("view_name", "is not", null)
    .execute();
  if (names.some(({ id, view_name }) => id !== own && view_name?.toLowerCase() === viewName.toLowerCase()))
    throw taken(viewName);
}

async function nameFree(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (takenColumn(error) === "saved_query.view_name") throw taken("of this name");
    throw error;
  }
}

function taken(viewName: string): RollcallError {
  return new RollcallError("NAME_TAKEN", `Another saved query has the view ${viewName}.`);
}

function deed(done: string, { id, name, view_name }: Row, more: Readonly<Record<string, unknown>> = {}) {
  return { action: `query.${done}`, object: { kind: "query", id }, detail: { name, view: view_name, ...more } };
}
