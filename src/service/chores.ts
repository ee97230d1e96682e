/** What the server does beside the runs at every look at the rows: queries on a schedule, copies, stale tables, messages, tidying. */
import type { ServiceContext } from "./context.ts";
import { tidy } from "./tidying.ts";

export async function chores(context: ServiceContext, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await tidy(context);
}
