/** A program for stopping.test.ts: asked to end well it says so, and goes on for half a minute. */
import { stoppingOf } from "../../src/cli/stopping.ts";

const signal = stoppingOf(process, () => process.exit(130));
signal.addEventListener("abort", () => process.stdout.write("asked\n"));
// Not for ever: a test that was killed must not leave it behind.
setTimeout(() => process.exit(1), 30_000);
process.stdout.write("ready\n");
