/** The first position in `[0, length)` whose element is not below the sought one, told by `isBelow`. */
export function lowerBound(length: number, isBelow: (position: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A set of strings kept in ascending (code unit) order, so that a cursor is found by binary search. */
export class SortedStrings {
  readonly #items: string[];

  /** `ascending` must already be in order; it is taken over, not copied. */
  constructor(ascending: string[] = []) {
    this.#items = ascending;
  }

  get items(): readonly string[] {
    return this.#items;
  }

  /** Position of the first item greater than `cursor`. */
  after(cursor: string): number {
    return lowerBound(this.#items.length, (i) => (this.#items[i] ?? "") <= cursor);
  }

  add(item: string): void {
    const at = lowerBound(this.#items.length, (i) => (this.#items[i] ?? "") < item);
    if (this.#items[at] !== item) this.#items.splice(at, 0, item);
  }

  remove(item: string): void {
    const at = lowerBound(this.#items.length, (i) => (this.#items[i] ?? "") < item);
    if (this.#items[at] === item) this.#items.splice(at, 1);
  }
}
