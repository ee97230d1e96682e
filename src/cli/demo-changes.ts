/** What happens in the demo's org between its two syncs, and what the second sync must therefore find. */
import { z } from "zod";
import { openWarehouse } from "../warehouse/open.ts";
import type { DemoOrg } from "./demo-org.ts";

export interface Moved {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** What a sync must report, by table. */
export type Expected = Readonly<Record<string, Moved>>;

/** One kind of change: said to people, done to the org, and what it moves. A table not named does not move. */
interface Change {
  readonly what: string;
  readonly operations: readonly ({ readonly op: string } & Readonly<Record<string, unknown>>)[];
  readonly moves: Readonly<Record<string, Partial<Moved>>>;
}

const TABLES = ["users", "groups", "applications", "logs", "group_rules", "user_types"] as const;
const MINUTE_MS = 60_000;

/** Changes the org; who and what is changed is picked from the rows that the first sync brought. */
export async function changeOrg(org: DemoOrg, warehouse: string, signal: AbortSignal): Promise<readonly Change[]> {
  const changes = changesFor(await pick(warehouse, signal), Date.now());
  for (const operation of changes.flatMap((change) => change.operations)) await org.apply(operation);
  return changes;
}

/** The sums of what the changes move. */
export function expectation(changes: readonly Change[]): Expected {
  const sum = (table: string, figure: keyof Moved) =>
    changes.reduce((total, { moves }) => total + (moves[table]?.[figure] ?? 0), 0);
  return Object.fromEntries(
    TABLES.map((table) => [
      table,
      { inserted: sum(table, "inserted"), updated: sum(table, "updated"), deleted: sum(table, "deleted") },
    ]),
  );
}

interface Picked {
  readonly leavers: readonly string[];
  readonly deleted: string;
  readonly group: string;
  readonly groupName: string;
}

/** Okta writes one log event for each of these, and two where a user is created active or deleted. */
function changesFor(picked: Picked, now_ms: number): readonly Change[] {
  const joiners = ["Ada", "Grace", "Katherine"];
  const late_minutes = [11, 13, 15, 17, 19];
  return [
    {
      what: `${joiners.length} people join`,
      operations: joiners.map((firstName) => ({ op: "createUser", profile: { firstName } })),
      // Everyone's membership moves with the first of them, and once is all that a sync can see.
      moves: { users: { inserted: joiners.length }, groups: { updated: 1 }, logs: { inserted: 2 * joiners.length } },
    },
    {
      what: `${picked.leavers.length} people leave: deactivated, still listed`,
      operations: picked.leavers.map((id) => ({ op: "deactivateUser", id })),
      moves: { users: { updated: picked.leavers.length }, logs: { inserted: picked.leavers.length } },
    },
    {
      what: "a former employee is deleted: Okta lists no trace of it, only a complete reading finds out",
      operations: [{ op: "deleteUser", id: picked.deleted }],
      moves: { users: { deleted: 1 }, logs: { inserted: 2 } },
    },
    {
      what: `the group “${picked.groupName}” is renamed`,
      operations: [{ op: "renameGroup", id: picked.group, name: `${picked.groupName} (renamed)` }],
      moves: { groups: { updated: 1 }, logs: { inserted: 1 } },
    },
    {
      what: `${late_minutes.length} log events of the last ${Math.max(...late_minutes)} minutes arrive only now`,
      operations: [
        ...late_minutes.map((minutes) => ({
          op: "lateEvent",
          published: now_ms - minutes * MINUTE_MS,
          persisted: now_ms + MINUTE_MS,
        })),
        { op: "advance", ms: MINUTE_MS },
      ],
      moves: { logs: { inserted: late_minutes.length } },
    },
  ];
}

const PICKS = `select
  (select list(id order by id) from (from okta.users where status = 'ACTIVE' order by id limit 2 offset 100)) as leavers,
  (select max(id) from okta.users where status = 'DEPROVISIONED') as deleted,
  (select min_by({'id': id, 'name': profile.name}, id) from okta.groups where type = 'OKTA_GROUP') as renamed`;

/** What `PICKS` answers. */
const picked = z.tuple([z.array(z.string()), z.string(), z.object({ id: z.string(), name: z.string() })]);

async function pick(url: string, signal: AbortSignal): Promise<Picked> {
  await using warehouse = await openWarehouse(url, { mode: "read" });
  const { rows } = await warehouse.query(PICKS, { maxRows: 1 }, signal);
  const [leavers, deleted, renamed] = picked.parse(rows[0]);
  return { leavers, deleted, group: renamed.id, groupName: renamed.name };
}
