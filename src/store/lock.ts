/**
 * One process per data directory. The lock is SQLite's own on an empty database file beside the data: the kernel gives it free
 * when its holder ends, however it ends, and nothing has to be cleaned up after `kill -9`. The data itself stays readable for
 * backups. A note next to it says who holds it; nobody decides by the note, so a stale one does no harm.
 *
 * POSIX locks belong to a process and go when it closes *any* handle of the file: nothing here may open `control.lock` but
 * SQLite, which knows that, and the note is a file of its own.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { RollcallError } from "../core/error.ts";
import { isBusy } from "./sqlite.ts";

const Note = z.object({ pid: z.int().positive(), command: z.string(), since: z.string() });
type Note = z.infer<typeof Note>;

/** Characters of the holder's command line that are told. */
const COMMAND_MAX = 200;

/** Takes the directory for this process until disposed of; throws STORE_IN_USE at once when another has it, or this one already. */
export function lock(dataDir: string): Disposable {
  const database = new DatabaseSync(join(dataDir, "control.lock"), { timeout: 0 });
  const note = join(dataDir, "control.lock.json");
  try {
    // Nothing is ever written to it, so that it needs no journal file beside it.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    // Whole or not at all: a reader must not meet half a note.
    writeFileSync(`${note}.new`, JSON.stringify(thisProcess()), { mode: 0o600 });
    renameSync(`${note}.new`, note);
  } catch (error) {
    database.close();
    throw isBusy(error) ? inUse(dataDir, readNote(note)) : error;
  }
  return {
    [Symbol.dispose]: () => {
      rmSync(note, { force: true });
      database.close();
    },
  };
}

function inUse(dataDir: string, holder: Note | null): RollcallError {
  const who = holder === null ? "another process" : `process ${holder.pid} (${holder.command}) since ${holder.since}`;
  return new RollcallError("STORE_IN_USE", `The data directory ${dataDir} is in use by ${who}.`);
}

function thisProcess(): Note {
  const command = ["rollcall", ...process.argv.slice(2)].join(" ").slice(0, COMMAND_MAX);
  return { pid: process.pid, command, since: new Date(Date.now() - process.uptime() * 1000).toISOString() };
}

/** Null where it cannot be read: the holder may be about to write it. */
function readNote(path: string): Note | null {
  try {
    return Note.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}
