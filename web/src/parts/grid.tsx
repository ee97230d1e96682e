/**
 * The rows of a result. Only what is in sight is drawn, in both directions, so that 100,000 rows scroll like ten.
 *
 * One tab stop: the arrow keys move inside, and the grid says which cell is active (`aria-activedescendant`), because a
 * focused element would be gone as soon as it is scrolled out of sight.
 */
import type { VirtualItem } from "@tanstack/react-virtual";
import { useId, useMemo, useRef, useState } from "react";
import { GridHead } from "../query/grid/grid-head.tsx";
import { GridRow } from "../query/grid/grid-row.tsx";
import classes from "../query/grid/grid.module.css";
import { rangeOf, type Selection } from "../query/grid/movement.ts";
import { useCells } from "../query/grid/use-cells.ts";
import { useGridTable } from "../query/grid/use-grid-table.ts";
import { HEAD_PX, ROW_PX, useWindow } from "../query/grid/use-window.ts";
import type { Column, Row, Table } from "../query/result.ts";
import { CellView, type Opened } from "./cell.tsx";

const SCROLLBAR_PX = 16;

export interface GridProps {
  readonly table: Table;
  readonly label: string;
  /** At most; fewer rows take less. */
  readonly height: string;
}

export function Grid({ table: result, label, height }: GridProps) {
  const table = useGridTable(result);
  const rows = table.getRowModel().rows;
  const scroller = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<Opened | null>(null);
  const id = useId();
  const { down, across } = useWindow(scroller, table, rows.length);
  const items = across.getVirtualItems();
  const cells = useCells({ result, rows, table, down, across, open: setOpened });
  const { active } = cells.selection;
  const width = across.getTotalSize();

  return (
    <>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={result.rows.length + 1}
        aria-colcount={result.columns.length}
        aria-multiselectable
        aria-activedescendant={`${id}-${active.row < 0 ? "h" : active.row}-${active.column}`}
        aria-description="Arrow keys move, Enter opens a value or sorts by a column, Control C copies."
        className={classes.grid}
        style={{ height: `min(${height}, ${HEAD_PX + rows.length * ROW_PX + SCROLLBAR_PX}px)` }}
        {...cells.handlers}
      >
        <div role="rowgroup" className={classes.head} style={{ width, minWidth: "100%" }}>
          <GridHead
            id={id}
            table={table}
            columns={result.columns}
            items={items}
            active={active.row < 0 ? active.column : -1}
          />
        </div>
        <div role="rowgroup" className={classes.body} style={{ height: down.getTotalSize(), width, minWidth: "100%" }}>
          <Rows
            id={id}
            rows={rows}
            inSight={down.getVirtualItems()}
            columns={result.columns}
            items={items}
            selection={cells.selection}
          />
        </div>
      </div>
      <CellView opened={opened} onClose={() => setOpened(null)} />
    </>
  );
}

interface RowsProps {
  readonly id: string;
  readonly rows: readonly { readonly id: string; readonly original: Row }[];
  readonly inSight: readonly VirtualItem[];
  readonly columns: readonly Column[];
  readonly items: readonly VirtualItem[];
  readonly selection: Selection;
}

function Rows({ id, rows, inSight, columns, items, selection }: RowsProps) {
  const range = useMemo(() => rangeOf(selection), [selection]);
  const { active } = selection;
  return inSight.map(({ index, start }) => {
    const row = rows[index];
    const isIn = index >= range.top && index <= range.bottom;
    // A moment ago there may have been more rows.
    return row === undefined ? null : (
      <GridRow
        key={row.id}
        id={id}
        row={row.original}
        index={index}
        top={start}
        columns={columns}
        items={items}
        active={active.row === index ? active.column : -1}
        left={isIn ? range.left : 0}
        right={isIn ? range.right : -1}
      />
    );
  });
}
