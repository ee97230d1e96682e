/**
 * The seam to the warehouse. Rows and checkpoint cross it together, as a batch; nothing else writes.
 *
 * Laws under the types: a `commit` is one transaction (rows, marks, gaps, checkpoint), and committing the same batch twice
 * changes nothing · readers see a table before or after `finish`, never between · `query` cannot write.
 */
import type { Batch, Written } from "../core/batch.ts";
import type { Checkpoint } from "../core/checkpoint.ts";
import type { Attribute, Stream, SyncMode } from "../core/stream.ts";

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

export interface QueryLimits {
  readonly maxRows: number;
}

export interface QueryColumn {
  readonly name: string;
  /** The engine's own name of the type. */
  readonly type: string;
}

/** A result, row-wise, of JSON values: timestamps ISO 8601 with ms and `Z`, integers beyond 2^53 as strings, structs, lists and JSON as JSON. */
export interface QueryResult {
  readonly columns: readonly QueryColumn[];
  readonly rows: readonly (readonly JsonValue[])[];
  /** Whether rows beyond `maxRows` were cut. */
  readonly cut: boolean;
}

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What closes a table's run: noted beside the rows for `rollcall tables`. */
export interface TableNote {
  readonly table: string;
  readonly mode: SyncMode;
  /** ISO 8601, the org's clock. */
  readonly syncedAt: string;
}

/** `write`: creates what is missing, one process at a time. `read`: creates and changes nothing. */
export type OpenMode = "write" | "read";

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
  /** Read-only. Throws `QUERY_REFUSED` with the engine's message for bad SQL and for anything that writes. */
  query(sql: string, limits: QueryLimits, signal: AbortSignal): Promise<QueryResult>;
}
