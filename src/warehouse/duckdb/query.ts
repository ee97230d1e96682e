/**
 * Reading by people's own SQL. Doors that are shut, each alone enough against writing: the kind of statement, a read-only transaction;
 * against files: the guard, and where nothing is imported no access to files at all.
 */
import { setImmediate } from "node:timers/promises";
import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBExtractedStatements,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  type DuckDBType,
  StatementType,
} from "@duckdb/node-api";
import { RollcallError, throwIfCancelled } from "../../core/error.ts";
import type {
  Access,
  JsonValue,
  QueryColumn,
  QueryLimits,
  QueryResult,
  QueryStream,
  StreamLimits,
  TableName,
} from "../warehouse.ts";
import { engineMessage, failureOf, isOutOfMemory } from "./failure.ts";
import { type Ceiling, tooLarge } from "./ceiling.ts";
import type { Judged } from "./guard.ts";
import { refused } from "./refusal.ts";
import { cancelled, type Turn, type Turnstile } from "./turnstile.ts";
import { toJson } from "./value.ts";

const READS: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN]);

/** How often an interrupt is repeated: one that comes between two statements is lost. */
const INTERRUPT_EVERY_MS = 10;
/** The engine hears an interrupt between calls. When it has not for this long the answer is given without it; its place stays taken until it does. */
const PATIENCE_MS = 2_000;

/** Runs `work` on a connection of its own, and interrupts it when the signal says so. */
export async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  throwIfCancelled(signal);
  let again: NodeJS.Timeout | undefined;
  const interrupt = () => (again = setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS));
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener("abort", interrupt);
    clearInterval(again);
  }
}

/** What people's statements share. */
export interface Desk {
  /** A connection for one statement, its own. */
  readonly connect: () => Promise<DuckDBConnection>;
  readonly turnstile: Turnstile;
  readonly ceiling: Ceiling;
  /** Whether files are open to the instance, so that every statement goes before the guard. */
  readonly guarded: boolean;
  /** The guard, in the transaction that the connection has. */
  readonly judge: (connection: DuckDBConnection, sql: string, access: Access) => Promise<Judged>;
}

/**
 * One statement's turn: a connection of its own, and an end that comes once, whoever wants it: the signal, the clock, the warehouse or
 * the statement itself. All that the engine holds for it is free when `end` resolves, unless the engine does not hear the interrupt.
 */
export class Sitting {
  readonly connection: DuckDBConnection;
  readonly #turn: Turn;
  readonly #ends: AbortSignal;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #below: Disposable;
  /** Rejects when the engine has not heard the interrupt for too long. */
  readonly #deaf = Promise.withResolvers<never>();
  #patience: NodeJS.Timeout | undefined;
  #busy: Promise<unknown> = Promise.resolve();
  #interrupting: NodeJS.Timeout | undefined;
  #ended: Promise<void> | null = null;

