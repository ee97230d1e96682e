/** Cron expressions in a time zone. Pure: the library only computes. All instants are epoch ms. */
import { Cron } from "croner";

export interface CronSchedule {
  readonly expression: string;
  readonly zone: string;
}

/** An expression, parsed, with the gap between two occurrences that was asked for last: most questions fall into the same. */
interface Parsed {
  readonly cron: Cron;
  gap: { readonly last_ms: number | null; readonly next_ms: number | null } | null;
}

/** Expressions kept parsed: as many as anybody's tables have. */
const KEPT_MAX = 500;
const kept = new Map<string, Parsed>();

/** The library reckons in whole seconds. */
const SECOND_MS = 1000;
/** Any instant does: five fields know no year, and what comes at all comes again. */
const SOME_TIME_MS = Date.UTC(2026, 0, 1);

function parsed({ expression, zone }: CronSchedule): Parsed {
  const key = `${zone} ${expression}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  // `no-wildcard`: named hours are wall-clock times, run once also when a change of the clocks skips or repeats them.
  const cron = new Cron(expression, { timezone: zone, mode: "5-part", fixedTimeRule: "no-wildcard", paused: true });
  const made = { cron, gap: null };
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(key, made);
  return made;
}

/** What is wrong with the expression, as a sentence; null when nothing is. The zone is taken to be one. */
export function cronProblem({ expression, zone }: CronSchedule): string | null {
  if (!expression.startsWith("@") && expression.trim().split(/\s+/).length !== 5)
    return `“${expression}” does not have five fields: minute, hour, day of month, month, day of week.`;
  // The library fills it in with the time at which it reads the expression.
  if (expression.includes("?")) return `“${expression}” has a “?”; use “*” for any value.`;
  try {
    return nextCron_ms({ expression, zone }, SOME_TIME_MS) === null ? `“${expression}” never comes.` : null;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
    return `“${expression}” is not understood: ${reason}`;
  }
}

/** The first occurrence after `at_ms`; null where there is none. */
export function nextCron_ms(schedule: CronSchedule, at_ms: number): number | null {
  return gapAround(schedule, at_ms).next_ms;
}

/** The last occurrence at or before `at_ms`; null where there is none. */
export function lastCron_ms(schedule: CronSchedule, at_ms: number): number | null {
  return gapAround(schedule, at_ms).last_ms;
}

function gapAround(schedule: CronSchedule, at_ms: number): NonNullable<Parsed["gap"]> {
  const of = parsed(schedule);
  const { gap } = of;
  if (gap !== null && at_ms >= (gap.last_ms ?? Infinity) && at_ms < (gap.next_ms ?? -Infinity)) return gap;
  const [last_ms = null] = lastRuns(of.cron, at_ms, 1);
  of.gap = { last_ms, next_ms: of.cron.nextRun(new Date(at_ms))?.getTime() ?? null };
  return of.gap;
}

/**
 * How far apart occurrences are around `at_ms`; null where there are not two. An expression may know office hours and weekends: the
 * longest of three gaps, the one that `at_ms` is in and the two before.
 */
export function cronInterval_ms(schedule: CronSchedule, at_ms: number): number | null {
  const next = nextCron_ms(schedule, at_ms);
  const last = lastRuns(parsed(schedule).cron, at_ms, 3);
  const around = next === null ? last : [next, ...last];
  const gaps = around.slice(1).map((earlier, index) => around[index]! - earlier);
  return gaps.length === 0 ? null : Math.max(...gaps);
}

/** The occurrences at or before `at_ms`, the latest first. */
function lastRuns(cron: Cron, at_ms: number, count: number): readonly number[] {
  // The library's “previous” is strictly before.
  const before = new Date(Math.floor(at_ms / SECOND_MS) * SECOND_MS + SECOND_MS);
  return cron.previousRuns(count, before).map((at) => at.getTime());
}
