/** How the deliberate breaks of `breaks.ts` are put between the engine and the world. */
import type { FakeOkta } from "../../fake-okta/server.ts";
import type { Batch, Page } from "../../src/core/batch.ts";
import { parseCheckpoint, serialise, type ListCheckpoint, type LogCheckpoint } from "../../src/core/checkpoint.ts";
import { RollcallError, hasCode, type ErrorCode } from "../../src/core/error.ts";
import type { Request, Stream } from "../../src/core/stream.ts";
import { iso } from "../../src/core/window.ts";
import type { Answer, OktaClient } from "../../src/okta/seam.ts";
import type { SchemaChange, TableSpec, Warehouse } from "../../src/warehouse/warehouse.ts";
import { over } from "./simulated.ts";

export const EMPTY = new TextEncoder().encode("[]");
export const MINUTE_MS = 60_000;

// ── between the engine and Okta ───────────────────────────────────────────────────────────────────────────────────────

type Target = Parameters<OktaClient["get"]>[0];

export function asking(
  okta: OktaClient,
  ask: (target: Target, get: () => Promise<Answer>) => Promise<Answer>,
): OktaClient {
  return over(okta, { get: (target, options) => ask(target, () => okta.get(target, options)) });
}

/** Every nth list page is altered. */
export function nowAndThen(okta: OktaClient, nth: number, alter: (answer: Answer) => Answer): OktaClient {
  let pages = 0;
  return asking(okta, async (_target, get) => {
    const answer = await get();
    return answer.bytes[0] === 0x5b && ++pages % nth === 0 ? alter(answer) : answer;
  });
}

/** The same rows without a field. */
export function without(answer: Answer, field: string): Answer {
  if (answer.bytes[0] !== 0x5b) return answer;
  const rows = JSON.parse(new TextDecoder().decode(answer.bytes)) as Record<string, unknown>[];
  for (const row of rows) delete row[field];
  return { ...answer, bytes: new TextEncoder().encode(JSON.stringify(rows)) };
}

export function isById(target: Target): boolean {
  return "path" in target && Object.keys(target.query).length === 0 && !target.path.includes("/meta/");
}

export function isPoll({ next }: Answer): boolean {
  return next !== null && next.includes("/logs") && !next.includes("until=");
}

export async function refuse(code: ErrorCode): Promise<never> {
  throw new RollcallError(code, "broken on purpose");
}

/** These failures look like the end of the list. A poll stays where it is. */
export function endingAt(okta: OktaClient, ...codes: readonly ErrorCode[]): OktaClient {
  return asking(okta, async (target, get) => {
    try {
      return await get();
    } catch (error) {
      if (
        !hasCode(error, ...codes) ||
        ("link" in target && !target.link.includes("until=") && target.link.includes("/logs"))
      )
        throw error;
      return { bytes: EMPTY, date_ms: okta.now_ms(), next: null, limit: null };
    }
  });
}

export function skewed(okta: OktaClient, by_ms: number): OktaClient {
  return over(okta, {
    now_ms: () => okta.now_ms() + by_ms,
    get: async (target, options) => {
      const answer = await okta.get(target, options);
      return { ...answer, date_ms: answer.date_ms + by_ms };
    },
  });
}

export function withoutLateEvents(okta: OktaClient): OktaClient {
  return asking(okta, async (_target, get) => {
    const answer = await get();
    if (!isPoll(answer)) return answer;
    const events = JSON.parse(new TextDecoder().decode(answer.bytes)) as { published: string }[];
    const prompt = events.filter(
      ({ published }, at) => at === 0 || Date.parse(published) >= Date.parse(events[at - 1]!.published),
    );
    return { ...answer, bytes: new TextEncoder().encode(JSON.stringify(prompt)) };
  });
}

// ── in what a stream declares ─────────────────────────────────────────────────────────────────────────────────────────

type ListPlan = Stream["read"] & { readonly kind: "list" };

export function reading(stream: Stream, alter: (read: ListPlan) => ListPlan): Stream {
  return stream.read.kind === "list" && stream.read.since !== null ? { ...stream, read: alter(stream.read) } : stream;
}

export function since(stream: Stream, alter: (request: Request) => Request): Stream {
  return reading(stream, (read) => ({ ...read, since: (from) => alter(read.since!(from)) }));
}

export function withFilter(request: Request, alter: (filter: string) => string): Request {
  return { ...request, query: { ...request.query, filter: alter(request.query["filter"] ?? "") } };
}

