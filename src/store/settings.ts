/** What an admin set for the whole server: one row per setting; what has no row is as it was delivered. */
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

const KEYS = Object.keys(DEFAULT_SETTINGS);

/** `db` may be a transaction. */
export async function readSettings(db: Kysely<Tables>): Promise<Settings> {
  const rows = await db.selectFrom("setting").selectAll().where("key", "in", KEYS).execute();
  const set = rows.map(({ key, value_json }) => [key, JSON.parse(value_json) as unknown] as const);
  return { ...DEFAULT_SETTINGS, ...(Object.fromEntries(set) as Partial<Settings>) };
}

/** The longest that a person's statement may take, as an admin set it. */
export async function queryTimeout_ms(db: Kysely<Tables>): Promise<number> {
  return 1000 * (await readSettings(db)).queryTimeout_s;
}

/** The data directory's own name, given to it once. */
export async function readInstallation(db: Kysely<Tables>): Promise<string> {
  const row = await db
    .selectFrom("setting")
    .select("value_json")
    .where("key", "=", "installation")
    .executeTakeFirstOrThrow();
  return String(JSON.parse(row.value_json));
}

export async function writeSettings(db: Kysely<Tables>, settings: Settings): Promise<void> {
  const rows = Object.entries(settings).map(([key, value]) => ({ key, value_json: JSON.stringify(value) }));
  await db
    .insertInto("setting")
    .values(rows)
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet((is) => ({ value_json: is.ref("excluded.value_json") })),
    )
    .execute();
}
