/** The only loop over pages: follows Okta's `next` until it is absent, and stops where Okta would lead in a circle. */
import { RollcallError } from "../core/error.ts";
import type { Request } from "../core/stream.ts";
import type { Answer, GetOptions, Link, OktaClient } from "../okta/seam.ts";

export interface Walk {
  /** The request that began the walk; its parameters are merged into links that dropped them. */
  readonly began: Request;
  /** Where to go on; null: at the beginning. */
  readonly next: Link | null;
  /** A poll's `next` is there for ever and stays the same on an empty page; a list's ends. */
  readonly endless: boolean;
}

/**
 * One answer after the other. A list ends when there is no `next`. An endless walk is left by the caller.
 * Throws `CURSOR_LOOP` on a link that was followed before, and whatever `OktaClient.get` throws.
 */
export async function* walk(
  okta: OktaClient,
  { began, next, endless }: Walk,
  options: GetOptions,
): AsyncGenerator<Answer, void, void> {
  const followed = new Set<Link>();
  let link = next;
  for (;;) {
    if (link !== null) followed.add(link);
    const answer = await okta.get(link === null ? began : { link, began }, options);
    const waiting = endless && answer.next === link && isEmptyList(answer.bytes);
    if (answer.next !== null && followed.has(answer.next) && !waiting) {
      throw new RollcallError(
        "CURSOR_LOOP",
        `Okta's next page of ${began.path} is a page that was read before; the reading was ended.`,
      );
    }
    yield answer;
    if (answer.next === null) return;
    link = answer.next;
  }
}

/** Whether the bytes are `[]`, white space aside. */
export function isEmptyList(bytes: Uint8Array): boolean {
  if (bytes.length > 64) return false;
  return new TextDecoder().decode(bytes).replaceAll(/\s/g, "") === "[]";
}
