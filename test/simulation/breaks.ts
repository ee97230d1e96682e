/**
 * Deliberate breaks: each puts one well-known fault of connectors between the engine and the world. The simulation must notice
 * every one of them, or it proves little.
 */
import type { FakeOkta } from "../../fake-okta/server.ts";
import type { Batch, Page } from "../../src/core/batch.ts";
import { parseCheckpoint, serialise, type ListCheckpoint, type LogCheckpoint } from "../../src/core/checkpoint.ts";
import { RollcallError, hasCode, type ErrorCode } from "../../src/core/error.ts";
import type { Request, Stream } from "../../src/core/stream.ts";
import { iso } from "../../src/core/window.ts";
import type { Answer, OktaClient } from "../../src/okta/seam.ts";
import type { Warehouse } from "../../src/warehouse/warehouse.ts";
import type { History } from "./history.ts";
import { over, type Break } from "./world.ts";

export interface NamedBreak extends Break {
  readonly name: string;
  /** The tables whose histories show it. */
  readonly tables: readonly string[];
  /** Makes a drawn history more of the kind that shows it, so that it is caught within few. */
  readonly sharpen?: (history: History) => History;
}

function crashingAmongLateEvents(history: History): History {
  const steps = history.steps.map((step) => ({
    ...step,
    before: [...step.before, "lateEvent", "lateEvent", "lateEvent"] as const,
    advance_ms: 3 * 60 * MINUTE_MS,
    sync: { ...step.sync, tables: { logs: "append" as const }, batchPages: 1, faults: [], cancelAt: null, crash: { commit: 12 + ((history.seed * 7) % 60), when: "after" as const } },
  }));
  return { ...history, size: { ...history.size, events: 150, pageSize: 2 }, steps: [...steps, ...steps, ...steps].slice(0, 3) };
}

/** Faults that outlast the client's own retries. */
function lastingFaults(history: History): History {
  const steps = history.steps.map((step) => ({ ...step, sync: { ...step.sync, faults: step.sync.faults.map((fault) => ({ ...fault, match: { path: "/api/v1/logs", query: { until: true } }, times: 30 })) } }));
  return { ...history, steps };
}

const EMPTY = new TextEncoder().encode("[]");
const MINUTE_MS = 60_000;

