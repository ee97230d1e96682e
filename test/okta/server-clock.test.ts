/** Seen to fail when: a later `Date` replaces a better one · a clock set back is not noticed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { serverClock } from "../../src/okta/server-clock.ts";

const exchanges = fc.array(
  fc.record({
    up_ms: fc.integer({ min: 0, max: 2_000 }),
    down_ms: fc.integer({ min: 0, max: 2_000 }),
    pause_ms: fc.integer({ min: 0, max: 5_000 }),
  }),
  { minLength: 1, maxLength: 30 },
);

test("never ahead of Okta, and as close as the best answer", () => {
  fc.assert(
    fc.property(exchanges, fc.integer({ min: -1e9, max: 1e9 }), (all, offset_ms) => {
      let now_ms = 1_700_000_000_000;
      const clock = serverClock({ now_ms: () => now_ms, sleep: async () => {} });
      let best_ms = Infinity;
      for (const { up_ms, down_ms, pause_ms } of all) {
        const sent_ms = now_ms;
        const stamped_ms = sent_ms + up_ms + offset_ms;
        const date_ms = Math.floor(stamped_ms / 1_000) * 1_000;
        now_ms += up_ms + down_ms;
        clock.observe(date_ms, sent_ms, now_ms);
        best_ms = Math.min(best_ms, stamped_ms - date_ms + down_ms);
        assert.ok(clock.now_ms() <= now_ms + offset_ms);
        assert.equal(now_ms + offset_ms - clock.now_ms(), best_ms);
        now_ms += pause_ms;
      }
    }),
  );
});

test("a clock that is set, either way, is followed with the next answer", () => {
  let now_ms = 1_700_000_000_000;
  const clock = serverClock({ now_ms: () => now_ms, sleep: async () => {} });
  assert.equal(clock.learned, false);
  for (const offset_ms of [0, 3_600_000, -3_600_000, -3_605_000, 0]) {
    clock.observe(Math.floor((now_ms + offset_ms) / 1_000) * 1_000, now_ms - 10, now_ms);
    assert.ok(Math.abs(clock.now_ms() - now_ms - offset_ms) <= 1_000);
    now_ms += 10_000;
  }
});
