/** Which rows and columns are in sight. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, type RefObject } from "react";
import type { GridTable } from "./use-grid-table.ts";

export const ROW_PX = 30;
export const HEAD_PX = 45;

export function useWindow(scroller: RefObject<HTMLDivElement | null>, table: GridTable, rows: number) {
  const leaves = table.getAllLeafColumns();
  const sizing = table.state.columnSizing;
  const getScrollElement = () => scroller.current;
  const down = useVirtualizer({
    count: rows,
    getScrollElement,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollPaddingStart: HEAD_PX,
    useFlushSync: false,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: leaves.length,
    getScrollElement,
    estimateSize: (index) => leaves[index]!.getSize(),
    overscan: 2,
    useFlushSync: false,
  });
  // The virtualizer keeps the sizes it was told until it is asked to measure again.
  useEffect(() => across.measure(), [across, sizing, leaves]);
  return { down, across };
}
