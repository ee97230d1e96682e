/** One connection to DuckDB, and how names and texts are written in its SQL. */
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";

/** A name as SQL, whatever is in it. */
export function name(...parts: readonly string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join(".");
}

/** A text as SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A row as DuckDB's own values, by column name. */
export type Row = Readonly<Record<string, DuckDBValue>>;

/**
 * One connection, one statement at a time. Whoever needs several statements to stand together takes `transaction`; everything
 * on one session waits for it.
 */
export class Session {
  readonly #connection: DuckDBConnection;
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /**
   * Runs `work` alone, in one transaction: all of it or nothing. After a failure for which `again` made room it is run once more, before
   * anything else that waits for the session.
   */
  transaction<T>(
    work: () => Promise<T>,
    again: (error: unknown) => Promise<Disposable | null> = () => Promise.resolve(null),
  ): Promise<T> {
    return this.alone(async () => {
      try {
        return await this.#attempt(work);
      } catch (error) {
        using room = await again(error);
        if (room === null) throw error;
        return await this.#attempt(work);
      }
    });
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    await this.run("BEGIN");
    try {
      const result = await work();
      await this.run("COMMIT");
      return result;
    } catch (error) {
      // After a failed COMMIT there is nothing to roll back; the first error is the one to tell.
      await this.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  /** Runs `work` when everything asked for before it has ended. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Runs one statement; resolves to the number of rows it changed. */
  async run(sql: string, values: readonly DuckDBValue[] = []): Promise<number> {
    const result = await this.#connection.run(sql, [...values]);
    return result.rowsChanged;
  }

  async rows(sql: string, values: readonly DuckDBValue[] = []): Promise<readonly Row[]> {
    const reader = await this.#connection.runAndReadAll(sql, [...values]);
    return reader.getRowObjects();
  }

  /** The one number that the statement selects. */
  async count(sql: string, values: readonly DuckDBValue[] = []): Promise<number> {
    const [row] = await this.rows(sql, values);
    return Number(Object.values(row ?? {})[0] ?? 0);
  }

  close(): void {
    this.#connection.closeSync();
  }
}
