/**
 * The process: arguments in, exit code out. The only file that exits.
 *
 * The first SIGINT or SIGTERM asks the command to end well; the second ends the process at once.
 */
import { EXIT } from "./core/run.ts";
import type { Sink } from "./cli/context.ts";
import { run } from "./cli/run.ts";
import { redactor } from "./cli/secrets.ts";

/**
 * `npm run` and `npx` pass a signal on to their child, which a terminal's Ctrl-C has reached already: below them, two that come
 * within this time are one. Without them every signal counts, because the launcher's exec leaves nobody in between.
 */
const ECHO_MS = process.env["npm_lifecycle_event"] === undefined ? 0 : 400;

const stopping = new AbortController();
let first_ms: number | null = null;
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    const now_ms = performance.now();
    if (first_ms === null) {
      first_ms = now_ms;
      stopping.abort();
    } else if (now_ms - first_ms >= ECHO_MS) {
      process.exit(EXIT.cancelled);
    }
  });
}

// A reader that goes away (`| head`) ends the output, not the work.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

const redact = redactor(process.env);
const sink = (stream: NodeJS.WriteStream): Sink => ({
  write: (text) => stream.write(redact(text)),
  get isTTY() {
    return stream.isTTY;
  },
  get columns() {
    return stream.columns;
  },
});

const code = await run(process.argv.slice(2), {
  env: process.env,
  stdout: sink(process.stdout),
  stderr: sink(process.stderr),
  signal: stopping.signal,
});

// What was written must leave before the process does; a stream whose reader is gone has nothing to wait for.
const flushed = (stream: NodeJS.WriteStream) =>
  new Promise<void>((resolve) => (stream.destroyed ? resolve() : stream.write("", () => resolve())));
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);
