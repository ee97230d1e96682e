/** `rollcall fake-okta`: serves the simulated org until it is told to stop, or until whoever started it over a channel is gone. */
import { runFakeOkta } from "../../fake-okta/main.ts";
import type { FakeOktaConfig } from "../config.ts";
import { EXIT } from "../core/run.ts";
import type { Context } from "./context.ts";
import { refusalOf } from "./listening.ts";

export async function fakeOktaCommand(config: FakeOktaConfig, context: Context): Promise<number> {
  const orphaned = new AbortController();
  process.once("disconnect", () => orphaned.abort());
  try {
    await runFakeOkta(config, AbortSignal.any([context.signal, orphaned.signal]));
    return EXIT.completed;
  } catch (error) {
    throw refusalOf(error, config.host, config.port);
  }
}
