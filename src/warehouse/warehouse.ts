/**
 * The seam to the warehouse. Rows and checkpoint cross it together, as a batch; nothing else writes.
 *
 * Laws under the types: a `commit` is one transaction (rows, marks, gaps, checkpoint), and committing the same batch twice
 * changes nothing · readers see a table before or after `finish`, never between · no statement of a person writes, or reaches
 * a file · no query makes a commit fail: one that is in the way is stopped.
 */
import type { AttributeColumn } from "../core/attribute.ts";
import type { Batch, Written } from "../core/batch.ts";
import type { Checkpoint } from "../core/checkpoint.ts";
import type { Attribute, Stream, SyncMode } from "../core/stream.ts";
import type { Treatment } from "../core/treatment.ts";

/** The org as the warehouse knows it: the identity is `id` (00o…), the host is for people. */
export interface OrgIdentity {
  readonly id: string;
  readonly host: string;
}

/** What `migrate` changed, for the run's notices. */
export interface SchemaChange {
  readonly table: string;
  readonly column: string;
  readonly change: "added" | "widened";
}

/** A stream and the attributes of the org's own schema, as far as they could be read (null: not readable, use the base). */
export interface TableSpec {
  readonly stream: Stream;
  readonly attributes: readonly Attribute[];
}

/** How a complete reading stands against the live table. */
export interface Unseen {
  /** Rows the table would hold if nothing were deleted: the live ones and, for a staged reading, those that are only staged. */
  readonly held: number;
  /** Rows neither seen by the reading, nor proved gone, nor first stored after the reading began. */
  readonly unseen: number;
  /** Rows the second look has proved gone so far. */
  readonly gone: number;
  /** At most `limit` keys of the unseen. */
  readonly keys: readonly string[];
}

export interface TableDescription {
  readonly schema: string;
  readonly name: string;
  readonly rows: number;
  readonly mode: SyncMode | null;
  /** ISO 8601: when a run last completed this table; null if none has. */
  readonly lastSyncedAt: string | null;
  readonly about: string | null;
}

/** What a person may read: `all`, or `tables`: everything but schema `rollcall` and what the engine says about it. */
export type Access = "all" | "tables";

/** Bounds of a person's statement. Time is counted from its beginning; what it waits for its turn does not count. */
export interface StreamLimits {
  /** `all` unless given. */
  readonly access?: Access;
  /** Beyond it: `QUERY_TIMEOUT`. A stream's time includes what its reader takes, as it holds a version of the tables. */
  readonly timeout_ms?: number;
}

export interface QueryLimits extends StreamLimits {
  readonly maxRows: number;
  /** Of the rows as JSON; the rows beyond are cut. */
  readonly maxBytes?: number;
}

export interface QueryColumn {
  readonly name: string;
  /** The engine's own name of the type. */
  readonly type: string;
}

/** A result, row-wise, of JSON values: timestamps ISO 8601 with ms and `Z`, integers beyond 2^53 as strings, structs, lists and JSON as JSON. */
export interface QueryResult {
  readonly columns: readonly QueryColumn[];
  /** The tables and views that were read, those behind views included, in lower case. Empty in a warehouse that is open for reading. */
  readonly tables: readonly TableName[];
  readonly rows: readonly (readonly JsonValue[])[];
  /** Whether rows beyond `maxRows` or `maxBytes` were cut. */
  readonly cut: boolean;
}

/**
 * A result as it comes. The engine computes the next batch when it is asked for, so any number of rows needs no memory. It ends, and
 * frees what it holds, with the last batch, with leaving the loop, with its disposal or with its signal.
 */
export interface QueryStream extends AsyncDisposable {
  readonly columns: readonly QueryColumn[];
  /** As in `QueryResult`. */
  readonly tables: readonly TableName[];
  /** To be iterated once. Some hundred rows each; values as in `QueryResult`. */
  readonly batches: AsyncIterable<readonly (readonly JsonValue[])[]>;
}

/** A file to be sent and forgotten: it is deleted on disposal. */
export interface ExportedFile extends AsyncDisposable {
  readonly path: string;
  readonly bytes: number;
}

export interface CatalogColumn extends QueryColumn {
  readonly about: string | null;
  readonly nullable: boolean;
}

