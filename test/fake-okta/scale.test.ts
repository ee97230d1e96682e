/** Large orgs from little memory, and always the same ones. Rates are printed, not asserted: the machine is shared. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { borrowBody } from "../../fake-okta/http/body.ts";
import type { LogCursor } from "../../fake-okta/log/system-log.ts";
import { startFakeOkta } from "../../fake-okta/server.ts";
import { ask, query } from "./ask.ts";

const now = Date.parse("2026-06-01T12:00:00Z");

/** Runs `work`, which returns how many things it did, and says how many a second of this process's CPU time that is. */
function perCpuSecond(work: () => number): number {
  const before = process.cpuUsage();
  const count = work();
  const used = process.cpuUsage(before);
  return Math.round(count / ((used.user + used.system) / 1e6));
}

test("100,000 users and 2,000,000 events start at once and stay small", async (context) => {
  const before_bytes = process.memoryUsage().rss;
  await using fake = await startFakeOkta({ users: 100_000, events: 2_000_000, now });
  const { state } = fake.org;
  const logPages = (pages: number, body: boolean): number => {
    let after: LogCursor | undefined;
    let rows = 0;
    for (let page = 0; page < pages; page++) {
      const found = state.log.poll(0, { limit: 1000, after, match: undefined });
      rows += found.rows.length;
      after = found.last;
      if (body) borrowBody(found.rows).giveBack();
    }
    return rows;
  };
  logPages(50, true);
  const rates = {
    "events rendered": perCpuSecond(() => logPages(100, false)),
    "events in page bodies": perCpuSecond(() => logPages(100, true)),
    "users in page bodies": perCpuSecond(() => {
      const all = state.users.ids.items.slice(0, 40_000);
      for (let i = 0; i < all.length; i += 200) {
        borrowBody(all.slice(i, i + 200).map((id) => state.users.text(id))).giveBack();
      }
      return all.length;
    }),
  };
  for (const [name, rate] of Object.entries(rates)) context.diagnostic(`${name}: ${rate} per CPU second`);
  const grown_MB = (process.memoryUsage().rss - before_bytes) / 1e6;
  context.diagnostic(`memory: ${Math.round(grown_MB)} MB more`);
  assert.ok(grown_MB < 300, `${grown_MB} MB`);
  assert.equal(logPages(3, true), 3000);
});

test("the same seed is the same org, another seed another; order of asking does not matter", async () => {
  const size = { users: 300, groups: 10, apps: 10, rules: 4, events: 500, now, clock: "manual" } as const;
  await using one = await startFakeOkta(size);
  await using same = await startFakeOkta(size);
  await using other = await startFakeOkta({ ...size, seed: 2 });
  await ask(same, "/api/v1/users?limit=50");
  const plain = (rows: unknown, url: string): string => JSON.stringify(rows).replaceAll(url, "");
  for (const table of ["users", "groups", "applications", "logs", "group_rules", "user_types"] as const) {
    const first = plain(one.org.truth(table), one.url);
    assert.equal(plain(same.org.truth(table), same.url), first, table);
    assert.notEqual(plain(other.org.truth(table), other.url), first, table);
  }
});

test("an incremental look at 100,000 unchanged users finds nothing in one request", async () => {
  await using fake = await startFakeOkta({ users: 100_000, events: 0, now, clock: "manual" });
  const reply = await ask(fake, `/api/v1/users${query({ filter: `lastUpdated ge "${new Date(now).toISOString()}"` })}`);
  assert.deepEqual([reply.status, reply.rows.length, reply.next], [200, 0, undefined]);
});
