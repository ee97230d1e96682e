/** What people choose per table, and what they may tell it to do. */
import type { z } from "@hono/zod-openapi";
import type { TableChoice as TableChoiceWords } from "../api/contract/sources.ts";
import type { API } from "../api/contract/api.ts";
import { hasCode, RollcallError } from "../core/error.ts";
import { checkSchedule } from "../core/schedule.ts";
import type { Stream, SyncMode } from "../core/stream.ts";
import { checkTreatment, treatable, type Treatment } from "../core/treatment.ts";
import { STREAMS } from "../okta/streams.ts";
import type { Kysely } from "kysely";
import type { SourceTableRow, Tables } from "../store/schema.ts";
import { record, type Actor } from "../store/audit.ts";
import { demandErasure, demandName, type Erasure } from "./confirmation.ts";
import type { ServiceContext } from "./context.ts";
import { requestRun, type Wish } from "./requests.ts";
import type { Run } from "./runs.ts";
import { getSource, sourceRow, type Source } from "./source-view.ts";

export type TableChoice = z.output<typeof TableChoiceWords>;
type Changes = z.output<
  (typeof API.sources.changeTables)["request"]["body"]["content"]["application/json"]["schema"]
>["changes"];

/** The stream of a table. Throws NO_SUCH_OBJECT. */
export function streamOf(table: string): Stream {
  const stream = STREAMS.find((each) => each.table === table);
  if (stream === undefined) throw new RollcallError("NO_SUCH_OBJECT", `There is no table ${table}.`);
  return stream;
}

/** Throws REQUEST_INVALID for a mode that the table does not have, SCHEDULE_INVALID. What is treated needs the org's own attributes. */
export function checkChoice(choice: TableChoice): TableChoice {
  const stream = streamOf(choice.table);
  checkMode(stream, choice.mode);
  checkSchedule(choice.schedule);
  checkLookBack(stream, choice.lookBack_s);
  return choice;
}

function checkMode(stream: Stream, mode: SyncMode): void {
  if (!stream.modes.includes(mode))
    throw new RollcallError("REQUEST_INVALID", `The table ${stream.table} cannot be synced as ${mode}.`, {
      fix: `Choose ${stream.modes.join(" or ")}.`,
    });
}

function checkLookBack({ table, read }: Stream, lookBack_s: number): void {
  if (lookBack_s > 0 && (read.kind === "log" || read.since === null))
    throw new RollcallError("REQUEST_INVALID", `The table ${table} has no increments that could look back.`);
}

/** Who changes tables, and with what right. */
export interface Changer {
  readonly actor: Actor;
  /** Throws NOT_ALLOWED where they may not erase what is stored. */
  readonly demandEraser: () => void;
}

/**
 * Several tables at once: all of it or nothing. What is treated otherwise from now on is so at once in the rows already stored; where
 * that erases values, an admin has to `confirm` it with the source's name. Throws CONFIRMATION_NEEDED, CONFIRMATION_WRONG, NOT_ALLOWED.
 */
export async function changeTables(
  context: ServiceContext,
  id: string,
  { changes, confirm }: { readonly changes: Changes; readonly confirm?: string | undefined },
  { actor, demandEraser }: Changer,
): Promise<Source> {
  const source = await sourceRow(context, id);
  checkChanges(changes);
  const treated = changes.flatMap(({ table, treatment }) => (treatment === undefined ? [] : [{ table, treatment }]));
  for (const { table, treatment } of treated) await checkTreatmentOf(context, source.prefix, table, treatment);
  using _ = treated.length === 0 ? null : context.holds.take(id, `Rows of ${source.name} are being treated.`);
  if (treated.length > 0) await demandQuiet(context.store.db, id);
  const stored = treated.length === 0 ? new Map<string, number>() : await storedRows(context, source.prefix);
  const erased = await erasures(context, source.prefix, treated, stored);
  if (erased.length > 0) {
    demandEraser();
    demandErasure(confirm, source.name, erased);
  }
  // Rows first, then what is stored: the next run after a crash in between treats as the rows say.
  await writeChanges(context, source, { changes, erased }, actor);
  // A table that no run has made yet is treated by its first.
  for (const { table, treatment } of treated.filter(({ table: name }) => stored.has(name)))
    await context.warehouse.treat(source.prefix, streamOf(table), treatment, context.hashKey);
  context.live.tell({ type: "source", sourceId: id });
  return await getSource(context, id);
}

function checkChanges(changes: Changes): void {
  for (const change of changes) {
    const stream = streamOf(change.table);
    if (change.mode !== undefined) checkMode(stream, change.mode);
    if (change.schedule !== undefined) checkSchedule(change.schedule);
    if (change.lookBack_s !== undefined) checkLookBack(stream, change.lookBack_s);
  }
}

/** The rows of each table that is there. */
async function storedRows({ warehouse }: ServiceContext, prefix: string): Promise<ReadonlyMap<string, number>> {
  const tables = await warehouse.catalog("tables");
  return new Map(tables.filter(({ schema }) => schema === prefix).map(({ name, rows }) => [name, rows ?? 0]));
}

/** What of the stored values each treatment erases for good; nothing where no rows are. */
async function erasures(
  { warehouse }: ServiceContext,
  prefix: string,
  treated: readonly { readonly table: string; readonly treatment: Treatment }[],
  stored: ReadonlyMap<string, number>,
): Promise<readonly Erasure[]> {
  const found = await Promise.all(
    treated.map(async ({ table, treatment }) => {
      const { treatment: before } = await warehouse.treatment(prefix, table);
      // What was dropped is not there to be hashed.
      const lost = Object.entries(treatment).filter(
        ([column, how]) => before[column] !== how && before[column] !== "drop",
      );
      return { table, rows: lost.length === 0 ? 0 : (stored.get(table) ?? 0), columns: Object.fromEntries(lost) };
    }),
  );
  return found.filter(({ rows }) => rows > 0);
}

