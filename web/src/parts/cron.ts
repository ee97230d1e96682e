/** What is surely wrong with a cron expression, said while it is written. The server, which reckons with it, has the last word. Pure. */
import type { Schedule } from "./words.ts";

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words: readonly string[];
  /** `L`, `W` and `#` have a meaning here that only the server reads. */
  readonly hasSigns: boolean;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const FIELDS: readonly Field[] = [
  { name: "minute", least: 0, most: 59, words: [], hasSigns: false },
  { name: "hour", least: 0, most: 23, words: [], hasSigns: false },
  { name: "day", least: 1, most: 31, words: [], hasSigns: true },
  { name: "month", least: 1, most: 12, words: MONTHS, hasSigns: false },
  { name: "weekday", least: 0, most: 7, words: WEEKDAYS, hasSigns: true },
];

export function scheduleProblem(schedule: Schedule): string | null {
  return schedule.kind === "cron" ? cronProblem(schedule.expression.trim()) : null;
}

function cronProblem(expression: string): string | null {
  // `@daily` and the like.
  if (expression.startsWith("@")) return null;
  const parts = expression.split(/\s+/);
  if (parts.length !== FIELDS.length) return "Five parts, separated by blanks.";
  const wrong = FIELDS.find((field, place) => !parts[place]!.split(",").every((piece) => isPiece(piece, field)));
  return wrong === undefined ? null : `The ${wrong.name} is not understood: ${parts[FIELDS.indexOf(wrong)]}.`;
}

/** One value, a range or all, each with a step or without. */
function isPiece(piece: string, field: Field): boolean {
  if (field.hasSigns && /[LW#]/i.test(piece)) return true;
  const [range = "", step = "1", ...more] = piece.split("/");
  if (more.length > 0 || !/^[1-9]\d*$/.test(step)) return false;
  if (range === "*") return true;
  const ends = range.split("-");
  return ends.length <= 2 && ends.every((end) => isValue(end, field));
}

function isValue(text: string, { least, most, words }: Field): boolean {
  if (words.includes(text.toUpperCase())) return true;
  return /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most;
}
