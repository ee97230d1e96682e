/** The org's own clock, in epoch milliseconds: what `Date`, timestamps, windows and expiries are told from. */
export interface OrgClock {
  now(): number;
  /** Moves the org's time forward by `ms` (backwards if negative). */
  advance(ms: number): void;
  /** Runs synchronous work at one instant: however long it takes, all its timestamps agree. */
  hold<Result>(work: () => Result): Result;
}

/** A clock that starts at `start_ms` and then runs with the machine's. */
export function realClock(start_ms: number): OrgClock {
  let offset_ms = start_ms - Date.now();
  return holdable(
    () => Date.now() + offset_ms,
    (ms) => {
      offset_ms += ms;
    },
  );
}

/** A clock that stands still at `start_ms` until somebody advances it: tests without sleeping. */
export function manualClock(start_ms: number): OrgClock {
  let now_ms = start_ms;
  return holdable(
    () => now_ms,
    (ms) => {
      now_ms += ms;
    },
  );
}

function holdable(read: () => number, move: (ms: number) => void): OrgClock {
  let held_ms: number | undefined;
  return {
    now: () => held_ms ?? read(),
    advance: (ms) => {
      move(ms);
      if (held_ms !== undefined) held_ms += ms;
    },
    hold: (work) => {
      if (held_ms !== undefined) return work();
      held_ms = read();
      try {
        return work();
      } finally {
        held_ms = undefined;
      }
    },
  };
}
