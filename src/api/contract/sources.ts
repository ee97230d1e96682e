/** Sources: what can be linked, linking it, its tables and what they may be told to do. */
import { z } from "@hono/zod-openapi";
import { operation, silent } from "./operation.ts";
import { Confirmation, Failure, Id, Instant, Mode, Remark, ScheduleWord, TableStatus, Text } from "./words.ts";
import { Run } from "./runs.ts";

const tag = "Sources";

/** What the form asks; the page draws it from this and knows no field by name. */
export const FormField = z
  .object({
    name: z.string(),
    label: z.string(),
    kind: z.enum(["text", "password", "textarea", "select"]),
    placeholder: z.string(),
    required: z.boolean(),
    secret: z.boolean().openapi({ description: "Never sent back; left empty on a change, the stored one is kept." }),
    about: z.string().openapi({ description: "Markdown, shown under the field." }),
    options: z.array(z.object({ value: z.string(), label: z.string() })).openapi({ description: "Of a select." }),
    when: z
      .object({ field: z.string(), is: z.string() })
      .nullable()
      .openapi({ description: "Shown (and required) only while another field has this value." }),
    understands: z.boolean().openapi({ description: "Text of which the server can say at once what it means." }),
  })
  .openapi("FormField");

export const SourceType = z
  .object({
    id: z.enum(["okta", "simulated"]),
    label: z.string(),
    about: z.string(),
    keywords: z.array(z.string()),
    fields: z.array(FormField),
    guide: z.string().openapi({ description: "Markdown: how to get the credential, shown beside the form." }),
    prefilled: z
      .record(z.string(), z.string())
      .openapi({ description: "Values that the form may offer: the simulated org's own, in demo mode." }),
  })
  .openapi("SourceType");

const Fields = z.record(z.string().max(64), z.string().max(20_000)).openapi({
  description: "The form's values, by field name.",
  example: { domain: "acme.okta.com", auth: "token", token: "00…" },
});

export const Understood = z.object({
  ok: z.boolean(),
  origin: z.string().nullable(),
  message: z.string().openapi({ description: "What was understood, or why it cannot be meant." }),
});

/** `treatable` columns and what may be done to them before they are stored. */
export const ColumnChoice = z.object({
  column: z.string(),
  type: z.string(),
  about: z.string(),
  canHash: z.boolean(),
  canDrop: z.boolean(),
  personal: z.boolean(),
});
export const Treatment = z.record(z.string().max(200), z.enum(["drop", "hash"])).openapi("Treatment");

export const TableOffer = z
  .object({
    table: z.string(),
    about: z.string(),
    docs: z.string(),
    modes: z.array(Mode),
    defaultMode: Mode,
    incrementalField: z.string().nullable(),
    key: z.string(),
    firstSync: z.string().openapi({ description: "What the first sync reads, in words." }),
    isLog: z.boolean(),
    notes: z.array(z.string()),
    permission: z.object({ scope: z.string(), role: z.string() }),
    defaultSchedule: ScheduleWord,
    readable: z.boolean().nullable().openapi({ description: "Null before a preflight." }),
    reason: z.string().nullable(),
    message: z.string(),
    fix: z.string(),
    emptySuspicious: z.boolean(),
    rowsExpected: z.number().int().nullable().openapi({ description: "Where Okta can tell without reading it all." }),
    columns: z.array(ColumnChoice),
  })
  .openapi("TableOffer");

export const Preflight = z
  .object({
    org: z.object({ id: z.string(), host: z.string(), origin: z.string(), canonicalHost: z.string() }),
    credential: z.enum(["token", "oauth", "dpop"]),
    understood: z.string(),
    tables: z.array(TableOffer),
    rateLimits: z.array(
      z.object({ bucket: z.string(), limit: z.number().nullable(), remaining: z.number().nullable() }),
    ),
    linkedAs: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .openapi({ description: "The source that is this org already." }),
    suggestedPrefix: z.string(),
    personalDataNote: z.string(),
  })
  .openapi("Preflight");

export const TableChoice = z
  .strictObject({
    table: Text(64),
    enabled: z.boolean(),
    mode: Mode,
    schedule: ScheduleWord,
    lookBack_s: z.number().int().min(0).max(5_184_000).default(0),
    treatment: Treatment.default({}),
  })
  .openapi("TableChoice");

