/** Progress without a terminal: a line every few seconds that a log keeps well. */
import type { Progress } from "../core/run.ts";
import type { Context } from "./context.ts";
import { plural, span } from "./number.ts";
import { type Display, figures, MARKS } from "./shown.ts";

const LINE_EVERY_MS = 3000;

/** Lines on stderr: every few seconds what is going on, and each table's end. */
export function plainLines(context: Context): Display {
  const going = new Map<string, Progress>();
  const began_ms = performance.now();
  const say = (text: string) => void context.stderr.write(`${text}\n`);
  const timer = setInterval(() => {
    const told = [...going.values()].map(
      (progress) =>
        `${progress.table} ${figures(progress)
          .map((figure) => figure.trim())
          .join(", ")}`,
    );
    if (told.length > 0) say(`${span((performance.now() - began_ms) / 1000)} · ${told.join(" · ")}`);
  }, LINE_EVERY_MS);
  return {
    show: (event) => {
      if (event.type === "progress") going.set(event.table, event);
      if (event.type !== "table") return;
      going.delete(event.table);
      const { status, read, requests, error } = event.result;
      const end = error === null ? `${plural(read, "row")} read, ${plural(requests, "request")}` : error.code;
      say(`${MARKS[status]} ${event.table} ${status}: ${end}`);
    },
    say,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
