/** Runs: what was attempted, what came of it, what it said, and what happens now. */
import { z } from "@hono/zod-openapi";
import { operation, streamed } from "./operation.ts";
import { Failure, Id, Instant, Mode, RunStatus, TableStatus, Text } from "./words.ts";

const tag = "Runs";

export const RunTable = z
  .object({
    table: z.string(),
    status: TableStatus,
    mode: Mode,
    phase: z.string().nullable().openapi({ description: "What a running table does now." }),
    read: z.number(),
    inserted: z.number(),
    updated: z.number(),
    unchanged: z.number(),
    deleted: z.number(),
    rejected: z.number(),
    oddValues: z.number(),
    requests: z.number(),
    fraction: z.number().nullable(),
    rowsPerSecond: z.number().nullable(),
    eta_s: z.number().nullable(),
    startedAt: Instant.nullable(),
    finishedAt: Instant.nullable(),
    failure: Failure.nullable(),
  })
  .openapi("RunTable");

export const Run = z
  .object({
    id: z.string(),
    sourceId: z.string(),
    sourceName: z.string(),
    status: RunStatus,
    cause: z.enum(["import", "schedule", "person", "retry", "resumed"]),
    requestedBy: z.string().nullable(),
    requestedAt: Instant,
    startedAt: Instant.nullable(),
    finishedAt: Instant.nullable(),
    requests: z.number(),
    rateLimited: z.number().openapi({ description: "Answers that were 429." }),
    shareInUse: z
      .number()
      .nullable()
      .openapi({ description: "0 to 1: the fullest bucket's part of Okta's limit in use now." }),
    failure: Failure.nullable(),
    tables: z.array(RunTable),
  })
  .openapi("Run");

export const RunLine = z
  .object({
    id: z.number(),
    at: Instant,
    level: z.enum(["info", "warn", "error"]),
    table: z.string().nullable(),
    code: z.string(),
    message: z.string(),
  })
  .openapi("RunLine");

/** What `/api/events` sends, as `event: <type>` and JSON data. */
export const LiveEvent = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("run"), run: Run }),
    z.object({ type: z.literal("source"), sourceId: z.string() }),
    z.object({ type: z.literal("line"), runId: z.string(), line: RunLine }),
  ])
  .openapi("LiveEvent");

export const runs = {
  list: operation({
    method: "get",
    path: "/api/runs",
    tag,
    needs: "viewer",
    summary: "Runs, the latest first",
    query: z.object({
      source: Text(64).optional(),
      table: Text(64).optional(),
      status: RunStatus.optional(),
      before: Text(64).optional().openapi({ description: "The id of the last run already seen." }),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    result: z.object({ runs: z.array(Run), more: z.boolean() }),
  }),
  get: operation({
    method: "get",
    path: "/api/runs/{id}",
    tag,
    needs: "viewer",
    summary: "One run",
    params: Id,
    result: Run,
  }),
  cancel: operation({
    method: "post",
    path: "/api/runs/{id}/cancel",
    tag,
    needs: "editor",
    summary: "Stop at the next batch boundary; what was read is kept",
    status: 202,
    params: Id,
    result: Run,
  }),
  lines: operation({
    method: "get",
    path: "/api/runs/{id}/log",
    tag,
    needs: "viewer",
    summary: "What a run said",
    params: Id,
    query: z.object({
      table: Text(64).optional(),
      level: z.enum(["info", "warn", "error"]).optional(),
      after: z.coerce.number().int().min(0).default(0),
    }),
    result: z.array(RunLine),
  }),
  events: streamed({
    method: "get",
    path: "/api/events",
    tag,
    needs: "viewer",
    summary: "What happens now, as server-sent events (see LiveEvent), until session or key end",
    query: z.object({ source: Text(64).optional() }),
    media: ["text/event-stream"],
  }),
};
