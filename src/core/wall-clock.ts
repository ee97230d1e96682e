/** Local time in a zone, as instants. Knows nothing but what Intl knows of zones; pure. All instants are epoch ms. */

export const DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether `zone` names a time zone (IANA: `Europe/Zurich`, `UTC`). An offset such as `+02:00` is none: it knows no daylight saving. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  // No bound needed: only names of zones get here, and there are a few hundred.
  formats.set(zone, made);
  return made;
}

/** How far the zone's clocks are ahead of UTC at that instant. */
export function offset_ms(zone: string, at_ms: number): number {
  if (zone === "UTC") return 0;
  const found = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(formatOf(zone).format(at_ms));
  if (found === null) throw new RangeError(`No offset of ${zone} at ${at_ms}.`);
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = found;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}

/** The local calendar's day at that instant, counted from 1970-01-01. */
export function localDay(zone: string, at_ms: number): number {
  return Math.floor((at_ms + offset_ms(zone, at_ms)) / DAY_MS);
}

/**
 * When the zone's clocks show that time of that day. A time that is skipped is the first instant after the gap; a time that comes
 * twice is the first of the two.
 */
export function instantOf(zone: string, day: number, timeOfDay_ms: number): number {
  const shown_ms = day * DAY_MS + timeOfDay_ms;
  // No zone is a day away from UTC: one of these is before a change of the clocks near that time, the other after it.
  const before = offset_ms(zone, shown_ms - DAY_MS);
  const after = offset_ms(zone, shown_ms + DAY_MS);
  if (before === after) return shown_ms - before;
  const candidates = [shown_ms - Math.max(before, after), shown_ms - Math.min(before, after)];
  const shows = candidates.find((at_ms) => at_ms + offset_ms(zone, at_ms) === shown_ms);
  return shows ?? changeBetween(zone, candidates[0]!, candidates[1]!);
}

/** The first instant of the later offset; the offsets at the ends differ. */
function changeBetween(zone: string, from_ms: number, to_ms: number): number {
  const later = offset_ms(zone, to_ms);
  let [low, high] = [from_ms, to_ms];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offset_ms(zone, middle) === later) high = middle;
    else low = middle;
  }
  return high;
}