const Prefix = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,62}$/, "A letter, then letters, digits or underscores.")
  .openapi({ description: "The schema of its tables: `<prefix>.users`." });

export const SourceTable = z
  .object({
    table: z.string(),
    about: z.string(),
    docs: z.string(),
    isLog: z.boolean(),
    queryName: z.string().openapi({ description: "As written in SQL." }),
    enabled: z.boolean(),
    mode: Mode,
    modes: z.array(Mode),
    key: z.string(),
    incrementalField: z.string().nullable(),
    schedule: ScheduleWord,
    scheduleText: z.string(),
    lookBack_s: z.number(),
    treatment: Treatment,
    status: TableStatus.nullable().openapi({ description: "Of the last or present run; null before the first." }),
    stale: z.boolean(),
    lastBegunAt: Instant.nullable(),
    lastCompletedAt: Instant.nullable(),
    nextRunAt: Instant.nullable(),
    retryAt: Instant.nullable(),
    failure: Failure.nullable(),
    rowsStored: z.number(),
    rowsMoved: z.number().openapi({ description: "Inserted, updated and deleted in the last run." }),
    runId: z.string().nullable(),
  })
  .openapi("SourceTable");

export const Source = z
  .object({
    id: z.string(),
    type: z.enum(["okta", "simulated"]),
    name: z.string(),
    description: z.string(),
    prefix: z.string(),
    origin: z.string(),
    orgId: z.string(),
    auth: z.enum(["token", "oauth"]),
    clientId: z.string().nullable(),
    sharePercent: z.number(),
    completeEvery_s: z.number(),
    logsSince: Instant.nullable(),
    takesNewTables: z.boolean(),
    status: z.enum(["failed", "paused", "running", "held", "completed", "waiting", "off"]).openapi({
      description: "Drawn from its tables: failed before held before paused; off when no table is enabled.",
    }),
    paused: z.object({ since: Instant, by: z.enum(["person", "rollcall"]), failure: Failure }).nullable(),
    lastCompletedAt: Instant.nullable(),
    nextRunAt: Instant.nullable(),
    rowsStored: z.number(),
    rowsByDay: z
      .array(z.object({ day: z.string(), rows: z.number() }))
      .openapi({ description: "Rows moved in each of the last 7 days, UTC." }),
    currentRun: z.string().nullable(),
    tables: z.array(SourceTable),
    createdAt: Instant,
  })
  .openapi("Source");

const Ids = z.object({ tables: z.array(Text(64)).min(1).max(500).optional() });

