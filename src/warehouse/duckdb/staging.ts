/**
 * Pages on their way in: files beside the database, which `read_json` reads natively and in parallel. (DuckDB parses JSON only
 * from files.) They hold people's data, so nobody else may read them, and they go as soon as they are read.
 */
import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "../../core/batch.ts";
import { SYNCED_AT } from "../../core/stream.ts";
import type { Table } from "./layout.ts";
import { literal, name } from "./sql.ts";

/** The least room for one row, bytes. DuckDB allots twice this for each thread. */
const ROOM = 4 << 20;

/**
 * The directory of one open warehouse; its life is the warehouse's. What is in use is a child of an unguessable name: the only place
 * that the engine may reach, and that no statement could name, even one that passed the guard.
 */
export class Staging implements AsyncDisposable {
  readonly directory: string;
  readonly #root: string;
  #ours = false;
  #batches = 0;
  #files = 0;

  constructor(root: string) {
    this.#root = root;
    this.directory = join(root, randomBytes(16).toString("hex"));
  }

  /** Makes it empty: what a killed process left there was never committed. To be called by who has the lock. */
  async empty(): Promise<void> {
    this.#ours = true;
    await rm(this.#root, { recursive: true, force: true });
    await mkdir(this.#root, { mode: 0o700 });
    await mkdir(this.directory, { mode: 0o700 });
  }

  /** A path that no file has yet, for the engine to write to. */
  path(ending: string): string {
    this.#files += 1;
    return join(this.directory, `file-${this.#files}.${ending}`);
  }

  /** Writes the pages out, in their order. Dispose of the answer when they are read. */
  async put(pages: readonly Page[]): Promise<StagedPages> {
    this.#batches += 1;
    const directory = join(this.directory, `batch-${this.#batches}`);
    await mkdir(directory, { mode: 0o700 });
    const staged = new StagedPages(directory);
    try {
      await staged.add(pages.filter(({ rows }) => rows > 0));
      return staged;
    } catch (error) {
      await staged[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ours) await rm(this.#root, { recursive: true, force: true });
  }
}

/** The pages of one batch as files, named `<place>-<readAt_ms>.json`. */
export class StagedPages implements AsyncDisposable {
  readonly #directory: string;
  readonly #files: string[] = [];
  #largest = 0;
  #rows = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Writes them all at once: one after the other, each would wait for whatever the event loop is busy with, and DuckDB for all of them. */
  async add(pages: readonly Page[]): Promise<void> {
    const writes = pages.map((page, place) => {
      const file = join(this.#directory, `${String(place).padStart(4, "0")}-${page.readAt_ms}.json`);
      this.#files.push(file);
      this.#largest = Math.max(this.#largest, page.bytes.byteLength);
      this.#rows += page.rows;
      return writeFile(file, page.bytes, { mode: 0o600 });
    });
    // Every write has ended before a failure is told: nothing appears in a folder that is being removed.
    const failed = (await Promise.allSettled(writes)).find((write) => write.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  get rows(): number {
    return this.#rows;
  }

  /** The rows as a subquery, in their order: the declared columns and `_synced_at`, under their SQL names. */
  source(table: Table): string {
    const columns = table.columns.map(({ field, type }) => `${literal(field)}: ${literal(type)}`).join(", ");
    const renamed = table.columns.map(({ field, column }) => `${name(field)} AS ${name(column)}`).join(", ");
    const readAt = "make_timestamptz(CAST(split_part(parse_filename(filename, true), '-', 2) AS BIGINT) * 1000)";
    // A row cannot be larger than its page, so this room always suffices.
    const room = Math.max(ROOM, this.#largest + 1);
    return `(SELECT ${renamed}, ${readAt} AS ${name(SYNCED_AT)} FROM read_json([${this.#files.map(literal).join(", ")}],
      columns = {${columns}}, format = 'array', filename = true, maximum_object_size = ${room}))`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}
