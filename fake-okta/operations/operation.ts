import type { z } from "zod";
import type { OrgState } from "../org/state.ts";
import { OperationRefused } from "../org/state.ts";

/** One thing that can happen in the org: the shape of its arguments, and what it does. */
export interface Operation<Args, Result> {
  readonly args: z.ZodType<Args>;
  readonly run: (org: OrgState, args: Args) => Result;
}

export function operation<Args, Result>(
  args: z.ZodType<Args>,
  run: (org: OrgState, args: Args) => Result,
): Operation<Args, Result> {
  return { args, run };
}

/** Ends an operation as Okta would, unless the condition holds. Throws `OperationRefused`. */
export function demand(condition: boolean, reason: string): void {
  if (!condition) throw new OperationRefused(reason);
}
