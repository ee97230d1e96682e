import assert from "node:assert/strict";
import { test } from "node:test";
import { uuidV1 } from "../../fake-okta/log/uuid.ts";
import { type FakeOkta, startFakeOkta } from "../../fake-okta/server.ts";
import { ask, query, readAll, type Reply } from "./ask.ts";

const hour_ms = 3_600_000;
const start_ms = Date.parse("2026-06-01T12:00:00.250Z");
const quiet = { users: 20, groups: 3, apps: 3, rules: 1, clock: "manual", now: start_ms } as const;
const uuids = (rows: ReadonlyArray<Record<string, unknown>>): unknown[] => rows.map((row) => row.uuid);
const iso = (at_ms: number): string => new Date(at_ms).toISOString();

/** Follows a poll until a page is empty; returns the rows and the link to go on from. */
async function poll(fake: FakeOkta, path: string): Promise<{ rows: Array<Record<string, unknown>>; next: string }> {
  const rows: Array<Record<string, unknown>> = [];
  for (let next = path; ;) {
    const reply: Reply = await ask(fake, next);
    assert.equal(reply.status, 200);
    assert.ok(reply.next !== undefined, "polling always has a next");
    if (reply.rows.length === 0) return { rows, next: reply.next };
    rows.push(...reply.rows);
    next = reply.next;
  }
}

test("polling shows every event once, in the order of persistence and not of published", async () => {
  await using fake = await startFakeOkta({
    ...quiet,
    events: 3000,
    latePersistence: { share: 0.02, delay_ms: 2 * hour_ms },
  });
  const all = fake.org.truth("logs");
  const { rows } = await poll(fake, `/api/v1/logs${query({ since: iso(start_ms - 91 * 24 * hour_ms), limit: "400" })}`);
  assert.equal(new Set(uuids(rows)).size, rows.length);
  assert.deepEqual(new Set(uuids(rows)), new Set(uuids(all)));
  const published = rows.map((row) => String(row.published));
  const inversions = published.filter((at, i) => i > 0 && at < String(published[i - 1])).length;
  assert.ok(inversions > 100, `${inversions} inversions in ${rows.length}`);
});

test("an empty poll's next is the link just used, and goes on showing what comes", async () => {
  await using fake = await startFakeOkta({ ...quiet, events: 40 });
  const first = await poll(fake, `/api/v1/logs${query({ since: iso(start_ms - 91 * 24 * hour_ms), limit: "1000" })}`);
  const cursor = new URL(first.next).searchParams.get("after");
  assert.match(cursor ?? "", /^\d{13}_\d+$/);
  const idle = await ask(fake, first.next);
  assert.deepEqual([idle.rows.length, idle.next], [0, first.next]);
  fake.org.appendLogEvents({ count: 3 });
  fake.org.suspendUser({ id: activeUser(fake) });
  const more = await poll(fake, first.next);
  assert.deepEqual(more.rows.map((row) => row.eventType).at(-1), "user.lifecycle.suspend");
  assert.equal(more.rows.length, 4);
  fake.org.appendLogEvents({ count: 2 });
  assert.equal((await poll(fake, more.next)).rows.length, 2, "same millisecond, later event");
});

function activeUser(fake: FakeOkta): string {
  return String(fake.org.truth("users").find((row) => row.status === "ACTIVE")?.id);
}

test("a late event is in no bounded window and no poll before it is persisted, then in both", async () => {
  await using fake = await startFakeOkta({ ...quiet, events: 0 });
  fake.org.lateEvent({ published: start_ms - hour_ms, persisted: start_ms + 1_200_000 });
  fake.org.appendLogEvents({ count: 1 });
  const window = `/api/v1/logs${query({ since: iso(start_ms - 2 * hour_ms), until: iso(start_ms - 1) })}`;
  const polled = await poll(fake, `/api/v1/logs${query({ since: iso(start_ms - 3 * hour_ms) })}`);
  assert.deepEqual([(await ask(fake, window)).rows.length, polled.rows.length], [0, 1]);
  fake.org.clock.advance(1_200_000);
  const late = await ask(fake, window);
  assert.deepEqual([late.rows.length, late.next], [1, undefined]);
  assert.deepEqual(uuids((await poll(fake, polled.next)).rows), uuids(late.rows));
  assert.equal(fake.org.truth("logs").length, 2);
  assert.throws(() => fake.org.lateEvent({ published: start_ms, persisted: start_ms }), /past/);
});

test("past events that are persisted late stay hidden until they are, in windows as in polls", async () => {
  await using fake = await startFakeOkta({
    ...quiet,
    events: 4000,
    latePersistence: { share: 1, delay_ms: 48 * hour_ms },
  });
  const since = iso(start_ms - 24 * hour_ms);
  const shown = async (): Promise<[number, number]> => {
    const window = await readAll(fake, `/api/v1/logs${query({ since, until: iso(start_ms), limit: "1000" })}`);
    const polled = await poll(
      fake,
      `/api/v1/logs${query({ since: iso(start_ms - 91 * 24 * hour_ms), limit: "1000" })}`,
    );
    return [window.length, polled.rows.filter((row) => String(row.published) >= since).length];
  };
  const [early, polledEarly] = await shown();
  fake.org.clock.advance(49 * hour_ms);
  const [late, polledLate] = await shown();
  assert.ok(early > 0 && early < late, `${early} of ${late}`);
  assert.deepEqual([polledEarly, polledLate], [early, late]);
});

