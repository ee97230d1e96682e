/**
 * Readers that add side by side (the log's windows) run at most one batch ahead of the commits: memory is bounded, and a kill
 * costs what is on its way.
 * Seen to fail with only the adder that filled a batch waiting: four readers then run five batches ahead.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Checkpoint } from "../../src/core/checkpoint.ts";
import { Batcher, type PendingPage } from "../../src/engine/batcher.ts";

const PAGES = 10;
const page: PendingPage = {
  page: { bytes: new Uint8Array(2), rows: 0, readAt_ms: 0 },
  raw: new Uint8Array(2),
  rejected: 0,
  oddValues: 0,
};

test("four readers side by side are at most one batch ahead of a slow commit", async () => {
  let added = 0;
  let committed = 0;
  let most = 0;
  const checkpoint: Checkpoint = {
    version: 1,
    kind: "list",
    cursor: null,
    completeAt: null,
    reading: null,
    increment: null,
  };
  const commit = async ({ pages }: { readonly pages: readonly PendingPage[] }) => {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    committed += pages.length;
  };
  await using batcher = new Batcher(commit, () => checkpoint, { pages: PAGES, bytes: 1e9, wait_ms: 60_000 });
  const reader = async () => {
    for (let n = 0; n < 40; n++) {
      await new Promise((resolve) => setImmediate(resolve));
      added += 1;
      most = Math.max(most, added - committed);
      await batcher.add(page, { kind: "append" });
    }
  };
  await Promise.all([reader(), reader(), reader(), reader()]);
  await batcher.flush({ kind: "append" });
  assert.equal(committed, 160);
  // One batch that is being committed, one that is full, and a page in the hand of each reader.
  assert.ok(most <= 2 * PAGES + 4, `${most} pages were held`);
});
