/** What a response says about its rate limit (fact sheet 4.2). */
import { header, type Headers } from "./transport.ts";

/** Okta's windows are 60 s; a reset further away than this is not believed. */
export const reset_max_ms = 300_000;

export interface Rate {
  /** Requests per window; the header reports the credential's own share. */
  readonly limit: number;
  readonly remaining: number;
  /** Epoch ms at the server when the window ends, in whole seconds. */
  readonly reset_ms: number;
}

/** The `Date` of a response, epoch ms; null when absent or unreadable. */
export function dateOf(headers: Headers): number | null {
  const date_ms = Date.parse(header(headers, "date") ?? "");
  return Number.isNaN(date_ms) ? null : date_ms;
}

/** Null when one of the three headers is absent, as on some 401 and 204. */
export function rateOf(headers: Headers): Rate | null {
  const limit = least(headers["x-rate-limit-limit"]);
  const remaining = least(headers["x-rate-limit-remaining"]);
  const reset_s = least(headers["x-rate-limit-reset"]);
  if (limit === null || remaining === null || reset_s === null) return null;
  return { limit, remaining, reset_ms: reset_s * 1_000 };
}

/** The headers may be sent twice, for two limits that apply: the lesser counts (okta-sdk-python PR 346). */
function least(value: string | readonly string[] | undefined): number | null {
  if (value === undefined) return null;
  const numbers = (typeof value === "string" ? value.split(",") : value.flatMap((each) => each.split(","))).map(Number);
  const lesser = Math.min(...numbers);
  return Number.isFinite(lesser) ? lesser : null;
}

/**
 * Why a 429 came. `concurrency`: too many requests at once, said by a limit of 0; its reset means nothing. `window`: the bucket is
 * spent until its reset. `unclear`: no headers, or a reset that is past or absurdly far.
 */
export type Refusal = "concurrency" | "window" | "unclear";

export function refusalOf(rate: Rate | null, date_ms: number | null): Refusal {
  if (rate === null) return "unclear";
  if (rate.limit === 0) return "concurrency";
  if (date_ms === null) return "unclear";
  const wait_ms = rate.reset_ms - date_ms;
  return wait_ms > 0 && wait_ms <= reset_max_ms ? "window" : "unclear";
}
