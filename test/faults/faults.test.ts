/**
 * The fault table: what goes wrong, and how the run must end: each table's status and code, the run's status, the exit code.
 * Then, with everything put right, the next sync must end with the warehouse equal to the org: no fault leaves a scar.
 * Breaks seen to fail here, each in the row of its name: E0000015 not known · an empty first list let pass · no threshold for
 * sweeps · gaps not recorded · a refused poll cursor not begun anew · local time in place of the org's (DPoP) · odd values not counted.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TableResult } from "../../src/core/run.ts";
import { BROKEN, ODD, PASSING } from "./answers.ts";
import { CHANGES } from "./changes.ts";
import { RIGHTS } from "./rights.ts";
import type { Expected, Row } from "./row.ts";
import { Scene, type Told } from "./scene.ts";

const ROWS: readonly Row[] = [...BROKEN, ...PASSING, ...ODD, ...RIGHTS, ...CHANGES];

for (const row of ROWS) {
  test(row.name, async () => {
    await using scene = await Scene.open(row);
    const { fake } = scene;
    row.before?.(fake);
    if (row.synced) {
      const before = await scene.run({ quiet: true });
      assert.equal(before.run?.status, "completed", JSON.stringify(before));
      fake.requests.clear();
      fake.org.clock.advance(60_000);
    }
    row.arrange?.(fake);
    assertEnd(await scene.run({ quiet: false }), row);
    await row.check?.(scene);
    if (row.restore === false) return;
    fake.faults.clear();
    row.restore?.(fake);
    fake.org.clock.advance(60_000);
    const after = await scene.run({ quiet: true });
    assert.equal(after.run?.status, "completed", JSON.stringify(after));
    assert.deepEqual(await scene.differences(), []);
  });
}

test("every name is a row's own", () => {
  assert.equal(new Set(ROWS.map(({ name }) => name)).size, ROWS.length);
});

function assertEnd({ run, exit, thrown, notices }: Told, { tables, expect }: Row): void {
  const ended =
    run === null
      ? (thrown?.code ?? "")
      : Object.fromEntries(Object.entries(run.tables).map(([name, one]) => [name, endOf(one)]));
  const told = { run: run?.status ?? "not started", exit, tables: ended };
  const due = {
    run: expect.run,
    exit: expect.exit,
    tables: run === null ? expect.tables : spread(expect.tables, tables),
  };
  assert.deepEqual(told, due, JSON.stringify(thrown ?? run));
  if (expect.notice !== undefined)
    assert.ok(notices.includes(expect.notice), `no ${expect.notice} among ${notices.join()}`);
  for (const error of [thrown, ...Object.values(run?.tables ?? {}).map((table) => table.error)])
    if (error !== null) assert.ok(error.message.length > 10);
}

function endOf({ status, error }: TableResult): string {
  return error === null ? status : `${status} ${error.code}`;
}

function spread(tables: Expected["tables"], names: readonly string[]): Readonly<Record<string, string>> {
  return typeof tables === "string" ? Object.fromEntries(names.map((name) => [name, tables])) : tables;
}