// ── between the engine and the warehouse ──────────────────────────────────────────────────────────────────────────────

export function committing(warehouse: Warehouse, alter: (batch: Batch) => Batch): Warehouse {
  return over(warehouse, { commit: (prefix, batch, signal) => warehouse.commit(prefix, alter(batch), signal) });
}

export function saving(warehouse: Warehouse, alter: (list: ListCheckpoint) => ListCheckpoint): Warehouse {
  const altered = (batch: Batch): Batch =>
    batch.checkpoint.kind === "list" ? { ...batch, checkpoint: alter(batch.checkpoint) } : batch;
  return over(warehouse, {
    commit: (prefix, batch, signal) => warehouse.commit(prefix, altered(batch), signal),
    finish: (prefix, table, id, checkpoint) =>
      warehouse.finish(prefix, table, id, checkpoint.kind === "list" ? alter(checkpoint) : checkpoint),
  });
}

export function loading(
  warehouse: Warehouse,
  only: string | null,
  alter: (checkpoint: ListCheckpoint | LogCheckpoint) => ListCheckpoint | LogCheckpoint,
): Warehouse {
  return over(warehouse, {
    checkpoints: async (prefix) => {
      const stored = await warehouse.checkpoints(prefix);
      return new Map(
        [...stored].map(([table, text]) => [
          table,
          only === null || only === table ? serialise(alter(parseCheckpoint(table, text))) : text,
        ]),
      );
    },
  });
}

export function recomputeT0(log: LogCheckpoint, fake: FakeOkta): LogCheckpoint {
  if (log.windows.length === 0) return log;
  const t0 = iso(fake.org.clock.now() - 60 * MINUTE_MS);
  const next = `/api/v1/logs?since=${encodeURIComponent(t0)}&sortOrder=ASCENDING&limit=1000`;
  return {
    ...log,
    t0,
    poll: { next, at: iso(fake.org.clock.now()) },
    windows: [...log.windows, { from: log.t0, to: t0, next: null }],
  };
}

export function skipList(checkpoint: ListCheckpoint | LogCheckpoint): ListCheckpoint | LogCheckpoint {
  if (checkpoint.kind === "log" || checkpoint.reading?.phase !== "list") return checkpoint;
  return { ...checkpoint, reading: { ...checkpoint.reading, list: checkpoint.reading.list + 1, next: null } };
}

const died = new WeakSet<Warehouse>();

/** The process dies between the two, once; it is begun again as ever. */
export function checkpointFirst(warehouse: Warehouse): Warehouse {
  let commits = 0;
  return over(warehouse, {
    commit: async (prefix, batch, signal) => {
      await warehouse.commit(prefix, { ...batch, pages: [] }, signal);
      if (++commits === 3 && !died.has(warehouse)) {
        died.add(warehouse);
        throw new RollcallError("UNEXPECTED", "died between checkpoint and rows");
      }
      return warehouse.commit(prefix, batch, signal);
    },
  });
}

export function insertOnly(warehouse: Warehouse): Warehouse {
  return over(warehouse, {
    commit: async (prefix, batch, signal) => {
      if (batch.landing.kind !== "upsert" || batch.landing.reading !== null)
        return warehouse.commit(prefix, batch, signal);
      const { rows } = await warehouse.query(
        `SELECT id FROM "${prefix}"."${batch.table}"`,
        { maxRows: 10_000 },
        signal,
      );
      const held = new Set(rows.map(([id]) => id));
      const pages = batch.pages.map((page): Page => {
        const fresh = (JSON.parse(new TextDecoder().decode(page.bytes)) as { id: string }[]).filter(
          ({ id }) => !held.has(id),
        );
        return { ...page, bytes: new TextEncoder().encode(JSON.stringify(fresh)), rows: fresh.length };
      });
      return warehouse.commit(prefix, { ...batch, pages }, signal);
    },
  });
}
/** Remembers the attributes of the first migration: those found later never get their column. */
const firstAttributes = new WeakMap<Warehouse, TableSpec["attributes"]>();
export function lateColumns(
  warehouse: Warehouse,
  prefix: string,
  specs: readonly TableSpec[],
): Promise<readonly SchemaChange[]> {
  return warehouse.migrate(
    prefix,
    specs.map((spec) => {
      const attributes = firstAttributes.get(warehouse) ?? spec.attributes;
      firstAttributes.set(warehouse, attributes);
      return { ...spec, attributes };
    }),
  );
}
