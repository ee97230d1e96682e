/** The result of a query for a chart: asked once, kept for a while, asked again when wanted. */
import { useQuery } from "@tanstack/react-query";
import { ask, LIMITS, type End } from "./ask.ts";
import { inTurn } from "./pool.ts";
import type { Column, Row, Table } from "./result.ts";

const KEPT_MS = 60_000;

export interface Result {
  readonly table: Table;
  readonly end: End;
}

export const resultKey = (sql: string) => ["result", sql] as const;

export const useResult = (sql: string) =>
  useQuery({
    queryKey: resultKey(sql),
    queryFn: ({ signal }) => inTurn(() => whole(sql, signal), signal),
    staleTime: KEPT_MS,
  });

async function whole(sql: string, signal: AbortSignal): Promise<Result> {
  let columns: readonly Column[] = [];
  const rows: Row[] = [];
  const listener = {
    columns: (some: readonly Column[]) => {
      columns = some;
    },
    rows: (some: readonly Row[]) => {
      for (const row of some) rows.push(row);
    },
  };
  const end = await ask(sql, { ...LIMITS, remember: false }, listener, signal);
  return { table: { columns, rows }, end };
}
