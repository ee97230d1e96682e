/** What the warehouse's laws are written in. */
import type { Batch, Landing } from "../../src/core/batch.ts";
import type { ListCheckpoint } from "../../src/core/checkpoint.ts";
import type { JsonValue, Warehouse } from "../../src/warehouse/warehouse.ts";
import { page } from "./rows.ts";

/** One place of a backend, empty at first. */
export interface Place {
  open(mode: "write" | "read"): Promise<Warehouse>;
}

/** Times of a test's day. */
export const at = (hour: number) => `2026-02-01T${String(hour).padStart(2, "0")}:00:00.000Z`;
export const never = new AbortController().signal;
export const UPSERT: Landing = { kind: "upsert", reading: null };

/** A checkpoint told apart by its cursor. */
export const checkpoint = (hour: number): ListCheckpoint => ({
  version: 1,
  kind: "list",
  cursor: at(hour),
  completeAt: null,
  reading: null,
  increment: null,
});

export function batch(
  table: string,
  landing: Landing,
  hour: number,
  rows: readonly object[],
  more: Partial<Batch> = {},
): Batch {
  return { table, pages: [page(rows, at(hour))], landing, gone: [], checkpoint: checkpoint(hour), gaps: [], ...more };
}

export const group = (id: string, more: object = {}) => ({
  id,
  name: `name of ${id}`,
  size: 1,
  tags: ["a"],
  owner: { id: "o", displayName: null },
  ...more,
});

export async function rowsOf(warehouse: Warehouse, sql: string): Promise<readonly (readonly JsonValue[])[]> {
  return (await warehouse.query(sql, { maxRows: 100_000 }, never)).rows;
}

/** Declares a law: a test on an empty warehouse with the tables `groups` and `logs` of org 00o1. */
export type Law = (name: string, work: (warehouse: Warehouse, place: Place) => Promise<void>) => void;
