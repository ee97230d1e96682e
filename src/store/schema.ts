/**
 * The control plane's rows, as Kysely sees them. Times are epoch ms (`_ms`), booleans 0 or 1, structured values JSON text
 * (`_json`), secrets sealed text (`sealed_…`, see seal.ts). The only state of the server besides the warehouse: what is due, what
 * runs and what failed is computed from these rows.
 */
import type { ColumnType, Generated } from "kysely";

type Bit = 0 | 1;
/** JSON text; written and read with the zod schema of the module that owns the column. */
type Json = string;

/** An org linked with a credential. */
export interface SourceRow {
  /** `src_…` */
  id: string;
  /** `okta`, or `simulated`: the demo's org. */
  kind: string;
  /** What a person calls it. */
  name: string;
  description: string;
  /** The schema of its tables; unique, for ever. */
  prefix: string;
  /** The org's address as an origin: `https://acme.okta.com`. */
  origin: string;
  /** Okta's id of the org (`00o…`), unique: two sources are never the same org. */
  org_id: string;
  /** What Okta calls the org. */
  canonical_host: string;
  auth: "token" | "oauth";
  client_id: string | null;
  /** The token, or the private key; sealed. */
  sealed_credential: string;
  share_percent: number;
  /** How old a complete reading may become, ms; 0: one with every run. */
  complete_every_ms: number;
  /** Where the log's past begins, epoch ms; null: as far back as Okta keeps. */
  logs_since_ms: number | null;
  /** Tables that a later version brings are switched on by themselves. */
  takes_new_tables: Bit;
  /** Why nothing runs until a person acts (an ErrorReport); null when nothing is wrong. */
  paused_json: Json | null;
  paused_ms: number | null;
  created_ms: number;
  updated_ms: number;
}

/** One table of a source: what a person chose, and how it stands. */
export interface SourceTableRow {
  source_id: string;
  table_name: string;
  enabled: Bit;
  mode: string;
  /** A Schedule (src/core/schedule.ts). */
  schedule_json: Json;
  /** How far increments reach back behind their cursor beyond the engine's own lag, ms. */
  look_back_ms: number;
  /** Column → `drop` or `hash`; what is not named is kept. */
  treatment_json: Json;
  /** When the table was last begun, whatever came of it, or linked without an import: what the schedule counts from. */
  last_begun_ms: number | null;
  last_completed_ms: number | null;
  /** Of the last run that had the table; null before the first. */
  last_status: string | null;
  last_run_id: string | null;
  last_error_json: Json | null;
  failures_in_a_row: number;
  /** Not before this, after a passing failure; null: by the schedule. */
  retry_at_ms: number | null;
  /** Rows in the warehouse after the last run. */
  rows_stored: number;
  /** A person's one-time word for the next run: `resync`, `allow_mass_delete`. */
  wish: string | null;
  /** When it was last switched on, resumed or emptied: only from then on is it late. Null: when its source was linked. */
  kept_since_ms: number | null;
}

/** One attempt to bring a source's tables up to date. Inserting it is the lock: at most one per source is queued or running. */
export interface RunRow {
  id: string;
  source_id: string;
  status: string;
  /** `import`, `schedule`, `person`, `retry` or `resumed` (after a process died under it). */
  cause: string;
  /** Who asked, where a person or a key did. */
  requested_by: string | null;
  requested_ms: number;
  started_ms: number | null;
  finished_ms: number | null;
  /** Which process runs it; a run whose worker is gone is recovered. */
  worker: string | null;
  heartbeat_ms: number | null;
  /** A person asked it to stop. */
  cancel_requested: Bit;
  requests: number;
  rate_limited: number;
  error_json: Json | null;
}

/** A run's part in one table; written when the run is queued, kept current while it goes. */
export interface RunTableRow {
  run_id: string;
  table_name: string;
  /** `queued`, `running`, then a TableStatus. */
  status: string;
  mode: string;
  read: number;
  inserted: number;
  updated: number;
  unchanged: number;
  deleted: number;
  rejected: number;
  odd_values: number;
  requests: number;
  started_ms: number | null;
  finished_ms: number | null;
  error_json: Json | null;
}

export interface RunLogRow {
  id: Generated<number>;
  run_id: string;
  at_ms: number;
  level: "info" | "warn" | "error";
  table_name: string | null;
  code: string;
  message: string;
}

