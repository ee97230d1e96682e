/** The words of a schedule. */
import type { Frequency, Mode, Schedule } from "./words.ts";

export const FREQUENCY_LABELS: Readonly<Record<Frequency, string>> = {
  never: "Never (only by hand)",
  "5min": "Every 5 minutes",
  "15min": "Every 15 minutes",
  "30min": "Every 30 minutes",
  "1hour": "Every hour",
  "6hour": "Every 6 hours",
  "12hour": "Every 12 hours",
  "24hour": "Every day",
  "7day": "Every 7 days",
  "30day": "Every 30 days",
};

const HOURS: Readonly<Partial<Record<Frequency, number>>> = { "1hour": 1, "6hour": 6, "12hour": 12, "24hour": 24 };
/** What an anchor can move: below an hour the time of day hardly matters. */
export const anchors = (frequency: Frequency): boolean =>
  frequency in HOURS || frequency === "7day" || frequency === "30day";

export function scheduleText(schedule: Schedule): string {
  if (schedule.kind === "cron") return `Cron ${schedule.expression} (${schedule.zone})`;
  const every = FREQUENCY_LABELS[schedule.frequency];
  return schedule.anchor === null ? every : `${every}, at ${schedule.anchor} (${schedule.zone})`;
}

/** `02:00` every 6 hours → 02:00, 08:00, 14:00, 20:00. */
export function clockTimes(frequency: Frequency, anchor: string): readonly string[] {
  const hours = HOURS[frequency];
  const [hour = 0, minute = 0] = anchor.split(":").map(Number);
  if (hours === undefined || hours === 1) return [];
  const times = Array.from({ length: 24 / hours }, (_, index) => (hour + index * hours) % 24).sort((a, b) => a - b);
  return times.map((each) => `${String(each).padStart(2, "0")}:${String(minute).padStart(2, "0")}`);
}

export const MODES: Readonly<Record<Mode, { readonly label: string; readonly about: string }>> = {
  incremental: {
    label: "Incremental",
    about:
      "Reads what changed since the last run and merges it by the primary key. A complete reading now and then finds what left Okta.",
  },
  append: {
    label: "Append-only",
    about: "Reads what is new and adds it; nothing stored is ever changed or shortened. For logs.",
  },
  full_refresh: {
    label: "Full refresh",
    about: "Reads the whole list in each run and stores the differences; what left Okta is marked as deleted.",
  },
};

/** What a method does with a table of these methods: only a log's can add and never shorten, and then none of them shortens it. */
export const aboutMode = (mode: Mode, modes: readonly Mode[]): string =>
  mode === "full_refresh" && modes.includes("append")
    ? "Reads all that Okta still has in each run and adds what is missing. A log is never shortened: what Okta no longer has stays."
    : MODES[mode].about;
