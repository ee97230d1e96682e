/**
 * Who holds a warehouse file. DuckDB's lock on the file is the truth; this note beside it (`<file>.lock`) only says who to ask.
 * So a stale one does no harm, and one process cannot lie to itself: POSIX locks do not stand between two openings in one
 * process, and closing one drops the other's lock, hence the list of what this process has open.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { RollcallError } from "../../core/error.ts";

const note = z.object({ pid: z.int().positive(), command: z.string(), since: z.string() });
type Note = z.infer<typeof note>;

/** Characters of the holder's command line that are told. */
const COMMAND_MAX = 200;

const openHere = new Map<string, { writers: number; readers: number }>();

/** Counts an opening in this process; throws `WAREHOUSE_IN_USE` when it would meet a writer's. Dispose of it on closing. */
export function holdHere(file: string, mode: "write" | "read"): Disposable {
  const held = openHere.get(file) ?? { writers: 0, readers: 0 };
  if (held.writers > 0 || (mode === "write" && held.readers > 0)) throw inUse(file, thisProcess());
  if (mode === "write") held.writers += 1;
  else held.readers += 1;
  openHere.set(file, held);
  return {
    [Symbol.dispose]: () => {
      if (mode === "write") held.writers -= 1;
      else held.readers -= 1;
    },
  };
}

/** Says beside the file that this process writes it; to be called by whoever has DuckDB's lock. Dispose of it before giving that up. */
export function announce(file: string): Disposable {
  const path = `${file}.lock`;
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify(thisProcess()), { mode: 0o600 });
  renameSync(own, path);
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

/** The error for a file that another process has locked. */
export function heldByAnother(file: string): RollcallError {
  return inUse(file, readNote(file));
}

function inUse(file: string, holder: Note | null): RollcallError {
  const who =
    holder === null
      ? "another process that reads or writes it"
      : `process ${holder.pid} (${holder.command}) since ${holder.since}`;
  return new RollcallError("WAREHOUSE_IN_USE", `The warehouse ${file} is in use by ${who}.`);
}

function thisProcess(): Note {
  const command = ["rollcall", ...process.argv.slice(2)].join(" ").slice(0, COMMAND_MAX);
  return { pid: process.pid, command, since: new Date(Date.now() - process.uptime() * 1000).toISOString() };
}

/** The holder's note; null when there is none, or its process is dead. */
function readNote(file: string): Note | null {
  try {
    const found = note.parse(JSON.parse(readFileSync(`${file}.lock`, "utf8")));
    process.kill(found.pid, 0);
    return found;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else. Then there is a note, but it could be read: read it again.
    return isPermission(error) ? note.parse(JSON.parse(readFileSync(`${file}.lock`, "utf8"))) : null;
  }
}

function isPermission(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    error.code === "EPERM" &&
    "syscall" in error &&
    error.syscall === "kill"
  );
}