export const BREAKS: readonly NamedBreak[] = [
  { name: "T0 recomputed on resume", tables: ["logs"], sharpen: crashingAmongLateEvents, warehouse: (warehouse, fake) => loading(warehouse, "logs", (log) => recomputeT0(log as LogCheckpoint, fake)) },
  { name: "sweep without the second look", tables: ["users", "groups"], okta: (okta) => asking(okta, (target, get) => (isById(target) ? refuse("NOT_FOUND") : get())) },
  {
    name: "a bounded increment",
    tables: ["users"],
    stream: (stream, fake) => since(stream, (request) => withFilter(request, (filter) => `${filter} and lastUpdated lt "${iso(fake.org.clock.now())}"`)),
    warehouse: (warehouse, fake) => saving(warehouse, (list) => ({ ...list, cursor: list.cursor === null ? null : iso(fake.org.clock.now()) })),
  },
  { name: "an older row over a newer one", tables: ["users", "groups"], warehouse: (warehouse) => committing(warehouse, (batch) => ({ ...batch, pages: batch.pages.toReversed().map((page, at) => ({ ...page, readAt_ms: 4e12 - page.readAt_ms + at })) })) },
  { name: "checkpoint before rows", tables: ["logs", "users"], warehouse: checkpointFirst },
  { name: "the local clock", tables: ["users", "logs"], okta: (okta) => skewed(okta, 3 * 60 * MINUTE_MS) },
  { name: "a next link lost", tables: ["applications", "logs"], okta: (okta) => nowAndThen(okta, 7, (answer) => ({ ...answer, next: isPoll(answer) ? answer.next : null })) },
  { name: "a page skipped", tables: ["logs", "groups"], okta: (okta) => nowAndThen(okta, 9, (answer) => ({ ...answer, bytes: EMPTY })) },
  { name: "deactivated users not asked for", tables: ["users"], stream: (stream) => reading(stream, (read) => ({ ...read, lists: [read.lists[0]], since: (from) => withFilter(read.since!(from), (filter) => `${filter} and status eq "ACTIVE"`) })) },
  { name: "no catch-up", tables: ["users", "groups"], warehouse: (warehouse) => committing(warehouse, (batch) => (batch.checkpoint.kind === "list" && batch.checkpoint.reading?.catchupAt ? { ...batch, pages: [] } : batch)) },
  { name: "greater than, without overlap", tables: ["users"], stream: (stream) => since(stream, (request) => withFilter(request, (filter) => filter.replace(/ge "([^"]+)"/g, (_, from: string) => `gt "${iso(Date.parse(from) + 5 * MINUTE_MS)}"`))) },
  { name: "memberships ignored", tables: ["groups"], stream: (stream) => since(stream, (request) => withFilter(request, (filter) => filter.replace(/ or lastMembershipUpdated.*$/, ""))) },
  { name: "late events left out", tables: ["logs"], okta: withoutLateEvents },
  { name: "a foreign link ends the list", tables: ["logs"], okta: (okta) => endingAt(okta, "FOREIGN_LINK") },
  { name: "a page of HTML is an empty page", tables: ["logs"], sharpen: lastingFaults, okta: (okta) => endingAt(okta, "BODY_NOT_A_LIST") },
  { name: "a refused cursor ends the list", tables: ["logs"], sharpen: lastingFaults, okta: (okta) => endingAt(okta, "CURSOR_REFUSED") },
  { name: "an unavailable Okta ends the list", tables: ["logs"], sharpen: lastingFaults, okta: (okta) => endingAt(okta, "OKTA_UNAVAILABLE", "NETWORK", "CURSOR_LOOP", "RATE_LIMITED") },
  { name: "rows are only inserted", tables: ["users", "groups", "applications"], warehouse: insertOnly },
  { name: "a backfill forgets its windows", tables: ["logs"], warehouse: (warehouse) => loading(warehouse, "logs", (log) => ({ ...log, windows: [] })) },
  { name: "an increment forgets its place", tables: ["users", "groups"], warehouse: (warehouse) => loading(warehouse, null, (list) => (list.kind === "list" && list.increment ? { ...list, cursor: list.increment.startedAt, increment: null } : list)) },
  { name: "a resumed reading skips to the next list", tables: ["users", "groups"], warehouse: (warehouse) => loading(warehouse, null, skipList) },
];

// ── between the engine and Okta ───────────────────────────────────────────────────────────────────────────────────────

type Target = Parameters<OktaClient["get"]>[0];

function asking(okta: OktaClient, ask: (target: Target, get: () => Promise<Answer>) => Promise<Answer>): OktaClient {
  return over(okta, { get: (target, options) => ask(target, () => okta.get(target, options)) });
}

/** Every nth list page is altered. */
function nowAndThen(okta: OktaClient, nth: number, alter: (answer: Answer) => Answer): OktaClient {
  let pages = 0;
  return asking(okta, async (_target, get) => {
    const answer = await get();
    return answer.bytes[0] === 0x5b && ++pages % nth === 0 ? alter(answer) : answer;
  });
}

function isById(target: Target): boolean {
  return "path" in target && Object.keys(target.query).length === 0 && !target.path.includes("/meta/");
}

function isPoll({ next }: Answer): boolean {
  return next !== null && next.includes("/logs") && !next.includes("until=");
}

async function refuse(code: ErrorCode): Promise<never> {
  throw new RollcallError(code, "broken on purpose");
}

/** These failures look like the end of the list. A poll stays where it is. */
function endingAt(okta: OktaClient, ...codes: readonly ErrorCode[]): OktaClient {
  return asking(okta, async (target, get) => {
    try {
      return await get();
    } catch (error) {
      if (!hasCode(error, ...codes) || ("link" in target && !target.link.includes("until=") && target.link.includes("/logs"))) throw error;
      return { bytes: EMPTY, date_ms: okta.now_ms(), next: null, limit: null };
    }
  });
}

function skewed(okta: OktaClient, by_ms: number): OktaClient {
  return over(okta, {
    now_ms: () => okta.now_ms() + by_ms,
    get: async (target, options) => {
      const answer = await okta.get(target, options);
      return { ...answer, date_ms: answer.date_ms + by_ms };
    },
  });
}

function withoutLateEvents(okta: OktaClient): OktaClient {
  return asking(okta, async (_target, get) => {
    const answer = await get();
    if (!isPoll(answer)) return answer;
    const events = JSON.parse(new TextDecoder().decode(answer.bytes)) as { published: string }[];
    const prompt = events.filter(({ published }, at) => at === 0 || Date.parse(published) >= Date.parse(events[at - 1]!.published));
    return { ...answer, bytes: new TextEncoder().encode(JSON.stringify(prompt)) };
  });
}

// ── in what a stream declares ─────────────────────────────────────────────────────────────────────────────────────────

type ListPlan = Stream["read"] & { readonly kind: "list" };

function reading(stream: Stream, alter: (read: ListPlan) => ListPlan): Stream {
  return stream.read.kind === "list" && stream.read.since !== null ? { ...stream, read: alter(stream.read) } : stream;
}

function since(stream: Stream, alter: (request: Request) => Request): Stream {
  return reading(stream, (read) => ({ ...read, since: (from) => alter(read.since!(from)) }));
}

function withFilter(request: Request, alter: (filter: string) => string): Request {
  return { ...request, query: { ...request.query, filter: alter(request.query["filter"] ?? "") } };
}

// ── between the engine and the warehouse ──────────────────────────────────────────────────────────────────────────────

function committing(warehouse: Warehouse, alter: (batch: Batch) => Batch): Warehouse {
  return over(warehouse, { commit: (prefix, batch, signal) => warehouse.commit(prefix, alter(batch), signal) });
}

function saving(warehouse: Warehouse, alter: (list: ListCheckpoint) => ListCheckpoint): Warehouse {
  const altered = (batch: Batch): Batch => (batch.checkpoint.kind === "list" ? { ...batch, checkpoint: alter(batch.checkpoint) } : batch);
  return over(warehouse, {
    commit: (prefix, batch, signal) => warehouse.commit(prefix, altered(batch), signal),
    finish: (prefix, table, id, checkpoint) => warehouse.finish(prefix, table, id, checkpoint.kind === "list" ? alter(checkpoint) : checkpoint),
  });
}

function loading(warehouse: Warehouse, only: string | null, alter: (checkpoint: ListCheckpoint | LogCheckpoint) => ListCheckpoint | LogCheckpoint): Warehouse {
  return over(warehouse, {
    checkpoints: async (prefix) => {
      const stored = await warehouse.checkpoints(prefix);
      return new Map([...stored].map(([table, text]) => [table, only === null || only === table ? serialise(alter(parseCheckpoint(table, text))) : text]));
    },
  });
}

function recomputeT0(log: LogCheckpoint, fake: FakeOkta): LogCheckpoint {
  if (log.windows.length === 0) return log;
  const t0 = iso(fake.org.clock.now() - 60 * MINUTE_MS);
  const next = `/api/v1/logs?since=${encodeURIComponent(t0)}&sortOrder=ASCENDING&limit=1000`;
  return { ...log, t0, poll: { next, at: iso(fake.org.clock.now()) }, windows: [...log.windows, { from: log.t0, to: t0, next: null }] };
}

function skipList(checkpoint: ListCheckpoint | LogCheckpoint): ListCheckpoint | LogCheckpoint {
  if (checkpoint.kind === "log" || checkpoint.reading?.phase !== "list") return checkpoint;
  return { ...checkpoint, reading: { ...checkpoint.reading, list: checkpoint.reading.list + 1, next: null } };
}

/** The process dies between the two now and then. */
function checkpointFirst(warehouse: Warehouse): Warehouse {
  let commits = 0;
  return over(warehouse, {
    commit: async (prefix, batch, signal) => {
      await warehouse.commit(prefix, { ...batch, pages: [] }, signal);
      if (++commits % 5 === 2) throw new Error("died between checkpoint and rows");
      return warehouse.commit(prefix, batch, signal);
    },
  });
}

function insertOnly(warehouse: Warehouse): Warehouse {
  return over(warehouse, {
    commit: async (prefix, batch, signal) => {
      if (batch.landing.kind !== "upsert") return warehouse.commit(prefix, batch, signal);
      const { rows } = await warehouse.query(`SELECT id FROM "${prefix}"."${batch.table}"`, { maxRows: 10_000 }, signal);
      const held = new Set(rows.map(([id]) => id));
      const pages = batch.pages.map((page): Page => {
        const fresh = (JSON.parse(new TextDecoder().decode(page.bytes)) as { id: string }[]).filter(({ id }) => !held.has(id));
        return { ...page, bytes: new TextEncoder().encode(JSON.stringify(fresh)), rows: fresh.length };
      });
      return warehouse.commit(prefix, { ...batch, pages }, signal);
    },
  });
}
