/**
 * Looks at a page's bytes once and tells whether it can go to the warehouse as it is. Most pages can: nothing undeclared, no
 * value of another type, no secret. That is the hot path of a log backfill, so no row becomes a JS object here and no byte is
 * looked at twice; a page that is not plain goes through `mend.ts`, which is slow and thorough.
 *
 * The check is exact about what a warehouse would swallow silently (undeclared names, numbers in text columns) and may be lax
 * about what it refuses loudly (30 February, broken UTF-8): a page that the warehouse refuses is mended and tried again.
 */
import { isSecretName } from "./secrets.ts";
import type { Member, RowShape, Shape } from "./shape.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** Most digits that surely fit a 64-bit integer. */
export const SAFE_DIGITS = 18;

/** The rows of a page that is plain; null where it must be mended (or is no list at all: mending says which). */
export function plainRows(bytes: Uint8Array, shape: RowShape): number | null {
  const scan = new Scan(bytes);
  const key = shape.row.members.findIndex((member) => member.name === shape.key);
  return scan.page(shape.row, key);
}

/** A cursor over one page. Every method returns false (or -1) as soon as the page turns out not to be plain. */
class Scan {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  page(row: Shape & { kind: "object" }, key: number): number | null {
    if (this.#token() !== OPEN_BRACKET) return null;
    this.#at++;
    let rows = 0;
    if (this.#token() === CLOSE_BRACKET) {
      this.#at++;
    } else {
      for (;;) {
        if (this.#token() !== OPEN_BRACE || !this.#object(row, key)) return null;
        rows++;
        const next = this.#token();
        this.#at++;
        if (next === CLOSE_BRACKET) break;
        if (next !== COMMA) return null;
      }
    }
    return this.#token() === -1 ? rows : null;
  }

  /** The next byte that is not white space, not consumed; -1 at the end. */
  #token(): number {
    const bytes = this.#bytes;
    while (this.#at < bytes.length) {
      const byte = bytes[this.#at]!;
      if (byte > 0x20) return byte;
      this.#at++;
    }
    return -1;
  }

  #value(shape: Shape): boolean {
    const first = this.#token();
    if (first === 0x6e) return this.#skipLiteral(4);
    switch (shape.kind) {
      case "text":
        return first === QUOTE && this.#skipString();
      case "object":
        return first === OPEN_BRACE && this.#object(shape, -1);
      case "list":
        return first === OPEN_BRACKET && this.#list(shape.of);
      case "timestamp":
        return first === QUOTE && this.#timestamp();
      case "boolean":
        return first === 0x74 ? this.#skipLiteral(4) : first === 0x66 && this.#skipLiteral(5);
      case "integer":
        return this.#integer();
      case "number":
        return (first === MINUS || isDigit(first)) && this.#skipScalar();
      case "secret":
        return this.#skip(false);
      case "json":
        return this.#skip(shape.secrets === "drop");
    }
  }

  /** `key`: the member that must be there with a non-empty string, or -1. */
  #object(shape: Shape & { kind: "object" }, key: number): boolean {
    this.#at++;
    let keyed = key === -1;
    if (this.#token() === CLOSE_BRACE) {
      this.#at++;
      return keyed;
    }
    const { members } = shape;
    let previous: Member | undefined;
    for (;;) {
      if (this.#token() !== QUOTE) return false;
      this.#at++;
      const index = this.#member(members, previous);
      if (index === -1) {
        if (!shape.open || !this.#skipRestOfString() || !this.#colon() || !this.#skip(false)) return false;
      } else {
        const member = members[index]!;
        this.#at += member.quoted.length;
        if (!this.#colon()) return false;
        if (index === key) keyed = this.#token() === QUOTE && this.#bytes[this.#at + 1] !== QUOTE;
        if (!this.#value(member.shape)) return false;
        previous = member;
      }
      const next = this.#token();
      this.#at++;
      if (next === CLOSE_BRACE) return keyed;
      if (next !== COMMA) return false;
    }
  }

  /** Index of the member whose name stands here, -1 for none. Remembers what followed `previous`. */
  #member(members: readonly Member[], previous: Member | undefined): number {
    const guess = previous?.likelyNext ?? 0;
    const likely = members[guess];
    if (likely !== undefined && this.#standsHere(likely.quoted)) return guess;
    const index = members.findIndex((member) => this.#standsHere(member.quoted));
    if (index !== -1 && previous !== undefined) previous.likelyNext = index;
    return index;
  }

  #standsHere(expected: Uint8Array): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
    return true;
  }

  #colon(): boolean {
    if (this.#token() !== COLON) return false;
    this.#at++;
    return true;
  }

  #list(of: Shape): boolean {
    this.#at++;
    if (this.#token() === CLOSE_BRACKET) {
      this.#at++;
      return true;
    }
    for (;;) {
      if (!this.#value(of)) return false;
      const next = this.#token();
      this.#at++;
      if (next === CLOSE_BRACKET) return true;
      if (next !== COMMA) return false;
    }
  }

  #skipString(): boolean {
    this.#at++;
    return this.#skipRestOfString();
  }

  /** From inside a string to behind its closing quote. */
  #skipRestOfString(): boolean {
    const bytes = this.#bytes;
    const end = bytes.length;
    let at = this.#at;
    while (at < end) {
      const byte = bytes[at]!;
      at++;
      if (byte === QUOTE) {
        this.#at = at;
        return true;
      }
      if (byte === BACKSLASH) at++;
    }
    return false;
  }

  #skipLiteral(length: number): boolean {
    this.#at += length;
    return true;
  }

