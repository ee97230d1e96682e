/** A body's bytes, in memory that is used again: a fresh megabyte for every page costs as much as writing it. */
export interface BorrowedBody {
  readonly bytes: Buffer;
  /** Call once, when nobody reads `bytes` any more. */
  giveBack(): void;
}

const free: Buffer[] = [];
/** More than this many are let go. */
const mostFree = 8;
const comma = 0x2c;

/** The UTF-8 bytes of a JSON text, or of a list whose rows are JSON texts. Rows are written one by one: joining costs more. */
export function borrowBody(body: string | readonly string[]): BorrowedBody {
  const rows = typeof body === "string" ? [body] : body;
  // A UTF-16 unit takes three bytes at most.
  const most = rows.reduce((sum, row) => sum + 3 * row.length + 1, 2);
  const buffer = takeFree(most);
  let at = 0;
  if (typeof body !== "string") buffer[at++] = 0x5b;
  for (const [position, row] of rows.entries()) {
    if (position > 0) buffer[at++] = comma;
    at += buffer.write(row, at, "utf8");
  }
  if (typeof body !== "string") buffer[at++] = 0x5d;
  const giveBack = (): void => {
    if (free.length < mostFree) free.push(buffer);
  };
  return { bytes: buffer.subarray(0, at), giveBack };
}

function takeFree(size: number): Buffer {
  const position = free.findIndex((buffer) => buffer.length >= size);
  const [found] = position < 0 ? [] : free.splice(position, 1);
  return found ?? Buffer.allocUnsafeSlow(Math.max(size, 65_536));
}
