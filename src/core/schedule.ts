/** When a table is due, computed from its row and nothing else: no state that could drift. Pure; all instants are epoch ms. */
import { z } from "zod";
import { cronInterval_ms, cronProblem, lastCron_ms, nextCron_ms } from "./cron.ts";
import { RollcallError } from "./error.ts";
import type { SyncMode } from "./stream.ts";
import { DAY_MS, instantOf, isZone, localDay } from "./wall-clock.ts";

export const FREQUENCIES = [
  "never",
  "5min",
  "15min",
  "30min",
  "1hour",
  "6hour",
  "12hour",
  "24hour",
  "7day",
  "30day",
] as const;
export type Frequency = (typeof FREQUENCIES)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const FREQUENCY: Readonly<Record<Frequency, { readonly interval_ms: number | null; readonly words: string }>> = {
  never: { interval_ms: null, words: "only when asked" },
  "5min": { interval_ms: 5 * MINUTE_MS, words: "every 5 minutes" },
  "15min": { interval_ms: 15 * MINUTE_MS, words: "every 15 minutes" },
  "30min": { interval_ms: 30 * MINUTE_MS, words: "every 30 minutes" },
  "1hour": { interval_ms: HOUR_MS, words: "every hour" },
  "6hour": { interval_ms: 6 * HOUR_MS, words: "every 6 hours" },
  "12hour": { interval_ms: 12 * HOUR_MS, words: "every 12 hours" },
  "24hour": { interval_ms: DAY_MS, words: "every 24 hours" },
  "7day": { interval_ms: 7 * DAY_MS, words: "every 7 days" },
  "30day": { interval_ms: 30 * DAY_MS, words: "every 30 days" },
};

/** Days are counted from Monday, 5 January 1970: what comes every 7 days at a time of day comes on Mondays. */
const FIRST_DAY = 4;

const Zone = z.string().refine(isZone, "Not a time zone: use an IANA name such as Europe/Zurich, or UTC.");
const Anchor = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "Not a time of day: use HH:MM, from 00:00 to 23:59.");

/**
 * `every`: `anchor` is a time of day (`HH:MM`) in `zone` that one of the runs begins at; null: spread by the seed. Up to one hour
 * the anchor has no meaning and is passed over. `cron`: five fields, on the clocks of `zone`.
 */
export const Schedule = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("every"),
      frequency: z.enum(FREQUENCIES),
      anchor: Anchor.nullable().default(null),
      zone: Zone,
    }),
    z.strictObject({ kind: z.literal("cron"), expression: z.string().max(200), zone: Zone }),
  ])
  .superRefine((schedule, context) => {
    if (schedule.kind !== "cron" || !isZone(schedule.zone)) return;
    const problem = cronProblem(schedule);
    if (problem !== null) context.addIssue({ code: "custom", message: problem, path: ["expression"] });
  });
export type Schedule = Readonly<z.infer<typeof Schedule>>;

/** What a table is given until somebody chooses: lists every 6 hours, the log every 15 minutes. */
export function defaultSchedule(mode: SyncMode): Schedule {
  return { kind: "every", frequency: mode === "append" ? "15min" : "6hour", anchor: null, zone: "UTC" };
}

/** Throws SCHEDULE_INVALID with a sentence for the person who typed it. */
export function checkSchedule(schedule: unknown): Schedule {
  const { success, data, error } = Schedule.safeParse(schedule);
  if (success) return data;
  throw new RollcallError("SCHEDULE_INVALID", error.issues.map(({ message }) => message).join(" "));
}

/** The latest occurrence at or before `now_ms`; null: never. `seed` (such as the source's id and the table) spreads those without an anchor. */
export function lastDue_ms(schedule: Schedule, seed: string, now_ms: number): number | null {
  if (schedule.kind === "cron") return lastCron_ms(schedule, now_ms);
  const { interval_ms: interval } = FREQUENCY[schedule.frequency];
  if (interval === null) return null;
  const anchored = anchoredOf(schedule);
  if (anchored !== null) return lastAnchored_ms(anchored, now_ms);
  const offset = jitter_ms(seed, interval);
  return Math.floor((now_ms - offset) / interval) * interval + offset;
}

/** The first occurrence after `now_ms`; null: never. */
export function nextDue_ms(schedule: Schedule, seed: string, now_ms: number): number | null {
  if (schedule.kind === "cron") return nextCron_ms(schedule, now_ms);
  const { interval_ms: interval } = FREQUENCY[schedule.frequency];
  if (interval === null) return null;
  const anchored = anchoredOf(schedule);
  if (anchored !== null) return nextAnchored_ms(anchored, now_ms);
  const offset = jitter_ms(seed, interval);
  return (Math.floor((now_ms - offset) / interval) + 1) * interval + offset;
}

