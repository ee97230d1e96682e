/** What every display of a run has in common: what it can be told, its marks, and progress in figures. */
import type { Progress, RunEvent, TableStatus } from "../core/run.ts";
import { count, span } from "./number.ts";

export interface Display extends Disposable {
  show(event: RunEvent): void;
  /** A sentence about the run, for people: above the bars, or a line of its own. */
  say(text: string): void;
}

export const MARKS: Readonly<Record<TableStatus, string>> = {
  completed: "✓",
  skipped: "–",
  failed: "✗",
  held: "!",
  cancelled: "■",
};

/** What a table's progress says in figures, the most wanted first: a narrow terminal cuts from the right. */
export function figures(progress: Progress): string[] {
  const { fraction, eta_s, bucket } = progress;
  const said = [`${count(progress.read)} rows`, `${count(progress.rowsPerSecond)}/s`];
  if (fraction !== null) said.unshift(`${Math.floor(fraction * 100)}%`.padStart(4));
  if (eta_s !== null) said.push(`ETA ${span(eta_s)}`);
  if (bucket !== null && bucket.remaining !== null)
    said.push(`${count(bucket.remaining)} of ${bucket.limit === null ? "?" : count(bucket.limit)} requests left`);
  return [...said, progress.phase];
}
