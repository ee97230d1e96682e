/**
 * What `--json` prints, as schemas: the contract that scripts hang on. Strict: a field too many fails as one too few does.
 * Each schema must describe the very type that the engine returns, or this file does not compile.
 */
import { z } from "zod";
import { ERRORS, type ErrorCode, type ErrorReport } from "../core/error.ts";
import type { NoticeCode, Notice, Progress, TableEnd, TableResult } from "../core/run.ts";
import type { CheckResult } from "../engine/check.ts";
import type { TableDescription } from "../warehouse/warehouse.ts";

const count = z.int().min(0);
const time = z.iso.datetime();
const mode = z.enum(["incremental", "append", "full_refresh"]);
const org = z.strictObject({ id: z.string().startsWith("00o"), host: z.string().min(1) });
const code = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);
const error = z.strictObject({
  code,
  message: z.string().min(1),
  fix: z.string().min(1),
}) satisfies z.ZodType<ErrorReport>;

const written = { inserted: count, updated: count, unchanged: count, deleted: count };

const tableResult = z.strictObject({
  status: z.enum(["completed", "skipped", "failed", "held", "cancelled"]),
  mode,
  read: count,
  ...written,
  rejected: count,
  oddValues: count,
  requests: count,
  startedAt: time,
  finishedAt: time,
  error: error.nullable(),
}) satisfies z.ZodType<TableResult>;

const runLine = z.strictObject({
  type: z.literal("run"),
  status: z.enum(["completed", "partial", "failed", "cancelled", "held"]),
  org,
  startedAt: time,
  finishedAt: time,
  requests: count,
  rateLimited: count,
  tables: z.record(z.string(), tableResult),
  gaps: z.array(z.strictObject({ table: z.string(), from: time, to: time, reason: z.string() })).optional(),
});

/** A run that did not start: the run's own shape, empty, and why. */
const notStartedLine = z.strictObject({
  type: z.literal("run"),
  status: z.enum(["failed", "cancelled"]),
  org: z.null(),
  startedAt: z.null(),
  finishedAt: z.null(),
  requests: z.literal(0),
  rateLimited: z.literal(0),
  tables: z.strictObject({}),
  error,
});

const figure = z.number().min(0);

const progressLine = z.strictObject({
  type: z.literal("progress"),
  table: z.string(),
  mode,
  phase: z.enum([
    "preparing",
    "backfill",
    "increment",
    "poll",
    "complete reading",
    "catch-up",
    "second look",
    "switch",
  ]),
  read: count,
  ...written,
  rejected: count,
  requests: count,
  fraction: z.number().min(0).max(1).nullable(),
  rowsPerSecond: figure,
  eta_s: figure.nullable(),
  bucket: z.strictObject({ name: z.string(), limit: count.nullable(), remaining: count.nullable() }).nullable(),
}) satisfies z.ZodType<Progress>;

const NOTICES = [
  "ORG_UNDERSTOOD",
  "LOGS_SINCE_CLAMPED",
  "LOG_GAP",
  "POLL_RESTARTED",
  "READING_RESTARTED",
  "NO_TIME_FILTER",
  "PROFILE_SCHEMA_UNREADABLE",
  "COLUMN_ADDED",
  "TREATMENT_CHANGED",
  "ROWS_REJECTED",
  "ODD_VALUES",
  "PAGE_SHRUNK",
] as const satisfies readonly NoticeCode[];

const noticeLine = z.strictObject({
  type: z.literal("notice"),
  table: z.string().nullable(),
  code: z.enum(NOTICES),
  message: z.string().min(1),
}) satisfies z.ZodType<Notice>;

const tableLine = z.strictObject({
  type: z.literal("table"),
  table: z.string(),
  result: tableResult,
}) satisfies z.ZodType<TableEnd>;

/** Any line of `sync --json` but the last. */
export const eventLine = z.discriminatedUnion("type", [progressLine, noticeLine, tableLine]);
/** The last line of `sync --json`. */
export const lastLine = z.union([runLine, notStartedLine]);

const tableCheck = z.strictObject({
  readable: z.boolean(),
  reason: code.nullable(),
  message: z.string(),
  fix: z.string(),
  emptySuspicious: z.boolean(),
});

const checkResult = z.strictObject({
  org,
  credential: z.strictObject({ kind: z.enum(["token", "oauth", "dpop"]) }),
  tables: z.record(z.string(), tableCheck),
  rateLimits: z.record(z.string(), z.strictObject({ limit: count.nullable(), remaining: count.nullable() })),
}) satisfies z.ZodType<CheckResult>;

/** The one object of `check --json`. */
export const checkObject = z.union([
  checkResult,
  z.strictObject({
    org: z.null(),
    credential: z.null(),
    tables: z.strictObject({}),
    rateLimits: z.strictObject({}),
    error,
  }),
]);

const tableDescription = z.strictObject({
  schema: z.string(),
  name: z.string(),
  rows: count,
  mode: mode.nullable(),
  lastSyncedAt: time.nullable(),
  about: z.string().nullable(),
}) satisfies z.ZodType<TableDescription>;

/** The one object of `tables --json`. */
export const tablesObject = z.strictObject({ tables: z.array(tableDescription), error: error.optional() });