export const sources = {
  types: operation({
    method: "get",
    path: "/api/source-types",
    tag,
    needs: "viewer",
    summary: "What can be linked, with the fields of its form",
    result: z.array(SourceType),
  }),
  understand: operation({
    method: "post",
    path: "/api/source-types/{type}/understand",
    tag,
    needs: "editor",
    summary: "Which host a pasted address means; asks nobody",
    params: z.object({ type: z.enum(["okta", "simulated"]) }),
    body: z.object({ address: z.string().max(2000) }),
    result: Understood,
  }),
  preflight: operation({
    method: "post",
    path: "/api/preflights",
    tag,
    needs: "editor",
    summary: "What this credential may read in this org, table by table",
    body: z.object({ type: z.enum(["okta", "simulated"]), fields: Fields }),
    result: Preflight,
  }),
  list: operation({
    method: "get",
    path: "/api/sources",
    tag,
    needs: "viewer",
    summary: "All sources",
    result: z.array(Source),
  }),
  create: operation({
    method: "post",
    path: "/api/sources",
    tag,
    needs: "editor",
    summary: "Link an org; its enabled tables begin to sync at once",
    status: 201,
    body: z.object({
      type: z.enum(["okta", "simulated"]),
      fields: Fields,
      name: Text(100).optional(),
      description: Remark.default(""),
      prefix: Prefix,
      sharePercent: z.number().int().min(1).max(100).default(75),
      logsSince: Instant.nullable().default(null),
      takesNewTables: z.boolean().default(false),
      tables: z.array(TableChoice).min(1).max(500),
      import: z.boolean().default(true),
    }),
    result: Source,
  }),
  get: operation({
    method: "get",
    path: "/api/sources/{id}",
    tag,
    needs: "viewer",
    summary: "One source",
    params: Id,
    result: Source,
  }),
  change: operation({
    method: "patch",
    path: "/api/sources/{id}",
    tag,
    needs: "editor",
    summary: "Change a source; another host needs the credential again",
    params: Id,
    body: z.object({
      name: Text(100).optional(),
      description: Remark.optional(),
      sharePercent: z.number().int().min(1).max(100).optional(),
      completeEvery_s: z.number().int().min(0).max(31_536_000).optional(),
      logsSince: Instant.nullable().optional(),
      takesNewTables: z.boolean().optional(),
      fields: Fields.optional(),
    }),
    result: Source,
  }),
  remove: silent({
    method: "delete",
    path: "/api/sources/{id}",
    tag,
    needs: "admin",
    summary: "Unlink a source, keeping or deleting its tables",
    params: Id,
    body: z.object({ confirm: Confirmation, data: z.enum(["keep", "delete"]) }),
  }),
  pause: operation({
    method: "post",
    path: "/api/sources/{id}/pause",
    tag,
    needs: "editor",
    summary: "Run nothing until resumed",
    params: Id,
    result: Source,
  }),
  resume: operation({
    method: "post",
    path: "/api/sources/{id}/resume",
    tag,
    needs: "editor",
    summary: "Run by the schedule again",
    params: Id,
    result: Source,
  }),
  check: operation({
    method: "post",
    path: "/api/sources/{id}/preflight",
    tag,
    needs: "editor",
    summary: "The preflight with the stored credential",
    params: Id,
    result: Preflight,
  }),
  changeTables: operation({
    method: "patch",
    path: "/api/sources/{id}/tables",
    tag,
    needs: "editor",
    summary: "Change tables' settings, several at once",
    params: Id,
    body: z.object({
      changes: z
        .array(
          TableChoice.partial().extend({
            table: Text(64),
            lookBack_s: z.number().int().min(0).max(5_184_000).optional(),
            treatment: Treatment.optional(),
          }),
        )
        .min(1)
        .max(500),
      // From an admin, where a treatment erases stored values: CONFIRMATION_NEEDED says what.
      confirm: Confirmation.optional(),
    }),
    result: Source,
  }),
  pull: operation({
    method: "post",
    path: "/api/sources/{id}/tables/pull",
    tag,
    needs: "editor",
    summary: "Add tables that this version knows and the source does not have; syncs nothing",
    params: Id,
    result: z.object({ added: z.array(z.string()), total: z.number().int() }),
  }),
  columns: operation({
    method: "get",
    path: "/api/sources/{id}/tables/{table}/columns",
    tag,
    needs: "viewer",
    summary: "A table's columns and what may be done to them before they are stored",
    params: Id.extend({ table: Text(64) }),
    result: z.object({ columns: z.array(ColumnChoice), note: z.string() }),
  }),
  sync: operation({
    method: "post",
    path: "/api/sources/{id}/sync",
    tag,
    needs: "editor",
    summary: "Sync now",
    status: 202,
    params: Id,
    body: Ids,
    result: Run,
  }),
  resync: operation({
    method: "post",
    path: "/api/sources/{id}/resync",
    tag,
    needs: "editor",
    summary: "Read tables completely again; nothing is removed first, and a log is never shortened",
    status: 202,
    params: Id,
    body: Ids,
    result: Run,
  }),
  allowMassDelete: operation({
    method: "post",
    path: "/api/sources/{id}/allow-mass-delete",
    tag,
    needs: "admin",
    summary: "Confirm a deletion that the safety threshold held, for the next run",
    status: 202,
    params: Id,
    body: z.object({ tables: z.array(Text(64)).min(1).max(500), confirm: Confirmation }),
    result: Run,
  }),
  deleteData: silent({
    method: "post",
    path: "/api/sources/{id}/delete-data",
    tag,
    needs: "admin",
    summary: "Delete the stored rows of tables; also a log's, which Okta may no longer have",
    params: Id,
    body: z.object({ tables: z.array(Text(64)).min(1).max(500), confirm: Confirmation }),
  }),
  buckets: operation({
    method: "get",
    path: "/api/sources/{id}/buckets",
    tag,
    needs: "viewer",
    summary: "How the rate-limit buckets stood",
    params: Id,
    query: z.object({ hours: z.coerce.number().int().min(1).max(720).default(24) }),
    result: z.array(
      z.object({ bucket: z.string(), at: Instant, limit: z.number().nullable(), remaining: z.number().nullable() }),
    ),
  }),
};
