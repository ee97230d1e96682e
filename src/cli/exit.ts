/** The one table of exit codes: what a process end means to a script. */
import { ERRORS, RollcallError, type ErrorCode } from "../core/error.ts";
import { EXIT, type RunResult } from "../core/run.ts";

/** Codes whose exit does not follow from how far they reach. */
const BY_CODE: Partial<Record<ErrorCode, number>> = {
  UNEXPECTED: EXIT.unexpected,
  CREDENTIAL_REFUSED: EXIT.credentialRefused,
  HELD_MASS_DELETE: EXIT.held,
  CANCELLED: EXIT.cancelled,
};

/** The exit code of a command that ended in an error. */
export function exitOfError(error: unknown): number {
  return error instanceof RollcallError ? exitOfCode(error.code) : EXIT.unexpected;
}

/** The exit code that an error code stands for. */
export function exitOfCode(code: ErrorCode): number {
  return BY_CODE[code] ?? (ERRORS[code].reach === "usage" ? EXIT.usage : EXIT.partialOrFailed);
}

/** The exit code of a run that reached its end: the first that applies of 130, 3, 4, 5, 0. */
export function exitOfRun(run: RunResult): number {
  const tables = Object.values(run.tables);
  if (run.status === "cancelled") return EXIT.cancelled;
  if (tables.some((table) => table.error?.code === "CREDENTIAL_REFUSED")) return EXIT.credentialRefused;
  if (tables.some((table) => table.status === "failed")) return EXIT.partialOrFailed;
  if (tables.some((table) => table.status === "held")) return EXIT.held;
  return EXIT.completed;
}

/** The table as `--help` shows it. */
export const EXIT_MEANINGS: readonly (readonly [number, string])[] = [
  [EXIT.completed, "completed"],
  [EXIT.unexpected, "unexpected: please report it"],
  [EXIT.usage, "wrong use or configuration; nothing was started"],
  [EXIT.credentialRefused, "Okta refused the credential"],
  [EXIT.partialOrFailed, "a table failed or is unreadable"],
  [EXIT.held, "held: a deletion larger than the safety threshold waits for your word (--allow-mass-delete)"],
  [EXIT.cancelled, "cancelled (Ctrl-C): what was committed stays, the same command resumes"],
];
