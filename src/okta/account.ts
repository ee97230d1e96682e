/**
 * The account of one bucket: what may still be spent in the window that is running at the server.
 *
 *     limit ├──────────── allowance ────────────┤── reserve ──┤ 0      available = remaining − in flight − lost − reserve
 *
 * Every request in flight may or may not be counted in `remaining` yet, so it is taken as not counted: the account is at most too
 * careful, and exact once all answers are in. Time here is the server's.
 */
import { reset_max_ms, type Rate } from "./rate.ts";

/** `Reset` names a whole second; the window may end anywhere inside it. */
export const reset_margin_ms = 1_000;
/** Windows last this long (fact sheet 4.1): for when no answer of a window has told its end. */
const window_ms = 60_000;
/** Two resets closer than this name the same window. */
const same_window_ms = 5_000;

export interface Account {
  readonly name: string;
  limit: number | null;
  remaining: number | null;
  /** When the running window ends; null while no answer of it is in. */
  reset_ms: number | null;
  /** When the last window that an answer told of ended. */
  ended_ms: number;
  /** When the running window was opened on the strength of that alone. */
  opened_ms: number;
  inFlight: number;
  /** Requests of this window whose answers never came: Okta may have counted them after what `remaining` tells. */
  lost: number;
  /** Those of them that were sent so near the window's end that the next one may have counted them. */
  lostAtEnd: number;
  /** Counts the windows that we know of: an answer to a request of an earlier one tells nothing about this one. */
  generation: number;
  /** Whether an answer ever came: before that one request at a time is sent. */
  probed: boolean;
}

export function openAccount(name: string): Account {
  return {
    name,
    limit: null,
    remaining: null,
    reset_ms: null,
    ended_ms: -Infinity,
    opened_ms: 0,
    inFlight: 0,
    lost: 0,
    lostAtEnd: 0,
    generation: 0,
    probed: false,
  };
}

/** Requests per window that we allow ourselves; at least one, or nothing would ever be read. */
export function allowanceOf(limit: number, share_percent: number): number {
  return Math.max(1, Math.floor((limit * share_percent) / 100));
}

/** How long until one more request may be sent: 0 for now, null for when one in flight is answered. Opens the next window when it is due. */
export function wait_msOf(account: Account, share_percent: number, server_ms: number): number | null {
  if (!account.probed) return account.inFlight === 0 ? 0 : null;
  if (account.limit === null || account.remaining === null) return 0;
  if (server_ms >= endOf(account)) openWindow(account, server_ms);
  const reserve = account.limit - allowanceOf(account.limit, share_percent);
  return account.remaining - reserve - account.inFlight - account.lost - account.lostAtEnd > 0
    ? 0
    : Math.max(1, endOf(account) - server_ms);
}

function endOf({ reset_ms, opened_ms }: Account): number {
  return (reset_ms ?? opened_ms + window_ms) + reset_margin_ms;
}

/** Without a word from Okta yet: the window before is over, so this one is whole. */
function openWindow(account: Account, server_ms: number): void {
  nextGeneration(account);
  account.remaining = account.limit;
  account.ended_ms = account.reset_ms ?? account.ended_ms;
  account.reset_ms = null;
  account.opened_ms = server_ms;
}

/** A request was answered. `generation`: the account's when it was sent. */
export function answered(
  account: Account,
  generation: number,
  rate: Rate | null,
  date_ms: number | null,
  server_ms: number,
): void {
  account.probed = true;
  if (rate === null || rate.limit <= 0 || date_ms === null) {
    if (account.remaining !== null) account.remaining = Math.max(0, account.remaining - 1);
    return;
  }
  const reset_ms = Math.min(rate.reset_ms, date_ms + reset_max_ms);
  const known_ms = account.reset_ms;
  const same = known_ms !== null && Math.abs(reset_ms - known_ms) <= same_window_ms;
  // Sent in an earlier window and counted there; one that was counted in this window or a later one tells its reset.
  if (generation < account.generation && reset_ms <= (known_ms ?? account.ended_ms) + same_window_ms && !same) return;
  account.limit = rate.limit;
  if (same) {
    account.remaining = Math.min(account.remaining ?? rate.remaining, rate.remaining);
    account.reset_ms = Math.max(known_ms, reset_ms);
    return;
  }
  if (known_ms !== null) nextGeneration(account);
  account.remaining = rate.remaining;
  // A window said to be over already would open the next one at once, for ever: take it as ending now.
  account.reset_ms = Math.max(reset_ms, server_ms);
}

function nextGeneration(account: Account): void {
  account.generation += 1;
  account.lost = account.lostAtEnd;
  account.lostAtEnd = 0;
}

/** How far what we know of Okta's time may lag behind it: an exchange's length. */
const near_end_ms = 10_000;

/** Whether a request sent now may be counted in the next window. */
export function isNearEnd({ reset_ms }: Account, server_ms: number): boolean {
  return reset_ms !== null && server_ms >= reset_ms - near_end_ms;
}

/** A request ended without an answer. */
export function unanswered(account: Account, nearEnd: boolean): void {
  if (nearEnd) account.lostAtEnd += 1;
  else account.lost += 1;
}
