/** A history: what happens to an org, and to the runs that copy it. Drawn from a seed, so a failure is repeated by its number. */
import type { FaultRule } from "../../fake-okta/http/faults.ts";
import type { SyncMode } from "../../src/core/stream.ts";
import { Dice } from "./dice.ts";

/** What may happen to the org, by weight. `changes.ts` knows how to do each. */
const WEIGHTS = {
  createUser: 2,
  updateUser: 3,
  moveUser: 3,
  leaveUser: 2,
  deleteUser: 3,
  signIn: 1,
  clearAttribute: 1,
  addAttribute: 2,
  setAttribute: 1,
  retypeAttribute: 0.5,
  removeAttribute: 0.5,
  createGroup: 1,
  renameGroup: 2,
  deleteGroup: 1,
  joinGroup: 2,
  createApp: 1,
  updateApp: 1,
  deleteApp: 1,
  createRule: 1,
  updateRule: 1,
  deleteRule: 1,
  createType: 1,
  updateType: 1,
  logEvents: 1,
  lateEvent: 2,
  expireTokens: 0.5,
  rotateNonce: 0.5,
} as const;
export type Change = keyof typeof WEIGHTS;
const CHANGES = (Object.entries(WEIGHTS) as [Change, number][]).flatMap(([change, weight]) =>
  Array.from({ length: weight * 2 }, () => change),
);

export interface Crash {
  /** Before or after which commit of the run; later calls fail, too, as if the process were gone. */
  readonly commit: number;
  readonly when: "before" | "after";
  /** What happens, and how long it takes, until the command is given again. */
  readonly meanwhile: readonly Change[];
  readonly pause_ms: number;
}

export interface SyncStep {
  readonly tables: Readonly<Record<string, SyncMode>>;
  readonly completeEvery_ms: number;
  readonly batchPages: number;
  /** Changes made while the run reads: before its nth request. */
  readonly changes: readonly { readonly request: number; readonly change: Change }[];
  /** Each ends one attempt; the same command is then given again, until one attempt has no crash. */
  readonly crashes: readonly Crash[];
  /** Ctrl-C before this request. */
  readonly cancelAt: number | null;
  readonly faults: readonly FaultRule[];
  /** How much the org's clock moves with each request. */
  readonly tick_ms: number;
}

export interface Step {
  readonly before: readonly Change[];
  readonly advance_ms: number;
  readonly sync: SyncStep;
}

