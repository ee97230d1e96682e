/** How a command that could not do its work says so: a sentence for people, and one JSON object where JSON was asked for. */
import { report, type ErrorReport } from "../core/error.ts";
import type { Context } from "./context.ts";
import { printable } from "./grid.ts";
import { painter } from "./paint.ts";

/** What stdout holds instead of a result, by command: the contract's own shape, empty, with `error`. */
const EMPTY: Readonly<Record<string, (error: ErrorReport) => object>> = {
  sync: (error) => ({
    type: "run",
    status: error.code === "CANCELLED" ? "cancelled" : "failed",
    org: null,
    startedAt: null,
    finishedAt: null,
    requests: 0,
    rateLimited: 0,
    tables: {},
    error,
  }),
  check: (error) => ({ org: null, credential: null, tables: {}, rateLimits: {}, error }),
  tables: (error) => ({ tables: [], error }),
  sources: (error) => ({ error }),
  runs: (error) => ({ error }),
};

/** Tells of `error`: on stderr always, on stdout too where the command line asks for JSON. */
export function tellFailure(error: unknown, argv: readonly string[], context: Context): void {
  const told = report(error);
  const paint = painter(context.stderr, context.env);
  const empty = EMPTY[argv.find((argument) => !argument.startsWith("-")) ?? ""];
  if (empty !== undefined && argv.includes("--json")) context.stdout.write(`${JSON.stringify(empty(told))}\n`);
  const lines = told.message.split(/\r?\n/).map(printable);
  context.stderr.write(`${paint("red", "error")}: ${lines.join("\n")} [${told.code}]\n next: ${printable(told.fix)}\n`);
  if (told.code === "UNEXPECTED" && error instanceof Error && error.stack)
    context.stderr.write(`${paint("dim", error.stack)}\n`);
}
