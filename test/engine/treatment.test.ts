/**
 * Runs with a person's choices, against the simulated org: treatment, restart, look-back. Breaks these tests were seen to catch: a
 * plain page passed as bytes although its table is treated, the treatment of the stored rows left out, a restart that begins anew
 * each time it is told, a past read once more that is called lost, a look-back that is not asked for.
 */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type FakeOkta, startFakeOkta } from "../../fake-okta/server.ts";
import { parseCheckpoint } from "../../src/core/checkpoint.ts";
import type { RunEvent, RunResult } from "../../src/core/run.ts";
import type { Treatment } from "../../src/core/treatment.ts";
import { type SyncOptions, type TableChoice, sync } from "../../src/engine/sync.ts";
import { STREAMS } from "../../src/okta/streams.ts";
import { openWarehouse } from "../../src/warehouse/open.ts";
import type { Warehouse } from "../../src/warehouse/warehouse.ts";
import { openSimulatedClient, over, simulatedClock } from "../simulation/simulated.ts";

const KEY = new Uint8Array(32).fill(5);
const never = new AbortController().signal;
const DAY_MS = 24 * 3_600_000;

interface Place {
  readonly fake: FakeOkta;
  readonly directory: string;
  readonly warehouse: Warehouse;
}

async function withPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "rollcall-treated-"));
  try {
    await using fake = await startFakeOkta({
      users: 60,
      groups: 10,
      apps: 5,
      rules: 3,
      events: 300,
      userTypes: 2,
      pageSize: 20,
      seed: 3,
      now: Date.UTC(2026, 5, 1),
      clock: "manual",
      keyKind: "EC",
    });
    await using warehouse = await openWarehouse(`duckdb:${join(directory, "w.duckdb")}`, { mode: "write" });
    await work({ fake, directory, warehouse });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Ran {
  readonly run: RunResult;
  readonly events: readonly RunEvent[];
  /** Everything that was handed over to be stored, as text. */
  readonly pages: string;
  /** Paths and queries asked for. */
  readonly asked: readonly string[];
}

async function ran(
  { fake, warehouse }: Place,
  choices: Readonly<Record<string, Omit<TableChoice, "stream" | "mode">>>,
  more: Partial<SyncOptions> & { readonly stopAfter?: number } = {},
): Promise<Ran> {
  const events: RunEvent[] = [];
  const pages: string[] = [];
  const asked: string[] = [];
  const stop = new AbortController();
  await using okta = await openSimulatedClient(fake, simulatedClock(fake), { auth: "token", share_percent: 100 });
  const run = await sync({
    okta: over(okta, {
      get: (target, options) => {
        asked.push("path" in target ? `${target.path}?${new URLSearchParams(target.query).toString()}` : target.link);
        if (asked.length > (more.stopAfter ?? Infinity)) stop.abort();
        return okta.get(target, options);
      },
    }),
    warehouse: over(warehouse, {
      commit: (prefix, batch, signal) => {
        pages.push(...batch.pages.map(({ bytes }) => new TextDecoder().decode(bytes)));
        return warehouse.commit(prefix, batch, signal);
      },
    }),
    prefix: "okta",
    tables: Object.entries(choices).map(([table, choice]) => {
      const stream = STREAMS.find((each) => each.table === table)!;
      return { stream, mode: stream.modes[0], ...choice };
    }),
    logsSince_ms: null,
    completeEvery_ms: DAY_MS,
    allowMassDelete: false,
    hashKey: KEY,
    signal: stop.signal,
    emit: (event) => events.push(event),
    batchLimits: { pages: 1, bytes: 1 << 20, wait_ms: 5_000 },
    ...more,
  });
  return { run, events, pages: pages.join("\n"), asked };
}

async function values({ warehouse }: Place, sql: string): Promise<readonly unknown[]> {
  return (await warehouse.query(sql, { maxRows: 10_000 }, never)).rows.map(([value]) => value);
}

/** What tells people apart in this org. */
function marksOf({ fake }: Place): readonly string[] {
  const texts = fake.org.truth("users").map((user) => user["profile"] as Record<string, unknown>);
  const marks = texts
    .flatMap(({ login, email, lastName }) => [login, email, lastName])
    .filter((mark) => typeof mark === "string");
  return [...new Set(marks.map(String))].filter((mark) => mark.length > 5);
}

const NAMES: Treatment = {
  profile_login: "hash",
  profile_email: "hash",
  profile_second_email: "drop",
  profile_first_name: "drop",
  profile_last_name: "drop",
  profile_display_name: "drop",
  profile_nick_name: "drop",
  credentials: "drop",
  profile_profile_url: "drop",
  profile_manager: "drop",
  profile_manager_id: "drop",
};
const ACTORS: Treatment = { actor: "drop", target: "drop", debug_context: "drop", display_message: "drop" };

describe("a treated table", () => {
  it("has nothing of it on its way in, in its rows or in its file", () =>
    withPlace(async (place) => {
      const marks = marksOf(place);
      assert.ok(marks.length > 60, `only ${marks.length} names`);
      const { run, pages } = await ran(place, { users: { treatment: NAMES }, logs: { treatment: ACTORS } });
      assert.equal(run.status, "completed", JSON.stringify(run));
      const found = (text: string) => marks.filter((mark) => text.includes(mark));
      assert.deepEqual(found(pages), []);
      for (const table of ["users", "logs"]) {
        const rows = await place.warehouse.query(`SELECT * FROM okta.${table}`, { maxRows: 10_000 }, never);
        assert.ok(rows.rows.length > 50);
        assert.deepEqual(found(JSON.stringify(rows.rows)), []);
      }
      await place.warehouse.snapshot(join(place.directory, "copy.duckdb"), never);
      for (const name of await readdir(place.directory, { recursive: true })) {
        const bytes = await readFile(join(place.directory, name)).catch(() => Buffer.alloc(0));
        assert.deepEqual(found(bytes.toString("latin1")), [], name);
      }
      assert.equal((await values(place, "SELECT DISTINCT length(profile_email) FROM okta.users")).join(), "64");
      assert.deepEqual(
        await values(place, "SELECT count(*) FROM okta.users WHERE profile_email <> (profile->>'email')"),
        [0],
      );
    }));

  it("treats the rows that are there when the choice is made, and has them again when it is taken back", () =>
    withPlace(async (place) => {
      const emails = "SELECT profile_email FROM okta.users ORDER BY id";
      await ran(place, { users: {} });
      const plain = await values(place, emails);
      const tightened = await ran(place, { users: { treatment: { profile_email: "hash" } } });
      assert.ok(tightened.events.some((event) => event.type === "notice" && event.code === "TREATMENT_CHANGED"));
      const hashed = await values(place, emails);
      assert.ok(hashed.every((email) => /^[0-9a-f]{64}$/.test(String(email))));
      const asBefore = await ran(place, { users: {} });
      assert.equal(asBefore.run.tables["users"]?.error, null);
      assert.deepEqual(await values(place, emails), hashed, "who says nothing gets the rows as they are treated");
      const again = await ran(place, { users: { treatment: { profile_email: "hash" } } });
      assert.equal(again.run.tables["users"]?.updated, 0);
      const kept = await ran(place, { users: { treatment: {} } });
      assert.equal(kept.run.tables["users"]?.updated, plain.length);
      assert.deepEqual(await values(place, emails), plain);
    }));

  it("does not run without its key, or with a choice that cannot be", () =>
    withPlace(async (place) => {
      await ran(place, { users: { treatment: { profile_email: "hash" } } });
      const { run: keyless, asked } = await ran(place, { users: {} }, { hashKey: new Uint8Array(3) });
      assert.equal(keyless.tables["users"]?.error?.code, "TREATMENT_INVALID");
      assert.ok(
        asked.every((path) => path.startsWith("/api/v1/meta/")),
        asked.join(),
      );
      const { run } = await ran(place, { users: { treatment: { id: "drop" } }, user_types: {} });
      assert.equal(run.tables["users"]?.error?.code, "TREATMENT_INVALID");
      assert.equal(run.tables["user_types"]?.status, "completed");
    }));
});

describe("a table's own choices", () => {
  it("a restart reads all of it; killed and told again, it goes on", () =>
    withPlace(async (place) => {
      await ran(place, { users: {} });
      const small = await ran(place, { users: {} });
      assert.equal(small.run.tables["users"]?.read, 0);
      const cut = await ran(place, { users: { restart: true } }, { stopAfter: 5 });
      assert.equal(cut.run.status, "cancelled");
      const read = cut.run.tables["users"]!.read;
      assert.ok(read > 0 && read < 60, `${read} read before it was cut`);
      const rest = await ran(place, { users: { restart: true } });
      assert.equal(rest.run.status, "completed");
      assert.equal(
        rest.asked.filter((path) => path === "/api/v1/users?limit=200").length,
        0,
        "it went on where it was",
      );
      const anew = await ran(place, { users: { restart: true } });
      assert.ok(anew.run.tables["users"]!.read >= 60);
      assert.equal(anew.run.tables["users"]!.deleted, 0);
    }));

  it("a log's restart reads its past once more: nothing twice, nothing removed, and nothing held is called lost", () =>
    withPlace(async (place) => {
      await ran(place, { logs: {} });
      const [before] = await values(place, "SELECT count(*) FROM okta.logs");
      const cut = await ran(place, { logs: { restart: true } }, { stopAfter: 4 });
      assert.equal(cut.run.status, "cancelled");
      place.fake.org.clock.advance(20 * DAY_MS);
      const rest = await ran(place, { logs: { restart: true } });
      assert.equal(rest.run.status, "completed");
      assert.equal(rest.run.gaps, undefined, "what Okta dropped was held already");
      assert.ok(rest.run.tables["logs"]!.unchanged > 0);
      assert.equal(rest.run.tables["logs"]!.deleted, 0);
      assert.ok(Number((await values(place, "SELECT count(*) FROM okta.logs"))[0]) >= Number(before));
      const small = await ran(place, { logs: {} });
      assert.ok(small.asked.length <= 2, small.asked.join("\n"));
    }));

  it("looks back so far behind the cursor, and the cursor goes on", () =>
    withPlace(async (place) => {
      const cursor = async () => {
        const checkpoint = parseCheckpoint("users", (await place.warehouse.checkpoints("okta")).get("users")!);
        return checkpoint.kind === "list" ? Date.parse(checkpoint.cursor!) : NaN;
      };
      await ran(place, { users: {} });
      const before = await cursor();
      place.fake.org.clock.advance(3_600_000);
      const { asked, run } = await ran(place, { users: { lookBack_ms: 30 * DAY_MS } });
      assert.equal(run.status, "completed");
      const since = asked
        .map((path) => /lastUpdated ge "([^"]+)"/.exec(decodeURIComponent(path.replaceAll("+", " ")))?.[1])
        .find(Boolean);
      assert.equal(Date.parse(since ?? ""), before - 30 * DAY_MS);
      assert.ok((await cursor()) > before);
    }));

  it("refuses to look back where nothing tells of changes, or too far", () =>
    withPlace(async (place) => {
      for (const [table, lookBack_ms] of [
        ["logs", 1],
        ["applications", 1],
        ["users", 61 * DAY_MS],
        ["users", -1],
        ["users", NaN],
      ] as const)
        await assert.rejects(ran(place, { [table]: { lookBack_ms } }), { code: "LOOK_BACK_INVALID" });
    }));

  it("says that it began, and when it began and ended", () =>
    withPlace(async (place) => {
      const { events, run } = await ran(place, { user_types: { completeEvery_ms: 0, allowMassDelete: true } });
      assert.deepEqual([events[0]?.type, events[0]?.type === "progress" && events[0].phase], ["progress", "preparing"]);
      const { startedAt, finishedAt } = run.tables["user_types"]!;
      assert.ok(Date.parse(startedAt) <= Date.parse(finishedAt));
    }));
});