export interface History {
  readonly seed: number;
  readonly size: {
    readonly users: number;
    readonly groups: number;
    readonly apps: number;
    readonly rules: number;
    readonly events: number;
    readonly pageSize: number;
  };
  readonly access: {
    readonly auth: "token" | "oauth" | "dpop";
    readonly rateLimits: "none" | "workforce";
    readonly share_percent: number;
    readonly tokenLifetime_s: number;
  };
  /** Every row of every list carries a field that no column is declared for. */
  readonly surprise: boolean;
  readonly steps: readonly Step[];
  readonly tables: readonly string[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const PAUSES_MS = [0, 400, 2_000, MINUTE, 20 * MINUTE, 3 * HOUR, 30 * HOUR];
/** Longer than Okta keeps its log. */
const OUTAGE_MS = 100 * DAY;

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
  const drawn = Object.keys(MODES).filter(() => dice.chance(0.25));
  const tables = only ?? (drawn.length > 0 ? drawn : [dice.pick(Object.keys(MODES))]);
  const pages = (least: number, most: number) => pageSize * dice.between(least, most);
  const size = {
    users: pages(5, 7),
    groups: pages(5, 6),
    apps: pages(5, 6),
    rules: pages(5, 6),
    events: pages(5, 20),
    pageSize,
  };
  const steps = Array.from({ length: dice.between(1, 3) }, () => ({
    before: drawChanges(dice, 5),
    advance_ms: dice.chance(0.04) ? OUTAGE_MS : dice.pick(PAUSES_MS),
    sync: drawSync(dice, tables),
  }));
  const access: History["access"] = {
    auth: dice.pick(["token", "token", "oauth", "dpop"] as const),
    rateLimits: dice.chance(0.2) ? "workforce" : "none",
    share_percent: dice.pick([100, 75, 20]),
    tokenLifetime_s: dice.pick([3_600, 60]),
  };
  return { seed, size, access, surprise: dice.chance(0.15), steps, tables };
}

function drawChanges(dice: Dice, most: number): readonly Change[] {
  return Array.from({ length: dice.between(0, most) }, () => dice.pick(CHANGES));
}

function drawSync(dice: Dice, tables: readonly string[]): SyncStep {
  const crash = () => ({
    commit: dice.between(1, 4 * tables.length),
    when: dice.pick(["before", "after"] as const),
    meanwhile: drawChanges(dice, 2),
    pause_ms: dice.pick(PAUSES_MS),
  });
  return {
    tables: Object.fromEntries(tables.filter(() => dice.chance(0.9)).map((table) => [table, dice.pick(MODES[table]!)])),
    completeEvery_ms: dice.pick([0, 24 * HOUR, 24 * HOUR]),
    batchPages: dice.between(1, 4),
    changes: dice.chance(0.8)
      ? drawChanges(dice, 8).map((change) => ({ request: dice.between(1, 12 * tables.length), change }))
      : [],
    crashes: dice.chance(0.4) ? Array.from({ length: dice.pick([1, 1, 2, 3]) }, crash) : [],
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

const FAULTS: readonly FaultRule["fault"][] = [
  { kind: "status", code: "E0000009" },
  { kind: "status", status: 503, code: "E0000010" },
  { kind: "status", status: 423, code: "E0000009" },
  { kind: "rateLimit" },
  { kind: "concurrency" },
  { kind: "deadCursor" },
  { kind: "cut" },
  { kind: "reset" },
  { kind: "html" },
  { kind: "object" },
  { kind: "redirect", to: "https://elsewhere.test/" },
  { kind: "repeatCursor" },
  { kind: "empty" },
  { kind: "foreignNext", origin: "http://127.0.0.1:9" },
  { kind: "largePage", over: 1 },
  { kind: "status", status: 403, code: "E0000006" },
  { kind: "status", status: 401, code: "E0000015" },
  { kind: "invalidToken" },
  { kind: "insufficientScope" },
];

/**
 * Not drawn, because nobody could get them right: an empty page of the log (it looks like an hour without events), rows
 * without their key and values of a wrong type that last a moment (Okta does not say later that the row was another).
 */
function drawFault(dice: Dice, tables: readonly string[]): FaultRule {
  const table = dice.pick(tables);
  const path = dice.chance(0.2) ? "/api/v1/*" : PATHS[table];
  const fault = dice.pick(FAULTS);
  if (fault.kind === "empty" && (table === "logs" || path === "/api/v1/*")) return drawFault(dice, tables);
  return {
    match: { ...(path === undefined ? {} : { path }), nth: dice.between(1, 12) },
    times: dice.between(1, 2),
    fault,
  };
}

/**
 * A page of a list that came empty, without a next link: a list that ends there looks the same. Rows of it that were never
 * held come with the next complete reading, not before.
 */
export function mayLackRows({ steps }: History): boolean {
  return steps.some(({ sync }) => sync.faults.some(({ fault }) => fault.kind === "empty"));
}

/** The end of every history: two runs that nothing disturbs, the second with a complete reading due. */
export function quietSync(tables: readonly string[], completeEvery_ms: number): SyncStep {
  return {
    tables: Object.fromEntries(tables.map((table) => [table, MODES[table]![0]!])),
    completeEvery_ms,
    batchPages: 50,
    changes: [],
    crashes: [],
    cancelAt: null,
    faults: [],
    tick_ms: 0,
  };
}
