/** How a source's rate-limit buckets stood over the last hours. */
import type { ServiceContext } from "./context.ts";
import { sourceRow } from "./source-view.ts";
import { instant } from "./words.ts";

const HOUR_MS = 3_600_000;

export async function buckets(context: ServiceContext, sourceId: string, hours: number) {
  await sourceRow(context, sourceId);
  const rows = await context.store.db
    .selectFrom("bucket_sample")
    .selectAll()
    .where("source_id", "=", sourceId)
    .where("at_ms", ">=", context.now_ms() - hours * HOUR_MS)
    .orderBy("at_ms")
    .execute();
  return rows.map(({ bucket, at_ms, limit_per_window: limit, remaining }) => ({
    bucket,
    at: instant(at_ms),
    limit,
    remaining,
  }));
}
