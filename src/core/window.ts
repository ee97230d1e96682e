/** Spans of time on the server's clock: what of the log is held, what is still to be read. Half-open, in epoch ms inside, ISO outside. */
import type { Span } from "./checkpoint.ts";

/** ISO 8601 UTC with milliseconds. */
export function iso(epoch_ms: number): string {
  return new Date(epoch_ms).toISOString();
}

/** Epoch ms of an ISO 8601 time that a checkpoint holds. */
export function epoch(time: string): number {
  return Date.parse(time);
}

/** The union, sorted and disjoint; spans that touch become one. */
export function union(spans: readonly Span[]): readonly Span[] {
  const sorted = spans
    .filter((span) => epoch(span.from) < epoch(span.to))
    .sort((a, b) => epoch(a.from) - epoch(b.from));
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && epoch(span.from) <= epoch(last.to)) {
      if (epoch(span.to) > epoch(last.to)) merged[merged.length - 1] = { from: last.from, to: span.to };
    } else {
      merged.push({ from: span.from, to: span.to });
    }
  }
  return merged;
}

/** What of `whole` none of `held` covers. */
export function missing(whole: Span, held: readonly Span[]): readonly Span[] {
  const holes: Span[] = [];
  let from = epoch(whole.from);
  for (const span of union(held)) {
    if (epoch(span.to) <= from) continue;
    if (epoch(span.from) >= epoch(whole.to)) break;
    if (epoch(span.from) > from) holes.push({ from: iso(from), to: span.from });
    from = Math.max(from, epoch(span.to));
  }
  if (from < epoch(whole.to)) holes.push({ from: iso(from), to: whole.to });
  return holes;
}

/** Cuts a span into at most `parts` of equal length, none shorter than `least_ms` unless the span itself is. */
export function split(span: Span, parts: number, least_ms: number): readonly Span[] {
  const from = epoch(span.from);
  const length = epoch(span.to) - from;
  if (length <= 0) return [];
  const count = Math.max(1, Math.min(parts, Math.floor(length / least_ms)));
  return Array.from({ length: count }, (_, index) => ({
    from: iso(from + Math.floor((length * index) / count)),
    to: iso(from + Math.floor((length * (index + 1)) / count)),
  }));
}
