/** Dashboards: cards of saved queries, as people arrange them. */
import { z } from "zod";
import type { Selectable, Transaction } from "kysely";
import { Card, type Dashboard as DashboardWords } from "../api/contract/queries.ts";
import { RollcallError } from "../core/error.ts";
import { record } from "../store/audit.ts";
import { newId } from "../store/id.ts";
import type { DashboardRow, Tables } from "../store/schema.ts";
import type { Actor, ServiceContext } from "./context.ts";
import { instant } from "./words.ts";

export type Dashboard = z.infer<typeof DashboardWords>;
type NewDashboard = Pick<Dashboard, "name" | "cards">;
type Held = Pick<ServiceContext, "store" | "now_ms">;
type Row = Selectable<DashboardRow>;

const Cards = z.array(Card);

/** By name. */
export async function listDashboards({ store: { db } }: Held): Promise<Dashboard[]> {
  const rows = await db.selectFrom("dashboard").selectAll().orderBy("name").orderBy("id").execute();
  return rows.map(dashboardOf);
}

/** Throws NO_SUCH_OBJECT. */
export async function getDashboard(context: Held, id: string): Promise<Dashboard> {
  return dashboardOf(await dashboardRow(context.store.db, id));
}

/** Throws REQUEST_INVALID for a card of a query that is not there. */
export async function createDashboard(context: Held, { name, cards }: NewDashboard, actor: Actor): Promise<Dashboard> {
  const now_ms = context.now_ms();
  return context.store.db.transaction().execute(async (trx) => {
    await queriesThere(trx, cards);
    const row: Row = {
      id: newId("dashboard", now_ms),
      name,
      cards_json: JSON.stringify(cards),
      created_by: actor.name,
      created_ms: now_ms,
      updated_ms: now_ms,
    };
    await trx.insertInto("dashboard").values(row).execute();
    await record(trx, actor, deed("created", row), now_ms);
    return dashboardOf(row);
  });
}

/** Throws NO_SUCH_OBJECT, and as `createDashboard` does. */
export async function changeDashboard(
  context: Held,
  id: string,
  { name, cards }: NewDashboard,
  actor: Actor,
): Promise<Dashboard> {
  return context.store.db.transaction().execute(async (trx) => {
    const before = await dashboardRow(trx, id);
    await queriesThere(trx, cards);
    const row: Row = { ...before, name, cards_json: JSON.stringify(cards), updated_ms: context.now_ms() };
    const { cards_json, updated_ms } = row;
    await trx.updateTable("dashboard").set({ name, cards_json, updated_ms }).where("id", "=", id).execute();
    await record(trx, actor, deed("changed", row), updated_ms);
    return dashboardOf(row);
  });
}

/** Throws NO_SUCH_OBJECT. */
export async function removeDashboard(context: Held, id: string, actor: Actor): Promise<void> {
  await context.store.db.transaction().execute(async (trx) => {
    const row = await dashboardRow(trx, id);
    await trx.deleteFrom("dashboard").where("id", "=", id).execute();
    await record(trx, actor, deed("removed", row), context.now_ms());
  });
}

/** Takes a query's cards off every dashboard; gives the dashboards that had one. */
export async function withoutCards(trx: Transaction<Tables>, queryId: string, now_ms: number): Promise<string[]> {
  const changed: string[] = [];
  for (const { id, cards_json } of await trx.selectFrom("dashboard").select(["id", "cards_json"]).execute()) {
    const cards = Cards.parse(JSON.parse(cards_json));
    const kept = cards.filter((card) => card.queryId !== queryId);
    if (kept.length === cards.length) continue;
    const set = { cards_json: JSON.stringify(kept), updated_ms: now_ms };
    await trx.updateTable("dashboard").set(set).where("id", "=", id).execute();
    changed.push(id);
  }
  return changed;
}

async function queriesThere(trx: Transaction<Tables>, cards: Dashboard["cards"]): Promise<void> {
  const known = new Set((await trx.selectFrom("saved_query").select("id").execute()).map(({ id }) => id));
  const missing = cards.find(({ queryId }) => !known.has(queryId));
  if (missing !== undefined) throw new RollcallError("REQUEST_INVALID", `There is no saved query ${missing.queryId}.`);
}

async function dashboardRow(db: Held["store"]["db"], id: string): Promise<Row> {
  const row = await db.selectFrom("dashboard").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new RollcallError("NO_SUCH_OBJECT", `There is no dashboard ${id}.`);
  return row;
}

function dashboardOf({ id, name, cards_json, created_by, updated_ms }: Row): Dashboard {
  const cards = Cards.parse(JSON.parse(cards_json));
  return { id, name, cards, createdBy: created_by, updatedAt: instant(updated_ms) };
}

function deed(done: string, { id, name }: Row) {
  return { action: `dashboard.${done}`, object: { kind: "dashboard", id }, detail: { name } };
}
