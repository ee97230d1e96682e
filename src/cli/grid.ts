/** A table of text for people: columns aligned, numbers to the right, nothing in a cell can move the cursor. */

export interface GridColumn {
  readonly title: string;
  readonly align: "left" | "right";
}

const GAP = "  ";

/** The lines of a table; `widest` cuts a cell that is longer, with an ellipsis. */
export function grid(columns: readonly GridColumn[], rows: readonly (readonly string[])[], widest = 80): string[] {
  const cells = [columns.map((column) => column.title), ...rows].map((row) =>
    row.map((cell) => cut(printable(cell), widest)),
  );
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => width(row[index] ?? ""))));
  const lines = cells.map((row) =>
    columns
      .map((column, index) => {
        const cell = row[index] ?? "";
        const padding = " ".repeat(widths[index]! - width(cell));
        return column.align === "right" ? padding + cell : cell + padding;
      })
      .join(GAP)
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((count) => "─".repeat(count)).join(GAP));
  return lines;
}

/** Text without anything that a terminal obeys: control characters become their pictures, line ends a space mark. */
export function printable(text: string): string {
  return text.replace(/\r?\n/g, "⏎").replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? "␡" : "�";
  });
}

/** Columns that a text takes on a terminal. */
export function width(text: string): number {
  let columns = 0;
  for (const { segment } of graphemesOf(text)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}

/** The text, or its beginning and an ellipsis where it is wider than `most`. */
export function cut(text: string, most: number): string {
  if (text.length <= most && width(text) <= most) return text;
  let kept = "";
  let columns = 0;
  for (const { segment } of graphemesOf(text)) {
    columns += WIDE.test(segment) ? 2 : 1;
    if (columns > most - 1) return `${kept}…`;
    kept += segment;
  }
  return kept;
}

let segmenter: Intl.Segmenter | null = null;
/** Made at its first use: it loads tables of Unicode, which a server's start need not wait for. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}
const WIDE =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
