/** A figure that Rollcall promises: what is measured, the limit, and what stands beside it. `main.ts` makes a table of them. */

export interface Figure {
  readonly name: string;
  /** What is measured, in a sentence. */
  readonly about: string;
  /** The limit in words; null for what is only reported. */
  readonly target: string | null;
  /** Measures at `scale` times the full size (0 to 1). Throws when what was to be measured went wrong. */
  run(scale: number): Promise<Measured>;
}

export interface Measured {
  readonly seen: string;
  /** Null where there is no target. */
  readonly met: boolean | null;
  /** The peer and what else a reader needs to judge the figure, a line each. */
  readonly beside: readonly string[];
}

/** So many rows of a full-size figure, at least 1,000. */
export function sized(full: number, scale: number): number {
  return Math.max(1_000, Math.round(full * scale));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

export function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}