  #skipScalar(): boolean {
    const bytes = this.#bytes;
    while (this.#at < bytes.length) {
      const byte = bytes[this.#at]!;
      if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte <= 0x20) return true;
      this.#at++;
    }
    return false;
  }

  #integer(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] === MINUS) this.#at++;
    const start = this.#at;
    while (isDigit(bytes[this.#at] ?? 0)) this.#at++;
    const digits = this.#at - start;
    const after = bytes[this.#at];
    return digits > 0 && digits <= SAFE_DIGITS && after !== DOT && after !== 0x65 && after !== 0x45;
  }

  /** `"2026-07-03T20:42:15.169Z"`; fraction of 0 to 9 digits. Any other form is mended. */
  #timestamp(): boolean {
    const bytes = this.#bytes;
    const at = this.#at + 1;
    if (
      !this.#digits(at, 4, 9999) ||
      bytes[at + 4] !== MINUS ||
      !this.#digits(at + 5, 2, 12) ||
      bytes[at + 7] !== MINUS ||
      !this.#digits(at + 8, 2, 31) ||
      bytes[at + 10] !== 0x54 ||
      !this.#digits(at + 11, 2, 23) ||
      bytes[at + 13] !== COLON ||
      !this.#digits(at + 14, 2, 59) ||
      bytes[at + 16] !== COLON ||
      !this.#digits(at + 17, 2, 59)
    ) {
      return false;
    }
    let end = at + 19;
    if (bytes[end] === DOT) {
      const fraction = end + 1;
      end = fraction;
      while (isDigit(bytes[end] ?? 0)) end++;
      if (end === fraction || end - fraction > 9) return false;
    }
    if (bytes[end] !== 0x5a || bytes[end + 1] !== QUOTE) return false;
    this.#at = end + 2;
    return true;
  }

  #digits(at: number, count: number, most: number): boolean {
    let value = 0;
    for (let i = at; i < at + count; i++) {
      const byte = this.#bytes[i] ?? 0;
      if (!isDigit(byte)) return false;
      value = value * 10 + byte - ZERO;
    }
    return value <= most;
  }

  /** Any value. With `noSecrets`, false at a name that `secrets.ts` lists: the page must be mended. */
  #skip(noSecrets: boolean): boolean {
    const bytes = this.#bytes;
    let depth = 0;
    for (;;) {
      const byte = this.#token();
      if (byte === -1) return false;
      if (byte === QUOTE) {
        const start = this.#at + 1;
        if (!this.#skipString()) return false;
        if (noSecrets && this.#token() === COLON && this.#isSecret(start, this.#at - 1)) return false;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth++;
        this.#at++;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth--;
        this.#at++;
        if (depth < 0) return false;
      } else if (byte === COMMA || byte === COLON) {
        if (depth === 0) return false;
        this.#at++;
        continue;
      } else if (!this.#skipScalar()) {
        return false;
      }
      if (depth === 0 && bytes.length >= this.#at) return true;
    }
  }

  /** A name with an escape in it could be any: then, too, the page is mended. */
  #isSecret(start: number, end: number): boolean {
    const name = names.decode(this.#bytes.subarray(start, end));
    return name.includes("\\") || isSecretName(name);
  }
}

const names = new TextDecoder();

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
