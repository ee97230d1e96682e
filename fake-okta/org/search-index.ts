/**
 * The index that `search` reads: it shows each row as it stood `lag_ms` ago (fact sheet 0.2). Only rows that changed
 * within the lag are remembered; all others are read live.
 */
export class SearchIndex {
  readonly #lag_ms: number;
  readonly #earlier = new Map<string, Array<{ until: number; text: string | null }>>();

  constructor(lag_ms: number) {
    this.#lag_ms = lag_ms;
  }

  /** Remembers what a row was (null: not there) until `now`, when it changed. */
  remember(id: string, text: () => string | null, now: number): void {
    if (this.#lag_ms <= 0) return;
    const versions = (this.#earlier.get(id) ?? []).filter((version) => version.until > now - this.#lag_ms);
    versions.push({ until: now, text: text() });
    this.#earlier.set(id, versions);
  }

  /** Rows that the index still shows otherwise than they are: id to text, or null where it does not know them yet. */
  stale(now: number): ReadonlyMap<string, string | null> {
    const shown = new Map<string, string | null>();
    for (const [id, versions] of this.#earlier) {
      const visible = versions.find((version) => version.until > now - this.#lag_ms);
      if (visible) shown.set(id, visible.text);
      else this.#earlier.delete(id);
    }
    return shown;
  }
}
