/** The warehouse: what it holds, asking it in SQL, taking results and copies away. */
import { z } from "@hono/zod-openapi";
import { operation, silent, streamed } from "./operation.ts";
import { Instant, Mode, Text } from "./words.ts";
import { RunStatus, TableStatus } from "./words.ts";

const tag = "Warehouse";

export const Column = z.object({ name: z.string(), type: z.string(), about: z.string().nullable() }).openapi("Column");
export const Table = z
  .object({
    schema: z.string(),
    name: z.string(),
    kind: z.enum(["table", "view"]),
    about: z.string().nullable(),
    rows: z.number().nullable(),
    mode: Mode.nullable(),
    lastSyncedAt: Instant.nullable(),
    sourceId: z.string().nullable(),
    columns: z.array(Column),
  })
  .openapi("Table");

/** A table behind a query that is not as fresh as it should be. */
export const Freshness = z
  .object({ table: z.string(), state: z.enum(["stale", "failed", "paused", "never"]), message: z.string() })
  .openapi("Freshness");

const Sql = z.string().min(1).max(100_000);

/** One line of the answer to a query, as NDJSON: `columns` first, `rows` any number of times, then `end` or `error`. */
export const QueryLine = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("columns"), columns: z.array(z.object({ name: z.string(), type: z.string() })) }),
    z.object({ type: z.literal("rows"), rows: z.array(z.array(z.unknown())) }),
    z.object({
      type: z.literal("end"),
      rows: z.number(),
      cut: z.boolean(),
      duration_ms: z.number(),
      freshness: z.array(Freshness),
    }),
    z.object({ type: z.literal("error"), code: z.string(), message: z.string(), fix: z.string() }),
  ])
  .openapi("QueryLine");

export const ColumnProfile = Column.extend({
  nullShare: z.number().nullable(),
  distinct: z.number().nullable(),
  least: z.string().nullable(),
  most: z.string().nullable(),
  examples: z.array(z.string()),
}).openapi("ColumnProfile");

export const TableDetail = Table.omit({ columns: true })
  .extend({
    sampled: z.boolean(),
    columns: z.array(ColumnProfile),
    sizes: z.array(z.object({ at: Instant, rows: z.number() })),
    runs: z.array(
      z.object({
        id: z.string(),
        status: TableStatus,
        run: RunStatus,
        at: Instant,
        duration_ms: z.number().nullable(),
        inserted: z.number(),
        updated: z.number(),
        deleted: z.number(),
      }),
    ),
    freshness: Freshness.nullable(),
    keptColumns: z.string().nullable().openapi({ description: "What is hashed or dropped before storage, in words." }),
  })
  .openapi("TableDetail");

const Asked = z.object({
  id: z.number(),
  sql: z.string(),
  at: Instant,
  duration_ms: z.number(),
  rows: z.number().nullable(),
  error: z.string().nullable(),
});

export const Publication = z
  .object({
    schedule: z.unknown().openapi({ description: "A Schedule, or null: not by itself.", type: ["object", "null"] }),
    file: z
      .string()
      .max(4096)
      .nullable()
      .openapi({ description: "Where the copy is published on the server's machine; null: nowhere." }),
    directory: z
      .string()
      .max(4096)
      .nullable()
      .openapi({ description: "Where Parquet files are published; null: nowhere." }),
    tables: z
      .array(Text(130))
      .max(500)
      .openapi({ description: "Which tables are published as Parquet: `okta.users`." }),
    lastAt: Instant.nullable(),
    lastError: z.string().nullable(),
  })
  .openapi("Publication");

export const warehouse = {
  catalogue: operation({
    method: "get",
    path: "/api/warehouse",
    tag,
    needs: "viewer",
    summary: "Schemas, tables and columns, with their descriptions",
    result: z.array(Table),
  }),
  table: operation({
    method: "get",
    path: "/api/warehouse/tables/{schema}/{table}",
    tag,
    needs: "viewer",
    summary: "One table: columns with null share and examples, size over time, last runs, freshness",
    params: z.object({ schema: Text(130), table: Text(130) }),
    result: TableDetail,
  }),
  query: streamed({
    method: "post",
    path: "/api/warehouse/query",
    tag,
    needs: "viewer",
    summary:
      "Ask in SQL, read-only; the answer is streamed as NDJSON (see QueryLine), and ends when the request is aborted",
    body: z.object({
      sql: Sql,
      maxRows: z.number().int().min(1).max(1_000_000).default(10_000),
      timeout_s: z.number().int().min(1).max(3600).default(60),
      /** Whether it goes into the history of what I asked. */
      remember: z.boolean().default(true),
    }),
    media: ["application/x-ndjson"],
  }),
  export: streamed({
    method: "post",
    path: "/api/warehouse/export",
    tag,
    needs: "viewer",
    summary: "The whole result of a query as a file",
    body: z.object({ sql: Sql, format: z.enum(["csv", "ndjson", "parquet"]), name: Text(100).default("export") }),
    media: ["text/csv", "application/x-ndjson", "application/vnd.apache.parquet"],
  }),
  history: operation({
    method: "get",
    path: "/api/warehouse/history",
    tag,
    needs: "viewer",
    summary: "What I asked, the latest first",
    query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
    result: z.array(Asked),
  }),
  clearHistory: silent({
    method: "delete",
    path: "/api/warehouse/history",
    tag,
    needs: "viewer",
    summary: "Forget what I asked",
  }),
  snapshot: streamed({
    method: "post",
    path: "/api/warehouse/snapshot",
    tag,
    needs: "admin",
    summary: "A consistent copy of the whole warehouse, as a DuckDB file",
    media: ["application/octet-stream"],
  }),
  publication: operation({
    method: "get",
    path: "/api/warehouse/publication",
    tag,
    needs: "admin",
    summary: "Where and when copies are published",
    result: Publication,
  }),
  setPublication: operation({
    method: "put",
    path: "/api/warehouse/publication",
    tag,
    needs: "admin",
    summary: "Set where and when copies are published",
    body: Publication.omit({ lastAt: true, lastError: true }),
    result: Publication,
  }),
  publish: operation({
    method: "post",
    path: "/api/warehouse/publication/publish",
    tag,
    needs: "admin",
    summary: "Publish now",
    result: Publication,
  }),
};