/** How far apart runs are meant to be now; null: never. What has not been completed for twice as long is stale. */
export function interval_ms(schedule: Schedule, now_ms: number): number | null {
  if (schedule.kind === "every") return FREQUENCY[schedule.frequency].interval_ms;
  return cronInterval_ms(schedule, now_ms);
}

export interface Standing {
  readonly schedule: Schedule;
  readonly seed: string;
  /** When it was last begun, whatever came of it; null: never. */
  readonly lastBegun_ms: number | null;
  /** Not before this, after a passing failure; null: by the schedule. */
  readonly retryAt_ms: number | null;
  readonly now_ms: number;
}

/** An instant of the past that is this far in the future is the mark of a clock that was wrong: what it says does not count. */
export const CLOCK_WRONG_MS = 5 * MINUTE_MS;

/** The longest that a retry waits: one set for later is the mark of a clock that was wrong, too. */
export const RETRY_MOST_MS = HOUR_MS;

/**
 * Whether to begin now. A retry decides alone, as long as one is set. What was never begun is due at once, unless its frequency is
 * `never`. Else it is due when an occurrence has come since the last begin: however many came during a downtime, it is begun once.
 */
export function isDue({ schedule, seed, lastBegun_ms, retryAt_ms, now_ms }: Standing): boolean {
  if (retryAt_ms !== null && retryAt_ms <= now_ms + RETRY_MOST_MS) return now_ms >= retryAt_ms;
  const last = lastDue_ms(schedule, seed, now_ms);
  if (last === null) return lastBegun_ms === null && schedule.kind === "cron";
  return lastBegun_ms === null || last > lastBegun_ms || lastBegun_ms > now_ms + CLOCK_WRONG_MS;
}

/** The schedule in words: `every 6 hours, at 03:30, 09:30, 15:30 and 21:30 (Europe/Zurich)`. */
export function describe(schedule: Schedule): string {
  if (schedule.kind === "cron") return `by the cron expression ${schedule.expression} (${schedule.zone})`;
  const { words } = FREQUENCY[schedule.frequency];
  const anchored = anchoredOf(schedule);
  if (anchored === null) return words;
  const times = anchored.times_ms.map(clockTime);
  const listed = times.length === 1 ? times[0] : `${times.slice(0, -1).join(", ")} and ${times.at(-1)}`;
  return `${words}, ${anchored.everyDays === 7 ? "on Mondays " : ""}at ${listed} (${anchored.zone})`;
}

/** Local times of day, ascending, on every so many days. */
interface Anchored {
  readonly zone: string;
  readonly times_ms: readonly number[];
  readonly everyDays: number;
}

function anchoredOf(schedule: Extract<Schedule, { kind: "every" }>): Anchored | null {
  const { interval_ms: interval } = FREQUENCY[schedule.frequency];
  const { anchor, zone } = schedule;
  // Undefined: a value that has not been through the schema yet, which fills it in.
  if (anchor === null || anchor === undefined || interval === null || interval <= HOUR_MS) return null;
  const [hours, minutes] = anchor.split(":").map(Number);
  const first = hours! * HOUR_MS + minutes! * MINUTE_MS;
  const count = Math.max(1, DAY_MS / interval);
  const times_ms = Array.from({ length: count }, (_, at) => (first + at * interval) % DAY_MS).toSorted((a, b) => a - b);
  return { zone, times_ms, everyDays: Math.max(1, interval / DAY_MS) };
}

function lastAnchored_ms({ zone, times_ms, everyDays }: Anchored, now_ms: number): number {
  // From the day after: clocks set back across midnight show it before today's last hour.
  for (let day = fixedDay(localDay(zone, now_ms) + 1, everyDays); ; day -= everyDays) {
    const found = times_ms.map((time) => instantOf(zone, day, time)).findLast((at_ms) => at_ms <= now_ms);
    if (found !== undefined) return found;
  }
}

function nextAnchored_ms({ zone, times_ms, everyDays }: Anchored, now_ms: number): number {
  for (let day = fixedDay(localDay(zone, now_ms), everyDays); ; day += everyDays) {
    const found = times_ms.map((time) => instantOf(zone, day, time)).find((at_ms) => at_ms > now_ms);
    if (found !== undefined) return found;
  }
}

/** The last day at or before `day` on which something happens. */
function fixedDay(day: number, everyDays: number): number {
  return Math.floor((day - FIRST_DAY) / everyDays) * everyDays + FIRST_DAY;
}

/** The same place inside the interval for the same seed, on every machine; other seeds are spread evenly over it. */
function jitter_ms(seed: string, interval: number): number {
  // FNV-1a, then the finalizer of MurmurHash3: seeds that differ in their last letter end up far apart.
  let hash = 0x811c9dc5;
  for (const character of seed) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return Math.floor((((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * interval);
}

function clockTime(time_ms: number): string {
  const minutes = time_ms / MINUTE_MS;
  return [minutes / 60, minutes % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
}
