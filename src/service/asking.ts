/** People's own SQL: answered as a stream, bounded per caller, kept in their history, with a word on tables that are not fresh. */
import type { z } from "@hono/zod-openapi";
import type { Caller } from "../api/bind.ts";
import type { QueryLine as QueryLineWords, warehouse as operations } from "../api/contract/warehouse.ts";
import { report, RollcallError, throwIfCancelled } from "../core/error.ts";
import type { QueryStream, TableName } from "../warehouse/warehouse.ts";
import { accessOf, freshnessByName, type Freshness } from "./catalogue.ts";
import type { ServiceContext } from "./context.ts";
import { behind } from "./kept.ts";
import { Turns } from "./turns.ts";
import { instant } from "./words.ts";

type QueryLine = z.infer<typeof QueryLineWords>;
type Asked = z.infer<(typeof operations.history)["responses"][200]["content"]["application/json"]["schema"]>[number];

/** One caller's queries that run side by side: a dashboard's cards, without taking the engine from everybody else. */
const RUNNING_PER_CALLER = 3;
/** More that wait for their turn; beyond, the request is refused. */
const WAITING_PER_CALLER = 60;
/** A stream ends with its time, whether it is read or not; its turn goes so much later, should its reader never come back. */
const TURN_GRACE_MS = 5_000;
/** A person's history: the oldest goes. */
const HISTORY_KEPT = 1000;

export interface AskOptions {
  readonly maxRows: number;
  readonly timeout_ms: number;
  /** Whether it goes into the person's history: what they asked does, what a page asks for them does not. */
  readonly remember?: boolean;
}

/** How a query ended: for the metrics. */
export type Outcome = "completed" | "failed" | "cancelled";
export type Heard = (outcome: Outcome, duration_ms: number) => void;

export class Asking {
  readonly #context: ServiceContext;
  readonly #turns = new Turns(RUNNING_PER_CALLER, WAITING_PER_CALLER);
  #heard: Heard = () => undefined;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  /** Gives how each query ended to `heard`: one listener. */
  watch(heard: Heard): void {
    this.#heard = heard;
  }

  /**
   * The answer as NDJSON (`QueryLine`). What is wrong with the statement itself is thrown, as the answer has not begun; what goes
   * wrong later is its last line. Ends when `signal` aborts or the reader goes away.
   */
  async answer(
    sql: string,
    options: AskOptions,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    const opened = await this.open(sql, options.timeout_ms, caller, signal, options.remember);
    const lines = this.#lines(opened, options.maxRows);
    return bytesOf(lines, opened.stop, encodeLine);
  }

  /**
   * The rows as they come, without a bound on their number, in the caller's turn. Whoever gets the stream calls `ended` once, which
   * gives the turn back and keeps the history.
   */
  async open(sql: string, timeout_ms: number, caller: Caller, signal: AbortSignal, remember = true): Promise<Opened> {
    const turn = await this.#begin(sql, timeout_ms, caller, signal, remember);
    try {
      throwIfCancelled(turn.signal);
      const limits = { access: accessOf(caller), timeout_ms };
      const stream = await this.#context.warehouse.stream(sql, limits, turn.signal);
      return { stream, stop: turn.stop, ended: turn.ended };
    } catch (error) {
      await turn.ended(null, error);
      throw error;
    }
  }

  /** Any work with a person's statement, in the caller's turn, counted and kept as a query is. */
  async inTurn<T>(
    sql: string,
    timeout_ms: number,
    caller: Caller,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const turn = await this.#begin(sql, timeout_ms, caller, signal, true);
    try {
      const done = await work(turn.signal);
      await turn.ended(null, null);
      return done;
    } catch (error) {
      await turn.ended(null, error);
      throw error;
    }
  }

  /** One of the caller's turns, for what is no statement of theirs. The function gives it back. */
  turn(caller: Caller, signal: AbortSignal): Promise<() => void> {
    return this.#turns.take(caller.id, signal);
  }

