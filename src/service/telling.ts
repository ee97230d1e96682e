/** What of a run's end is told to people: a table that began to fail, one that works again. What fails on is not told again. */
import type { Kysely, Selectable } from "kysely";
import type { SourceRow, Tables } from "../store/schema.ts";
import { notify } from "./notifications.ts";
import type { Outcome } from "./outcome.ts";

interface Ended {
  readonly source: Selectable<SourceRow>;
  readonly outcomes: readonly Outcome[];
  readonly now_ms: number;
}

const isBad = (status: string | null | undefined): boolean => status === "failed" || status === "held";

/** To be called with the transaction that writes the outcomes. */
export async function tellOutcome(trx: Kysely<Tables>, { source, outcomes, now_ms }: Ended): Promise<void> {
  // Also those that failed before: each channel knows what it was told, and a process that dies between a table's end and its run's tells it then.
  const fell = outcomes.filter(({ set }) => isBad(set.last_status));
  // Also those that were only stale: what a channel was not told of, it is not told the end of.
  const recovered = outcomes.filter(({ set }) => set.last_status === "completed");
  const about = { sourceId: source.id, sourceName: source.name, at_ms: now_ms };
  const failure = fell.find((outcome) => outcome.failure !== null)?.failure ?? null;
  if (fell.length > 0)
    await notify(trx, { kind: "failure", ...about, tables: fell.map(({ table }) => table), failure });
  if (recovered.length > 0)
    await notify(trx, { kind: "recovery", ...about, tables: recovered.map(({ table }) => table) });
}
