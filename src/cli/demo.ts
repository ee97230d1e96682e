/** `rollcall demo`: the whole thing on a simulated org. */
import type { Context } from "./context.ts";

export async function demoCommand(_context: Context): Promise<number> {
  throw new Error("demo has not landed");
}