  private constructor(
    connection: DuckDBConnection,
    turn: Turn,
    ceiling: Ceiling,
    { timeout_ms }: StreamLimits,
    signal: AbortSignal,
  ) {
    this.connection = connection;
    this.#turn = turn;
    this.#deaf.promise.catch(() => undefined);
    const clock = new AbortController();
    this.#below = ceiling.enter((reason) => clock.abort(reason));
    if (timeout_ms !== undefined && Number.isFinite(timeout_ms))
      this.#timer = setTimeout(() => clock.abort(timedOut(timeout_ms)), timeout_ms);
    this.#ends = AbortSignal.any([signal, turn.signal, clock.signal]);
    if (this.#ends.aborted) this.#stop();
    else this.#ends.addEventListener("abort", this.#stop, { once: true });
  }

  static async take(
    { connect, turnstile, ceiling }: Desk,
    limits: StreamLimits,
    signal: AbortSignal,
  ): Promise<Sitting> {
    const turn = await turnstile.enter(signal);
    try {
      return new Sitting(await connect(), turn, ceiling, limits, signal);
    } catch (error) {
      turn[Symbol.dispose]();
      throw error;
    }
  }

  /** Runs `work` on the connection; what the engine says comes as one of ours. When it fails the sitting has ended. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    try {
      this.#throwIfOver();
      const running = work();
      this.#busy = running.catch(() => undefined);
      const result = await Promise.race([running, this.#deaf.promise]);
      this.#throwIfOver();
      return result;
    } catch (error) {
      await this.end();
      this.#throwIfOver();
      throw told(error);
    }
  }

  /** Gives everything free: what runs is interrupted, the transaction rolled back, the place given to the next. */
  end(): Promise<void> {
    this.#ended ??= this.#leave();
    return Promise.race([this.#ended, this.#deaf.promise.catch(() => undefined)]);
  }

  async #leave(): Promise<void> {
    clearTimeout(this.#timer);
    this.#ends.removeEventListener("abort", this.#stop);
    await this.#busy;
    clearInterval(this.#interrupting);
    clearTimeout(this.#patience);
    await this.connection.run("ROLLBACK").catch(() => undefined);
    this.connection.closeSync();
    this.#below[Symbol.dispose]();
    this.#turn[Symbol.dispose]();
  }

  /** A stream whose reader has paused has nothing running, so nobody would notice: it is ended from here. */
  readonly #stop = (): void => {
    this.#interrupting = setInterval(() => this.connection.interrupt(), INTERRUPT_EVERY_MS);
    this.connection.interrupt();
    this.#patience = setTimeout(() => this.#deaf.reject(cancelled()), PATIENCE_MS);
    void this.end();
  };

  #throwIfOver(): void {
    if (!this.#ends.aborted) return;
    throw this.#ends.reason instanceof RollcallError ? this.#ends.reason : cancelled();
  }
}

function timedOut(timeout_ms: number): RollcallError {
  return new RollcallError("QUERY_TIMEOUT", `The query took longer than the ${timeout_ms / 1000} s it was given.`);
}

/** The engine's error as one of ours. */
function told(error: unknown): unknown {
  if (error instanceof RollcallError || failureOf(error) === null) return error;
  if (isOutOfMemory(error)) return tooLarge(error);
  return new RollcallError("QUERY_REFUSED", engineMessage(error), { cause: error });
}

/** See `Warehouse.stream`. */
export async function stream(desk: Desk, sql: string, limits: StreamLimits, signal: AbortSignal): Promise<QueryStream> {
  throwIfCancelled(signal);
  const sitting = await Sitting.take(desk, limits, signal);
  const { result, tables } = await sitting.run(async () => {
    await sitting.connection.run("BEGIN TRANSACTION READ ONLY");
    const { statement, ...read } = await judged(desk, sitting.connection, sql, limits.access ?? "all");
    return { result: await statement.stream(), ...read };
  });
  const columns = columnsOf(result);
  return { columns, tables, batches: batches(sitting, result), [Symbol.asyncDispose]: () => sitting.end() };
}

/** The one statement of `sql`, judged and prepared, in the connection's transaction. */
async function judged(
  { guarded, judge }: Desk,
  connection: DuckDBConnection,
  sql: string,
  access: Access,
): Promise<{ readonly statement: DuckDBPreparedStatement; readonly tables: readonly TableName[] }> {
  // Before the engine is asked anything else: it looks for the files of an IMPORT DATABASE while it cuts a text into statements.
  const needed = guarded || access !== "all";
  const allowed = needed ? await judge(connection, sql, access) : { explain: "", statement: sql, tables: [] };
  const statement = await mustBeOne(await extract(connection, allowed.explain + allowed.statement)).prepare(0);
  if (!READS.has(statement.statementType)) {
    throw refused(
      `Only statements that read are allowed; this one is of kind ${StatementType[statement.statementType]}.`,
    );
  }
  if (statement.parameterCount > 0) throw refused("Parameters are not supported.");
  return { statement, tables: allowed.tables };
}

/** Runs a COPY of a judged statement; throws where the text turns out to be anything more. */
export async function copyOut(connection: DuckDBConnection, copy: string): Promise<void> {
  const statement = await mustBeOne(await extract(connection, copy)).prepare(0);
  if (statement.statementType !== StatementType.COPY) throw refused("Only the result of a statement can be copied.");
  await statement.run();
}

function mustBeOne(statements: DuckDBExtractedStatements | null): DuckDBExtractedStatements {
  if (statements === null || statements.count === 0) throw refused("There is no statement to run.");
  if (statements.count > 1)
    throw refused(
      "One statement at a time; this holds several, or one that DuckDB runs as several (PIVOT without IN).",
    );
  return statements;
}

/** The statements of `sql`; null when there are none: the binding then fails, and says nothing that could be told apart. */
async function extract(connection: DuckDBConnection, sql: string): Promise<DuckDBExtractedStatements | null> {
  try {
    return await connection.extractStatements(sql);
  } catch (error) {
    if (failureOf(error) !== null) throw error;
    return null;
  }
}

function columnsOf(result: DuckDBResult): readonly QueryColumn[] {
  const types = result.columnTypes();
  return result
    .deduplicatedColumnNames()
    .map((name, at) => ({ name, type: types[at]!.alias ?? types[at]!.toString() }));
}

async function* batches(sitting: Sitting, result: DuckDBResult): AsyncGenerator<readonly (readonly JsonValue[])[]> {
  const types = result.columnTypes();
  try {
    for (;;) {
      const chunk = await sitting.run(() => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return await sitting.run(() => mustBeWhole(sitting.connection));
      for (let from = 0; from < chunk.rowCount; from += SLICE_ROWS) {
        if (from > 0) await sitting.run(() => setImmediate());
        yield sliceOf(chunk, types, from);
      }
    }
  } finally {
    await sitting.end();
  }
}

/**
 * The binding gives a result that broke off in the middle (a value that cannot be converted, no more memory) the same end as a whole one.
 * The engine has aborted its transaction then, and only that can be seen; the reason is lost.
 */
async function mustBeWhole(connection: DuckDBConnection): Promise<void> {
  try {
    await connection.run("SELECT 1");
  } catch (error) {
    throw new RollcallError(
      "QUERY_REFUSED",
      "The query failed after its first rows: what came before is not all of it.",
      {
        fix: "Look for what fails for some rows only, such as a conversion (TRY_CAST gives null instead), or ask for less at once.",
        cause: error,
      },
    );
  }
}

/** Rows turned into JSON at a stretch: a whole chunk of log events (2,048) would keep the process from everything else for 0.3 s. */
const SLICE_ROWS = 256;

function sliceOf(
  chunk: DuckDBDataChunk,
  types: readonly DuckDBType[],
  from: number,
): readonly (readonly JsonValue[])[] {
  const columns = types.map((type, at) => ({ type, vector: chunk.getColumnVector(at) }));
  const rows: JsonValue[][] = [];
  for (let row = from; row < Math.min(from + SLICE_ROWS, chunk.rowCount); row += 1)
    rows.push(columns.map(({ type, vector }) => toJson(vector.getItem(row), type)));
  return rows;
}

/** See `Warehouse.query`. */
export async function query(desk: Desk, sql: string, limits: QueryLimits, signal: AbortSignal): Promise<QueryResult> {
  await using found = await stream(desk, sql, limits, signal);
  const { columns, tables } = found;
  const { maxRows, maxBytes = Infinity } = limits;
  const rows: (readonly JsonValue[])[] = [];
  let bytes = 0;
  for await (const batch of found.batches) {
    for (const row of batch) {
      if (maxBytes < Infinity) bytes += JSON.stringify(row).length;
      if (rows.length === maxRows || bytes > maxBytes) return { columns, tables, rows, cut: true };
      rows.push(row);
    }
  }
  return { columns, tables, rows, cut: false };
}
