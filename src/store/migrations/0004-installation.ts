/** A name that no other data directory has, so that two of them are not taken for one. It is no secret. */
import type { Migration } from "../migrate.ts";

export const INSTALLATION: Migration = {
  version: 4,
  sql: `INSERT INTO setting (key, value_json) VALUES ('installation', '"' || lower(hex(randomblob(16))) || '"');`,
};
