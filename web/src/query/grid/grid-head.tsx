/** The head of the grid: a click sorts (Shift adds a column to the sorting), the right edge resizes. */
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { VirtualItem } from "@tanstack/react-virtual";
import type { MouseEvent } from "react";
import { kindOf, type Column } from "../result.ts";
import classes from "./grid.module.css";
import type { GridTable } from "./use-grid-table.ts";

interface HeadProps {
  readonly id: string;
  readonly table: GridTable;
  readonly columns: readonly Column[];
  readonly items: readonly VirtualItem[];
  /** -1: none of the head's cells. */
  readonly active: number;
}

export function GridHead({ id, table, columns, items, active }: HeadProps) {
  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  return (
    <div role="row" aria-rowindex={1} className={classes.headRow}>
      {items.map((item) => {
        const header = headers[item.index];
        const column = columns[item.index];
        if (header === undefined || column === undefined) return null;
        return (
          <HeadCell
            key={item.index}
            id={`${id}-h-${item.index}`}
            header={header}
            column={column}
            item={item}
            isActive={active === item.index}
          />
        );
      })}
    </div>
  );
}

type Header = ReturnType<GridTable["getHeaderGroups"]>[number]["headers"][number];

interface HeadCellProps {
  readonly id: string;
  readonly header: Header;
  readonly column: Column;
  readonly item: VirtualItem;
  readonly isActive: boolean;
}

function HeadCell({ id, header, column, item, isActive }: HeadCellProps) {
  const sorted = header.column.getIsSorted();
  const resize = header.getResizeHandler();
  return (
    <div
      id={id}
      role="columnheader"
      aria-colindex={item.index + 1}
      aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : "none"}
      className={`${classes.headCell} ${isActive ? classes.active : ""}`}
      style={{ left: item.start, width: item.size, textAlign: kindOf(column.type) === "number" ? "right" : "left" }}
      title={`${column.name}: ${column.type}`}
      onClick={header.column.getToggleSortingHandler()}
    >
      <div
        className={classes.name}
        style={kindOf(column.type) === "number" ? { justifyContent: "flex-end" } : undefined}
      >
        <span>{column.name}</span>
        {sorted === "asc" ? <IconArrowUp size={13} aria-hidden /> : null}
        {sorted === "desc" ? <IconArrowDown size={13} aria-hidden /> : null}
      </div>
      <div className={classes.type}>{column.type}</div>
      <div
        className={`${classes.resizer} ${header.column.getIsResizing() ? classes.resizing : ""}`}
        aria-hidden
        onMouseDown={resize}
        onTouchStart={resize}
        onClick={(event: MouseEvent) => event.stopPropagation()}
        onDoubleClick={() => header.column.resetSize()}
      />
    </div>
  );
}
