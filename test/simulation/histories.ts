/** The test of one half of the histories of `npm test`; each half is a file, so that two processes share them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawHistory } from "./history.ts";
import { fewestPages, live, nothing, repeating } from "./lot.ts";

const HALF = 252;

export function testHistories(half: 0 | 1): void {
  const first = 1 + half * HALF;
  test(`histories ${first} to ${first + HALF - 1}: the warehouse ends equal to the org`, async (t) => {
    const counts = nothing();
    const began_ms = performance.now();
    for (let seed = first; seed < first + HALF; seed++) {
      assert.ok(fewestPages(drawHistory(seed)) >= 5, `history ${seed} has lists of fewer than 5 pages`);
      const findings = await live(seed, counts);
      assert.deepEqual(findings, [], `history ${seed}; to repeat it: ${repeating(seed)}`);
    }
    const seconds = (performance.now() - began_ms) / 1000;
    t.diagnostic(`${JSON.stringify(counts)} in ${seconds.toFixed(0)} s`);
  });
}
