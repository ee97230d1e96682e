/** One row of the grid. Drawn again only when something of its own changed: scrolling moves rows, it does not redraw them. */
import type { VirtualItem } from "@tanstack/react-virtual";
import { memo } from "react";
import { cellText } from "../cell-text.ts";
import { kindOf, type Column, type Kind, type Row } from "../result.ts";
import classes from "./grid.module.css";

interface RowProps {
  readonly id: string;
  readonly row: Row;
  readonly index: number;
  readonly top: number;
  readonly columns: readonly Column[];
  readonly items: readonly VirtualItem[];
  /** -1: not in this row. */
  readonly active: number;
  /** The chosen columns of this row; `left` beyond `right`: none. */
  readonly left: number;
  readonly right: number;
}

export const GridRow = memo(function GridRow(props: RowProps) {
  const { id, row, index, top, columns, items, active, left, right } = props;
  return (
    <div role="row" aria-rowindex={index + 2} className={classes.row} style={{ transform: `translateY(${top}px)` }}>
      {items.map((item) => (
        <Cell
          key={item.index}
          id={`${id}-${index}-${item.index}`}
          value={row[item.index]}
          kind={kindOf(columns[item.index]!.type)}
          item={item}
          row={index}
          isActive={active === item.index}
          isChosen={item.index >= left && item.index <= right}
        />
      ))}
    </div>
  );
});

interface CellProps {
  readonly id: string;
  readonly value: unknown;
  readonly kind: Kind;
  readonly item: VirtualItem;
  readonly row: number;
  readonly isActive: boolean;
  readonly isChosen: boolean;
}

function Cell({ id, value, kind, item, row, isActive, isChosen }: CellProps) {
  const text = cellText(value);
  const look = [
    classes.cell,
    kind === "number" && classes.number,
    kind === "nested" && text !== null && classes.nested,
    isChosen && classes.chosen,
    isActive && classes.active,
  ];
  return (
    <div
      id={id}
      role="gridcell"
      aria-colindex={item.index + 1}
      aria-selected={isChosen}
      data-row={row}
      data-column={item.index}
      className={look.filter(Boolean).join(" ")}
      style={{ left: item.start, width: item.size }}
      title={text === null ? "NULL: no value" : kind === "time" || text.length > 24 ? text : undefined}
    >
      {text === null ? <span className={classes.null}>NULL</span> : oneLine(text)}
    </div>
  );
}

/** Line breaks would push the text out of its row. */
const oneLine = (text: string): string => text.replaceAll(/\r?\n/g, " ⏎ ");
