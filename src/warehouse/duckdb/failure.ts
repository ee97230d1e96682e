/**
 * What DuckDB's errors mean. With `errors_as_json` the engine gives each error as a JSON object with the exception's class and,
 * for the file system, `errno`; the Node binding hands that on as the message's text, with some words before it.
 */
import { constants } from "node:os";
import { getSystemErrorMessage } from "node:util";
import { type ErrorCode, RollcallError } from "../../core/error.ts";

interface Failure {
  readonly kind: string;
  readonly message: string;
  readonly errno: number | null;
}

/** The failure inside an error of DuckDB; null when it is none. */
export function failureOf(error: unknown): Failure | null {
  if (!(error instanceof Error)) return null;
  const start = error.message.indexOf("{");
  if (start < 0) return null;
  try {
    const {
      exception_type: kind,
      exception_message: message,
      errno,
    } = JSON.parse(error.message.slice(start)) as Record<string, unknown>;
    if (typeof kind !== "string" || typeof message !== "string") return null;
    return { kind, message, errno: errno === undefined ? null : Number(errno) };
  } catch {
    return null;
  }
}

/** The engine's own words, as its shell prints them. */
export function engineMessage(error: unknown): string {
  const failure = failureOf(error);
  if (failure === null) return error instanceof Error ? error.message : String(error);
  return `${failure.kind} Error: ${failure.message}`;
}

/** What goes wrong while writing: a full disk has its own code, anything else stays what it is. */
export function writingFailed(error: unknown, file: string): unknown {
  if (!isDiskFull(error)) return error;
  return new RollcallError("WAREHOUSE_FULL", `There is no room left on the disk of ${file}.`, { cause: error });
}

const DISK_FULL: readonly number[] = [constants.errno.ENOSPC, constants.errno.EDQUOT];

/** The system's own words for ENOSPC, which DuckDB repeats where it wraps a failed write into a failed commit and drops `errno`. */
const NO_SPACE = getSystemErrorMessage(-constants.errno.ENOSPC).toLowerCase();

function isDiskFull(error: unknown): boolean {
  const failure = failureOf(error);
  if (failure !== null && failure.errno === null) return failure.message.toLowerCase().includes(NO_SPACE);
  const errno = failure?.errno ?? systemErrno(error);
  return errno !== null && DISK_FULL.includes(errno);
}

/** Node gives the number negative, as libuv does. */
function systemErrno(error: unknown): number | null {
  const errno = error instanceof Error && "errno" in error ? error.errno : null;
  return typeof errno === "number" ? Math.abs(errno) : null;
}

/** `error` as one of ours, with the engine's first line as the reason. */
export function unusable(code: ErrorCode, sentence: string, error: unknown): RollcallError {
  return new RollcallError(code, `${sentence}: ${engineMessage(error).split("\n")[0]}`, { cause: error });
}

/** DuckDB's words for memory and spill space, which it repeats where it wraps them into a failed commit and drops the kind. */
const NO_MEMORY = /failed to (?:allocate|pin|offload)|could not allocate|out of memory/i;

/** Whether the engine lacked memory, or room in the directory that it spills to. */
export function isOutOfMemory(error: unknown): boolean {
  const failure = failureOf(error);
  if (failure === null) return false;
  return failure.kind === "Out of Memory" || (failure.kind === "TransactionContext" && NO_MEMORY.test(failure.message));
}
