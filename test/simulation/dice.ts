import { unit } from "../../fake-okta/random.ts";

/** Chance from a seed: the same seed rolls the same numbers in the same order. */
export class Dice {
  readonly #seed: number;
  #rolls = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** In [0, 1). */
  roll(): number {
    return unit(this.#seed, this.#rolls++, 0x51);
  }

  chance(share: number): boolean {
    return this.roll() < share;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.roll() * (most - least + 1));
  }

  /** Throws on an empty list. */
  pick<T>(list: readonly T[]): T {
    const chosen = list[Math.floor(this.roll() * list.length)];
    if (chosen === undefined && list.length === 0) throw new RangeError("nothing to pick from");
    return chosen as T;
  }
}
