/** The first layout. What the columns mean is said in ../schema.ts. */
import type { Migration } from "../migrate.ts";

const SOURCES = `
CREATE TABLE source (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('okta', 'simulated')),
  name TEXT NOT NULL CHECK (name <> ''),
  description TEXT NOT NULL,
  prefix TEXT NOT NULL COLLATE NOCASE CHECK (prefix GLOB '[A-Za-z]*' AND prefix NOT GLOB '*[^A-Za-z0-9_]*'),
  origin TEXT NOT NULL,
  org_id TEXT NOT NULL,
  canonical_host TEXT NOT NULL,
  auth TEXT NOT NULL CHECK (auth IN ('token', 'oauth')),
  client_id TEXT CHECK ((client_id IS NOT NULL) = (auth = 'oauth')),
  sealed_credential TEXT NOT NULL,
  share_percent INTEGER NOT NULL CHECK (share_percent BETWEEN 1 AND 100),
  complete_every_ms INTEGER NOT NULL CHECK (complete_every_ms > 0),
  logs_since_ms INTEGER,
  takes_new_tables INTEGER NOT NULL CHECK (takes_new_tables IN (0, 1)),
  paused_json TEXT CHECK (json_valid(paused_json)),
  paused_ms INTEGER CHECK ((paused_ms IS NULL) = (paused_json IS NULL)),
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX source_prefix ON source (prefix);
CREATE UNIQUE INDEX source_org ON source (org_id);

CREATE TABLE source_table (
  source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
  table_name TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  mode TEXT NOT NULL CHECK (mode IN ('incremental', 'append', 'full_refresh')),
  schedule_json TEXT NOT NULL CHECK (json_valid(schedule_json)),
  look_back_ms INTEGER NOT NULL CHECK (look_back_ms >= 0),
  treatment_json TEXT NOT NULL CHECK (json_valid(treatment_json)),
  last_begun_ms INTEGER,
  last_completed_ms INTEGER,
  last_status TEXT CHECK (last_status IN ('completed', 'skipped', 'failed', 'held', 'cancelled')),
  last_run_id TEXT REFERENCES run (id) ON DELETE SET NULL,
  last_error_json TEXT CHECK (json_valid(last_error_json)),
  failures_in_a_row INTEGER NOT NULL CHECK (failures_in_a_row >= 0),
  retry_at_ms INTEGER,
  rows_stored INTEGER NOT NULL CHECK (rows_stored >= 0),
  wish TEXT CHECK (wish IN ('resync', 'allow_mass_delete')),
  PRIMARY KEY (source_id, table_name)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_table_last_run ON source_table (last_run_id);
`;

const RUNS = `
CREATE TABLE run (
  id TEXT PRIMARY KEY,
  source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'partial', 'failed', 'held', 'cancelled')),
  cause TEXT NOT NULL CHECK (cause IN ('import', 'schedule', 'person', 'retry', 'resumed')),
  requested_by TEXT,
  requested_ms INTEGER NOT NULL,
  started_ms INTEGER,
  finished_ms INTEGER,
  worker TEXT,
  heartbeat_ms INTEGER,
  cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
  requests INTEGER NOT NULL DEFAULT 0,
  rate_limited INTEGER NOT NULL DEFAULT 0,
  error_json TEXT CHECK (json_valid(error_json)),
  CHECK (status <> 'running' OR (worker IS NOT NULL AND started_ms IS NOT NULL)),
  CHECK ((finished_ms IS NULL) = (status IN ('queued', 'running')))
) STRICT;
-- The lock: a second run of a source that has one under way cannot be written.
CREATE UNIQUE INDEX run_under_way ON run (source_id) WHERE status IN ('queued', 'running');
CREATE INDEX run_source ON run (source_id, id);
CREATE INDEX run_status ON run (status, id);
CREATE INDEX run_finished ON run (finished_ms);

CREATE TABLE run_table (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  table_name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'skipped', 'failed', 'held', 'cancelled')),
  mode TEXT NOT NULL CHECK (mode IN ('incremental', 'append', 'full_refresh')),
  read INTEGER NOT NULL DEFAULT 0,
  inserted INTEGER NOT NULL DEFAULT 0,
  updated INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  odd_values INTEGER NOT NULL DEFAULT 0,
  requests INTEGER NOT NULL DEFAULT 0,
  started_ms INTEGER,
  finished_ms INTEGER,
  error_json TEXT CHECK (json_valid(error_json)),
  PRIMARY KEY (run_id, table_name)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_table_table ON run_table (table_name, run_id);

CREATE TABLE run_log (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  level TEXT NOT NULL CHECK (level IN ('info', 'warn', 'error')),
  table_name TEXT,
  code TEXT NOT NULL,
  message TEXT NOT NULL
) STRICT;
CREATE INDEX run_log_run ON run_log (run_id, id);

CREATE TABLE bucket_sample (
  source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
  bucket TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  limit_per_window INTEGER,
  remaining INTEGER,
  PRIMARY KEY (source_id, bucket, at_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX bucket_sample_time ON bucket_sample (at_ms);

CREATE TABLE table_size (
  source_id TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
  table_name TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  rows INTEGER NOT NULL CHECK (rows >= 0),
  PRIMARY KEY (source_id, table_name, at_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX table_size_time ON table_size (at_ms);
`;

