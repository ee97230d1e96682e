/**
 * Deliberate breaks are caught by the histories: those that show within a few. `npm run soak` asks it of every break.
 * Seen to fail with `differences` of equality.ts answering nothing.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BREAKS } from "./breaks.ts";
import { breakNamed, exposing } from "./lot.ts";

/** Named, so that none leaves unnoticed. */
const QUICK = [
  "T0 recomputed on resume",
  "sweep without the second look",
  "an older row over a newer one",
  "checkpoint before rows",
  "the local clock",
];
const HISTORIES = 25;

test("there are at least 15 named breaks", () => {
  const names = new Set(BREAKS.map(({ name }) => name));
  assert.equal(names.size, BREAKS.length);
  assert.ok(names.size >= 15, `${names.size} breaks`);
});

for (const name of QUICK) {
  test(`caught: ${name}`, async (t) => {
    const exposed = await exposing(breakNamed(name), 1, HISTORIES);
    assert.ok(exposed !== null, `${HISTORIES} histories did not show it`);
    t.diagnostic(`history ${exposed.seed}: ${exposed.finding.slice(0, 120)}`);
  });
}
