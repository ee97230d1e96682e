/** One request that the org has seen, and what it answered. */
export interface RequestRecord {
  /** From 1, in order of arrival. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly bucket: string | undefined;
  /** `SSWS`, `Bearer`, `DPoP` or undefined: the scheme of the credential sent, never the credential. */
  readonly scheme: string | undefined;
  /** The `Host` header. */
  readonly host: string | undefined;
  /** Org time of the answer, epoch ms. */
  readonly at_ms: number;
}

/** The latest requests (memory is bounded) and totals that are never cut. */
export class RequestLog {
  static readonly kept = 20_000;
  readonly #recent: RequestRecord[] = [];
  readonly #byStatus = new Map<number, number>();
  #total = 0;

  add(record: Omit<RequestRecord, "number">): void {
    this.#total++;
    this.#byStatus.set(record.status, (this.#byStatus.get(record.status) ?? 0) + 1);
    this.#recent.push({ ...record, number: this.#total });
    if (this.#recent.length > 2 * RequestLog.kept) this.#recent.splice(0, this.#recent.length - RequestLog.kept);
  }

  /** All requests since the start or the last `clear`. */
  get total(): number {
    return this.#total;
  }

  get byStatus(): ReadonlyMap<number, number> {
    return this.#byStatus;
  }

  /** At least the latest 20,000, oldest first. */
  get recent(): readonly RequestRecord[] {
    return this.#recent;
  }

  /** How many of the recent ones fit. */
  count(fits: (record: RequestRecord) => boolean): number {
    return this.#recent.filter(fits).length;
  }

  clear(): void {
    this.#recent.length = 0;
    this.#byStatus.clear();
    this.#total = 0;
  }
}