/** A table or view as people find it. A view's rows are not counted: that would run it. */
export interface CatalogTable extends Omit<TableDescription, "rows"> {
  readonly kind: "table" | "view";
  readonly rows: number | null;
  readonly columns: readonly CatalogColumn[];
}

export interface ColumnProfile extends CatalogColumn {
  /** 0 to 1; null of an empty table. */
  readonly nullShare: number | null;
  /** Approximately; null where the type has no useful one. */
  readonly distinct: number | null;
  readonly least: string | null;
  readonly most: string | null;
  /** The most frequent values, at most 5, long ones shortened. */
  readonly examples: readonly string[];
}

export interface TableProfile {
  readonly rows: number;
  /** How many rows were looked at. Fewer than `rows`: a sample, and every figure is of the sample. */
  readonly sampled: number;
  readonly columns: readonly ColumnProfile[];
}

export interface TableName {
  readonly schema: string;
  readonly name: string;
}

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What closes a table's run: noted beside the rows for `rollcall tables`. */
export interface TableNote {
  readonly table: string;
  readonly mode: SyncMode;
  /** ISO 8601, the org's clock. */
  readonly syncedAt: string;
}

/** How a table's rows are treated, by the column's name. */
export interface StoredTreatment {
  readonly treatment: Treatment;
  /** The columns that the org's own attributes were given. */
  readonly attributes: readonly AttributeColumn[];
}

/** What `treat` did. */
export interface Treated {
  /** Whether anything differed from the treatment before. */
  readonly changed: boolean;
  /** Whether a column is kept again (or hashed after it was dropped): its values come back with the next complete reading. */
  readonly reread: boolean;
}

/** `write`: creates what is missing, one process at a time. `read`: creates and changes nothing. */
export type OpenMode = "write" | "read";

export interface OpenOptions {
  readonly mode: OpenMode;
  /** Whether people ask this process while it imports: the engine then has memory for both. Only with `write`. */
  readonly serving?: boolean;
}

export interface Warehouse extends AsyncDisposable {
  /** Asked, instead of a name. */
  readonly can: { readonly atomicCheckpoint: boolean; readonly concurrentWriters: boolean };
  /** Binds `prefix` to the org, for ever. Throws `PREFIX_TAKEN` when another org's id holds it, and names both. */
  claim(prefix: string, org: OrgIdentity): Promise<void>;
  /** Creates or widens the tables; a new attribute's column is filled for the rows already there. */
  migrate(prefix: string, tables: readonly TableSpec[]): Promise<readonly SchemaChange[]>;
  /** The checkpoint of each table as stored text (see `parseCheckpoint`). */
  checkpoints(prefix: string): Promise<ReadonlyMap<string, string>>;
  commit(prefix: string, batch: Batch, signal: AbortSignal): Promise<Written>;
  /** Counts what the reading has not seen; rows stored at or after `startedAt` (ISO 8601) are never among them. */
  unseen(prefix: string, table: string, reading: string, startedAt: string, limit: number): Promise<Unseen>;
  /** Ends a complete reading: switches staged rows in, deletes what is proved gone, forgets the marks, stores the checkpoint. One transaction. */
  finish(prefix: string, table: string, reading: string, checkpoint: Checkpoint): Promise<Written>;
  /** Forgets a reading (its marks and staged rows) and stores the checkpoint that no longer has it. Live rows stay. */
  abandon(prefix: string, table: string, reading: string, checkpoint: Checkpoint): Promise<void>;
  /** Rows in the live table. */
  count(prefix: string, table: string): Promise<number>;
  note(prefix: string, note: TableNote): Promise<void>;
  tables(): Promise<readonly TableDescription[]>;
  /** What people find: every schema's tables and views with their columns, by schema and name. */
  catalog(access: Access): Promise<readonly CatalogTable[]>;
  /** What the columns of one table hold, on a sample where it is large. Throws `TABLE_UNKNOWN`, and as `query` does. */
  profile(table: TableName, limits: StreamLimits, signal: AbortSignal): Promise<TableProfile>;

