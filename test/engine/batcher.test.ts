/**
 * Breaks these were seen to catch: the checkpoint asked for at commit instead of at closing, a batch committed behind a failed
 * one, no timer, two commits at once, the timer left behind, a second reader that does not wait.
 */
import assert from "node:assert/strict";
import { describe, it, mock } from "node:test";
import type { ListCheckpoint } from "../../src/core/checkpoint.ts";
import { Batcher, type Pending, type PendingPage } from "../../src/engine/batcher.ts";

const LANDING = { kind: "upsert", reading: null } as const;

function page(n: number): PendingPage {
  const bytes = new TextEncoder().encode(`[{"id":"${n}"}]`);
  return { page: { bytes, rows: 1, readAt_ms: n }, raw: bytes, rejected: 0, oddValues: 0 };
}

/** A batcher whose place is the number of the last page added. */
function batcherOf(commit: (pending: Pending) => Promise<void>, limits = { pages: 3, bytes: 1_000, wait_ms: 5_000 }) {
  let place = 0;
  const checkpoint = (): ListCheckpoint => ({
    version: 1,
    kind: "list",
    cursor: String(place),
    completeAt: null,
    reading: null,
    increment: null,
  });
  const batcher = new Batcher(commit, checkpoint, limits);
  return {
    batcher,
    add(n: number) {
      place = n;
      return batcher.add(page(n), LANDING);
    },
  };
}

const lastPage = ({ pages }: Pending) => String(pages.at(-1)?.page.readAt_ms);
const cursor = ({ checkpoint }: Pending) => (checkpoint as ListCheckpoint).cursor;

describe("the batcher", () => {
  it("closes a batch after so many pages, with the checkpoint behind exactly those", async () => {
    const committed: Pending[] = [];
    const { batcher, add } = batcherOf(async (pending) => {
      await new Promise((resolve) => setImmediate(resolve));
      committed.push(pending);
    });
    await using _ = batcher;
    for (let n = 1; n <= 8; n++) await add(n);
    await batcher.flush(LANDING);
    assert.deepEqual(
      committed.map(({ pages }) => pages.length),
      [3, 3, 2],
    );
    for (const pending of committed) assert.equal(cursor(pending), lastPage(pending));
  });

  it("closes a batch when its bytes are enough", async () => {
    const committed: Pending[] = [];
    const { batcher, add } = batcherOf(async (pending) => void committed.push(pending), {
      pages: 99,
      bytes: 20,
      wait_ms: 5_000,
    });
    await using _ = batcher;
    for (let n = 1; n <= 4; n++) await add(n);
    await batcher.flush(LANDING);
    assert.deepEqual(
      committed.map(({ pages }) => pages.length),
      [2, 2],
    );
  });

  it("closes a batch some seconds after its first page, while the next page is still awaited", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    try {
      const committed: Pending[] = [];
      const { batcher, add } = batcherOf(async (pending) => void committed.push(pending));
      await using _ = batcher;
      await add(1);
      mock.timers.tick(4_999);
      await Promise.resolve();
      assert.equal(committed.length, 0);
      mock.timers.tick(1);
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(committed.map(cursor), ["1"]);
    } finally {
      mock.timers.reset();
    }
  });

  it("never commits two batches at once, nor runs more than one ahead", async () => {
    let running = 0;
    let most = 0;
    let added = 0;
    const { batcher, add } = batcherOf(async () => {
      most = Math.max(most, ++running);
      assert.ok(added <= 9, `${added} pages were taken in while one batch was written`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
    });
    await using _ = batcher;
    for (let n = 1; n <= 9; n++) {
      added = n;
      await add(n);
    }
    await batcher.flush(LANDING);
    assert.equal(most, 1);
  });

  it("bounds what several readers take in while a batch is written", async () => {
    const readers = 4;
    const written = Promise.withResolvers<void>();
    let added = 0;
    const { batcher, add } = batcherOf(() => written.promise);
    await using _ = batcher;
    const reading = Array.from({ length: readers }, async () => {
      while (added < 40) await add(++added);
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const ahead = added;
    written.resolve();
    await Promise.all(reading);
    await batcher.flush(LANDING);
    // One batch of three being written, one closed behind it, and a page that each reader holds.
    assert.ok(ahead <= 3 + 3 + readers, `${ahead} pages were taken in while the first batch was written`);
  });

  it("commits nothing behind a commit that failed, and says the failure to whoever comes next", async () => {
    let tries = 0;
    const { batcher, add } = batcherOf(async () => {
      tries++;
      throw new Error("disk full");
    });
    await using _ = batcher;
    await assert.rejects(
      (async () => {
        for (let n = 1; n <= 20; n++) await add(n);
      })(),
      /disk full/,
    );
    await assert.rejects(batcher.flush(LANDING, true), /disk full/);
    assert.equal(tries, 1);
  });

  it("commits a checkpoint alone only when told to", async () => {
    const committed: Pending[] = [];
    const { batcher } = batcherOf(async (pending) => void committed.push(pending));
    await using _ = batcher;
    await batcher.flush(LANDING);
    assert.equal(committed.length, 0);
    await batcher.flush(LANDING, true);
    assert.equal(committed.length, 1);
  });
});
