/** Chance as a pure function: the same (seed, index, salt) always gives the same 32-bit number, in any order of asking. */
export function hash(seed: number, index: number, salt: number): number {
  let h = seed ^ Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The same as a number in [0, 1). */
export function unit(seed: number, index: number, salt: number): number {
  return hash(seed, index, salt) / 0x1_0000_0000;
}

/** The element that a hash points at. Throws on an empty list. */
export function pick<T>(list: readonly T[], h: number): T {
  const chosen = list[h % list.length];
  if (chosen === undefined) throw new RangeError("nothing to pick from");
  return chosen;
}

/** An endless seeded sequence of numbers in [0, 1), for things that happen in order (fault probabilities). */
export function makeDice(seed: number): () => number {
  let rolls = 0;
  return () => unit(seed, rolls++, 0xd1ce);
}
