/** A server's bytes as a file, switched whole: whoever reads the place finds what was there before, or all of the new. */
import { constants } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RollcallError } from "../core/error.ts";
import type { Answer, Remote } from "./remote.ts";

/** Resolves to the file's bytes. Throws what the server says and COPY_FAILED; then nothing of it is left, and the file that was there is. */
export async function download({ body, bytes }: Answer, file: string, remote: Remote): Promise<number> {
  const beside = join(dirname(file), `.${process.pid}-${Date.now()}.rollcall-copy`);
  try {
    const written = await write(body, beside, remote);
    if (bytes !== null && written !== bytes) {
      throw new RollcallError("SERVER_UNREACHABLE", `The copy broke off after ${written} of ${bytes} bytes.`, {
        fix: "Run the same command again.",
      });
    }
    await rename(beside, file);
    await flush(dirname(file));
    return written;
  } catch (error) {
    body.destroy();
    await rm(beside, { force: true }).catch(() => {});
    throw error instanceof RollcallError ? error : notWritten(file, error);
  }
}

async function write(body: Answer["body"], path: string, remote: Remote): Promise<number> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  await using handle = await open(path, flags);
  let written = 0;
  const pieces = body[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await pieces.next().catch((error: unknown) => {
      throw remote.failureOf(error);
    });
    if (done === true) break;
    const piece = value as Buffer;
    await handle.writeFile(piece);
    written += piece.length;
  }
  await handle.sync();
  return written;
}

/** A rename is on the disk only when its directory is. */
async function flush(directory: string): Promise<void> {
  await using handle = await open(directory, "r");
  await handle.sync();
}

export function notWritten(file: string, error: unknown): RollcallError {
  const reason = error instanceof Error ? error.message : String(error);
  return new RollcallError("COPY_FAILED", `${file} cannot be written: ${reason}`, {
    fix: "Check that the folder exists, has room and may be written; what was there before is untouched.",
    cause: error,
  });
}
