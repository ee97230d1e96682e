/** A value that cannot be printed by accident. */

/** What Node's own printing asks an object for; by its registered name, so that this file needs nothing of Node. */
const inspected = Symbol.for("nodejs.util.inspect.custom");

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: only for the request that carries it, and for sealing it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [inspected](): string {
    return "[secret]";
  }
}
