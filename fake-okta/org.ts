import { z } from "zod";
import type { OrgClock } from "./clock.ts";
import { appOperations } from "./operations/apps.ts";
import { groupOperations } from "./operations/groups.ts";
import type { Operation } from "./operations/operation.ts";
import { logOperations, typeOperations } from "./operations/types-and-log.ts";
import { allowedActions, type LifecycleAction, userOperations } from "./operations/users.ts";
import { OperationRefused, type OrgSettings, OrgState } from "./org/state.ts";

/** Everything that can happen in the org, by Okta's words; each writes the events that Okta would. */
export const operations = {
  ...userOperations,
  ...groupOperations,
  ...appOperations,
  ...typeOperations,
  ...logOperations,
};
type Operations = typeof operations;
export type OperationName = keyof Operations;

type Run<O> = O extends Operation<infer Args, infer Result> ? (args: Args) => Result : never;

/** The six tables a connector can read. */
export const truthTables = ["users", "groups", "applications", "logs", "group_rules", "user_types"] as const;
export type TruthTable = (typeof truthTables)[number];
export type TruthRow = Record<string, unknown>;

interface OrgView {
  readonly id: string;
  readonly clock: OrgClock;
  /** The org itself, for the routes. */
  readonly state: OrgState;
  /** Runs an operation by name, its arguments checked. Throws `OperationRefused`. */
  apply(request: unknown): unknown;
  /** Every row as Okta would list it to somebody who sees all: users in every status, every kept and persisted event. */
  truth(table: TruthTable): TruthRow[];
  /** The same as JSON texts, one at a time. */
  rows(table: TruthTable): Iterable<string>;
  /** Lifecycle actions Okta would allow on this user now. */
  allowedActions(userId: string): LifecycleAction[];
}

/** A simulated org in this process: its view, and one method per operation taking one object of arguments. */
export type FakeOrg = OrgView & { readonly [Name in OperationName]: Run<Operations[Name]> };

const rowsOf: Record<TruthTable, (state: OrgState) => Iterable<string>> = {
  users: (state) => mapped(state.users.ids.items, (id) => state.users.text(id)),
  groups: (state) => mapped(state.groups.ids.items, (id) => state.groups.text(id)),
  applications: (state) => mapped(state.apps.rows.values(), (row) => JSON.stringify(row)),
  logs: (state) => state.log.retained(),
  group_rules: (state) => mapped(state.rules.rows.values(), (row) => JSON.stringify(row)),
  user_types: (state) => mapped(state.types.rows.values(), (row) => JSON.stringify(row)),
};

function* mapped<From, To>(items: Iterable<From>, to: (item: From) => To): Generator<To> {
  for (const item of items) yield to(item);
}

const request = z.looseObject({ op: z.string() });

function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}

function apply(state: OrgState, input: unknown): unknown {
  const { op, ...args } = request.parse(input);
  if (!isOperationName(op)) throw new OperationRefused(`unknown operation ${op}`);
  // The table's entries differ in their argument types; each parses its own, so any of them may be given anything.
  const found = operations[op] as Operation<unknown, unknown>;
  const parsed = found.args.parse(args);
  return state.clock.hold(() => found.run(state, parsed));
}

export function createFakeOrg(settings: OrgSettings): FakeOrg {
  const state = new OrgState(settings);
  const rows = (table: TruthTable): Iterable<string> => rowsOf[table](state);
  const view: OrgView = {
    id: state.orgId,
    clock: state.clock,
    state,
    apply: (input) => apply(state, input),
    rows,
    truth: (table) => [...mapped(rows(table), (text): TruthRow => JSON.parse(text))],
    allowedActions: (userId) => (state.users.has(userId) ? allowedActions(state.users.row(userId).status) : []),
  };
  const methods = Object.entries(operations).map(([name, found]) => {
    const { run } = found as Operation<unknown, unknown>;
    return [name, (args: unknown) => state.clock.hold(() => run(state, args))] as const;
  });
  // Built from the operations' own table, so that its keys and types are the mapped type's by construction.
  return { ...view, ...Object.fromEntries(methods) } as FakeOrg;
}
