/** How a run is shown while it goes: JSON lines, bars, plain lines, or not at all. One of them owns the run's output. */
import type { Notice, RunEvent } from "../core/run.ts";
import type { Context } from "./context.ts";
import { bars } from "./bars.ts";
import { plainLines } from "./plain.ts";
import type { Display } from "./shown.ts";

export interface DisplayOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** The tables of the run, in the order shown. */
  readonly tables: readonly string[];
}

const SILENT: Display = { show: () => {}, say: () => {}, [Symbol.dispose]: () => {} };

/** The display that fits the flags and the terminal. What it shows of progress goes to stderr; only JSON goes to stdout. */
export function display(options: DisplayOptions, context: Context): Display {
  if (options.quiet) return SILENT;
  if (options.json) return { ...SILENT, show: (event) => void context.stdout.write(`${JSON.stringify(event)}\n`) };
  return context.stderr.isTTY === true && context.env["TERM"] !== "dumb"
    ? bars(options.tables, context)
    : plainLines(context);
}

/** Passes every event on and keeps the notices, each once, for the summary. */
export function keepingNotices(shown: Display): {
  readonly notices: readonly Notice[];
  readonly emit: (event: RunEvent) => void;
} {
  const notices = new Map<string, Notice>();
  return {
    get notices() {
      return [...notices.values()];
    },
    emit: (event) => {
      if (event.type === "notice") notices.set(`${event.code} ${event.table} ${event.message}`, event);
      shown.show(event);
    },
  };
}
