/**
 * `rollcall demo`: the main job on a simulated org, told as it goes. The org is a process of its own, reached over HTTP as
 * Okta would be; every count that the changes foretell is checked, and one that differs ends the demo with exit code 1.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkConfig, syncConfig, type SyncConfig } from "../config.ts";
import { throwIfCancelled } from "../core/error.ts";
import { EXIT, type RunResult } from "../core/run.ts";
import { openWarehouse } from "../warehouse/open.ts";
import { checkCommand } from "./check.ts";
import type { Context, Environment } from "./context.ts";
import { changeOrg, expectation, type Expected } from "./demo-changes.ts";
import { startOrg } from "./demo-org.ts";
import { formatted } from "./format.ts";
import { count } from "./number.ts";
import { painter, type Paint } from "./paint.ts";
import { runOnce } from "./sync.ts";
import { exitOfRun } from "./exit.ts";
import { summary } from "./summary.ts";

const SIZE = { users: 5000, groups: 300, apps: 60, rules: 20, events: 200_000 } as const;

/** Rows that the first sync must find: the org's size, its three user types, and everything in the log. */
const FIRST: Expected = {
  users: { inserted: SIZE.users, updated: 0, deleted: 0 },
  groups: { inserted: SIZE.groups, updated: 0, deleted: 0 },
  applications: { inserted: SIZE.apps, updated: 0, deleted: 0 },
  logs: { inserted: SIZE.events, updated: 0, deleted: 0 },
  group_rules: { inserted: SIZE.rules, updated: 0, deleted: 0 },
  user_types: { inserted: 3, updated: 0, deleted: 0 },
};

/** Asked at the end: a person's questions, in words and in SQL. */
const QUESTIONS: readonly (readonly [question: string, sql: string])[] = [
  [
    "Which active people have not signed in for 60 days?",
    `select profile_department as department, count(*) as people, min(last_login) as longest_ago
from okta.users
where status = 'ACTIVE' and last_login < now() - interval 60 day
group by all order by people desc limit 5`,
  ],
  [
    "From which countries do sign-ins fail?",
    `select client.geographicalContext.country as country, count(*) as failures
from okta.logs
where event_type = 'user.session.start' and outcome.result = 'FAILURE'
group by all order by failures desc limit 5`,
  ],
  [
    "Who changed whom today?",
    `select strftime(published, '%H:%M') as at, event_type, target[1].alternateId as target
from okta.logs
where event_type like 'user.lifecycle.%' and published > now() - interval 1 hour
order by published desc limit 5`,
  ],
];

export async function demoCommand(context: Context): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-demo-"));
  try {
    return await told(`duckdb:${join(folder, "demo.duckdb")}`, context);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function told(warehouse: string, context: Context): Promise<number> {
  const { signal } = context;
  const paint = painter(context.stdout, context.env);
  const say = (text: string) => void context.stdout.write(`${text}\n`);
  const step = (title: string, how: string) => say(`\n${paint("bold", `▌ ${title}`)}\n${paint("dim", `  ${how}`)}`);

  step("A simulated Okta org starts", `rollcall fake-okta --users ${SIZE.users} --events ${SIZE.events} …`);
  await using org = await startOrg(SIZE, signal);
  say(
    `${count(SIZE.users)} users, ${count(SIZE.groups)} groups, ${count(SIZE.apps)} apps, ${count(SIZE.rules)} rules and ${count(SIZE.events)} log events over 90 days, at ${org.url}`,
  );
  const env: Environment = { OKTA_CLIENT_TOKEN: org.token };

  step("What may the credential read?", `rollcall check ${org.url}`);
  const checked = await checkCommand(checkConfig(org.url, {}, env), context);
  if (checked !== EXIT.completed) return checked;

  step("First sync: everything", `rollcall sync ${org.url}`);
  const words = { warehouse, prefix: "okta", share: "75", completeEvery: "24h" };
  const first = await synced(syncConfig(org.url, words, env), FIRST, context);
  if (first !== EXIT.completed) return first;

  step("The org changes", `POST ${org.controlUrl}/apply`);
  const changes = await changeOrg(org, warehouse, signal);
  for (const { what } of changes) say(`· ${what}`);

  step(
    "Second sync: what changed, and a complete reading to find what is gone",
    `rollcall sync ${org.url} --complete-every 0`,
  );
  const second = await synced(
    syncConfig(org.url, { ...words, completeEvery: "0" }, env),
    expectation(changes),
    context,
  );
  if (second !== EXIT.completed) return second;

  step("Three questions", 'rollcall query "…"');
  await asked(warehouse, context, paint);
  say(paint("green", "That was the main job. Next: your own org, with `rollcall check acme.okta.com`."));
  return EXIT.completed;
}

/** One sync with its summary; the exit code is the run's own, or 1 where a count is not the expected one. */
async function synced(config: SyncConfig, expected: Expected, context: Context): Promise<number> {
  const began_ms = performance.now();
  const { run, notices } = await runOnce(config, context);
  const paint = painter(context.stdout, context.env);
  const lines = summary(run, notices, (performance.now() - began_ms) / 1000, paint);
  context.stdout.write(`${lines.join("\n")}\n`);
  const exit = exitOfRun(run);
  if (exit !== EXIT.completed) return exit;
  const wrong = differences(run, expected);
  for (const difference of wrong) context.stderr.write(`${paint("red", "not as expected")}: ${difference}\n`);
  if (wrong.length > 0) return EXIT.unexpected;
  context.stdout.write(`${paint("green", "✓")} every count is what the org foretells\n`);
  return EXIT.completed;
}

function differences(run: RunResult, expected: Expected): string[] {
  return Object.entries(expected).flatMap(([table, figures]) =>
    (["inserted", "updated", "deleted"] as const).flatMap((figure) => {
      const found = run.tables[table]?.[figure];
      return found === figures[figure] ? [] : [`${table}: ${found} ${figure}, expected ${figures[figure]}`];
    }),
  );
}

async function asked(url: string, context: Context, paint: Paint): Promise<void> {
  await using warehouse = await openWarehouse(url, { mode: "read" });
  for (const [question, sql] of QUESTIONS) {
    throwIfCancelled(context.signal);
    const result = await warehouse.query(sql, { maxRows: 10 }, context.signal);
    context.stdout.write(
      `${paint("bold", question)}\n${sql.replace(/^/gm, "  ")}\n\n${[...formatted(result, "table")].join("")}\n`,
    );
  }
}
