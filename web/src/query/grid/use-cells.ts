/** Which cells are chosen, and what keys, clicks and copying do with them. */
import type { Virtualizer } from "@tanstack/react-virtual";
import { useEffect, useState, type ClipboardEvent, type KeyboardEvent, type MouseEvent } from "react";
import type { Opened } from "../../parts/cell.tsx";
import { tsv } from "../cell-text.ts";
import { kindOf, type Row, type Table } from "../result.ts";
import { moved, rangeOf, type Place, type Selection } from "./movement.ts";
import type { GridTable } from "./use-grid-table.ts";

interface Parts {
  readonly result: Table;
  readonly rows: readonly { readonly original: Row }[];
  readonly table: GridTable;
  readonly down: Virtualizer<HTMLDivElement, Element>;
  readonly across: Virtualizer<HTMLDivElement, Element>;
  readonly open: (opened: Opened) => void;
}

const START: Selection = { anchor: { row: 0, column: 0 }, active: { row: 0, column: 0 } };
const PAGE_ROWS = 15;
const RESIZE_STEP_PX = 24;

export function useCells({ result, rows, table, down, across, open }: Parts) {
  const [selection, setSelection] = useState(START);
  useEffect(() => setSelection(START), [result.columns]);

  const choose = (next: Selection) => {
    setSelection(next);
    if (next.active.row >= 0) down.scrollToIndex(next.active.row);
    across.scrollToIndex(next.active.column);
  };
  const openAt = ({ row, column }: Place) => {
    const found = rows[row];
    if (found !== undefined) open({ column: result.columns[column]!, value: found.original[column] });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const { active } = selection;
    const head = active.row < 0 ? table.getColumn(String(active.column)) : undefined;
    if (event.key === "Enter" || event.key === " ") {
      if (head === undefined) openAt(active);
      else head.toggleSorting(undefined, event.shiftKey);
    } else if (head !== undefined && event.altKey && /^Arrow(?:Left|Right)$/.test(event.key)) {
      const by = event.key === "ArrowLeft" ? -RESIZE_STEP_PX : RESIZE_STEP_PX;
      table.setColumnSizing((old) => ({ ...old, [head.id]: Math.max(48, head.getSize() + by) }));
    } else {
      const next = moved(selection, event, { rows: rows.length, columns: result.columns.length, page: PAGE_ROWS });
      if (next === null) return;
      choose(next);
    }
    event.preventDefault();
  };

  const onMouseDown = (event: MouseEvent) => {
    const place = placeOf(event);
    if (place === null || event.button !== 0) return;
    // Shift would choose the text between two clicks, too.
    if (event.shiftKey) event.preventDefault();
    setSelection(({ anchor }) => ({ anchor: event.shiftKey ? anchor : place, active: place }));
  };
  const onClick = (event: MouseEvent) => {
    const place = placeOf(event);
    if (place === null || event.shiftKey || kindOf(result.columns[place.column]!.type) !== "nested") return;
    if (rows[place.row]?.original[place.column] !== null && !isTextChosen()) openAt(place);
  };
  const onDoubleClick = (event: MouseEvent) => {
    const place = placeOf(event);
    if (place !== null) openAt(place);
  };
  const onCopy = (event: ClipboardEvent) => {
    if (isTextChosen()) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", chosenText(result, rows, selection));
  };
  return { selection, handlers: { onKeyDown, onMouseDown, onClick, onDoubleClick, onCopy } };
}

const isTextChosen = (): boolean => (window.getSelection()?.toString() ?? "") !== "";

function placeOf({ target }: MouseEvent): Place | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
  return cell === null ? null : { row: Number(cell.dataset["row"]), column: Number(cell.dataset["column"]) };
}

/** One cell as it is, several with the heads of their columns. */
function chosenText({ columns }: Table, rows: Parts["rows"], selection: Selection): string {
  const { top, bottom, left, right } = rangeOf(selection);
  const heads = columns.slice(left, right + 1).map(({ name }) => name);
  if (selection.active.row < 0) return heads[0] ?? "";
  const chosen = rows.slice(top, bottom + 1).map(({ original }) => original.slice(left, right + 1));
  return top === bottom && left === right ? tsv(chosen, null) : tsv(chosen, heads);
}
