/** Ids of rows: what it is, when it was made, and chance. */
import { randomBytes } from "node:crypto";

const PREFIXES = {
  source: "src",
  run: "run",
  person: "per",
  api_key: "key",
  saved_query: "qry",
  dashboard: "dsh",
  channel: "chn",
} as const;

/** Crockford's base 32: its order is that of the characters, and nothing in it is mistaken for something else. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** 45 bits of milliseconds last until the year 3084. */
const TIME_LENGTH = 9;
/** 35 bits: of a thousand ids made in one millisecond, two are the same once in 69,000 times. */
const RANDOM_LENGTH = 7;

/**
 * A new id, such as `run_1jqk2r8h0x4m7t9z`: ids of one kind sort by the millisecond they were made in. It is no secret and no
 * proof of anything.
 */
export function newId(kind: keyof typeof PREFIXES, now_ms: number = Date.now()): string {
  let time = "";
  for (let rest = now_ms; time.length < TIME_LENGTH; rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32] + time;
  const random = [...randomBytes(RANDOM_LENGTH)].map((byte) => ALPHABET[byte % 32]).join("");
  return `${PREFIXES[kind]}_${time}${random}`;
}