test("since of a poll is persistence time, of a window published time", async () => {
  await using fake = await startFakeOkta({ ...quiet, events: 0 });
  fake.org.lateEvent({ published: start_ms - hour_ms, persisted: start_ms + 5 });
  fake.org.clock.advance(10);
  const since = iso(start_ms);
  assert.equal((await ask(fake, `/api/v1/logs${query({ since })}`)).rows.length, 1);
  assert.equal((await ask(fake, `/api/v1/logs${query({ since, until: iso(start_ms + 10) })}`)).rows.length, 0);
});

test("bounded windows are ordered by published, end without next, and tile without loss or overlap", async () => {
  await using fake = await startFakeOkta({ ...quiet, events: 2000, latePersistence: false });
  const edges = [90, 77, 61, 30, 12.5, 0].map((days) => iso(start_ms - days * 24 * hour_ms));
  const rows = [];
  for (const [i, since] of edges.slice(0, -1).entries()) {
    rows.push(...(await readAll(fake, `/api/v1/logs${query({ since, until: edges[i + 1] ?? "", limit: "97" })}`)));
  }
  const published = rows.map((row) => String(row.published));
  assert.deepEqual(published, published.toSorted());
  assert.deepEqual(uuids(rows), uuids(fake.org.truth("logs")));
  const down = await readAll(
    fake,
    `/api/v1/logs${query({ since: edges[3] ?? "", until: edges[5] ?? "", sortOrder: "DESCENDING", limit: "50" })}`,
  );
  assert.deepEqual(uuids(down).toReversed(), uuids(rows.filter((row) => String(row.published) >= String(edges[3]))));
});

test("events older than 90 days are gone, without a word", async () => {
  await using fake = await startFakeOkta({ ...quiet, events: 900, latePersistence: false });
  assert.equal(fake.org.truth("logs").length, 900);
  fake.org.clock.advance(30 * 24 * hour_ms);
  const kept = fake.org.truth("logs");
  assert.ok(kept.length > 500 && kept.length < 700, String(kept.length));
  const read = await poll(fake, `/api/v1/logs${query({ since: iso(start_ms - 120 * 24 * hour_ms), limit: "1000" })}`);
  assert.deepEqual(new Set(uuids(read.rows)), new Set(uuids(kept)));
});

test("links repeat only what was asked: nothing on a bare request, since and after together on a following one", async () => {
  await using fake = await startFakeOkta({ ...quiet, events: 3000 });
  const bare = await ask(fake, "/api/v1/logs");
  assert.equal(bare.rows.length, 100);
  assert.equal(bare.self, `${fake.url}/api/v1/logs`);
  assert.match(bare.next ?? "", /\/logs\?after=\d+_\d+$/);
  const asked = await ask(
    fake,
    `/api/v1/logs${query({ since: iso(start_ms - hour_ms * 24), limit: "2", sortOrder: "ASCENDING", made: "up" })}`,
  );
  assert.deepEqual([...new URL(asked.next ?? "").searchParams.keys()], ["since", "limit", "sortOrder", "after"]);
});

test("quirks: null targets, outcomes and client fields, the text null as zone, debugData of strings", async () => {
  await using fake = await startFakeOkta({ ...quiet, events: 4000 });
  const rows = fake.org.truth("logs");
  type Client = { zone: unknown; ipAddress: unknown };
  const clients = rows.map((row) => row.client as Client);
  assert.ok(rows.some((row) => row.target === null) && rows.some((row) => row.outcome === null));
  assert.ok(clients.some((client) => client.ipAddress === null) && clients.some((client) => client.zone === "null"));
  const debug = rows.flatMap((row) => Object.values((row.debugContext as { debugData: object }).debugData));
  assert.ok(debug.every((value) => typeof value === "string"));
  const sizes = rows.map((row) => JSON.stringify(row).length).toSorted((a, b) => a - b);
  const median = sizes[2000] ?? 0;
  assert.ok(median > 1100 && median < 1900, `median ${median}`);
});

test("a uuid is version 1 and tells the time of published", () => {
  const at = Date.parse("2026-07-03T20:42:15.169Z");
  const [low, mid, high] = uuidV1(at, 12_345, "b32e144a60ad").split("-");
  const ticks = (BigInt(`0x${high}`) & 0x0fffn) * 2n ** 48n + BigInt(`0x${mid}`) * 2n ** 32n + BigInt(`0x${low}`);
  assert.equal(high?.[0], "1");
  assert.equal(Number(ticks / 10_000n - 12_219_292_800_000n), at);
  assert.equal(ticks % 10_000n, 2345n);
});
