/** Where the keys lead in a grid. Row -1 is the head. Pure. */

export interface Place {
  readonly row: number;
  readonly column: number;
}

/** From `anchor` to `active`, both included. */
export interface Selection {
  readonly anchor: Place;
  readonly active: Place;
}

export interface Size {
  readonly rows: number;
  readonly columns: number;
  /** Rows that one page shows. */
  readonly page: number;
}

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

/** Null when the key is none of the grid's. */
export function moved({ anchor, active }: Selection, event: Key, size: Size): Selection | null {
  const all = event.ctrlKey || event.metaKey;
  if (all && event.key.toLowerCase() === "a") {
    return { anchor: { row: 0, column: 0 }, active: { row: size.rows - 1, column: size.columns - 1 } };
  }
  const target = next(active, event.key, all, size);
  if (target === null) return null;
  const place = {
    row: Math.max(event.shiftKey ? 0 : -1, Math.min(size.rows - 1, target.row)),
    column: Math.max(0, Math.min(size.columns - 1, target.column)),
  };
  return { anchor: event.shiftKey && anchor.row >= 0 ? anchor : place, active: place };
}

function next({ row, column }: Place, key: string, all: boolean, { rows, columns, page }: Size): Place | null {
  const last = { row: rows - 1, column: columns - 1 };
  switch (key) {
    case "ArrowDown":
      return { row: all ? last.row : row + 1, column };
    case "ArrowUp":
      return { row: all ? 0 : row - 1, column };
    case "ArrowRight":
      return { row, column: all ? last.column : column + 1 };
    case "ArrowLeft":
      return { row, column: all ? 0 : column - 1 };
    case "PageDown":
      return { row: row + page, column };
    case "PageUp":
      return { row: Math.max(0, row - page), column };
    case "Home":
      return { row: all ? 0 : row, column: 0 };
    case "End":
      return { row: all ? last.row : row, column: last.column };
    default:
      return null;
  }
}

export interface Range {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export const rangeOf = ({ anchor, active }: Selection): Range => ({
  top: Math.max(0, Math.min(anchor.row, active.row)),
  bottom: Math.max(anchor.row, active.row),
  left: Math.min(anchor.column, active.column),
  right: Math.max(anchor.column, active.column),
});
