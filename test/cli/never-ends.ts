/** A program for stopping.test.ts: asked to end well it says so, and goes on. */
import { stoppingOf } from "../../src/cli/stopping.ts";

const signal = stoppingOf(process, () => process.exit(130));
signal.addEventListener("abort", () => process.stdout.write("asked\n"));
setInterval(() => {}, 1000);
process.stdout.write("ready\n");
