/** `rollcall fake-okta`: serves the simulated org until it is told to stop. */
import type { FakeOktaConfig } from "../config.ts";
import type { Context } from "./context.ts";

export async function fakeOktaCommand(_config: FakeOktaConfig, _context: Context): Promise<number> {
  throw new Error("fake-okta has not landed");
}