  async #begin(
    sql: string,
    timeout_ms: number,
    caller: Caller,
    signal: AbortSignal,
    remember: boolean,
  ): Promise<Begun> {
    const began_ms = this.#context.now_ms();
    const leave = await this.#turns.take(caller.id, signal);
    const stop = new AbortController();
    const stopped = AbortSignal.any([signal, stop.signal]);
    const overdue = setTimeout(leave, timeout_ms + TURN_GRACE_MS).unref();
    const ended = async (rows: number | null, error: unknown) => {
      clearTimeout(overdue);
      leave();
      const duration_ms = this.#context.now_ms() - began_ms;
      this.#heard(error === null ? "completed" : stopped.aborted ? "cancelled" : "failed", duration_ms);
      if (remember)
        await this.#keep(caller, {
          sql,
          at_ms: began_ms,
          duration_ms,
          rows,
          error: error === null ? null : report(error).message,
        });
      return duration_ms;
    };
    return { signal: stopped, stop: () => stop.abort(), ended };
  }

  async *#lines({ stream, ended }: Opened, maxRows: number): AsyncGenerator<QueryLine> {
    let rows = 0;
    let cut = false;
    let error: unknown = new RollcallError("CANCELLED", "The query was stopped.");
    try {
      yield { type: "columns", columns: stream.columns.map(({ name, type }) => ({ name, type })) };
      for await (const batch of stream.batches) {
        const room = maxRows - rows;
        cut = batch.length > room;
        const kept = cut ? batch.slice(0, room) : batch;
        rows += kept.length;
        if (kept.length > 0) yield { type: "rows", rows: kept as unknown[][] };
        if (cut) break;
      }
      error = null;
      const freshness = await this.#freshness(stream.tables);
      yield { type: "end", rows, cut, duration_ms: await ended(rows, null), freshness };
    } catch (thrown) {
      error = thrown;
      yield { type: "error", ...report(thrown) };
    } finally {
      await stream[Symbol.asyncDispose]();
      // Also where the reader left in the middle; after a whole answer it has been said already.
      if (error !== null) await ended(null, error);
    }
  }

  /** Words on the tables behind a statement, those behind its views and kept results included. */
  async #freshness(tables: readonly TableName[]): Promise<Freshness[]> {
    const unfresh = await freshnessByName(this.#context);
    const read = tables.map(({ schema, name }) => `${schema}.${name}`.toLowerCase());
    const { names, warnings } = await behind(this.#context, read);
    return [...warnings, ...[...unfresh].flatMap(([name, freshness]) => (names.has(name) ? [freshness] : []))];
  }

  async #keep(caller: Caller, asked: Omit<Asked, "id" | "at"> & { readonly at_ms: number }): Promise<void> {
    if (caller.kind !== "person") return;
    const { db } = this.#context.store;
    await db
      .insertInto("asked")
      .values({ person_id: caller.id, ...asked })
      .execute();
    const oldest = await db
      .selectFrom("asked")
      .select("id")
      .where("person_id", "=", caller.id)
      .orderBy("id", "desc")
      .offset(HISTORY_KEPT)
      .limit(1)
      .executeTakeFirst();
    if (oldest !== undefined)
      await db.deleteFrom("asked").where("person_id", "=", caller.id).where("id", "<=", oldest.id).execute();
  }
}

interface Begun {
  /** Aborted by whoever asked, or by `stop`. */
  readonly signal: AbortSignal;
  /** Ends the query. */
  readonly stop: () => void;
  /** To be called once, with the rows or the error; resolves to how long it took, ms. */
  readonly ended: (rows: number | null, error: unknown) => Promise<number>;
}

export interface Opened extends Omit<Begun, "signal"> {
  readonly stream: QueryStream;
}

const utf8 = new TextEncoder();
const encodeLine = (line: QueryLine): Uint8Array => utf8.encode(`${JSON.stringify(line)}\n`);

/** What a generator yields, as bytes, made when they are asked for. The reader's leaving ends the generator. */
export function bytesOf<T>(
  source: AsyncGenerator<T>,
  stop: () => void,
  encode: (item: T) => Uint8Array,
): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await source.next();
          if (done === true) controller.close();
          else controller.enqueue(encode(value));
        } catch (error) {
          // Whatever cannot be said ends the transfer, and what is behind it with it.
          stop();
          await source.return(undefined).catch(() => undefined);
          throw error;
        }
      },
      async cancel() {
        stop();
        await source.return(undefined);
      },
    },
    { highWaterMark: 1 },
  );
}

/** What a person asked, the latest first. API keys have no history. */
export async function history({ store: { db } }: ServiceContext, caller: Caller, limit: number): Promise<Asked[]> {
  if (caller.kind !== "person") return [];
  const rows = await db
    .selectFrom("asked")
    .selectAll()
    .where("person_id", "=", caller.id)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ id, sql, at_ms, duration_ms, rows: count, error }) => ({
    id,
    sql,
    at: instant(at_ms),
    duration_ms,
    rows: count,
    error,
  }));
}

export async function clearHistory({ store: { db } }: ServiceContext, caller: Caller): Promise<void> {
  await db.deleteFrom("asked").where("person_id", "=", caller.id).execute();
}