async function writeChanges(
  context: ServiceContext,
  { id, name }: { readonly id: string; readonly name: string },
  { changes, erased }: { readonly changes: Changes; readonly erased: readonly Erasure[] },
  actor: Actor,
): Promise<void> {
  const now_ms = context.now_ms();
  const object = { kind: "source", id } as const;
  await context.store.db.transaction().execute(async (trx) => {
    for (const change of changes) {
      if (change.enabled === true) await noteSwitchedOn(trx, id, change.table, now_ms);
      const set = columnsOf(change);
      if (Object.keys(set).length === 0) continue;
      await trx
        .updateTable("source_table")
        .set(set)
        .where("source_id", "=", id)
        .where("table_name", "=", change.table)
        .execute();
    }
    await record(trx, actor, { action: "source.tables_changed", object, detail: { changes } }, now_ms);
    if (erased.length > 0)
      await record(trx, actor, { action: "source.data_erased", object, detail: { name, tables: erased } }, now_ms);
  });
}

/** A table that was off is late from now on only. */
async function noteSwitchedOn(trx: Kysely<Tables>, sourceId: string, table: string, now_ms: number): Promise<void> {
  await trx
    .updateTable("source_table")
    .set({ kept_since_ms: now_ms })
    .where("source_id", "=", sourceId)
    .where("table_name", "=", table)
    .where("enabled", "=", 0)
    .execute();
}

function columnsOf(change: Changes[number]): Partial<SourceTableRow> {
  return {
    ...(change.enabled === undefined ? {} : { enabled: change.enabled ? 1 : 0, retry_at_ms: null }),
    ...(change.mode === undefined ? {} : { mode: change.mode }),
    ...(change.schedule === undefined ? {} : { schedule_json: JSON.stringify(change.schedule) }),
    ...(change.lookBack_s === undefined ? {} : { look_back_ms: change.lookBack_s * 1000 }),
    ...(change.treatment === undefined ? {} : { treatment_json: JSON.stringify(change.treatment) }),
  };
}

/** Throws TREATMENT_INVALID; the org's own attributes are known once the table has been synced. */
async function checkTreatmentOf(
  { warehouse }: ServiceContext,
  prefix: string,
  table: string,
  treatment: Treatment,
): Promise<void> {
  const stream = streamOf(table);
  const { attributes } = await warehouse.treatment(prefix, table);
  checkTreatment(stream, stream.profile?.base ?? [], treatment, attributes);
}

/** What may be chosen for a table's columns, the org's own attributes included once they are known. */
export async function columnChoices(context: ServiceContext, prefix: string, table: string) {
  const stream = streamOf(table);
  const { attributes } = await context.warehouse.treatment(prefix, table);
  return treatable(stream, stream.profile?.base ?? [], attributes).map((column) => ({ ...column }));
}

/** Throws RUN_UNDER_WAY: what is about to be changed must not be written meanwhile. */
async function demandQuiet(db: Kysely<Tables>, sourceId: string): Promise<void> {
  const open = await db
    .selectFrom("run")
    .select("id")
    .where("source_id", "=", sourceId)
    .where("status", "in", ["queued", "running"])
    .executeTakeFirst();
  if (open !== undefined) throw new RollcallError("RUN_UNDER_WAY", "A run is writing these tables.");
}

/** Runs tables with a person's one-time word; throws SOURCE_PAUSED, RUN_UNDER_WAY: then the word is not kept for a later run. */
export async function runWithWish(
  context: ServiceContext,
  id: string,
  { tables, wish }: { readonly tables: readonly string[] | undefined; readonly wish: Wish | null },
  actor: Actor,
): Promise<Run> {
  await sourceRow(context, id);
  for (const table of tables ?? []) streamOf(table);
  return requestRun(context, id, { cause: "person", by: actor, tables, wish });
}

/** What is to be deleted and was never stored is gone already. */
export function nothingStored(error: unknown): void {
  if (!hasCode(error, "TABLE_UNKNOWN")) throw error;
}

const EMPTIED = {
  rows_stored: 0,
  last_completed_ms: null,
  last_status: null,
  last_run_id: null,
  last_error_json: null,
} as const;

/** Deletes stored rows, on a person's confirmed word and on record. Throws CONFIRMATION_WRONG, RUN_UNDER_WAY. */
export async function deleteData(
  context: ServiceContext,
  id: string,
  { tables, confirm }: { readonly tables: readonly string[]; readonly confirm: string },
  actor: Actor,
): Promise<void> {
  const source = await sourceRow(context, id);
  demandName(confirm, source.name);
  for (const table of tables) streamOf(table);
  // A run that began in between would commit the place it had read up to behind the deletion: what is gone would not be read again.
  using _ = context.holds.take(id, `Rows of ${source.name} are being deleted.`);
  await demandQuiet(context.store.db, id);
  for (const table of tables) await context.warehouse.deleteData(source.prefix, table).catch(nothingStored);
  await context.store.db.transaction().execute(async (trx) => {
    await trx
      .updateTable("source_table")
      .set({ ...EMPTIED, kept_since_ms: context.now_ms() })
      .where("source_id", "=", id)
      .where("table_name", "in", tables)
      .execute();
    await record(
      trx,
      actor,
      { action: "source.data_deleted", object: { kind: "source", id }, detail: { name: source.name, tables } },
      context.now_ms(),
    );
  });
  context.live.tell({ type: "source", sourceId: id });
}
