/** The warehouse in a DuckDB file: the seam's methods, each one transaction on one session. */
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { type Batch, NOTHING_WRITTEN, type Written } from "../../core/batch.ts";
import type { Checkpoint } from "../../core/checkpoint.ts";
import { RollcallError, throwIfCancelled } from "../../core/error.ts";
import type { Stream } from "../../core/stream.ts";
import type { Treatment } from "../../core/treatment.ts";
import type {
  Access,
  CatalogTable,
  ExportedFile,
  OrgIdentity,
  QueryLimits,
  QueryResult,
  QueryStream,
  SchemaChange,
  StoredTreatment,
  StreamLimits,
  TableDescription,
  TableName,
  TableNote,
  TableProfile,
  TableSpec,
  Treated,
  Unseen,
  Warehouse,
} from "../warehouse.ts";
import { claimPrefix, storeCheckpoint, storedCheckpoints, storeGap, storeNote } from "./catalog.ts";
import { Ceiling } from "./ceiling.ts";
import { copyDatabase, exported, giveUp, parquetSql, publish, refuseAmbiguous, selectAll } from "./copies.ts";
import { catalog, columnsOf, describeTables } from "./describe.ts";
import { isOutOfMemory, writingFailed } from "./failure.ts";
import { guard, inBrackets } from "./guard.ts";
import { append, INCOMING, merge, takeIn } from "./landing.ts";
import type { Table } from "./layout.ts";
import { Making } from "./making.ts";
import { migrateTable } from "./migrate.ts";
import { profileOf, profileSql } from "./profile.ts";
import { copyOut, type Desk, interruptible, query, Sitting, stream } from "./query.ts";
import { finishReading, forgetReading, mark, type ReadingOf, stageIncoming, unseen } from "./reading.ts";
import { macrosOf, relationsOf } from "./relations.ts";
import { deleteData, dropPrefix, forget } from "./removal.ts";
import { literal, Session } from "./sql.ts";
import type { StagedPages, Staging } from "./staging.ts";
import { storedTreatment, treatStored } from "./treat.ts";
import { Turnstile } from "./turnstile.ts";
import { createViewSchema, dropNamed, makeNamed, mustBeViewName, type Named } from "./views.ts";

/** People's statements at once. Each occupies a thread of Node's pool while it runs; `scripts/with-node.sh` makes room for them. */
const QUERIES_AT_ONCE = 5;

interface Opened {
  readonly file: string;
  /** The database's name in the instance, and the format of its file. */
  readonly catalog: string;
  readonly storage: string;
  readonly session: Session;
  /** A further connection, for a query of its own. */
  readonly connect: () => Promise<DuckDBConnection>;
  /** Null when open for reading. */
  readonly staging: Staging | null;
  /** Null where the engine's memory is not given back. */
  readonly memoryLimit: string | null;
  /** What was opened, to be closed in turn. */
  readonly lifetime: AsyncDisposable;
}

/** What the engine is brought down to for a moment when it rests. */
const RESTING_LIMIT = "32MB";

export class DuckdbWarehouse implements Warehouse {
  readonly can = { atomicCheckpoint: true, concurrentWriters: false };
  readonly #opened: Opened;
  readonly #tables = new Map<string, Table>();
  readonly #turnstile = new Turnstile(QUERIES_AT_ONCE);
  readonly #desk: Desk;
  /** Whether anything was asked of the engine since it last rested. */
  #used = true;
  #rested = false;
  #macros: Promise<ReadonlySet<string>> | null = null;
  readonly #making = new Making();
  /** Copies of the whole warehouse under way: closing waits for them. */
  readonly #copies = new Set<Promise<unknown>>();

