/**
 * Some lines at the foot of a terminal that are drawn again in place, with text passing above them. The cursor rests
 * below the lines and is never hidden, so there is nothing to put back however the process ends.
 */
import { stripVTControlCharacters } from "node:util";
import type { Sink } from "./context.ts";
import { width } from "./grid.ts";

const CLEAR_DOWN = "\u001b[J";
const up = (lines: number) => (lines === 0 ? "" : `\u001b[${lines}A\r`);

export interface Screen {
  /** Draws these lines in place of the former. */
  draw(lines: readonly string[]): void;
  /** Writes a line above them, which stays. */
  above(text: string): void;
  /** Takes them away. */
  clear(): void;
}

/** A screen at the foot of `sink`. */
export function screen(sink: Sink): Screen {
  let drawn: readonly string[] = [];
  /** Rows the former lines take now: the terminal may have become narrower since and wrapped them. */
  const rows = () => {
    const columns = sink.columns ?? 80;
    return drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(width(stripVTControlCharacters(line)) / columns)),
      0,
    );
  };
  const redraw = (above: string, lines: readonly string[]) => {
    sink.write(`${up(rows())}${CLEAR_DOWN}${above}${lines.map((line) => `${line}\n`).join("")}`);
    drawn = lines;
  };
  return {
    draw: (lines) => redraw("", lines),
    above: (text) => redraw(`${text}\n`, drawn),
    clear: () => {
      if (drawn.length > 0) redraw("", []);
    },
  };
}
