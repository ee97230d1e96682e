/** The laws of the warehouse seam, for every backend. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Landing } from "../../src/core/batch.ts";
import { hasCode } from "../../src/core/error.ts";
import type { JsonValue, Warehouse } from "../../src/warehouse/warehouse.ts";
import { at, batch, checkpoint, group, type Law, never, type Place, rowsOf, UPSERT } from "./laws.ts";
import { attributeSuite } from "./attribute-suite.ts";
import { peopleSuite } from "./people-suite.ts";
import { querySuite } from "./query-suite.ts";
import { GROUPS, LOGS, logEvents, page, random } from "./rows.ts";

/** Runs every law on a backend; `fresh` gives each its own place. */
export function warehouseSuite(backend: string, fresh: () => Promise<Place>): void {
  const law: Law = (name, work) =>
    void test(name, async () => {
      const place = await fresh();
      await using warehouse = await place.open("write");
      await warehouse.claim("okta", { id: "00o1", host: "acme.okta.com" });
      await warehouse.migrate(
        "okta",
        [GROUPS, LOGS].map((stream) => ({ stream, attributes: [] })),
      );
      await work(warehouse, place);
    });
  const groups = (warehouse: Warehouse) =>
    rowsOf(warehouse, "SELECT id, name, _synced_at FROM okta.groups ORDER BY id");
  const counts = (inserted: number, updated: number, unchanged: number, deleted = 0) => ({
    inserted,
    updated,
    unchanged,
    deleted,
  });

  void describe(`${backend}: upsert`, () => {
    law("inserts, updates, leaves equal rows alone, and the same batch twice changes nothing", async (warehouse) => {
      const first = batch("groups", UPSERT, 1, [group("a"), group("b")]);
      assert.deepEqual(await warehouse.commit("okta", first, never), counts(2, 0, 0));
      const second = batch("groups", UPSERT, 2, [
        group("a", { _links: { self: 1 } }),
        group("b", { name: "new" }),
        group("c"),
      ]);
      assert.deepEqual(await warehouse.commit("okta", second, never), counts(1, 1, 1));
      const before = await groups(warehouse);
      assert.deepEqual(before, [
        ["a", "name of a", at(1)],
        ["b", "new", at(2)],
        ["c", "name of c", at(2)],
      ]);
      assert.deepEqual(await warehouse.commit("okta", second, never), counts(0, 0, 3));
      assert.deepEqual(await groups(warehouse), before);
      assert.equal((await warehouse.checkpoints("okta")).get("groups"), JSON.stringify(checkpoint(2)));
    });
    law("a row read earlier never overwrites one read later", async (warehouse) => {
      await warehouse.commit("okta", batch("groups", UPSERT, 5, [group("a")]), never);
      assert.deepEqual(
        await warehouse.commit("okta", batch("groups", UPSERT, 4, [group("a", { name: "old" })]), never),
        counts(0, 0, 1),
      );
      assert.deepEqual(await groups(warehouse), [["a", "name of a", at(5)]]);
    });
    law(
      "of a key's rows in one batch the one read last stays, and of one time the one further back",
      async (warehouse) => {
        const pages = [
          page([group("a", { name: "late" })], at(9)),
          page([group("a"), group("b")], at(8)),
          page([group("b", { name: "second" })], at(8)),
        ];
        assert.deepEqual(
          await warehouse.commit("okta", batch("groups", UPSERT, 9, [], { pages }), never),
          counts(2, 0, 0),
        );
        assert.deepEqual(await groups(warehouse), [
          ["a", "late", at(9)],
          ["b", "second", at(8)],
        ]);
      },
    );
    const changes: readonly object[] = [
      { name: null },
      { size: 2 },
      { weight: 0.5 },
      { active: true },
      { lastUpdated: at(1) },
      { tags: [] },
      { tags: ["a", "b"] },
      { owner: { id: "o", displayName: "x" } },
      { owner: null },
      { settings: { a: 1 } },
      { _extra: { a: 1 } },
    ];
    law("every column but _links is compared", async (warehouse) => {
      await warehouse.commit(
        "okta",
        batch(
          "groups",
          UPSERT,
          0,
          changes.map((_, n) => group(`g${n}`)),
        ),
        never,
      );
      const changed = changes.map((change, n) => group(`g${n}`, change));
      assert.deepEqual(
        await warehouse.commit("okta", batch("groups", UPSERT, 1, changed), never),
        counts(0, changes.length, 0),
      );
    });
    law("nothing is written after the signal, and nothing of a batch that fails", async (warehouse) => {
      const aborted = AbortSignal.abort();
      await assert.rejects(warehouse.commit("okta", batch("groups", UPSERT, 1, [group("a")]), aborted), (error) =>
        hasCode(error, "CANCELLED"),
      );
      const broken = { bytes: Buffer.from('[{"id":"z"},'), rows: 2, readAt_ms: 0 };
      await assert.rejects(
        warehouse.commit("okta", batch("groups", UPSERT, 1, [], { pages: [page([group("a")], at(1)), broken] }), never),
      );
      assert.deepEqual(await groups(warehouse), []);
      assert.equal((await warehouse.checkpoints("okta")).size, 0);
      assert.deepEqual(
        await warehouse.commit("okta", batch("groups", UPSERT, 1, [group("a")]), never),
        counts(1, 0, 0),
      );
    });
  });

  void describe(`${backend}: append`, () => {
    law("an event is stored once, across batches, inside one, and without a time", async (warehouse) => {
      const events = logEvents(random(7), Date.parse(at(0)), 50);
      const timeless = { uuid: "no-time" };
      const append = (rows: readonly object[]) =>
        warehouse.commit("okta", batch("logs", { kind: "append" }, 1, rows), never);
      assert.deepEqual(
        await append([...events.slice(0, 30), ...events.slice(0, 5), timeless, timeless]),
        counts(31, 0, 6),
      );
      assert.deepEqual(await append([...events.slice(20), timeless]), counts(20, 0, 11));
      assert.deepEqual(await append(events.toReversed()), counts(0, 0, 50));
      assert.deepEqual(await append([]), counts(0, 0, 0));
      assert.deepEqual(await rowsOf(warehouse, "SELECT count(*), count(DISTINCT uuid) FROM okta.logs"), [[51, 51]]);
    });
    law("nested fields are read as Okta's documents write them, and come out as they went in", async (warehouse) => {
      const event = logEvents(random(8), Date.parse(at(0)), 1)[0] as Record<string, JsonValue>;
      await warehouse.commit("okta", batch("logs", { kind: "append" }, 1, [event]), never);
      const [row] = await rowsOf(
        warehouse,
        "SELECT actor, target, debug_context, request, published, client.ipAddress, outcome.result, target[1].alternateId FROM okta.logs",
      );
      const { actor, target, debugContext, request, published } = event;
      assert.deepEqual(row?.slice(0, 5), [actor, target, debugContext, request, published]);
      assert.deepEqual(
        row?.slice(5).map((value) => typeof value),
        ["string", "string", "string"],
      );
    });
    law("a gap is noted once, and coverage is the checkpoint's", async (warehouse) => {
      const log = {
        version: 1,
        kind: "log",
        t0: at(3),
        poll: { next: "/x", at: at(3) },
        windows: [],
        coverage: [
          { from: at(1), to: at(2) },
          { from: at(3), to: at(4) },
        ],
        refreshing: false,
      } as const;
      const gaps = [{ from: at(2), to: at(3), noticedAt: at(9), reason: "kept too short" }];
      for (let n = 0; n < 2; n += 1)
        await warehouse.commit("okta", batch("logs", { kind: "append" }, 1, [], { checkpoint: log, gaps }), never);
      assert.deepEqual(await rowsOf(warehouse, "FROM rollcall.gaps"), [
        ["okta", "logs", at(2), at(3), at(9), "kept too short"],
      ]);
      assert.deepEqual(await rowsOf(warehouse, "FROM rollcall.coverage"), [
        ["okta", "logs", at(1), at(2)],
        ["okta", "logs", at(3), at(4)],
      ]);
    });
  });

  void describe(`${backend}: complete readings`, () => {
    law("unseen: neither marked, nor gone, nor stored since; finish deletes what is gone only", async (warehouse) => {
      await warehouse.commit(
        "okta",
        batch(
          "groups",
          UPSERT,
          1,
          ["a", "b", "c", "d", "e"].map((id) => group(id)),
        ),
        never,
      );
      await warehouse.commit("okta", batch("groups", UPSERT, 6, [group("new")]), never);
      const marking: Landing = { kind: "upsert", reading: "r1" };
      const reading = batch("groups", marking, 5, [group("a"), group("b", { name: "x" })]);
      await warehouse.commit("okta", reading, never);
      await warehouse.commit("okta", reading, never);
      assert.deepEqual(await warehouse.unseen("okta", "groups", "r1", at(5), 2), {
        held: 6,
        unseen: 3,
        gone: 0,
        keys: ["c", "d"],
      });
      await warehouse.commit("okta", batch("groups", marking, 7, [], { gone: ["c", "d"] }), never);
      assert.deepEqual(await warehouse.unseen("okta", "groups", "r1", at(5), 2), {
        held: 6,
        unseen: 1,
        gone: 2,
        keys: ["e"],
      });
      await warehouse.commit("okta", batch("groups", marking, 8, [group("d")]), never);
      assert.deepEqual((await warehouse.unseen("okta", "groups", "r1", at(5), 2)).gone, 1, "the last word counts");
      assert.deepEqual((await warehouse.unseen("okta", "groups", "other", at(5), 9)).unseen, 4);
      assert.deepEqual(await warehouse.finish("okta", "groups", "r1", checkpoint(9)), counts(0, 0, 0, 1));
      assert.equal((await warehouse.unseen("okta", "groups", "r1", at(5), 9)).unseen, 3, "the marks are forgotten");
      assert.deepEqual(await warehouse.finish("okta", "groups", "r1", checkpoint(9)), counts(0, 0, 0, 0));
      assert.deepEqual(
        (await groups(warehouse)).map(([id]) => id),
        ["a", "b", "d", "e", "new"],
      );
      assert.equal((await warehouse.checkpoints("okta")).get("groups"), JSON.stringify(checkpoint(9)));
    });
    law("staged rows show at finish, all at once; newer live rows stay", async (warehouse, place) => {
      await warehouse.commit(
        "okta",
        batch(
          "groups",
          UPSERT,
          1,
          ["a", "b", "c"].map((id) => group(id)),
        ),
        never,
      );
      const staging: Landing = { kind: "stage", reading: "r1" };
      await warehouse.commit(
        "okta",
        batch("groups", staging, 3, [group("a", { name: "staged" }), group("b"), group("n")]),
        never,
      );
      assert.deepEqual(
        await warehouse.commit("okta", batch("groups", staging, 2, [group("a", { name: "older" })]), never),
        counts(0, 0, 0),
      );
      assert.deepEqual(await warehouse.unseen("okta", "groups", "r1", at(2), 9), {
        held: 4,
        unseen: 1,
        gone: 0,
        keys: ["c"],
      });
      await warehouse.commit("okta", batch("groups", staging, 4, [], { gone: ["c"] }), never);
      await warehouse.commit("okta", batch("groups", UPSERT, 5, [group("n", { name: "newer" })]), never);
      assert.deepEqual(
        (await groups(warehouse)).map(([id, name]) => [id, name]),
        [
          ["a", "name of a"],
          ["b", "name of b"],
          ["c", "name of c"],
          ["n", "newer"],
        ],
      );
      await warehouse[Symbol.asyncDispose]();
      await using again = await place.open("write");
      await again.migrate("okta", [{ stream: GROUPS, attributes: [] }]);
      assert.deepEqual(await again.finish("okta", "groups", "r1", checkpoint(6)), counts(0, 1, 2, 1));
      assert.deepEqual(await groups(again), [
        ["a", "staged", at(3)],
        ["b", "name of b", at(1)],
        ["n", "newer", at(5)],
      ]);
    });
    law("a reader sees the table before or after finish, never between", async (warehouse) => {
      const ids = Array.from({ length: 2000 }, (_, n) => `g${n}`);
      await warehouse.commit(
        "okta",
        batch(
          "groups",
          UPSERT,
          1,
          ids.map((id) => group(id, { name: "old" })),
        ),
        never,
      );
      const staging: Landing = { kind: "stage", reading: "r" };
      await warehouse.commit(
        "okta",
        batch(
          "groups",
          staging,
          2,
          ids.slice(1).map((id) => group(id, { name: "new" })),
          { gone: ["g0"] },
        ),
        never,
      );
      const state = { finished: false };
      const finishing = warehouse.finish("okta", "groups", "r", checkpoint(3)).finally(() => (state.finished = true));
      const seen = new Set<string>();
      while (!state.finished)
        seen.add(JSON.stringify(await rowsOf(warehouse, "SELECT name, count(*) FROM okta.groups GROUP BY ALL")));
      await finishing;
      seen.add(JSON.stringify(await rowsOf(warehouse, "SELECT name, count(*) FROM okta.groups GROUP BY ALL")));
      for (const shown of seen) assert.ok(['[["old",2000]]', '[["new",1999]]'].includes(shown), shown);
    });
    law("abandon forgets the reading and leaves the live rows", async (warehouse) => {
      await warehouse.commit("okta", batch("groups", { kind: "upsert", reading: "r" }, 1, [group("a")]), never);
      await warehouse.commit(
        "okta",
        batch("groups", { kind: "stage", reading: "r" }, 2, [group("b")], { gone: ["a"] }),
        never,
      );
      await warehouse.abandon("okta", "groups", "r", checkpoint(4));
      assert.equal((await warehouse.unseen("okta", "groups", "r", at(9), 9)).unseen, 1);
      assert.deepEqual(await warehouse.finish("okta", "groups", "r", checkpoint(5)), counts(0, 0, 0));
      assert.deepEqual(await groups(warehouse), [["a", "name of a", at(1)]]);
    });
  });

  void describe(`${backend}: orgs and tables`, () => {
    law("a prefix is one org's for ever, whatever its host", async (warehouse) => {
      await warehouse.claim("okta", { id: "00o1", host: "new.okta.com" });
      await assert.rejects(
        warehouse.claim("okta", { id: "00o2", host: "other.okta.com" }),
        (error) => hasCode(error, "PREFIX_TAKEN") && /00o1.*00o2/.test(error.message),
      );
      await assert.rejects(warehouse.claim("main", { id: "00o2", host: "other.okta.com" }), (error) =>
        hasCode(error, "PREFIX_INVALID"),
      );
      await warehouse.claim("second", { id: "00o2", host: "other.okta.com" });
    });
    law("tables tells of every prefix's tables; migrating again changes nothing", async (warehouse, place) => {
      assert.deepEqual(await warehouse.migrate("okta", [{ stream: GROUPS, attributes: [] }]), []);
      await warehouse.commit("okta", batch("groups", UPSERT, 1, [group("a")]), never);
      await warehouse.commit("okta", batch("groups", { kind: "stage", reading: "r" }, 1, [group("a")]), never);
      await warehouse.note("okta", { table: "groups", mode: "incremental", syncedAt: at(1) });
      const expected = [
        { schema: "okta", name: "groups", rows: 1, mode: "incremental", lastSyncedAt: at(1), about: GROUPS.about },
        { schema: "okta", name: "logs", rows: 0, mode: null, lastSyncedAt: null, about: LOGS.about },
      ];
      assert.deepEqual(await warehouse.tables(), expected);
      assert.equal(await warehouse.count("okta", "groups"), 1);
      await warehouse[Symbol.asyncDispose]();
      await using reader = await place.open("read");
      assert.deepEqual(await reader.tables(), expected);
    });
  });

  attributeSuite(law, backend);
  querySuite(law, backend);
  peopleSuite(law, backend);
}