  constructor(opened: Opened) {
    this.#opened = opened;
    this.#desk = {
      connect: () => {
        this.#use();
        return opened.connect();
      },
      turnstile: this.#turnstile,
      ceiling: new Ceiling(),
      guarded: opened.staging !== null,
      judge: async (connection, sql, access) => {
        this.#macros ??= this.#look(macrosOf);
        return guard(connection, sql, access, { ...(await relationsOf(connection)), macros: await this.#macros });
      },
    };
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
    const staging = this.#staging();
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

  treatment(prefix: string, table: string): Promise<StoredTreatment> {
    return this.#read((session) => storedTreatment(session, prefix, table));
  }

  treat(prefix: string, of: Stream, treatment: Treatment, key: Uint8Array | null): Promise<Treated> {
    return this.#write((session) => treatStored(session, prefix, of, treatment, key));
  }

  tables(): Promise<readonly TableDescription[]> {
    return this.#read(describeTables);
  }

  catalog(access: Access): Promise<readonly CatalogTable[]> {
    return this.#look((session) => catalog(session, access));
  }

  async profile(table: TableName, limits: StreamLimits, signal: AbortSignal): Promise<TableProfile> {
    const columns = await this.#look((session) => columnsOf(session, table));
    const hidden = limits.access === "tables" && table.schema.toLowerCase() === "rollcall";
    if (columns.length === 0 || hidden) throw unknownTable(table);
    const one = { ...limits, maxRows: 1 };
    const { rows: counted } = await query(this.#desk, `SELECT count(*) FROM ${selectAll(table)}`, one, signal);
    const rows = Number(counted[0]?.[0]);
    const { rows: found } = await query(this.#desk, profileSql(table, columns, rows), one, signal);
    return profileOf(columns, rows, found[0] ?? []);
  }

  query(sql: string, limits: QueryLimits, signal: AbortSignal): Promise<QueryResult> {
    return query(this.#desk, sql, limits, signal);
  }

  stream(sql: string, limits: StreamLimits, signal: AbortSignal): Promise<QueryStream> {
    return stream(this.#desk, sql, limits, signal);
  }

  async exportParquet(what: string | TableName, limits: StreamLimits, signal: AbortSignal): Promise<ExportedFile> {
    const path = this.#staging().path("parquet");
    const sitting = await Sitting.take(this.#desk, limits, signal);
    const sql = typeof what === "string" ? what : selectAll(what);
    await sitting.run(async () => {
      const { connection } = sitting;
      await connection.run("BEGIN TRANSACTION READ ONLY");
      const judged = await this.#desk.judge(connection, sql, limits.access ?? "all");
      await copyOut(connection, parquetSql(inBrackets(judged), path));
    });
    await sitting.end();
    return exported(path);
  }

  deleteData(prefix: string, table: string): Promise<number> {
    return this.#write((session) => deleteData(session, prefix, table));
  }

  forget(prefix: string, table: string): Promise<void> {
    return this.#write((session) => forget(session, prefix, table));
  }

  async dropPrefix(prefix: string): Promise<void> {
    await this.#write((session) => dropPrefix(session, prefix));
    for (const [live, table] of this.#tables) if (table.prefix === prefix) this.#tables.delete(live);
  }

  async putView(view: string, sql: string, by: string): Promise<void> {
    await this.#name({ name: view, sql, by }, "VIEW", {}, new AbortController().signal);
  }

  materialise(view: string, sql: string, by: string, limits: StreamLimits, signal: AbortSignal): Promise<number> {
    return this.#name({ name: view, sql, by }, "TABLE", limits, signal);
  }

  async #name(named: Named, kind: "VIEW" | "TABLE", limits: StreamLimits, signal: AbortSignal): Promise<number> {
    mustBeViewName(named.name);
    return this.#making.run(named.name, signal, (stopped) => this.#make(named, kind, limits, stopped));
  }

  async #make(named: Named, kind: "VIEW" | "TABLE", limits: StreamLimits, signal: AbortSignal): Promise<number> {
    await this.#write(createViewSchema);
    const sitting = await Sitting.take(this.#desk, limits, signal);
    const rows = await sitting.run(() => makeNamed(this.#desk, sitting, named, kind));
    await sitting.end();
    return rows;
  }

  reads(sql: string): Promise<readonly TableName[]> {
    return this.#look(async (_session, connection) => (await this.#desk.judge(connection, sql, "tables")).tables);
  }

  async dropView(view: string): Promise<void> {
    mustBeViewName(view);
    await this.#making.stop(view);
    await this.#write((session) => dropNamed(session, view));
  }

  async snapshot(file: string, signal: AbortSignal): Promise<number> {
    throwIfCancelled(signal);
    const path = this.#staging().path("duckdb");
    const { catalog: name, storage } = this.#opened;
    await this.#look((session) => refuseAmbiguous(session, file));
    const copying = this.#copying(
      this.#look((session, connection) =>
        interruptible(connection, signal, () => copyDatabase(session, name, path, storage)),
      ),
    );
    const { bytes } = await copying.then(() => exported(path)).catch((error: unknown) => giveUp(path, error, signal));
    await publish(path, file);
    return bytes;
  }

  async exportTables(tables: readonly TableName[], directory: string, signal: AbortSignal): Promise<void> {
    for (const table of tables) {
      if ((await this.#look((session) => columnsOf(session, table))).length === 0) throw unknownTable(table);
      await using made = await this.exportParquet(table, {}, signal);
      await publish(made.path, join(directory, `${table.schema}.${table.name}.parquet`));
    }
  }

  /** Ends the queries, waits for the commits, then gives the file free. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turnstile.close();
    await Promise.all(this.#copies);
    await this.#opened.session.alone(() => Promise.resolve());
    await this.#opened.lifetime[Symbol.asyncDispose]();
  }

  async #copying<T>(copy: Promise<T>): Promise<T> {
    const ended = copy.catch(() => undefined);
    this.#copies.add(ended);
    try {
      return await copy;
    } finally {
      this.#copies.delete(ended);
    }
  }

  /** On a connection of its own, which waits for no commit. */
  async #look<T>(work: (session: Session, connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#opened.connect();
    const session = new Session(connection);
    try {
      return await work(session, connection);
    } finally {
      session.close();
    }
  }

  #staging(): Staging {
    const { staging } = this.#opened;
    if (staging === null) throw openedForReading();
    return staging;
  }

  #table(prefix: string, table: string): Table {
    for (const known of this.#tables.values()) if (known.prefix === prefix && known.table === table) return known;
    throw new Error(`table ${prefix}.${table} was not migrated in this process`);
  }

  get isBusy(): boolean {
    return !this.#turnstile.isEmpty;
  }

  async rest(): Promise<void> {
    const { memoryLimit, session } = this.#opened;
    const used = this.#used;
    this.#used = false;
    if (memoryLimit === null || used || this.#rested || !this.#turnstile.isEmpty) return;
    using _ = await this.#turnstile.clear();
    // Results that nobody looks at any more hold the engine's memory until they are collected, and V8 would keep the pages that an
    // import filled. Absent where Node was not started by `scripts/with-node.sh`.
    await globalThis.gc?.({ type: "major", execution: "async", flavor: "last-resort" });
    await session.alone(async () => {
      // The engine keeps what it has read up to its limit, and gives it back when the limit falls; what it cannot give back it keeps.
      await session.run(`SET GLOBAL memory_limit = ${literal(RESTING_LIMIT)}`).catch(() => undefined);
      await session.run(`SET GLOBAL memory_limit = ${literal(memoryLimit)}`);
    });
    this.#rested = true;
  }

  #use(): void {
    this.#used = true;
    this.#rested = false;
  }

  #read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { session } = this.#opened;
    this.#use();
    return session.alone(() => work(session));
  }

  /** One transaction, all or nothing. When it lacks memory the people's statements are stopped, and it is tried once more. */
  async #write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { session, file } = this.#opened;
    this.#staging();
    this.#use();
    try {
      return await session.transaction(
        () => work(session),
        async (error) => (isOutOfMemory(error) ? this.#turnstile.clear() : null),
      );
    } catch (error) {
      throw writingFailed(error, file);
    }
  }
}

function unknownTable({ schema, name }: TableName): RollcallError {
  return new RollcallError("TABLE_UNKNOWN", `The warehouse has no table ${schema}.${name}.`);
}

function openedForReading(): RollcallError {
  return new RollcallError("UNEXPECTED", "The warehouse is open for reading only.");
}
