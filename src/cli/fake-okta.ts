/** `rollcall fake-okta`: serves the simulated org until it is told to stop, or until whoever started it over a channel is gone. */
import { runFakeOkta } from "../../fake-okta/main.ts";
import type { FakeOktaConfig } from "../config.ts";
import { EXIT } from "../core/run.ts";
import type { Context } from "./context.ts";
import { usage } from "./value.ts";

/** What the machine may have against an address, and what to do. */
const REFUSALS: Readonly<Record<string, readonly [why: string, next: string]>> = {
  EADDRINUSE: ["is taken", "Choose another --port, or 0 for any free one."],
  EACCES: ["may not be listened on", "Choose a --port above 1023, or 0 for any free one."],
  EADDRNOTAVAIL: ["is no address of this machine", "Leave --host out: it is 127.0.0.1 then."],
  ENOTFOUND: ["is no address of this machine", "Leave --host out: it is 127.0.0.1 then."],
};

export async function fakeOktaCommand(config: FakeOktaConfig, context: Context): Promise<number> {
  const orphaned = new AbortController();
  process.once("disconnect", () => orphaned.abort());
  try {
    await runFakeOkta(config, AbortSignal.any([context.signal, orphaned.signal]));
    return EXIT.completed;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const refusal = REFUSALS[code];
    if (refusal === undefined) throw error;
    throw usage(`${config.host}:${config.port} ${refusal[0]}.`, refusal[1]);
  }
}
