/** The org's own clock, in epoch milliseconds: what `Date`, timestamps, windows and expiries are told from. */
export interface OrgClock {
  now(): number;
  /** Moves the org's time forward by `ms` (backwards if negative). */
  advance(ms: number): void;
}

/** A clock that starts at `start_ms` and then runs with the machine's. */
export function realClock(start_ms: number): OrgClock {
  let offset_ms = start_ms - Date.now();
  return {
    now: () => Date.now() + offset_ms,
    advance: (ms) => {
      offset_ms += ms;
    },
  };
}

/** A clock that stands still at `start_ms` until somebody advances it: tests without sleeping. */
export function manualClock(start_ms: number): OrgClock {
  let now_ms = start_ms;
  return {
    now: () => now_ms,
    advance: (ms) => {
      now_ms += ms;
    },
  };
}
