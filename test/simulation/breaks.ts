/**
 * Deliberate breaks: each puts one well-known fault of connectors between the engine and the world. The simulation must notice
 * every one of them, or it proves little.
 */
import { iso } from "../../src/core/window.ts";
import {
  asking,
  checkpointFirst,
  committing,
  endingAt,
  insertOnly,
  isById,
  isPoll,
  lateColumns,
  loading,
  MINUTE_MS,
  nowAndThen,
  reading,
  recomputeT0,
  refuse,
  saving,
  since,
  skewed,
  skipList,
  withFilter,
  without,
  withoutLateEvents,
  EMPTY,
} from "./breaking.ts";
import type { LogCheckpoint } from "../../src/core/checkpoint.ts";
import type { History } from "./history.ts";
import { crashingAmongLateEvents, endingEarly, outage, troubledPast } from "./sharpening.ts";
import { over } from "./simulated.ts";
import type { Break } from "./world.ts";

export interface NamedBreak extends Break {
  readonly name: string;
  /** The tables whose histories show it. */
  readonly tables: readonly string[];
  /** Makes a drawn history more of the kind that shows it, so that it is caught within few. */
  readonly sharpen?: (history: History) => History;
}

export const BREAKS: readonly NamedBreak[] = [
  {
    name: "T0 recomputed on resume",
    tables: ["logs"],
    sharpen: crashingAmongLateEvents,
    warehouse: (warehouse, fake) => loading(warehouse, "logs", (log) => recomputeT0(log as LogCheckpoint, fake)),
  },
  {
    name: "sweep without the second look",
    tables: ["users", "groups"],
    sharpen: endingEarly,
    okta: (okta) => asking(okta, (target, get) => (isById(target) ? refuse("NOT_FOUND") : get())),
  },
  {
    name: "a bounded increment",
    tables: ["users"],
    stream: (stream, fake) =>
      since(stream, (request) =>
        withFilter(request, (filter) => `${filter} and lastUpdated lt "${iso(fake.org.clock.now())}"`),
      ),
    warehouse: (warehouse, fake) =>
      saving(warehouse, (list) => ({ ...list, cursor: list.cursor === null ? null : iso(fake.org.clock.now()) })),
  },
  {
    name: "an older row over a newer one",
    tables: ["users", "groups"],
    warehouse: (warehouse) =>
      committing(warehouse, (batch) => ({
        ...batch,
        pages: batch.pages.toReversed().map((page, at) => ({ ...page, readAt_ms: 4e12 - page.readAt_ms + at })),
      })),
  },
  { name: "checkpoint before rows", tables: ["logs", "users"], warehouse: checkpointFirst },
  { name: "the local clock", tables: ["users", "logs"], okta: (okta) => skewed(okta, 3 * 60 * MINUTE_MS) },
  {
    name: "a next link lost",
    tables: ["applications", "logs"],
    okta: (okta) => nowAndThen(okta, 7, (answer) => ({ ...answer, next: isPoll(answer) ? answer.next : null })),
  },
  {
    name: "a page skipped",
    tables: ["logs", "groups"],
    okta: (okta) => nowAndThen(okta, 9, (answer) => ({ ...answer, bytes: EMPTY })),
  },
  {
    name: "deactivated users not asked for",
    tables: ["users"],
    stream: (stream) =>
      reading(stream, (read) => ({
        ...read,
        lists: [read.lists[0]],
        since: (from) => withFilter(read.since!(from), (filter) => `${filter} and status eq "ACTIVE"`),
      })),
  },
  {
    name: "no catch-up",
    tables: ["users", "groups"],
    warehouse: (warehouse) =>
      committing(warehouse, (batch) =>
        batch.checkpoint.kind === "list" && batch.checkpoint.reading?.catchupAt ? { ...batch, pages: [] } : batch,
      ),
  },
  {
    name: "greater than, without overlap",
    tables: ["users"],
    stream: (stream) =>
      since(stream, (request) =>
        withFilter(request, (filter) =>
          filter.replace(/ge "([^"]+)"/g, (_, from: string) => `gt "${iso(Date.parse(from) + 5 * MINUTE_MS)}"`),
        ),
      ),
  },
  {
    name: "memberships ignored",
    tables: ["groups"],
    stream: (stream) =>
      since(stream, (request) => withFilter(request, (filter) => filter.replace(/ or lastMembershipUpdated.*$/, ""))),
  },
  { name: "late events left out", tables: ["logs"], okta: withoutLateEvents },
  { name: "a foreign link ends the list", tables: ["logs"], okta: (okta) => endingAt(okta, "FOREIGN_LINK") },
  {
    name: "a page of HTML is an empty page",
    tables: ["logs"],
    sharpen: troubledPast({ kind: "html" }),
    okta: (okta) => endingAt(okta, "BODY_NOT_A_LIST"),
  },
  {
    name: "a refused cursor ends the list",
    tables: ["logs"],
    sharpen: troubledPast({ kind: "deadCursor" }),
    okta: (okta) => endingAt(okta, "CURSOR_REFUSED"),
  },
  {
    name: "an unavailable Okta ends the list",
    tables: ["logs"],
    sharpen: troubledPast({ kind: "status", status: 503, code: "E0000010" }),
    okta: (okta) => endingAt(okta, "OKTA_UNAVAILABLE", "NETWORK", "CURSOR_LOOP", "RATE_LIMITED"),
  },
  { name: "rows are only inserted", tables: ["users", "groups"], warehouse: insertOnly },
  {
    name: "a backfill forgets its windows",
    tables: ["logs"],
    warehouse: (warehouse) => loading(warehouse, "logs", (log) => ({ ...log, windows: [] })),
  },
  {
    name: "an increment forgets its place",
    tables: ["users", "groups"],
    warehouse: (warehouse) =>
      loading(warehouse, null, (list) =>
        list.kind === "list" && list.increment ? { ...list, cursor: list.increment.startedAt, increment: null } : list,
      ),
  },
  {
    name: "a resumed reading skips to the next list",
    tables: ["users", "groups"],
    warehouse: (warehouse) => loading(warehouse, null, skipList),
  },
  {
    name: "a gap passed over in silence",
    tables: ["logs"],
    sharpen: outage,
    warehouse: (warehouse) => committing(warehouse, (batch) => ({ ...batch, gaps: [] })),
  },
  {
    name: "unknown fields dropped",
    tables: ["groups", "logs"],
    sharpen: (history) => ({ ...history, surprise: true }),
    okta: (okta) => asking(okta, async (_target, get) => without(await get(), "surprise")),
  },
  {
    name: "a new attribute's column is not filled",
    tables: ["users"],
    warehouse: (warehouse) => over(warehouse, { migrate: (prefix, specs) => lateColumns(warehouse, prefix, specs) }),
  },
];
