/**
 * Pages on their way in: files beside the database, which `read_json` reads natively and in parallel. (DuckDB parses JSON only
 * from files.) They hold people's data, so nobody else may read them, and they go as soon as they are read.
 */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "../../core/batch.ts";
import type { Table } from "./layout.ts";
import { literal } from "./sql.ts";

/** The least room for one row, bytes. DuckDB allots twice this for each thread. */
const ROOM = 4 << 20;

/** The directory of one open warehouse; its life is the warehouse's. */
export class Staging implements AsyncDisposable {
  readonly directory: string;
  #batches = 0;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Opens it empty: what a killed process left there was never committed. */
  static async open(directory: string): Promise<Staging> {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { mode: 0o700 });
    return new Staging(directory);
  }

  /** Writes the pages out, in their order. Dispose of the answer when they are read. */
  async put(pages: readonly Page[]): Promise<StagedPages> {
    this.#batches += 1;
    const directory = join(this.directory, `batch-${this.#batches}`);
    await mkdir(directory, { mode: 0o700 });
    const staged = new StagedPages(directory);
    try {
      for (const page of pages) if (page.rows > 0) await staged.add(page);
      return staged;
    } catch (error) {
      await staged[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
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

  async add(page: Page): Promise<void> {
    const file = join(this.#directory, `${String(this.#files.length).padStart(4, "0")}-${page.readAt_ms}.json`);
    await writeFile(file, page.bytes, { mode: 0o600 });
    this.#files.push(file);
    this.#largest = Math.max(this.#largest, page.bytes.byteLength);
    this.#rows += page.rows;
  }

  get rows(): number {
    return this.#rows;
  }

  /**
   * The `FROM` that reads the rows, in their order: the declared columns under Okta's names, and `read_at` (TIMESTAMPTZ).
   * Undefined for a batch without rows.
   */
  source(table: Table): string {
    const columns = table.columns.map(({ field, type }) => `${literal(field)}: ${literal(type)}`).join(", ");
    // A row cannot be larger than its page, so this always suffices.
    const room = Math.max(ROOM, this.#largest + 1);
    return `(SELECT *, make_timestamptz(CAST(split_part(parse_filename(filename, true), '-', 2) AS BIGINT) * 1000) AS read_at
      FROM read_json([${this.#files.map(literal).join(", ")}], columns = {${columns}}, format = 'array', filename = true, maximum_object_size = ${room}))`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}
