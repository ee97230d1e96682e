/** A result as TanStack Table has it: columns by position (names may repeat), sorted as what they are. */
import {
  columnResizingFeature,
  columnSizingFeature,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useMemo } from "react";
import { columnWidth } from "../cell-text.ts";
import { compare, sortable, type Sortable } from "../order.ts";
import type { Row, Table } from "../result.ts";

const features = tableFeatures({
  rowSortingFeature,
  columnSizingFeature,
  columnResizingFeature,
  sortedRowModel: createSortedRowModel(),
});

export function useGridTable(table: Table) {
  const columns = useColumns(table);
  return useTable({
    features,
    columns,
    data: table.rows,
    columnResizeMode: "onChange",
    enableMultiSort: true,
  });
}

/** New only when the columns are: rows that arrive later change no width and lose no sorting. */
function useColumns({ columns, rows }: Table) {
  const signature = JSON.stringify(columns);
  const hasRows = rows.length > 0;
  return useMemo(
    () =>
      columns.map((column, index) => ({
        id: String(index),
        header: column.name,
        accessorFn: (row: Row) => sortable(row[index], column.type),
        sortFn: byValue,
        sortUndefined: "last" as const,
        size: columnWidth({ columns, rows }, index),
        minSize: 48,
        maxSize: 1200,
      })),
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [signature, hasRows],
  );
}

interface Sorted {
  readonly getValue: (columnId: string) => unknown;
}
const byValue = (a: Sorted, b: Sorted, id: string): number =>
  compare(a.getValue(id) as Sortable, b.getValue(id) as Sortable);

export type GridTable = ReturnType<typeof useGridTable>;
