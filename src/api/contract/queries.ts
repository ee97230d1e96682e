/** Saved queries (views, charts, alerts), dashboards, and the overview. */
import { z } from "@hono/zod-openapi";
import { operation, silent } from "./operation.ts";
import { Id, Instant, Remark, ScheduleWord, Text } from "./words.ts";

export const Chart = z
  .object({
    kind: z.enum(["table", "line", "bar", "area", "pie", "number"]),
    x: z.string().max(200).nullable().default(null).openapi({ description: "Column of the categories or times." }),
    y: z.array(z.string().max(200)).max(20).default([]).openapi({ description: "Columns of the values." }),
    series: z
      .string()
      .max(200)
      .nullable()
      .default(null)
      .openapi({ description: "Column that splits one value into several lines." }),
    stacked: z.boolean().default(false),
  })
  .openapi("Chart");
export type Chart = z.infer<typeof Chart>;

/** The first row's `column` (or the number of rows, where null) is compared with the threshold whenever the query is checked. */
export const Alert = z
  .object({
    column: z.string().max(200).nullable(),
    is: z.enum(["above", "below"]),
    threshold: z.number(),
    schedule: ScheduleWord,
  })
  .openapi("Alert");

export const SavedQuery = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    sql: z.string(),
    chart: Chart.nullable(),
    viewName: z.string().nullable(),
    materialise: ScheduleWord.nullable(),
    materialisedAt: Instant.nullable(),
    materialiseError: z.string().nullable(),
    alert: Alert.nullable(),
    alertedAt: Instant.nullable(),
    alertPast: z.boolean().openapi({ description: "Whether it stood past its threshold when it was last looked at." }),
    createdBy: z.string(),
    updatedAt: Instant,
  })
  .openapi("SavedQuery");

const NewQuery = z.object({
  name: Text(200),
  description: Remark.default(""),
  sql: z.string().min(1).max(100_000),
  chart: Chart.nullable().default(null),
  viewName: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, "A letter or underscore, then letters, digits or underscores.")
    .nullable()
    .default(null),
  materialise: ScheduleWord.nullable().default(null),
  alert: Alert.nullable().default(null),
});

export const Card = z.object({
  queryId: z.string().max(64),
  /** Of 12 columns. */
  width: z.number().int().min(3).max(12),
  /** Rows of 80 px. */
  height: z.number().int().min(2).max(12),
});
export const Dashboard = z
  .object({ id: z.string(), name: z.string(), cards: z.array(Card), createdBy: z.string(), updatedAt: Instant })
  .openapi("Dashboard");
const NewDashboard = z.object({ name: Text(200), cards: z.array(Card).max(100).default([]) });

export const Attention = z
  .object({
    severity: z.enum(["error", "warning"]),
    title: z.string(),
    detail: z.string(),
    fix: z.string(),
    sourceId: z.string().nullable(),
    table: z.string().nullable(),
    queryId: z.string().nullable(),
    since: Instant.nullable(),
  })
  .openapi("Attention");

/** A chart of the overview: the page runs its SQL like any other query. */
export const OverviewChart = z
  .object({
    id: z.string(),
    title: z.string(),
    about: z.string(),
    sql: z.string(),
    chart: Chart,
    needs: z.array(z.string()),
  })
  .openapi("OverviewChart");

export const queries = {
  list: operation({
    method: "get",
    path: "/api/queries",
    tag: "Saved queries",
    needs: "viewer",
    summary: "Saved queries",
    result: z.array(SavedQuery),
  }),
  create: operation({
    method: "post",
    path: "/api/queries",
    tag: "Saved queries",
    needs: "editor",
    summary: "Save a query; with a view name it becomes `views.<name>`",
    status: 201,
    body: NewQuery,
    result: SavedQuery,
  }),
  get: operation({
    method: "get",
    path: "/api/queries/{id}",
    tag: "Saved queries",
    needs: "viewer",
    summary: "One saved query",
    params: Id,
    result: SavedQuery,
  }),
  change: operation({
    method: "put",
    path: "/api/queries/{id}",
    tag: "Saved queries",
    needs: "editor",
    summary: "Change a saved query, its view included",
    params: Id,
    body: NewQuery,
    result: SavedQuery,
  }),
  remove: silent({
    method: "delete",
    path: "/api/queries/{id}",
    tag: "Saved queries",
    needs: "editor",
    summary: "Delete a saved query and its view",
    params: Id,
  }),
  materialise: operation({
    method: "post",
    path: "/api/queries/{id}/materialise",
    tag: "Saved queries",
    needs: "editor",
    summary: "Fill the materialised view now",
    params: Id,
    result: SavedQuery,
  }),
};

export const dashboards = {
  list: operation({
    method: "get",
    path: "/api/dashboards",
    tag: "Dashboards",
    needs: "viewer",
    summary: "Dashboards",
    result: z.array(Dashboard),
  }),
  create: operation({
    method: "post",
    path: "/api/dashboards",
    tag: "Dashboards",
    needs: "editor",
    summary: "Make a dashboard",
    status: 201,
    body: NewDashboard,
    result: Dashboard,
  }),
  get: operation({
    method: "get",
    path: "/api/dashboards/{id}",
    tag: "Dashboards",
    needs: "viewer",
    summary: "One dashboard",
    params: Id,
    result: Dashboard,
  }),
  change: operation({
    method: "put",
    path: "/api/dashboards/{id}",
    tag: "Dashboards",
    needs: "editor",
    summary: "Rename or rearrange a dashboard",
    params: Id,
    body: NewDashboard,
    result: Dashboard,
  }),
  remove: silent({
    method: "delete",
    path: "/api/dashboards/{id}",
    tag: "Dashboards",
    needs: "editor",
    summary: "Delete a dashboard",
    params: Id,
  }),
  overview: operation({
    method: "get",
    path: "/api/overview",
    tag: "Dashboards",
    needs: "viewer",
    summary: "What needs attention, and the charts of the overview for a source",
    query: z.object({ source: Text(64).optional() }),
    result: z.object({ attention: z.array(Attention), charts: z.array(OverviewChart) }),
  }),
};
