/** A history: what happens to an org, and to the runs that copy it. Drawn from a seed, so a failure is repeated by its number. */
import type { FaultRule } from "../../fake-okta/http/faults.ts";
import type { SyncMode } from "../../src/core/stream.ts";
import { Dice } from "./dice.ts";

/** What may happen to the org, by weight. `world.ts` knows how to do each. */
export const CHANGES = [
  "createUser", "createUser", "updateUser", "updateUser", "updateUser", "moveUser", "moveUser", "moveUser", "leaveUser", "leaveUser",
  "deleteUser", "deleteUser", "deleteUser", "signIn", "clearAttribute", "addAttribute", "createGroup", "renameGroup", "renameGroup", "deleteGroup",
  "joinGroup", "joinGroup", "createApp", "updateApp", "deleteApp", "createRule", "updateRule", "deleteRule", "createType", "updateType",
  "logEvents", "lateEvent", "lateEvent",
] as const;
export type Change = (typeof CHANGES)[number];

export interface Crash {
  /** Before or after which commit of the run; later calls fail, too, as if the process were gone. */
  readonly commit: number;
  readonly when: "before" | "after";
}

export interface SyncStep {
  readonly tables: Readonly<Record<string, SyncMode>>;
  readonly completeEvery_ms: number;
  readonly batchPages: number;
  /** Changes made while the run reads: before its nth request. */
  readonly changes: readonly { readonly request: number; readonly change: Change }[];
  readonly crash: Crash | null;
  /** Ctrl-C before this request. */
  readonly cancelAt: number | null;
  readonly faults: readonly FaultRule[];
  /** How much the org's clock moves with each request. */
  readonly tick_ms: number;
}

export interface History {
  readonly seed: number;
  readonly size: { readonly users: number; readonly groups: number; readonly apps: number; readonly rules: number; readonly events: number; readonly pageSize: number };
  readonly steps: readonly { readonly before: readonly Change[]; readonly advance_ms: number; readonly sync: SyncStep }[];
  readonly tables: readonly string[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PAUSES_MS = [0, 400, 2_000, MINUTE, 20 * MINUTE, 3 * HOUR, 30 * HOUR];

const MODES: Readonly<Record<string, readonly SyncMode[]>> = {
  users: ["incremental", "incremental", "incremental", "full_refresh"],
  groups: ["incremental", "incremental", "incremental", "full_refresh"],
  applications: ["incremental", "full_refresh"],
  logs: ["append", "append", "append", "full_refresh"],
  group_rules: ["full_refresh"],
  user_types: ["full_refresh"],
};

/** Draws a history; of some tables by chance, or of those `only`. */
export function drawHistory(seed: number, only: readonly string[] | null = null): History {
  const dice = new Dice(seed);
  const pageSize = dice.between(2, 3);
  const drawn = Object.keys(MODES).filter(() => dice.chance(0.35));
  const tables = only ?? (drawn.length > 0 ? drawn : [dice.pick(Object.keys(MODES))]);
  const size = {
    users: pageSize * dice.between(5, 7),
    groups: pageSize * dice.between(5, 6),
    apps: pageSize * dice.between(5, 6),
    rules: pageSize * dice.between(5, 6),
    events: pageSize * dice.between(5, 20),
    pageSize,
  };
  const steps = Array.from({ length: dice.between(1, 3) }, () => ({
    before: drawChanges(dice, 5),
    advance_ms: dice.chance(0.03) ? 100 * 24 * HOUR : dice.pick(PAUSES_MS),
    sync: drawSync(dice, tables),
  }));
  return { seed, size, steps, tables };
}

function drawChanges(dice: Dice, most: number): readonly Change[] {
  return Array.from({ length: dice.between(0, most) }, () => dice.pick(CHANGES));
}

function drawSync(dice: Dice, tables: readonly string[]): SyncStep {
  return {
    tables: Object.fromEntries(tables.filter(() => dice.chance(0.9)).map((table) => [table, dice.pick(MODES[table]!)])),
    completeEvery_ms: dice.pick([0, 24 * HOUR, 24 * HOUR]),
    batchPages: dice.between(1, 4),
    changes: dice.chance(0.8) ? drawChanges(dice, 8).map((change) => ({ request: dice.between(1, 12 * tables.length), change })) : [],
    crash: dice.chance(0.4) ? { commit: dice.between(1, 4 * tables.length), when: dice.pick(["before", "after"] as const) } : null,
    cancelAt: dice.chance(0.15) ? dice.between(1, 10 * tables.length) : null,
    faults: dice.chance(0.5) ? Array.from({ length: dice.between(1, 3) }, () => drawFault(dice, tables)) : [],
    tick_ms: dice.pick([0, 0, 50, 700, 5_000]),
  };
}

const PATHS: Readonly<Record<string, string>> = {
  users: "/api/v1/users*",
  groups: "/api/v1/groups*",
  applications: "/api/v1/apps*",
  logs: "/api/v1/logs*",
  group_rules: "/api/v1/groups/rules*",
  user_types: "/api/v1/meta/types/user*",
};

function drawFault(dice: Dice, tables: readonly string[]): FaultRule {
  const table = dice.pick(tables);
  const path = dice.chance(0.2) ? "/api/v1/*" : PATHS[table];
  const fault = dice.pick<FaultRule["fault"]>([
    { kind: "status", code: "E0000009" },
    { kind: "status", status: 503, code: "E0000010" },
    { kind: "rateLimit" },
    { kind: "concurrency" },
    { kind: "deadCursor" },
    { kind: "cut" },
    { kind: "reset" },
    { kind: "html" },
    { kind: "object" },
    { kind: "repeatCursor" },
    { kind: "empty" },
    { kind: "empty" },
    { kind: "foreignNext", origin: "http://127.0.0.1:9" },
    { kind: "largePage", over: 1 },
    { kind: "status", status: 403, code: "E0000006" },
    { kind: "editRows", row: "all", set: { surprise: { depth: 1 } }, remove: [] },
  ]);
  // An empty answer where events are cannot be told from an hour without events; lists are looked at again, the log's past is not.
  if (fault.kind === "empty" && (table === "logs" || path === "/api/v1/*")) return drawFault(dice, tables);
  return { match: { ...(path === undefined ? {} : { path }), nth: dice.between(1, 12) }, times: dice.between(1, 2), fault };
}

/** The end of every history: two runs that nothing disturbs, the second with a complete reading due. */
export function quietSync(tables: readonly string[], completeEvery_ms: number): SyncStep {
  return {
    tables: Object.fromEntries(tables.map((table) => [table, MODES[table]![0]!])),
    completeEvery_ms,
    batchPages: 50,
    changes: [],
    crash: null,
    cancelAt: null,
    faults: [],
    tick_ms: 0,
  };
}
