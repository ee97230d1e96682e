/** The process: arguments in, exit code out. The only file that exits. */
import { EXIT } from "./core/run.ts";
import type { Sink } from "./cli/context.ts";
import { redactor } from "./cli/secrets.ts";
import { stoppingOf } from "./cli/stopping.ts";

const signal = stoppingOf(process, () => process.exit(EXIT.cancelled));

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

// Loaded only now, so that a signal during loading is heard as well.
const { run } = await import("./cli/run.ts");
const code = await run(process.argv.slice(2), {
  env: process.env,
  stdout: sink(process.stdout),
  stderr: sink(process.stderr),
  signal,
  // `exit` waits for the threads of the pool; this does not.
  abandon: () => process.kill(process.pid, "SIGKILL"),
});

// What was written must leave before the process does; a stream whose reader is gone has nothing to wait for.
const flushed = (stream: NodeJS.WriteStream) =>
  new Promise<void>((resolve) => (stream.destroyed ? resolve() : stream.write("", () => resolve())));
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(code);
