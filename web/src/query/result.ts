/** What a query answered, and what its columns are good for. */

export interface Column {
  readonly name: string;
  /** As DuckDB writes it: `BIGINT`, `STRUCT(a VARCHAR)`, `VARCHAR[]`. */
  readonly type: string;
}
export type Row = readonly unknown[];

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export type Kind = "number" | "time" | "boolean" | "nested" | "text";

const NUMBERS = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|REAL|DOUBLE|DECIMAL|NUMERIC|BIGNUM|VARINT)\b/;

export function kindOf(type: string): Kind {
  const word = type.toUpperCase();
  if (word.endsWith("]") || /^(?:STRUCT|MAP|UNION|JSON|LIST|VARIANT)\b/.test(word)) return "nested";
  if (NUMBERS.test(word)) return "number";
  if (word === "DATE" || word.startsWith("TIMESTAMP")) return "time";
  return word === "BOOLEAN" ? "boolean" : "text";
}

/** The number that a cell is, however it was sent: wide integers and decimals come as text. */
export function numberOf(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** The instant that a cell is, in epoch ms; both ISO 8601 and DuckDB's own `2026-11-01 12:00:00+00`. Without a zone: UTC. */
export function instantOf(value: unknown): number | null {
  if (typeof value !== "string") return null;
  const parts = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(value);
  if (parts === null) return null;
  const [, day = "", time = "00:00", zone = "Z"] = parts;
  const offset = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2");
  const at = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(at) ? null : at;
}
