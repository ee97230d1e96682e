/**
 * `kill -9` of the real process at random moments, at least 20 times: the same command again resumes inside the tables, and the
 * warehouse ends equal to the org and to what an undisturbed run makes of it. The moments are counted in requests, so they
 * fall the same way on a slow machine. Then: two processes on one file.
 * Breaks seen to fail here: checkpoints not loaded (the same command gets nowhere) · the checkpoint committed in a transaction
 * before the rows' (rows missing) · the note of who holds the file not written.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type FakeOkta, startFakeOkta } from "../../fake-okta/server.ts";
import { STREAMS } from "../../src/okta/streams.ts";
import { openWarehouse } from "../../src/warehouse/open.ts";
import { ended, home, start, temporaryFolder } from "../cli/command.ts";
import { Dice } from "../simulation/dice.ts";
import { differences, NOTHING_LAGS } from "../simulation/equality.ts";

const SEED = 20_260_601;
const KILLS = 20;
/** The process dies after at most so many requests of its own: fewer than half of what a first sync takes, so none can do it from zero. */
const LIFE_REQUESTS = 300;
/** Pages enough that a first sync takes many such lives; 50 of a table are one batch. */
const SIZE = { users: 2_000, groups: 120, apps: 40, rules: 30, events: 4_000, userTypes: 3, pageSize: 8 } as const;
/** A sync that is not done after so many kills gets nowhere. */
const KILLS_MAX = 60;

function command(fake: FakeOkta, file: string) {
  const argv = ["sync", "--json", "--warehouse", `duckdb:${file}`, "--complete-every", "0", "--allow-mass-delete"];
  const env = { OKTA_CLIENT_ORGURL: fake.url, OKTA_CLIENT_TOKEN: fake.token };
  return start(process.execPath, ["--disable-warning=ExperimentalWarning", join(home, "src/main.ts"), ...argv], {
    env,
  });
}

/** Runs the command; kills it after so many requests, unless it ends before. Whether it was killed. */
async function attempt(fake: FakeOkta, file: string, life_requests: number, dice: Dice): Promise<boolean> {
  const child = command(fake, file);
  const end = ended(child);
  const before = fake.requests.total;
  while (child.exitCode === null && fake.requests.total - before < life_requests) await sleep(1);
  await sleep(dice.between(0, 15));
  child.kill("SIGKILL");
  const { code, stderr, stdout } = await end;
  if (child.signalCode === "SIGKILL") return true;
  assert.equal(code, 0, `${stderr}\n${stdout.trimEnd().split("\n").at(-1)}`);
  return false;
}

/** What happens to the org between two syncs. */
function change({ org }: FakeOkta, dice: Dice): void {
  const users = org.truth("users").map(({ id }) => String(id));
  for (let n = 0; n < 30; n++) {
    const id = dice.pick(users);
    const [action] = org.allowedActions(id).filter((one) => one !== "deactivate");
    if (action !== undefined) org.changeStatus({ id, action });
    org.updateUser({ id, profile: { title: `Title ${n}` } });
  }
  for (const id of new Set(Array.from({ length: 12 }, () => dice.pick(users)))) {
    if (org.allowedActions(id).includes("deactivate")) org.changeStatus({ id, action: "deactivate" });
    org.deleteUser({ id });
  }
  org.createUser({ status: "ACTIVE" });
  org.createGroup({ name: "Joined late" });
  org.appendLogEvents({ count: 40 });
  org.lateEvent({ published: org.clock.now() - 3_600_000, persisted: org.clock.now() });
}

async function equality(fake: FakeOkta, file: string): Promise<readonly string[]> {
  await using warehouse = await openWarehouse(`duckdb:${file}`, { mode: "read" });
  const found: string[] = [];
  for (const { table } of STREAMS) found.push(...(await differences(table, fake.org, warehouse, "okta", NOTHING_LAGS)));
  return found;
}

/** Every row as text, by table; when it was read is not compared. */
async function contents(file: string): Promise<Record<string, readonly string[]>> {
  await using warehouse = await openWarehouse(`duckdb:${file}`, { mode: "read" });
  const { signal } = new AbortController();
  const tables: Record<string, readonly string[]> = {};
  for (const { table, key } of STREAMS) {
    const sql = `SELECT * EXCLUDE (_synced_at) FROM okta.${table} ORDER BY ${key}`;
    const { rows } = await warehouse.query(sql, { maxRows: 1_000_000 }, signal);
    tables[table] = rows.map((row) => JSON.stringify(row));
  }
  return tables;
}

test(`killed ${KILLS} times, and nothing is lost, doubled or begun from zero`, { timeout: 540_000 }, async (t) => {
  await using fake = await startFakeOkta({ ...SIZE, seed: SEED, latency_ms: 5 });
  const folder = temporaryFolder(t);
  const file = join(folder, "killed.duckdb");
  const dice = new Dice(SEED);
  let kills = 0;
  for (let round = 1; kills < KILLS; round++) {
    const before = { kills, requests: fake.requests.total };
    while (await attempt(fake, file, dice.between(1, LIFE_REQUESTS), dice))
      assert.ok(++kills - before.kills <= KILLS_MAX, "the same command gets nowhere");
    const requests = fake.requests.total - before.requests;
    const inRound = kills - before.kills;
    assert.deepEqual(await equality(fake, file), [], `round ${round}, seed ${SEED}`);
    assert.equal(existsSync(`${file}.staging`), false, "staged pages were left behind");

    const undisturbed = join(folder, `undisturbed-${round}.duckdb`);
    const full = await requestsOf(fake, () => attempt(fake, undisturbed, Infinity, dice));
    assert.deepEqual(await contents(file), await contents(undisturbed), `round ${round}, seed ${SEED}`);
    assert.ok(full > 2 * LIFE_REQUESTS, `an undisturbed run takes only ${full} requests`);
    assert.ok(round > 1 || requests < (inRound * full) / 2, `${inRound} kills took ${requests} requests of ${full}`);
    t.diagnostic(`round ${round}: ${inRound} kills, ${requests} requests; undisturbed ${full}`);
    change(fake, dice);
  }
});

async function requestsOf(fake: FakeOkta, work: () => Promise<unknown>): Promise<number> {
  const before = fake.requests.total;
  await work();
  return fake.requests.total - before;
}

test("two processes on one file: the second names the holder and exits 2", async (t) => {
  await using fake = await startFakeOkta({ ...SIZE, seed: SEED, latency_ms: 100 });
  const file = join(temporaryFolder(t), "shared.duckdb");
  const first = command(fake, file);
  const firstEnd = ended(first);
  while (fake.requests.count(({ path }) => path === "/api/v1/users") === 0) await sleep(5);
  const { code, stdout } = await ended(command(fake, file));
  first.kill("SIGKILL");
  await firstEnd;
  const { error } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
  assert.equal(code, 2, stdout);
  assert.equal(error.code, "WAREHOUSE_IN_USE");
  assert.match(error.message, new RegExp(`process ${first.pid}\\b`));
});
