/** Runs with their logs, and samples of buckets, are kept for a time; the audit trail and the sizes of tables for ever. */
import { readSettings } from "../store/settings.ts";
import type { ServiceContext } from "./context.ts";

const DAY_MS = 86_400_000;

export async function tidy({ store: { db }, now_ms }: ServiceContext): Promise<void> {
  const { runLogDays } = await readSettings(db);
  const before_ms = now_ms() - runLogDays * DAY_MS;
  await db.deleteFrom("run").where("finished_ms", "<", before_ms).execute();
  await db.deleteFrom("bucket_sample").where("at_ms", "<", before_ms).execute();
  await db.deleteFrom("session").where("expires_ms", "<", now_ms()).execute();
}
