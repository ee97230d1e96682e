/** What an admin set for the whole server; one row, so that a change is one write. */
import type { Kysely } from "kysely";
import type { Tables } from "./schema.ts";

export interface Settings {
  /** IANA time zone in which times are shown and anchored unless told otherwise. */
  readonly zone: string;
  /** How long runs and their logs are kept. */
  readonly runLogDays: number;
  /** The longest that a person's query may take, in seconds. */
  readonly queryTimeout_s: number;
  /** How people reach this server, as an origin; null: nobody said. */
  readonly publicUrl: string | null;
}

export const DEFAULT_SETTINGS: Settings = { zone: "UTC", runLogDays: 90, queryTimeout_s: 300, publicUrl: null };

const KEY = "general";

/** What is set, and the default for what is not. `db` may be a transaction. */
export async function readSettings(db: Kysely<Tables>): Promise<Settings> {
  const row = await db.selectFrom("setting").select("value_json").where("key", "=", KEY).executeTakeFirst();
  return { ...DEFAULT_SETTINGS, ...(row === undefined ? {} : (JSON.parse(row.value_json) as Partial<Settings>)) };
}

/** Keeps all of them. */
export async function writeSettings(db: Kysely<Tables>, settings: Settings): Promise<void> {
  const value_json = JSON.stringify(settings);
  await db
    .insertInto("setting")
    .values({ key: KEY, value_json })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value_json }))
    .execute();
}
