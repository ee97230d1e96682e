/** The test of one quarter of the histories of `npm test`; each quarter is a file, so that processes share them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawHistory } from "./history.ts";
import { fewestPages, live, nothing, repeating } from "./lot.ts";

const QUARTER = 126;

export function testHistories(quarter: 0 | 1 | 2 | 3): void {
  const first = 1 + quarter * QUARTER;
  test(`histories ${first} to ${first + QUARTER - 1}: the warehouse ends equal to the org`, async (t) => {
    const counts = nothing();
    const began_ms = performance.now();
    for (let seed = first; seed < first + QUARTER; seed++) {
      assert.ok(fewestPages(drawHistory(seed)) >= 5, `history ${seed} has lists of fewer than 5 pages`);
      const findings = await live(seed, counts);
      assert.deepEqual(findings, [], `history ${seed}; to repeat it: ${repeating(seed)}`);
    }
    const seconds = (performance.now() - began_ms) / 1000;
    t.diagnostic(`${JSON.stringify(counts)} in ${seconds.toFixed(0)} s`);
  });
}