  /** How the table is treated as it is stored, and the columns of its profile's attributes. */
  treatment(prefix: string, table: string): Promise<StoredTreatment>;
  /**
   * Treats the stored rows, those of a reading under way included, and remembers the treatment: one transaction. Dropped columns
   * become NULL, also in the profile's JSON and in `_extra`; hashed ones hold what a hashed row from Okta would. What is kept again
   * is not there to be brought back: `reread` is true, and the next run reads a list in full (an archive's rows stay as they are).
   * The table has been migrated or has never been synced; no run of it is under way. Throws `TREATMENT_INVALID`.
   */
  treat(prefix: string, stream: Stream, treatment: Treatment, key: Uint8Array | null): Promise<Treated>;

  /**
   * Read-only, and without files. Throws `QUERY_REFUSED` with the engine's message for bad SQL, for anything that writes and for what
   * the person may not reach; `QUERY_TIMEOUT`; `QUERY_TOO_LARGE` when the memory or the disk set aside does not suffice;
   * `QUERY_STOPPED` when an import needed the memory; `CANCELLED` on the signal.
   */
  query(sql: string, limits: QueryLimits, signal: AbortSignal): Promise<QueryResult>;
  /** As `query`, all rows, as they come. */
  stream(sql: string, limits: StreamLimits, signal: AbortSignal): Promise<QueryStream>;
  /** The result of a query, or a table, as one Parquet file in a place of the warehouse's own. Throws as `query` does. */
  exportParquet(what: string | TableName, limits: StreamLimits, signal: AbortSignal): Promise<ExportedFile>;

  /**
   * Deletes a table's rows, and what is known of them: checkpoint, marks, note, coverage and gaps, in one transaction; the table stays,
   * empty. Resolves to the number of rows. An archive's rows may be lost for ever by that (Okta keeps 90 days of log): only a
   * person's confirmed deletion calls this, the caller has that confirmation and puts it on record, and no run of the table is under way.
   */
  deleteData(prefix: string, table: string): Promise<number>;
  /**
   * Lets the next run read everything again; every row stays. A list's checkpoint goes. A log's stays, as its coverage is in it: the
   * whole of what it covers is to be read once more, as far back as Okta still keeps it. No run of the table is under way.
   */
  forget(prefix: string, table: string): Promise<void>;
  /** Removes an org: its schema with every row, its claim, and all that is known of it. One transaction; the words of `deleteData` apply. */
  dropPrefix(prefix: string): Promise<void>;

  /**
   * Makes or replaces the view `views.<name>`. It reads what `tables` may read, whoever asks. Throws `VIEW_INVALID` for the name (also
   * one that a materialised query has) and `QUERY_REFUSED` for the SQL. `by`: who made it, for its comment.
   */
  putView(name: string, sql: string, by: string): Promise<void>;
  /**
   * Fills the table `views.<name>` with the result and switches it in whole, in place of the view or the table of that name. Resolves to its
   * rows. Of `limits` the time counts; a result of more than ten million rows is refused.
   */
  materialise(name: string, sql: string, by: string, limits: StreamLimits, signal: AbortSignal): Promise<number>;
  /** The tables that a statement would read, those behind views included; nothing is run. Throws `QUERY_REFUSED` where it may not. */
  reads(sql: string): Promise<readonly TableName[]>;
  /** Removes `views.<name>`, view or table; nothing happens where there is none. */
  dropView(name: string): Promise<void>;

  /**
   * Publishes a consistent copy of the whole warehouse as `file`, switched whole: a reader has the old one or the new one. Any program
   * of the engine opens it, and so does Rollcall. Imports and queries go on. Resolves to its bytes; throws `COPY_FAILED`.
   */
  snapshot(file: string, signal: AbortSignal): Promise<number>;
  /**
   * Gives back memory that only speeds up what may come; to be called now and then while no run is under way. Does nothing where
   * statements are inside, or where nothing was asked for since the last call.
   */
  rest(): Promise<void>;
  /**
   * Whether statements are inside: running, waiting, or stopped without having heard it. After disposal too: a thread of the engine is then
   * still in one, and an ordinary exit of the process would wait for it.
   */
  readonly isBusy: boolean;
  /** Publishes each table as `<directory>/<schema>.<table>.parquet`, each switched whole. Throws `TABLE_UNKNOWN`, `COPY_FAILED`. */
  exportTables(tables: readonly TableName[], directory: string, signal: AbortSignal): Promise<void>;
}
