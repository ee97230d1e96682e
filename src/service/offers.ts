/** A stream as it is offered for choosing, before and after a preflight. */
import type { z } from "@hono/zod-openapi";
import type { TableOffer as TableOfferWords } from "../api/contract/sources.ts";
import { snakeCase } from "../core/column.ts";
import { defaultSchedule } from "../core/schedule.ts";
import type { Attribute, Stream } from "../core/stream.ts";
import { treatable } from "../core/treatment.ts";
import type { TableCheck } from "../engine/check.ts";

export type TableOffer = z.infer<typeof TableOfferWords>;

/** `checked` null: not asked, so nothing is known of its rights. `attributes`: the profile's, as far as the org said them. */
export function offerOf(
  stream: Stream,
  checked: TableCheck | null,
  rowsExpected: number | null,
  attributes: readonly Attribute[] = stream.profile?.base ?? [],
): TableOffer {
  const { read } = stream;
  return {
    table: stream.table,
    about: stream.about,
    docs: stream.docs,
    modes: [...stream.modes],
    defaultMode: stream.modes[0],
    incrementalField: stream.incrementalField,
    key: snakeCase(stream.key),
    firstSync: read.kind === "log" ? `The last ${read.retention_days} days.` : "Everything there is.",
    isLog: read.kind === "log",
    notes: [...stream.notes],
    permission: stream.permission,
    defaultSchedule: defaultSchedule(stream.modes[0]),
    readable: checked?.readable ?? null,
    reason: checked?.reason ?? null,
    message: checked?.message ?? "",
    fix: checked?.fix ?? "",
    emptySuspicious: checked?.emptySuspicious ?? false,
    rowsExpected,
    columns: treatable(stream, attributes).map((column) => ({ ...column })),
  };
}
