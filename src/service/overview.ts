/** The overview: what needs a person first, and charts of the data that is there. */
import type { z } from "@hono/zod-openapi";
import type { Selectable } from "kysely";
import type { Attention as AttentionWords, OverviewChart as OverviewChartWords } from "../api/contract/queries.ts";
import type { SourceRow, SourceTableRow } from "../store/schema.ts";
import { channelTroubles } from "./channel-state.ts";
import type { ServiceContext } from "./context.ts";
import { isStale, type Moment } from "./due.ts";
import { CHARTS } from "./overview-charts.ts";
import { getPublication } from "./publication.ts";
import { alertOf } from "./queries.ts";
import { momentOf } from "./watchdog.ts";
import { failureOf, instant } from "./words.ts";

export type Attention = z.infer<typeof AttentionWords>;
export type OverviewChart = z.infer<typeof OverviewChartWords>;
type Source = Selectable<SourceRow>;
type Table = Selectable<SourceTableRow>;

/** `sourceId` null: charts of the source that was linked first. What needs attention is always of all. */
export async function overview(
  context: ServiceContext,
  sourceId: string | null,
): Promise<{ attention: Attention[]; charts: OverviewChart[] }> {
  const { db } = context.store;
  const sources = await db.selectFrom("source").selectAll().orderBy("created_ms").orderBy("id").execute();
  const shown = sourceId === null ? sources[0] : sources.find(({ id }) => id === sourceId);
  return {
    attention: await attention(context, sources),
    charts: shown === undefined ? [] : await charts(context, shown.prefix),
  };
}

/** Only of tables that are there, with the columns that the chart reads. */
async function charts({ warehouse }: ServiceContext, prefix: string): Promise<OverviewChart[]> {
  const tables = await warehouse.catalog("tables");
  const columns = new Map(
    tables
      .filter(({ schema }) => schema.toLowerCase() === prefix.toLowerCase())
      .map(({ name, columns: of }) => [name, new Set(of.map((column) => column.name))]),
  );
  return CHARTS.filter(({ reads }) =>
    reads.columns.every((column) => columns.get(reads.table)?.has(column) === true),
  ).map(({ id, title, about, reads, chart, sql }) => ({
    id,
    title,
    about,
    sql: sql(`"${prefix}".${reads.table}`),
    chart: { x: null, series: null, stacked: false, ...chart, y: [...(chart.y ?? [])] },
    needs: [`${prefix}.${reads.table}`],
  }));
}

/** Errors before warnings, then as listed here; of each kind, the latest first. */
async function attention(context: ServiceContext, sources: readonly Source[]): Promise<Attention[]> {
  const { db } = context.store;
  const moment = await momentOf(context);
  const tables = await db.selectFrom("source_table").selectAll().where("enabled", "=", 1).execute();
  const bySource = Map.groupBy(tables, ({ source_id }) => source_id);
  const all = [
    ...sources.flatMap((source) => pausedSource(source) ?? []),
    // A paused source says it for its tables.
    ...sources
      .filter(({ paused_json }) => paused_json === null)
      .flatMap((source) => (bySource.get(source.id) ?? []).flatMap((table) => troubled(moment, source, table) ?? [])),
    ...(await queries(context)),
    ...(await channelTroubles(context)).map(({ name, error, since_ms }): Attention => ({
      ...NOBODYS,
      title: `Notifications to ${name} do not arrive`,
      detail: error,
      fix: "Check the channel under Settings → Notifications, and send a test.",
      since: instant(since_ms),
    })),
    ...(await publication(context)),
  ];
  const rank = { error: 0, warning: 1 } as const;
  return all.toSorted((one, other) => rank[one.severity] - rank[other.severity]);
}

const NOBODYS = { severity: "warning", sourceId: null, table: null, queryId: null } as const;

function pausedSource(source: Source): Attention | null {
  const failure = failureOf(source.paused_json);
  if (failure === null) return null;
  const byPerson = failure.code === "PAUSED";
  return {
    severity: byPerson ? "warning" : "error",
    title: `${source.name} is paused`,
    detail: failure.message,
    fix: failure.fix,
    sourceId: source.id,
    table: null,
    queryId: null,
    since: instant(source.paused_ms),
  };
}

function troubled(moment: Moment, source: Source, table: Table): Attention | null {
  const name = `${source.prefix}.${table.table_name}`;
  const where = {
    sourceId: source.id,
    table: table.table_name,
    queryId: null,
    since: instant(table.last_completed_ms),
  };
  const failure = failureOf(table.last_error_json);
  const detail = failure?.message ?? "The run's log says more.";
  const fix = failure?.fix ?? "Look at the last run of the table.";
  if (table.last_status === "failed") return { severity: "error", title: `${name} failed`, detail, fix, ...where };
  if (table.last_status === "held")
    return { severity: "error", title: `${name} waits for your word`, detail, fix, ...where };
  if (!isStale(source, table, moment)) return null;
  return {
    severity: "warning",
    title: `${name} is stale`,
    detail:
      table.last_completed_ms === null
        ? "It has not been synced to the end yet."
        : `It was last brought up to date at ${instant(table.last_completed_ms)}, more than twice its interval ago.`,
    fix: "Look at its last runs, or sync it now.",
    ...where,
  };
}

async function queries({ store: { db } }: ServiceContext): Promise<Attention[]> {
  const rows = await db.selectFrom("saved_query").selectAll().orderBy("updated_ms", "desc").execute();
  return rows.flatMap((row) => {
    const said: Attention[] = [];
    if (row.materialise_error !== null) {
      said.push({
        ...NOBODYS,
        queryId: row.id,
        title: `views.${row.view_name} could not be filled`,
        detail: row.materialise_error,
        fix: `Correct the saved query ${row.name}; what was there before is still there.`,
        since: instant(row.materialised_ms),
      });
    }
    const alert = alertOf(row);
    if (alert !== null && alert.error !== null) {
      said.push({
        ...NOBODYS,
        queryId: row.id,
        title: `The alert of ${row.name} could not be checked`,
        detail: alert.error,
        fix: "Correct the saved query or its alert.",
        since: instant(alert.checked_ms),
      });
    }
    if (alert?.past === true) {
      said.push({
        ...NOBODYS,
        queryId: row.id,
        title: `${row.name} has passed its threshold`,
        detail: `${alert.column ?? "The number of rows"} is ${alert.is} ${alert.threshold}.`,
        fix: "Look at its rows.",
        since: instant(row.alert_ms),
      });
    }
    return said;
  });
}

async function publication(context: ServiceContext): Promise<Attention[]> {
  const { lastError, lastAt } = await getPublication(context);
  if (lastError === null) return [];
  const fix = "Check the place under Settings → Publication; the copy published before is still there.";
  return [{ ...NOBODYS, title: "The warehouse could not be published", detail: lastError, fix, since: lastAt }];
}
