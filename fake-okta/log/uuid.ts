const hex4 = Array.from({ length: 0x1_0000 }, (_, n) => n.toString(16).padStart(4, "0"));
/** 100 ns ticks are counted from 1582-10-15; this is 1970-01-01 in ms on that scale. */
const gregorian_ms = 12_219_292_800_000;

/**
 * A UUIDv1 whose time is the event's `published`, as Okta's log uuids are (fact sheet 2.3): it sorts neither as text nor
 * by persistence. `serial` makes it unique within one millisecond and one org; `node` is 12 hex digits of the org.
 */
export function uuidV1(published_ms: number, serial: number, node: string): string {
  const ms = published_ms + gregorian_ms;
  const low = (ms % 0x1_0000) * 10_000;
  const high = Math.floor(ms / 0x1_0000) * 10_000;
  // ticks = high * 2^16 + low + sub-millisecond part, kept in two halves below 2^53
  const lowSum = (high % 0x1_0000) * 0x1_0000 + low + (serial % 10_000);
  const timeLow = lowSum % 0x1_0000_0000;
  const timeHigh = Math.floor(high / 0x1_0000) + Math.floor(lowSum / 0x1_0000_0000);
  return `${hex4[Math.floor(timeLow / 0x1_0000)]}${hex4[timeLow % 0x1_0000]}-${hex4[timeHigh % 0x1_0000]}${tail(timeHigh, serial, node)}`;
}

let tailKey = "";
let tailText = "";
let tailHigh = Number.NaN;
let tailSequence = Number.NaN;

/** The part that stays the same for days of time and ten thousand serials. */
function tail(timeHigh: number, serial: number, node: string): string {
  const high = Math.floor(timeHigh / 0x1_0000);
  const sequence = Math.floor(serial / 10_000);
  if (high !== tailHigh || sequence !== tailSequence || node !== tailKey) {
    tailText = `-${hex4[0x1000 | (high & 0x0fff)]}-${hex4[0x8000 | (sequence & 0x3fff)]}-${node}`;
    tailHigh = high;
    tailSequence = sequence;
    tailKey = node;
  }
  return tailText;
}

/** Eight hex digits of a 32-bit number. */
export function hex32(n: number): string {
  return `${hex4[n >>> 16]}${hex4[n & 0xffff]}`;
}
