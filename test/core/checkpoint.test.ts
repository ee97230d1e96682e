/** Breaks these were seen to catch: a damaged place read as none, members that are not known left out silently. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCheckpoint, serialise, type ListCheckpoint, type LogCheckpoint } from "../../src/core/checkpoint.ts";
import type { RunEvent } from "../../src/core/run.ts";
import { sync } from "../../src/engine/sync.ts";
import type { OktaClient } from "../../src/okta/seam.ts";
import { userTypes } from "../../src/okta/streams/user_types.ts";
import type { Warehouse } from "../../src/warehouse/warehouse.ts";

const time = "2026-06-01T00:00:00.000Z";
const list: ListCheckpoint = {
  version: 1,
  kind: "list",
  cursor: time,
  completeAt: null,
  reading: {
    id: "r",
    landing: "stage",
    startedAt: time,
    phase: "catchup",
    list: 2,
    next: "/api/v1/users?after=x",
    catchupAt: null,
  },
  increment: { since: time, startedAt: time, next: "/api/v1/users?after=y" },
};
const log: LogCheckpoint = {
  version: 1,
  kind: "log",
  t0: time,
  poll: { next: "/api/v1/logs?after=1_1", at: time },
  windows: [{ from: time, to: time, next: null }],
  coverage: [{ from: time, to: time }],
  refreshing: false,
};

describe("checkpoints", () => {
  it("come back as they were stored", () => {
    for (const checkpoint of [list, log]) assert.deepEqual(parseCheckpoint("users", serialise(checkpoint)), checkpoint);
  });

  const damaged: Readonly<Record<string, string>> = {
    "cut off": serialise(list).slice(0, -3),
    empty: "",
    "of a later version": serialise(list).replace('"version":1', '"version":2'),
    "of no kind": "{}",
    "with a place on another host": serialise(log).replace("/api/v1/logs", "https://elsewhere.test/logs"),
    "with a time that is none": serialise(list).replaceAll(time, "yesterday"),
    "with more than is known": serialise(list).replace("{", '{"later":1,'),
  };
  for (const [how, stored] of Object.entries(damaged)) {
    it(`are refused when they are ${how}`, () => {
      assert.throws(() => parseCheckpoint("users", stored), { code: "CHECKPOINT_UNREADABLE" });
    });
  }

  it("stop their table when they cannot be read, with the way out, before anything is asked or written", async () => {
    const touched: string[] = [];
    const refusing = (what: string) => (): never => {
      touched.push(what);
      throw new Error(`${what} must not be touched`);
    };
    const warehouse = {
      claim: async () => {},
      checkpoints: async () => new Map([["user_types", "{damaged"]]),
      ...Object.fromEntries(["migrate", "commit", "finish", "abandon", "note"].map((name) => [name, refusing(name)])),
    } as unknown as Warehouse;
    const okta = {
      org: { id: "00o1", host: "acme.okta.com" },
      now_ms: () => Date.parse(time),
      get: refusing("Okta"),
    } as unknown as OktaClient;
    const events: RunEvent[] = [];
    const run = await sync({
      okta,
      warehouse,
      prefix: "okta",
      tables: [{ stream: userTypes, mode: "full_refresh" }],
      logsSince_ms: null,
      completeEvery_ms: 0,
      allowMassDelete: false,
      signal: new AbortController().signal,
      emit: (event) => events.push(event),
    });
    assert.deepEqual(touched, []);
    assert.equal(run.status, "failed");
    const result = run.tables["user_types"];
    assert.equal(result?.error?.code, "CHECKPOINT_UNREADABLE");
    assert.match(result?.error?.fix ?? "", /--prefix/);
    assert.deepEqual(
      events.map(({ type }) => type),
      ["progress", "table"],
    );
  });
});
