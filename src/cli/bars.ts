/** Progress on a terminal: a bar per table with its rows, rows/s, the requests left in its bucket and the time to go. */
import type { Progress, TableResult, TableStatus } from "../core/run.ts";
import type { Context } from "./context.ts";
import { cut } from "./grid.ts";
import { plural } from "./number.ts";
import { painter, type Paint } from "./paint.ts";
import { screen } from "./screen.ts";
import { type Display, figures, MARKS } from "./shown.ts";

const FRAME_MS = 100;
const BAR_WIDTH = 20;
/** Width of the moving part of a bar whose end nobody knows. */
const SHUTTLE_WIDTH = 5;

type Shown =
  | { readonly at: "waiting" }
  | { readonly at: "going"; readonly progress: Progress }
  | { readonly at: "ended"; readonly result: TableResult };

/** Bars at the foot of stderr, drawn at most ten times a second. */
export function bars(tables: readonly string[], context: Context): Display {
  const foot = screen(context.stderr);
  const paint = painter(context.stderr, context.env);
  const shown = new Map<string, Shown>(tables.map((table) => [table, { at: "waiting" }]));
  const nameWidth = Math.max(...tables.map((table) => table.length));
  const began_ms = performance.now();
  const draw = () => {
    const tick = Math.floor((performance.now() - began_ms) / FRAME_MS);
    const most = (context.stderr.columns ?? 80) - 1;
    foot.draw(
      [...shown].map(([table, state]) =>
        painted(cut(barLine(table.padEnd(nameWidth), state, tick), most), state, paint),
      ),
    );
  };
  const timer = setInterval(draw, FRAME_MS);
  return {
    show: (event) => {
      if (event.type === "progress") shown.set(event.table, { at: "going", progress: event });
      if (event.type === "table") shown.set(event.table, { at: "ended", result: event.result });
    },
    say: (text) => foot.above(text),
    [Symbol.dispose]: () => {
      clearInterval(timer);
      foot.clear();
    },
  };
}

const COLOURS: Readonly<Record<TableStatus, "green" | "dim" | "red" | "yellow">> = {
  completed: "green",
  skipped: "dim",
  failed: "red",
  held: "yellow",
  cancelled: "yellow",
};

function painted(line: string, state: Shown, paint: Paint): string {
  if (state.at === "waiting") return paint("dim", line);
  return state.at === "ended" ? paint(COLOURS[state.result.status], line) : line;
}

/** One table's line: `  logs  ████████░░░░░░░░░░░░  41%  82,000 rows  9,120/s  ETA 13 s  44 of 60 requests left`. */
export function barLine(name: string, state: Shown, tick: number): string {
  if (state.at === "waiting") return `  ${name}  ${bar(0)}  waiting`;
  if (state.at === "ended") {
    const { status, read, requests, error } = state.result;
    const end = error === null ? `${plural(read, "row")} read, ${plural(requests, "request")}` : error.code;
    return `${MARKS[status]} ${name}  ${status}: ${end}`;
  }
  return `  ${name}  ${state.progress.fraction === null ? shuttle(tick) : bar(state.progress.fraction)}  ${figures(state.progress).join("  ")}`;
}

function bar(fraction: number): string {
  const full = Math.round(Math.min(Math.max(fraction, 0), 1) * BAR_WIDTH);
  return "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
}

function shuttle(tick: number): string {
  const way = BAR_WIDTH - SHUTTLE_WIDTH;
  const at = Math.abs((tick % (2 * way)) - way);
  return "░".repeat(at) + "█".repeat(SHUTTLE_WIDTH) + "░".repeat(way - at);
}
