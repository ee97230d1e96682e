/** What there is to tell people, as data: kept in the outbox until it has been told. */
import { z } from "zod";

const Failure = z.object({ code: z.string(), message: z.string(), fix: z.string() });

const about = {
  sourceId: z.string(),
  sourceName: z.string(),
  /** Empty: the whole source. */
  tables: z.array(z.string()),
  at_ms: z.number().int(),
  /** Where to look: a path of the page (`/sources/src_…`), or a whole address. */
  link: z.string().nullable().optional(),
};

export const Event = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("failure"), ...about, failure: Failure.nullable() }),
  z.object({ kind: z.literal("recovery"), ...about, failure: Failure.nullable().optional() }),
  z.object({ kind: z.literal("stale"), ...about, failure: Failure.nullable().optional() }),
  z.object({
    kind: z.literal("alert"),
    sourceId: z.null(),
    queryId: z.string(),
    queryName: z.string(),
    /** The column looked at; null: the number of rows. */
    column: z.string().nullable(),
    value: z.number(),
    is: z.enum(["above", "below"]),
    threshold: z.number(),
    at_ms: z.number().int(),
    link: z.string().nullable().optional(),
  }),
]);
export type Event = z.infer<typeof Event>;
export type EventKind = Event["kind"];
