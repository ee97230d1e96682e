/** One row of the fault table: what is wrong, and how the run must end. */
import type { FaultRule } from "../../fake-okta/http/faults.ts";
import type { FakeOkta, FakeOktaOptions } from "../../fake-okta/server.ts";
import type { ErrorCode } from "../../src/core/error.ts";
import type { NoticeCode, RunStatus, TableStatus } from "../../src/core/run.ts";
import type { SyncMode } from "../../src/core/stream.ts";
import type { Warehouse } from "../../src/warehouse/warehouse.ts";
import type { Scene } from "./scene.ts";

export interface Row {
  readonly name: string;
  readonly tables: readonly string[];
  readonly auth?: "token" | "oauth" | "dpop";
  readonly org?: FakeOktaOptions;
  readonly mode?: SyncMode;
  readonly allowMassDelete?: boolean;
  /** The machine's clock is ahead of the org's by so much. */
  readonly local_ms?: number;
  /** A quiet sync came before, and a minute passed: the tables hold rows. `before` it: what the org was given for it. */
  readonly synced?: true;
  readonly before?: (fake: FakeOkta) => void;
  readonly arrange?: (fake: FakeOkta) => void;
  /** What happens just before the nth request of the engine. */
  readonly during?: { readonly request: number; readonly act: (fake: FakeOkta, stop: AbortController) => void };
  readonly warehouse?: (warehouse: Warehouse) => Warehouse;
  readonly expect: Expected;
  /** What else must be true after the run. */
  readonly check?: (scene: Scene) => Promise<void>;
  /** The org and the credential put right; then a quiet sync must end equal. False: nothing puts it right. */
  readonly restore?: ((fake: FakeOkta) => void) | false;
}

export interface Expected {
  readonly run: RunStatus | "not started";
  readonly exit: number;
  /** By table; one word for all: the status, then the code. */
  readonly tables: End | Readonly<Record<string, End>>;
  readonly notice?: NoticeCode;
}

export type End = TableStatus | `${Exclude<TableStatus, "completed">} ${ErrorCode}` | ErrorCode;

export const USERS = "/api/v1/users";
export const GROUPS = "/api/v1/groups";
export const APPS = "/api/v1/apps";
export const LOGS = "/api/v1/logs";
export const RULES = "/api/v1/groups/rules";

/** The fault strikes every matching request, or the first `times`. */
export function striking(path: string, fault: FaultRule["fault"], times?: number): (fake: FakeOkta) => void {
  return ({ faults }) => {
    faults.add({ match: { path }, fault, ...(times === undefined ? {} : { times }) });
  };
}

/** The fault strikes the nth page of a list that carries this parameter. */
export function strikingPages(
  path: string,
  query: Readonly<Record<string, boolean>>,
  fault: FaultRule["fault"],
  times?: number,
) {
  return ({ faults }: FakeOkta): void => {
    faults.add({ match: { path, query }, fault, ...(times === undefined ? {} : { times }) });
  };
}

export const COMPLETED: Expected = { run: "completed", exit: 0, tables: "completed" };

/** The only table fails. */
export function failing(code: ErrorCode, exit = 4): Expected {
  return { run: "failed", exit, tables: `failed ${code}` };
}
