/** The warehouse in a DuckDB file: the seam's methods, each one transaction on one session. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { type Batch, NOTHING_WRITTEN, type Written } from "../../core/batch.ts";
import type { Checkpoint } from "../../core/checkpoint.ts";
import { RollcallError, throwIfCancelled } from "../../core/error.ts";
import type {
  OrgIdentity,
  QueryLimits,
  QueryResult,
  SchemaChange,
  TableDescription,
  TableNote,
  TableSpec,
  Unseen,
  Warehouse,
} from "../warehouse.ts";
import { claimPrefix, storeCheckpoint, storedCheckpoints, storeGap, storeNote } from "./catalog.ts";
import { describeTables } from "./describe.ts";
import { writingFailed } from "./failure.ts";
import { append, INCOMING, merge, takeIn } from "./landing.ts";
import type { Table } from "./layout.ts";
import { migrateTable } from "./migrate.ts";
import { query } from "./query.ts";
import { finishReading, forgetReading, mark, type ReadingOf, stageIncoming, unseen } from "./reading.ts";
import { literal, type Session } from "./sql.ts";
import type { StagedPages, Staging } from "./staging.ts";

interface Opened {
  readonly file: string;
  readonly session: Session;
  /** A further connection, for a query of its own. */
  readonly connect: () => Promise<DuckDBConnection>;
  /** Null when open for reading. */
  readonly staging: Staging | null;
  /** What was opened, to be closed in turn. */
  readonly lifetime: AsyncDisposable;
}

export class DuckdbWarehouse implements Warehouse {
  readonly can = { atomicCheckpoint: true, concurrentWriters: false };
  readonly #opened: Opened;
  readonly #tables = new Map<string, Table>();
  readonly #closing = new AbortController();
  readonly #queries = new Set<Promise<unknown>>();

  constructor(opened: Opened) {
    this.#opened = opened;
  }

  claim(prefix: string, org: OrgIdentity): Promise<void> {
    return this.#write((session) => claimPrefix(session, prefix, org));
  }

  async migrate(prefix: string, tables: readonly TableSpec[]): Promise<readonly SchemaChange[]> {
    const migrated = await this.#write(async (session) => {
      const done = [];
      for (const spec of tables) done.push(await migrateTable(session, prefix, spec));
      return done;
    });
    for (const { table } of migrated) this.#tables.set(table.live, table);
    return migrated.flatMap(({ changes }) => changes);
  }

  checkpoints(prefix: string): Promise<ReadonlyMap<string, string>> {
    return this.#read((session) => storedCheckpoints(session, prefix));
  }

  /** A commit honours the signal until it begins; one that has begun is finished. */
  async commit(prefix: string, batch: Batch, signal: AbortSignal): Promise<Written> {
    throwIfCancelled(signal);
    const table = this.#table(prefix, batch.table);
    const { staging } = this.#opened;
    if (staging === null) throw openedForReading();
    try {
      await using pages = await staging.put(batch.pages);
      return await this.#write(async (session) => {
        const written = await this.#land(session, table, batch, pages);
        for (const gap of batch.gaps) await storeGap(session, prefix, batch.table, gap);
        await storeCheckpoint(session, prefix, batch.table, batch.checkpoint);
        return written;
      });
    } catch (error) {
      throw writingFailed(error, this.#opened.file);
    }
  }

  async #land(session: Session, table: Table, { landing, gone }: Batch, pages: StagedPages): Promise<Written> {
    if (landing.kind === "append") return append(session, table, pages);
    const of: ReadingOf | null = landing.reading === null ? null : { table, reading: landing.reading };
    await takeIn(session, table, pages);
    let written = NOTHING_WRITTEN;
    if (landing.kind === "stage") await stageIncoming(session, { table, reading: landing.reading });
    else {
      written = await merge(session, table, INCOMING);
      if (of !== null) await mark(session, of, `SELECT ${table.key} FROM ${INCOMING}`, false);
    }
    if (of !== null && gone.length > 0)
      await mark(session, of, `SELECT unnest([${gone.map(literal).join(", ")}])`, true);
    return written;
  }

  unseen(prefix: string, table: string, reading: string, startedAt: string, limit: number): Promise<Unseen> {
    return this.#read((session) => unseen(session, { table: this.#table(prefix, table), reading }, startedAt, limit));
  }

  finish(prefix: string, table: string, reading: string, checkpoint: Checkpoint): Promise<Written> {
    return this.#write(async (session) => {
      const written = await finishReading(session, { table: this.#table(prefix, table), reading });
      await storeCheckpoint(session, prefix, table, checkpoint);
      return written;
    });
  }

  abandon(prefix: string, table: string, reading: string, checkpoint: Checkpoint): Promise<void> {
    return this.#write(async (session) => {
      await forgetReading(session, { table: this.#table(prefix, table), reading });
      await storeCheckpoint(session, prefix, table, checkpoint);
    });
  }

  count(prefix: string, table: string): Promise<number> {
    return this.#read((session) => session.count(`SELECT count(*) FROM ${this.#table(prefix, table).live}`));
  }

  note(prefix: string, note: TableNote): Promise<void> {
    return this.#write((session) => storeNote(session, prefix, note));
  }

  tables(): Promise<readonly TableDescription[]> {
    return this.#read(describeTables);
  }

  async query(sql: string, limits: QueryLimits, signal: AbortSignal): Promise<QueryResult> {
    const connection = await this.#opened.connect();
    const running = query(connection, sql, limits, AbortSignal.any([signal, this.#closing.signal])).finally(() =>
      connection.closeSync(),
    );
    const ended = running.catch(() => undefined);
    this.#queries.add(ended);
    try {
      return await running;
    } finally {
      this.#queries.delete(ended);
    }
  }

  /** Ends the queries, waits for the commits, then gives the file free. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#queries);
    await this.#opened.session.alone(() => Promise.resolve());
    await this.#opened.lifetime[Symbol.asyncDispose]();
  }

  #table(prefix: string, table: string): Table {
    for (const known of this.#tables.values()) if (known.prefix === prefix && known.table === table) return known;
    throw new Error(`table ${prefix}.${table} was not migrated in this process`);
  }

  #read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { session } = this.#opened;
    return session.alone(() => work(session));
  }

  async #write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { session, staging, file } = this.#opened;
    if (staging === null) throw openedForReading();
    try {
      return await session.transaction(() => work(session));
    } catch (error) {
      throw writingFailed(error, file);
    }
  }
}

function openedForReading(): RollcallError {
  return new RollcallError("UNEXPECTED", "The warehouse is open for reading only.");
}
