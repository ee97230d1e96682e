/** DuckDB's values as JSON. */
import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  DuckDBUnionValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import { decimalToJson, instantToJson, integerToJson, numberToJson, textToJson } from "../json.ts";
import type { JsonValue } from "../warehouse.ts";

/**
 * One value as JSON: dates as `2026-01-31`, times, intervals, UUIDs, bit strings and enums as DuckDB writes them, blobs as base64, maps as
 * objects by the text of their keys, unions as the value they hold.
 */
export function toJson(value: DuckDBValue, type: DuckDBType): JsonValue {
  if (value === null) return null;
  if (typeof value === "string") return type.alias === "JSON" ? textToJson(value) : value;
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return numberToJson(value);
  if (typeof value === "bigint") return integerToJson(value);
  return nestedToJson(value, type) ?? scalarToJson(value);
}

function nestedToJson(value: DuckDBValue & object, type: DuckDBType): JsonValue | undefined {
  if (
    (value instanceof DuckDBListValue && type.typeId === DuckDBTypeId.LIST) ||
    (value instanceof DuckDBArrayValue && type.typeId === DuckDBTypeId.ARRAY)
  ) {
    return value.items.map((item) => toJson(item, type.valueType));
  }
  if (value instanceof DuckDBStructValue && type.typeId === DuckDBTypeId.STRUCT) {
    return Object.fromEntries(
      type.entryNames.map((field, at) => [field, toJson(value.entries[field] ?? null, type.entryTypes[at]!)]),
    );
  }
  if (value instanceof DuckDBMapValue && type.typeId === DuckDBTypeId.MAP) {
    return Object.fromEntries(
      value.entries.map((entry) => [keyText(toJson(entry.key, type.keyType)), toJson(entry.value, type.valueType)]),
    );
  }
  if (value instanceof DuckDBUnionValue && type.typeId === DuckDBTypeId.UNION) {
    return toJson(value.value, type.memberTypes[type.memberTags.indexOf(value.tag)]!);
  }
  return undefined;
}

function keyText(key: JsonValue): string {
  return typeof key === "string" ? key : JSON.stringify(key);
}

function scalarToJson(value: DuckDBValue & object): JsonValue {
  const micros = microsOf(value);
  if (micros !== null) return instantToJson(micros) ?? String(value);
  if (value instanceof DuckDBDecimalValue) return decimalToJson(value.toString());
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("base64");
  return String(value);
}

/** Microseconds since 1970 of any kind of timestamp; null for anything else. Infinite ones lie beyond every year. */
function microsOf(value: DuckDBValue & object): bigint | null {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return value.micros;
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis * 1000n;
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * 1_000_000n;
  if (value instanceof DuckDBTimestampNanosecondsValue) return value.nanos / 1000n;
  return null;
}
