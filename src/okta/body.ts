/** What can be told about a JSON body from its first and last byte, without reading it. */

const whitespace: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const closing: Readonly<Record<number, number>> = { 0x5b: 0x5d, 0x7b: 0x7d };

/** Begins as a list or an object, and does not end as one. */
export function isCut(bytes: Uint8Array): boolean {
  const end = closing[edge(bytes, 0, 1)];
  return end !== undefined && edge(bytes, bytes.length - 1, -1) !== end;
}

export function isOf(kind: "list" | "object", bytes: Uint8Array): boolean {
  return edge(bytes, 0, 1) === (kind === "list" ? 0x5b : 0x7b);
}

/** The first byte from `start` on that is not white space; −1 if there is none. */
function edge(bytes: Uint8Array, start: number, step: 1 | -1): number {
  let at = start;
  while (whitespace.has(bytes[at] ?? -1)) at += step;
  return bytes[at] ?? -1;
}
