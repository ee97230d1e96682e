/** What saved queries do by themselves: views filled and thresholds looked at, each by its schedule, computed from the rows. */
import type { Selectable } from "kysely";
import { hasCode, report, RollcallError } from "../core/error.ts";
import { isDue, nextDue_ms, type Schedule } from "../core/schedule.ts";
import { unended } from "../core/statement.ts";
import type { SavedQueryRow } from "../store/schema.ts";
import { queryTimeout_ms } from "../store/settings.ts";
import type { JsonValue } from "../warehouse/warehouse.ts";
import type { ServiceContext } from "./context.ts";
import { notify } from "./notifications.ts";
import { alertOf, materialise, type StoredAlert, StoredMaterialise } from "./queries.ts";

type Row = Selectable<SavedQueryRow>;
type Held = Pick<ServiceContext, "store" | "warehouse" | "now_ms" | "log">;

interface Chore {
  readonly schedule: Schedule;
  readonly seed: string;
  readonly last_ms: number | null;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/**
 * Does what is due, one after the other; what fails is kept in its row and tried again when it is due next. Resolves to when the next is due,
 * epoch ms; null: none is. Views come before alerts, which may look at them.
 */
export async function runQueryChores(context: Held, now_ms: number, signal: AbortSignal): Promise<number | null> {
  const rows = await context.store.db.selectFrom("saved_query").selectAll().orderBy("id").execute();
  const chores = [
    ...rows.flatMap((row) => materialisation(context, row, now_ms) ?? []),
    ...rows.flatMap((row) => alertCheck(context, row, now_ms) ?? []),
  ];
  for (const { schedule, seed, last_ms, run } of chores) {
    if (signal.aborted) break;
    if (isDue({ schedule, seed, lastBegun_ms: last_ms, retryAt_ms: null, now_ms })) await run(signal);
  }
  const next = chores.flatMap(({ schedule, seed }) => nextDue_ms(schedule, seed, now_ms) ?? []);
  return next.length === 0 ? null : Math.min(...next);
}

function materialisation(context: Held, row: Row, now_ms: number): Chore | null {
  if (row.materialise_json === null || row.view_name === null) return null;
  const { schedule, tried_ms } = StoredMaterialise.parse(JSON.parse(row.materialise_json));
  const run = async (signal: AbortSignal) => {
    try {
      await materialise(context, row, now_ms, signal);
    } catch (error) {
      // It is in the row, and on the overview.
      if (!signal.aborted) context.log.warn({ query: row.id, code: report(error).code }, "a view could not be filled");
    }
  };
  return { schedule, seed: `${row.id} materialise`, last_ms: tried_ms, run };
}

function alertCheck(context: Held, row: Row, now_ms: number): Chore | null {
  const alert = alertOf(row);
  if (alert === null) return null;
  const run = (signal: AbortSignal) => check(context, row, alert, now_ms, signal);
  return { schedule: alert.schedule, seed: `${row.id} alert`, last_ms: alert.checked_ms, run };
}

async function check(context: Held, row: Row, alert: StoredAlert, now_ms: number, signal: AbortSignal): Promise<void> {
  try {
    const value = await valueOf(context, row, alert, signal);
    const past = value !== null && (alert.is === "above" ? value > alert.threshold : value < alert.threshold);
    await note(
      context,
      row,
      { ...alert, checked_ms: now_ms, past, error: null },
      past && alert.past !== true ? value : null,
    );
  } catch (error) {
    if (signal.aborted || hasCode(error, "CANCELLED")) return;
    // Whether it is past the threshold is not known: what was known stays.
    await note(context, row, { ...alert, checked_ms: now_ms, error: report(error).message }, null);
  }
}

/** The alert's state and its message in one transaction. `news`: the value that just passed the threshold. */
async function note({ store }: Held, row: Row, alert: StoredAlert, news: number | null): Promise<void> {
  await store.db.transaction().execute(async (trx) => {
    const told = news === null ? {} : { alert_ms: alert.checked_ms };
    const { numUpdatedRows } = await trx
      .updateTable("saved_query")
      .set({ alert_json: JSON.stringify(alert), ...told })
      .where("id", "=", row.id)
      // Not where a person changed it meanwhile.
      .where("updated_ms", "=", row.updated_ms)
      .executeTakeFirst();
    if (numUpdatedRows === 0n || news === null) return;
    const { column, is, threshold } = alert;
    await notify(trx, {
      kind: "alert",
      sourceId: null,
      queryId: row.id,
      queryName: row.name,
      column,
      value: news,
      is,
      threshold,
      at_ms: alert.checked_ms ?? 0,
      link: `/sql?query=${row.id}`,
    });
  });
}

/** Null where there is no row, or no value in it. Throws REQUEST_INVALID where it is no number, and as `Warehouse.query` does. */
async function valueOf(
  context: Held,
  { sql }: Row,
  { column }: StoredAlert,
  signal: AbortSignal,
): Promise<number | null> {
  const limits = { maxRows: 1, timeout_ms: await queryTimeout_ms(context.store.db) };
  const asked = column === null ? `SELECT count(*) FROM (\n${unended(sql)}\n)` : sql;
  const { columns, rows } = await context.warehouse.query(asked, limits, signal);
  const at = column === null ? 0 : columns.findIndex(({ name }) => name.toLowerCase() === column.toLowerCase());
  if (at < 0) throw new RollcallError("REQUEST_INVALID", `The result has no column ${column}.`);
  const value: JsonValue = rows[0]?.[at] ?? null;
  if (value === null) return null;
  // Integers and decimals beyond what a JSON number holds come as text.
  const number =
    typeof value === "number" || (typeof value === "string" && value.trim() !== "") ? Number(value) : Number.NaN;
  if (!Number.isFinite(number)) throw new RollcallError("REQUEST_INVALID", `The value of ${column} is no number.`);
  return number;
}
