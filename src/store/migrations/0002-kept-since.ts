/** Since when each table is to be kept current: what was switched off, paused or emptied meanwhile was not late. */
import type { Migration } from "../migrate.ts";

export const KEPT_SINCE: Migration = {
  version: 2,
  sql: "ALTER TABLE source_table ADD COLUMN kept_since_ms INTEGER;",
};