/** `created_by` is no reference: what a person made outlives their account, and the audit trail knows the name. */
const PEOPLE = `
CREATE TABLE person (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL COLLATE NOCASE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin', 'editor', 'viewer')),
  disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
  created_ms INTEGER NOT NULL,
  last_login_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX person_email ON person (email);

CREATE TABLE session (
  id_hash TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  csrf_token TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  user_agent TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expires ON session (expires_ms);

CREATE TABLE api_key (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  hint TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('read', 'write', 'admin')),
  created_by TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  used_ms INTEGER,
  expires_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX api_key_hash ON api_key (key_hash);

CREATE TABLE saved_query (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL CHECK (name <> ''),
  description TEXT NOT NULL,
  sql TEXT NOT NULL,
  chart_json TEXT CHECK (json_valid(chart_json)),
  view_name TEXT COLLATE NOCASE,
  materialise_json TEXT CHECK (json_valid(materialise_json)),
  materialised_ms INTEGER,
  materialise_error TEXT,
  alert_json TEXT CHECK (json_valid(alert_json)),
  alert_ms INTEGER,
  created_by TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX saved_query_view ON saved_query (view_name) WHERE view_name IS NOT NULL;

CREATE TABLE dashboard (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL CHECK (name <> ''),
  cards_json TEXT NOT NULL CHECK (json_valid(cards_json)),
  created_by TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE asked (
  id INTEGER PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  sql TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  rows INTEGER,
  error TEXT
) STRICT;
CREATE INDEX asked_person ON asked (person_id, id);
`;

const REST = `
CREATE TABLE channel (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('webhook', 'slack', 'email')),
  name TEXT NOT NULL CHECK (name <> ''),
  config_json TEXT NOT NULL CHECK (json_valid(config_json)),
  sealed_secret TEXT,
  events_json TEXT NOT NULL CHECK (json_valid(events_json)),
  digest TEXT NOT NULL CHECK (digest IN ('at_once', 'daily')),
  source_id TEXT REFERENCES source (id) ON DELETE CASCADE,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX channel_source ON channel (source_id);

CREATE TABLE notification (
  id INTEGER PRIMARY KEY,
  channel_id TEXT NOT NULL REFERENCES channel (id) ON DELETE CASCADE,
  event_json TEXT NOT NULL CHECK (json_valid(event_json)),
  created_ms INTEGER NOT NULL,
  not_before_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  sent_ms INTEGER,
  error TEXT
) STRICT;
CREATE INDEX notification_channel ON notification (channel_id, id);
CREATE INDEX notification_unsent ON notification (not_before_ms) WHERE sent_ms IS NULL;

CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value_json TEXT NOT NULL CHECK (json_valid(value_json))
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: no number is given twice, so that a missing one shows.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  actor_kind TEXT NOT NULL CHECK (actor_kind IN ('person', 'api_key', 'command', 'rollcall')),
  actor_id TEXT,
  actor_name TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action <> ''),
  object_kind TEXT NOT NULL,
  object_id TEXT,
  detail_json TEXT NOT NULL CHECK (json_valid(detail_json))
) STRICT;
CREATE INDEX audit_object ON audit (object_kind, object_id, id);
CREATE TRIGGER audit_never_changed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the audit trail is never changed'); END;
CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'the audit trail is never deleted from'); END;

CREATE TABLE migration (
  version INTEGER PRIMARY KEY,
  applied_ms INTEGER NOT NULL
) STRICT;
`;

export const FIRST: Migration = { version: 1, sql: SOURCES + RUNS + PEOPLE + REST };
