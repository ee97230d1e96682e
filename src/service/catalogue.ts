/** What the warehouse holds, with what the control plane knows of it: whose it is, how it grew, how fresh it is. */
import type { z } from "@hono/zod-openapi";
import type { Selectable } from "kysely";
import type { Caller } from "../api/bind.ts";
import type {
  Freshness as FreshnessWords,
  Table as TableWords,
  TableDetail as TableDetailWords,
} from "../api/contract/warehouse.ts";
import { RollcallError } from "../core/error.ts";
import type { SourceRow, SourceTableRow } from "../store/schema.ts";
import type { Access, CatalogTable, ColumnProfile } from "../warehouse/warehouse.ts";
import type { ServiceContext } from "./context.ts";
import { isStale, type Moment } from "./due.ts";
import { momentOf } from "./watchdog.ts";
import { failureOf, instant } from "./words.ts";

export type Table = z.infer<typeof TableWords>;
export type TableDetail = z.infer<typeof TableDetailWords>;
export type Freshness = z.infer<typeof FreshnessWords>;

type Held = Pick<ServiceContext, "store" | "warehouse" | "now_ms" | "started_ms">;

/** A table's page waits no longer than this for the figures of its columns. */
const PROFILE_TIMEOUT_MS = 20_000;
const RUNS_SHOWN = 20;
/** Points of the chart of a table's size. */
const SIZES_SHOWN = 500;

/** Viewers see people's data and nothing of Rollcall's own books. */
export const accessOf = (caller: Pick<Caller, "role">): Access => (caller.role === "viewer" ? "tables" : "all");

/** Every table and view that the caller may read, by schema and name. */
export async function catalogue(context: Held, access: Access): Promise<Table[]> {
  const [found, sources] = await Promise.all([
    context.warehouse.catalog(access),
    context.store.db.selectFrom("source").select(["id", "prefix"]).execute(),
  ]);
  const sourceOf = new Map(sources.map(({ id, prefix }) => [prefix.toLowerCase(), id]));
  return found.map((table) => ({
    ...withoutColumns(table),
    sourceId: sourceOf.get(table.schema.toLowerCase()) ?? null,
    columns: table.columns.map(({ name, type, about }) => ({ name, type, about })),
  }));
}

function withoutColumns({ schema, name, kind, about, rows, mode, lastSyncedAt }: CatalogTable) {
  return { schema, name, kind, about, rows, mode, lastSyncedAt };
}

/** Throws NO_SUCH_OBJECT, also for what the caller may not see; and as `Warehouse.profile` does. */
export async function tableDetail(
  context: Held,
  name: { readonly schema: string; readonly table: string },
  access: Access,
  signal: AbortSignal,
): Promise<TableDetail> {
  const found = (await context.warehouse.catalog(access)).find(
    (each) => each.schema === name.schema && each.name === name.table,
  );
  if (found === undefined)
    throw new RollcallError("NO_SUCH_OBJECT", `There is no table ${name.schema}.${name.table} to be seen.`);
  const limits = { access, timeout_ms: PROFILE_TIMEOUT_MS };
  const profile = await context.warehouse.profile({ schema: found.schema, name: found.name }, limits, signal);
  const kept = await keptOf(context, found);
  return {
    ...withoutColumns(found),
    rows: profile.rows,
    sampled: profile.sampled < profile.rows,
    sourceId: kept?.source.id ?? null,
    columns: profile.columns.map(profiled),
    sizes: kept === null ? [] : await sizesOf(context, kept.table),
    runs: kept === null ? [] : await runsOf(context, kept.table),
    freshness: kept === null ? null : freshnessOf(kept.source, kept.table, await momentOf(context)),
    keptColumns: kept === null ? null : treatmentInWords(kept.table.treatment_json),
  };
}

function profiled({ name, type, about, nullShare, distinct, least, most, examples }: ColumnProfile) {
  return { name, type, about, nullShare, distinct, least, most, examples: [...examples] };
}

interface Kept {
  readonly source: Selectable<SourceRow>;
  readonly table: Selectable<SourceTableRow>;
}

/** The control plane's rows of a table; null where it is no source's. */
async function keptOf({ store: { db } }: Held, { schema, name }: CatalogTable): Promise<Kept | null> {
  const sources = await db.selectFrom("source").selectAll().execute();
  const source = sources.find(({ prefix }) => prefix.toLowerCase() === schema.toLowerCase());
  if (source === undefined) return null;
  const table = await db
    .selectFrom("source_table")
    .selectAll()
    .where("source_id", "=", source.id)
    .where("table_name", "=", name)
    .executeTakeFirst();
  return table === undefined ? null : { source, table };
}

