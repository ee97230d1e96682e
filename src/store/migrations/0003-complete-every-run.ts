/** `complete_every_ms` may be 0: a complete reading with every run. SQLite changes no CHECK, so the table is rebuilt. */
import type { Migration } from "../migrate.ts";

export const COMPLETE_EVERY_RUN: Migration = {
  version: 3,
  sql: `
CREATE TABLE source_next (
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
  complete_every_ms INTEGER NOT NULL CHECK (complete_every_ms >= 0),
  logs_since_ms INTEGER,
  takes_new_tables INTEGER NOT NULL CHECK (takes_new_tables IN (0, 1)),
  paused_json TEXT CHECK (json_valid(paused_json)),
  paused_ms INTEGER CHECK ((paused_ms IS NULL) = (paused_json IS NULL)),
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
) STRICT;
INSERT INTO source_next SELECT
  id, kind, name, description, prefix, origin, org_id, canonical_host, auth, client_id, sealed_credential, share_percent,
  complete_every_ms, logs_since_ms, takes_new_tables, paused_json, paused_ms, created_ms, updated_ms FROM source;
DROP TABLE source;
ALTER TABLE source_next RENAME TO source;
CREATE UNIQUE INDEX source_prefix ON source (prefix);
CREATE UNIQUE INDEX source_org ON source (org_id);
`,
};
