/**
 * The account of one bucket: what may still be spent in the window that is running at the server.
 *
 *     limit ├──────────── allowance ────────────┤── reserve ──┤ 0      available = remaining − in flight − reserve
 *
 * Every request in flight may or may not be counted in `remaining` yet, so it is taken as not counted: the account is at most too
 * careful, and exact once all answers are in. Time here is the server's.
 */
import { reset_max_ms, type Rate } from "./rate.ts";

/** `Reset` names a whole second; the window may end anywhere inside it. */
export const reset_margin_ms = 1_000;
/** Two resets closer than this name the same window. */
const same_window_ms = 5_000;

export interface Account {
  readonly name: string;
  limit: number | null;
  remaining: number | null;
  /** When the running window ends; null while no answer of it is in. */
  reset_ms: number | null;
  inFlight: number;
  /** Counts the windows that we know of: an answer to a request of an earlier one tells nothing about this one. */
  generation: number;
  /** Whether an answer ever came: before that one request at a time is sent. */
  probed: boolean;
}

export function openAccount(name: string): Account {
  return { name, limit: null, remaining: null, reset_ms: null, inFlight: 0, generation: 0, probed: false };
}

/** Requests per window that we allow ourselves; at least one, or nothing would ever be read. */
export function allowanceOf(limit: number, share_percent: number): number {
  return Math.max(1, Math.floor((limit * share_percent) / 100));
}

/** How long until one more request may be sent: 0 for now, null for when one in flight is answered. Opens the next window when it is due. */
export function wait_msOf(account: Account, share_percent: number, server_ms: number): number | null {
  if (account.reset_ms !== null && server_ms >= account.reset_ms + reset_margin_ms) openWindow(account);
  if (!account.probed) return account.inFlight === 0 ? 0 : null;
  if (account.limit === null || account.remaining === null) return 0;
  const left = account.remaining - (account.limit - allowanceOf(account.limit, share_percent));
  if (left - account.inFlight > 0) return 0;
  if (account.reset_ms !== null) return account.reset_ms + reset_margin_ms - server_ms;
  return account.inFlight === 0 ? 0 : null;
}

function openWindow(account: Account): void {
  account.generation += 1;
  account.remaining = account.limit;
  account.reset_ms = null;
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
  if (rate === null || rate.limit <= 0 || date_ms === null) return lost(account);
  const reset_ms = Math.min(rate.reset_ms, date_ms + reset_max_ms);
  const known_ms = account.reset_ms;
  const same = known_ms !== null && Math.abs(reset_ms - known_ms) <= same_window_ms;
  if (generation < account.generation && (known_ms === null || reset_ms <= known_ms + same_window_ms)) return;
  account.limit = rate.limit;
  if (same) {
    account.remaining = Math.min(account.remaining ?? rate.remaining, rate.remaining);
    account.reset_ms = Math.max(known_ms, reset_ms);
    return;
  }
  if (known_ms !== null) account.generation += 1;
  account.remaining = rate.remaining;
  // A window said to be over already would open the next one at once, for ever: take it as ending now.
  account.reset_ms = Math.max(reset_ms, server_ms);
}

/** A request ended without telling what it cost: taken as counted. */
export function lost(account: Account): void {
  if (account.remaining !== null) account.remaining = Math.max(0, account.remaining - 1);
}
