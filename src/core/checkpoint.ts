/**
 * Checkpoints: frozen values that say where one stream stands. Stored in the warehouse beside the rows, in the same
 * transaction. Times are ISO 8601 UTC on the server's clock (the `Date` header), links are path and query on the org's host.
 */
import { z } from "zod";
import { RollcallError } from "./error.ts";

const time = z.iso.datetime({ offset: false });
const link = z.string().startsWith("/");

/** A complete reading under way: it survives a crash and is resumed at `next`. */
const reading = z.strictObject({
  id: z.string(),
  /** `upsert`: rows go to the live table as they come. `stage`: rows wait beside it and are switched at once. */
  landing: z.enum(["upsert", "stage"]),
  /** The `Date` of the reading's first response; null before it. */
  startedAt: time.nullable(),
  /** `list`: walking the lists. `catchup`: reading again what changed since `startedAt`. `look`: unseen rows by id. */
  phase: z.enum(["list", "catchup", "look"]),
  /** Which of the plan's lists; 0-based. */
  list: z.int().min(0),
  /** Where the walk goes on; null at the start of a list or of the catch-up. */
  next: link.nullable(),
  /** The catch-up's own start: its first response's `Date`. */
  catchupAt: time.nullable(),
  /** Set where a person asked for it: asked again, this reading goes on. */
  restarted: z.literal(true).optional(),
});

const listCheckpoint = z.strictObject({
  version: z.literal(1),
  kind: z.literal("list"),
  /** The next increment asks for changes at or after this; null before the first complete reading. Already holds the lag back. */
  cursor: time.nullable(),
  /** `startedAt` of the last complete reading that was finished with its sweep. */
  completeAt: time.nullable(),
  reading: reading.nullable(),
  /** An increment under way. `startedAt` is the `Date` of its first response. */
  increment: z.strictObject({ since: time, startedAt: time, next: link }).nullable(),
});

const span = z.strictObject({ from: time, to: time });

const logCheckpoint = z.strictObject({
  version: z.literal(1),
  kind: z.literal("log"),
  /** Where the first poll began to cover: the bounded past ends here, however often the backfill is resumed. */
  t0: time,
  /** The live tail: `next` is Okta's own link, `at` the `Date` of the last committed poll page. */
  poll: z.strictObject({ next: link, at: time }),
  /** What of the past is still to be read, each with its own place. */
  windows: z.array(z.strictObject({ from: time, to: time, next: link.nullable() })),
  /** What is held, by `published`: sorted, disjoint. */
  coverage: z.array(span),
  /** Set while a full refresh, or a person's word, re-reads what Okta still has: told so again, it goes on. */
  refreshing: z.boolean(),
});

const checkpoint = z.discriminatedUnion("kind", [listCheckpoint, logCheckpoint]);

type Frozen<T> = T extends readonly (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

export type ListCheckpoint = Frozen<z.infer<typeof listCheckpoint>>;
export type LogCheckpoint = Frozen<z.infer<typeof logCheckpoint>>;
export type Checkpoint = Frozen<z.infer<typeof checkpoint>>;
export type Reading = Frozen<z.infer<typeof reading>>;
export type Span = Frozen<z.infer<typeof span>>;

/** The stored text of a checkpoint: a copy made now, so nothing that happens later can alter it. */
export function serialise(value: Checkpoint): string {
  return JSON.stringify(value);
}

/** Reads what `serialise` wrote. Throws `CHECKPOINT_UNREADABLE`; never falls back to a fresh start, which would hide a loss. */
export function parseCheckpoint(table: string, stored: string): Checkpoint {
  let value: unknown;
  try {
    value = JSON.parse(stored);
  } catch (cause) {
    throw unreadable(table, cause);
  }
  const parsed = checkpoint.safeParse(value);
  if (!parsed.success) throw unreadable(table, parsed.error);
  return parsed.data;
}

function unreadable(table: string, cause: unknown): RollcallError {
  return new RollcallError(
    "CHECKPOINT_UNREADABLE",
    `The saved place of table ${table} cannot be read: it is damaged or was written by another version. Nothing was changed.`,
    { cause },
  );
}
