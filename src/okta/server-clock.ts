/** What time it is at Okta, learned from `Date` headers: for the start of the next window, token assertions and DPoP proofs. */
import type { Clock } from "./clock.ts";

/** A `Date` header is cut to whole seconds. */
const date_resolution_ms = 1_000;

export interface ServerClock {
  /** Epoch ms at the server, never ahead of it once a `Date` was seen (before: the local clock's guess). */
  now_ms(): number;
  readonly learned: boolean;
  /** Adds one response: its `Date`, and when by the local clock its request left and it arrived. */
  observe(date_ms: number, sent_ms: number, received_ms: number): void;
}

/**
 * The server stamps `Date` between sending and receiving, and cuts it:
 *
 *     sent + offset  ≤  stamped  ≤  received + offset        Date ≤ stamped < Date + 1 s
 *
 * so `Date − received` is a lower bound of the offset, and the greatest of them is the best. A response that contradicts it (the
 * server's clock was set back) starts anew.
 */
export function serverClock(local: Clock): ServerClock {
  let offset_ms: number | null = null;
  return {
    now_ms: () => local.now_ms() + (offset_ms ?? 0),
    get learned() {
      return offset_ms !== null;
    },
    observe(date_ms, sent_ms, received_ms) {
      const contradicted = offset_ms !== null && date_ms + date_resolution_ms <= sent_ms + offset_ms;
      const least_ms = date_ms - received_ms;
      if (offset_ms === null || contradicted || least_ms > offset_ms) offset_ms = least_ms;
    },
  };
}
