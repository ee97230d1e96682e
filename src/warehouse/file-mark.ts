/** Whether a file is a DuckDB database: it says so after a checksum of 8 bytes. A copy replaces nothing else. */
import { open } from "node:fs/promises";

const MARK = { at: 8, text: "DUCK" } as const;

export async function isDuckdb(file: string): Promise<boolean> {
  await using handle = await open(file, "r");
  const room = Buffer.alloc(MARK.text.length);
  const { buffer, bytesRead } = await handle.read(room, 0, room.length, MARK.at);
  return bytesRead === room.length && buffer.toString("latin1") === MARK.text;
}
