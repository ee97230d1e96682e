/** How numbers, times and durations are written, everywhere the same. */

const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** 1,234,567 */
export const count = (value: number): string => whole.format(value);
/** 1.2M */
export const countShort = (value: number): string => short.format(value);
/** 37% */
export const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** `2026-11-01 12:00` in the reader's own zone; the exact instant belongs into a title. */
export function dateTime(iso: string): string {
  const at = new Date(iso);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** `3 h 20 min`: the two largest units. */
export function duration(seconds: number): string {
  if (seconds < 1) return "less than 1 s";
  let left = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const many = Math.floor(left / size);
    if (many > 0) parts.push(`${many} ${unit}`);
    left -= many * size;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

/** `5 min ago`, `in 2 h`. */
export function relative(iso: string, now_ms = Date.now()): string {
  const seconds = (Date.parse(iso) - now_ms) / 1000;
  if (Math.abs(seconds) < 5) return "now";
  const [first = ""] = duration(Math.abs(seconds)).split(/(?<=(?:d|h|min|s)) /);
  return seconds < 0 ? `${first} ago` : `in ${first}`;
}
