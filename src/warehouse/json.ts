/** How values of any engine look in a query's result: the JSON that `Warehouse.query` promises. */
import type { JsonValue } from "./warehouse.ts";

/** A number while JSON's readers can hold it exactly, else its digits. */
export function integerToJson(value: bigint): number | string {
  const safe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
  return safe ? Number(value) : value.toString();
}

/** A number, or the word for what JSON cannot say: `NaN`, `Infinity`, `-Infinity`. Null would hide it. */
export function numberToJson(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** A decimal given as text: a number when nothing is lost (at most 15 digits), else the text. */
export function decimalToJson(text: string): number | string {
  return text.replace(/\D/g, "").length <= 15 ? Number(text) : text;
}

/** An instant, in microseconds since 1970 UTC, as ISO 8601 with milliseconds and `Z`; null beyond the years 0 to 9999. */
export function instantToJson(micros: bigint): string | null {
  // BigInt division rounds to zero; an instant before 1970 belongs to the millisecond it lies in.
  const ms = Number((micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n);
  if (ms < -62167219200000 || ms > 253402300799999) return null;
  return new Date(ms).toISOString();
}

/** Values within values; deeper ones would be more than a stack holds when they are written down again. */
const NESTED_MAX = 500;

/** Text that holds JSON, as JSON: integers that a number cannot hold become their digits. Text that holds none, or is nested too deeply, stays text. */
export function textToJson(text: string): JsonValue {
  if (isDeep(text)) return text;
  try {
    // The reviver sees every value and is slow; only a long run of digits can need it.
    return /\d{16}/.test(text)
      ? JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown)
      : JSON.parse(text);
  } catch {
    return text;
  }
}

/** Counts brackets in texts, too: it may say yes for nothing, which costs a value its form. */
function isDeep(text: string): boolean {
  if (text.length <= NESTED_MAX) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === 91 || character === 123) depth += 1;
    else if (character === 93 || character === 125) depth -= 1;
    if (depth > NESTED_MAX) return true;
  }
  return false;
}

function keepDigits(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  const { source } = context;
  if (typeof value !== "number" || source === undefined) return value;
  return /^-?\d+$/.test(source) && !Number.isSafeInteger(value) ? source : value;
}
