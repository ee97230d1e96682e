/** How much, how often, how long: the bounds of what may be asked of the server from outside. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A request's body, of somebody who is known. */
export const BODY_MAX_BYTES = 1024 * 1024;
/** Of anybody else: log-in and set-up need no more. */
export const BODY_OF_STRANGER_MAX_BYTES = 16 * 1024;

/** A session that nobody used for this long is over. */
export const SESSION_IDLE_MS = DAY_MS;
/** And in any case after this long. */
export const SESSION_LONGEST_MS = 14 * DAY_MS;
/** Use of a session or a key is noted at most this often. */
export const SEEN_EVERY_MS = MINUTE_MS;

/** Failed log-ins are counted for this long. */
export const TRIES_WINDOW_MS = 15 * MINUTE_MS;
/** Failed log-ins for one account within it; then it must wait, with the right password too. */
export const TRIES_PER_ACCOUNT = 10;
/** Failed log-ins, and set-ups, from one network address within it. */
export const TRIES_PER_ADDRESS = 30;
/** How many accounts and addresses are remembered; beyond it the oldest are forgotten. */
export const TRIES_REMEMBERED = 10_000;
/** Passwords are hashed one after the other; so many may wait. */
export const HASHES_WAITING_MAX = 16;

/** When to try again where too many try at once, in seconds. */
export const RETRY_AFTER_S = 5;

/** How long a browser keeps to TLS once it met it, in seconds: a year. */
export const HSTS_S = 31_536_000;

/** Whoever listens to events gets a sign of life this often, so that proxies keep the connection and a client notices a dead one. */
export const EVENTS_ALIVE_EVERY_MS = 15_000;
/** A listener that does not read is cut off when so many events wait for it: it connects again and asks for what it missed. */
export const EVENTS_WAITING_MAX = 1000;
