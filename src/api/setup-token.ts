/** The word that lets the first person in. It lives in memory only: a server that starts again prints another. */
import { randomBytes } from "node:crypto";
import { sameText } from "./hidden.ts";

export class SetupToken {
  #token: string | null;

  private constructor(token: string | null) {
    this.#token = token;
  }

  /** `needed`: there is no person yet. */
  static of(needed: boolean): SetupToken {
    return new SetupToken(needed ? randomBytes(32).toString("base64url") : null);
  }

  /** To be printed once, in a link's fragment, which no server ever logs; null when nobody is to be set up. */
  get token(): string | null {
    return this.#token;
  }

  /** Takes the same time whatever is guessed. */
  matches(guess: string): boolean {
    return this.#token !== null && sameText(guess, this.#token);
  }

  /** It has done its work: nothing matches any more. */
  spend(): void {
    this.#token = null;
  }
}