/** How a rate-limit bucket stood: at most one sample per bucket and minute. */
export interface BucketSampleRow {
  source_id: string;
  bucket: string;
  at_ms: number;
  limit_per_window: number | null;
  remaining: number | null;
}

/** How many rows a table had after a run. */
export interface TableSizeRow {
  source_id: string;
  table_name: string;
  at_ms: number;
  rows: number;
}

export interface PersonRow {
  id: string;
  email: string;
  name: string;
  /** argon2id, in PHC form. */
  password_hash: string;
  role: "admin" | "editor" | "viewer";
  disabled: Bit;
  created_ms: number;
  last_login_ms: number | null;
}

export interface SessionRow {
  /** SHA-256 of the cookie's value. */
  id_hash: string;
  person_id: string;
  /** Sent back in the `x-csrf-token` header of everything that changes something. */
  csrf_token: string;
  created_ms: number;
  seen_ms: number;
  expires_ms: number;
  user_agent: string;
}

export interface ApiKeyRow {
  id: string;
  name: string;
  /** The first characters, for people to tell keys apart. */
  hint: string;
  /** SHA-256 of the key. */
  key_hash: string;
  scope: "read" | "write" | "admin";
  created_by: string;
  created_ms: number;
  used_ms: number | null;
  expires_ms: number | null;
}

export interface SavedQueryRow {
  id: string;
  name: string;
  description: string;
  sql: string;
  /** How its result is drawn; null: as a table. */
  chart_json: Json | null;
  /** `views.<view_name>` exists; null: no view. */
  view_name: string | null;
  /** A Schedule: the view is a table filled by it; null: a plain view. */
  materialise_json: Json | null;
  materialised_ms: number | null;
  materialise_error: string | null;
  /** A threshold that notifies; null: none. */
  alert_json: Json | null;
  alert_ms: number | null;
  created_by: string;
  created_ms: number;
  updated_ms: number;
}

export interface DashboardRow {
  id: string;
  name: string;
  /** Cards in order: saved query, width, height. */
  cards_json: Json;
  created_by: string;
  created_ms: number;
  updated_ms: number;
}

/** What a person asked of the warehouse. */
export interface AskedRow {
  id: Generated<number>;
  person_id: string;
  sql: string;
  at_ms: number;
  duration_ms: number;
  /** Null where it failed. */
  rows: number | null;
  error: string | null;
}

export interface ChannelRow {
  id: string;
  /** `webhook`, `slack` or `email`. */
  kind: string;
  name: string;
  /** What is no secret: addresses, the mail server's host. */
  config_json: Json;
  /** The webhook's signing key or address, the mail password; sealed. */
  sealed_secret: string | null;
  /** Which events: `failure`, `recovery`, `stale`, `alert`. */
  events_json: Json;
  /** `at_once` or `daily`. */
  digest: string;
  /** Only of this source; null: of all. */
  source_id: string | null;
  enabled: Bit;
  created_ms: number;
}

/** What is to be told, until it has been: a process that dies in between tells it after its restart. */
export interface NotificationRow {
  id: Generated<number>;
  channel_id: string;
  event_json: Json;
  created_ms: number;
  not_before_ms: number;
  attempts: number;
  sent_ms: number | null;
  error: string | null;
}

export interface SettingRow {
  key: string;
  value_json: Json;
}

/** Who changed what. Never updated, never deleted. */
export interface AuditRow {
  id: Generated<number>;
  at_ms: number;
  /** `person`, `api_key`, `command` or `rollcall`. */
  actor_kind: string;
  actor_id: string | null;
  actor_name: string;
  /** Such as `source.created`. */
  action: string;
  object_kind: string;
  object_id: string | null;
  detail_json: ColumnType<string, string, never>;
}

export interface Tables {
  source: SourceRow;
  source_table: SourceTableRow;
  run: RunRow;
  run_table: RunTableRow;
  run_log: RunLogRow;
  bucket_sample: BucketSampleRow;
  table_size: TableSizeRow;
  person: PersonRow;
  session: SessionRow;
  api_key: ApiKeyRow;
  saved_query: SavedQueryRow;
  dashboard: DashboardRow;
  asked: AskedRow;
  channel: ChannelRow;
  notification: NotificationRow;
  setting: SettingRow;
  audit: AuditRow;
}