async function sizesOf({ store: { db } }: Held, table: Selectable<SourceTableRow>): Promise<TableDetail["sizes"]> {
  const rows = await db
    .selectFrom("table_size")
    .select(["at_ms", "rows"])
    .where("source_id", "=", table.source_id)
    .where("table_name", "=", table.table_name)
    .orderBy("at_ms", "desc")
    .limit(SIZES_SHOWN)
    .execute();
  return rows.toReversed().map(({ at_ms, rows: size }) => ({ at: instant(at_ms), rows: size }));
}

async function runsOf({ store: { db } }: Held, table: Selectable<SourceTableRow>): Promise<TableDetail["runs"]> {
  const rows = await db
    .selectFrom("run_table")
    .innerJoin("run", "run.id", "run_table.run_id")
    .select(["run.id", "run.status as run", "run.requested_ms", "run_table.status", "run_table.started_ms"])
    .select(["run_table.finished_ms", "run_table.inserted", "run_table.updated", "run_table.deleted"])
    .where("run.source_id", "=", table.source_id)
    .where("run_table.table_name", "=", table.table_name)
    .orderBy("run.requested_ms", "desc")
    .orderBy("run.id", "desc")
    .limit(RUNS_SHOWN)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    status: row.status as TableDetail["runs"][number]["status"],
    run: row.run as TableDetail["runs"][number]["run"],
    at: instant(row.started_ms ?? row.requested_ms),
    duration_ms: row.started_ms === null || row.finished_ms === null ? null : row.finished_ms - row.started_ms,
    inserted: row.inserted,
    updated: row.updated,
    deleted: row.deleted,
  }));
}

function treatmentInWords(json: string): string | null {
  const treatment = Object.entries(JSON.parse(json) as Record<string, "drop" | "hash">);
  const named = (what: "drop" | "hash") => treatment.filter(([, how]) => how === what).map(([column]) => column);
  const words = [
    ...(named("drop").length === 0 ? [] : [`left out: ${named("drop").join(", ")}`]),
    ...(named("hash").length === 0 ? [] : [`stored as hashes: ${named("hash").join(", ")}`]),
  ];
  return words.length === 0 ? null : `Before storage, ${words.join("; ")}.`;
}

/** Whether a table is as fresh as its schedule promises; null: it is. The worst thing is said. */
export function freshnessOf(
  source: Selectable<SourceRow>,
  table: Selectable<SourceTableRow>,
  moment: Moment,
): Freshness | null {
  const name = `${source.prefix}.${table.table_name}`;
  const completed = table.last_completed_ms;
  const say = (state: Freshness["state"], why: string): Freshness => ({
    table: name,
    state,
    message: `${name} ${completed === null ? "has never been synced" : `was last brought up to date at ${instant(completed)}`}${why}`,
  });
  if (completed === null) return say("never", " to the end: rows may be missing.");
  if (table.enabled === 0) return say("paused", ": it is switched off.");
  if (table.last_status === "failed" || table.last_status === "held") {
    const failure = failureOf(table.last_error_json);
    return say("failed", `; the last run did not succeed: ${failure?.message ?? "no reason was kept."}`);
  }
  if (source.paused_json !== null) return say("paused", `: ${source.name} is paused.`);
  return isStale(source, table, moment) ? say("stale", ", more than twice its interval ago.") : null;
}

/** The tables of all sources that are not as fresh as they should be, by their lower-case name in SQL. */
export async function freshnessByName(
  context: Pick<ServiceContext, "store" | "now_ms" | "started_ms">,
): Promise<ReadonlyMap<string, Freshness>> {
  const { db } = context.store;
  const moment = await momentOf(context);
  const sources = await db.selectFrom("source").selectAll().execute();
  const tables = await db.selectFrom("source_table").selectAll().execute();
  const byId = new Map(sources.map((source) => [source.id, source]));
  const found = new Map<string, Freshness>();
  for (const table of tables) {
    const source = byId.get(table.source_id);
    const freshness = source === undefined ? null : freshnessOf(source, table, moment);
    if (freshness !== null) found.set(freshness.table.toLowerCase(), freshness);
  }
  return found;
}
