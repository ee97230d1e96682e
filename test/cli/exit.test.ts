/** The table of exit codes, row by row. Breaks seen to fail here: the order of 3 and 4 swapped · `held` before `failed` · source errors as usage. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { exitOfError, exitOfRun } from "../../src/cli/exit.ts";
import { lastLine } from "../../src/cli/lines.ts";
import { RollcallError, type ErrorCode } from "../../src/core/error.ts";
import { runStatus, type TableResult, type TableStatus } from "../../src/core/run.ts";
import { rollcall } from "./command.ts";

function exitOf(...tables: readonly (TableStatus | readonly [TableStatus, ErrorCode])[]): number {
  const results = tables.map((said, index): [string, TableResult] => {
    const [status, code] = typeof said === "string" ? [said, null] : said;
    const error = code === null ? null : { code, message: "m", fix: "f" };
    return [
      `t${index}`,
      {
        status,
        mode: "append",
        read: 0,
        inserted: 0,
        updated: 0,
        unchanged: 0,
        deleted: 0,
        rejected: 0,
        oddValues: 0,
        requests: 0,
        startedAt: "2026-06-01T00:00:00.000Z",
        finishedAt: "2026-06-01T00:00:01.000Z",
        error,
      },
    ];
  });
  const run = {
    type: "run" as const,
    org: { id: "00o", host: "h" },
    startedAt: "2026-01-01T00:00:00Z",
    finishedAt: "2026-01-01T00:00:00Z",
    requests: 0,
    rateLimited: 0,
    status: runStatus(results.map(([, { status }]) => status)),
    tables: Object.fromEntries(results),
  };
  assert.ok(lastLine.safeParse(run).success);
  return exitOfRun(run);
}

test("the end of a run: the first that applies of 130, 3, 4, 5, 0", () => {
  const refused = ["failed", "CREDENTIAL_REFUSED"] as const;
  assert.equal(exitOf("completed", "completed"), 0);
  assert.equal(exitOf("completed", ["skipped", "NOT_LICENSED"]), 0);
  assert.equal(exitOf("skipped"), 0);
  assert.equal(exitOf("completed", "held"), 5);
  assert.equal(exitOf("held"), 5);
  assert.equal(exitOf("completed", "failed"), 4);
  assert.equal(exitOf("failed", "failed"), 4);
  assert.equal(exitOf("held", "failed", "completed"), 4);
  assert.equal(exitOf("held", "failed"), 4);
  assert.equal(exitOf(refused, refused), 3);
  assert.equal(exitOf("completed", "held", refused), 3);
  assert.equal(exitOf("cancelled", refused, "held"), 130);
  assert.equal(exitOf("completed", "cancelled"), 130);
});

test("errors that keep a command from its work", () => {
  const cases = {
    USAGE: 2,
    ORG_INVALID: 2,
    ORG_NOT_OKTA: 2,
    CREDENTIAL_MISSING: 2,
    CREDENTIAL_AMBIGUOUS: 2,
    CREDENTIAL_INVALID: 2,
    WAREHOUSE_SCHEME: 2,
    WAREHOUSE_MISSING: 2,
    WAREHOUSE_IN_USE: 2,
    WAREHOUSE_NEWER: 2,
    WAREHOUSE_UNUSABLE: 2,
    PREFIX_INVALID: 2,
    PREFIX_TAKEN: 2,
    QUERY_REFUSED: 2,
    CREDENTIAL_REFUSED: 3,
    ORG_UNREACHABLE: 4,
    WAREHOUSE_FULL: 4,
    NETWORK: 4,
    SCOPE_MISSING: 4,
    HELD_MASS_DELETE: 5,
    CANCELLED: 130,
    UNEXPECTED: 1,
  } as const;
  for (const [code, exit] of Object.entries(cases))
    assert.equal(exitOfError(new RollcallError(code as ErrorCode, "m")), exit, code);
  assert.equal(exitOfError(new TypeError("bug")), 1);
});

test("--help and --version end with 0, on stdout, and say what a script needs", async () => {
  const main = await rollcall(["--help"]);
  assert.equal(main.code, 0);
  assert.equal(main.stderr, "");
  for (const word of [
    "check",
    "sync",
    "query",
    "tables",
    "demo",
    "fake-okta",
    "OKTA_CLIENT_TOKEN",
    "OKTA_CLIENT_PRIVATEKEY_FILE",
    "OKTA_CLIENT_ORGURL",
    "NO_COLOR",
    "130",
    "Examples:",
    "Exit codes:",
  ]) {
    assert.ok(main.stdout.includes(word), word);
  }
  const flags: Readonly<Record<string, readonly string[]>> = {
    check: ["--tables", "--json"],
    sync: [
      "--warehouse",
      "--prefix",
      "--tables",
      "--mode",
      "--share",
      "--logs-since",
      "--complete-every",
      "--allow-mass-delete",
      "--json",
      "--quiet",
    ],
    query: ["--warehouse", "--server", "--format", "--max-rows"],
    snapshot: ["--warehouse", "--server"],
    export: ["--tables", "--warehouse", "--server"],
    backup: ["--data-dir", "--server"],
    reseal: ["--data-dir"],
    sources: [],
    runs: [],
    tables: ["--warehouse", "--json"],
    "fake-okta": [
      "--port",
      "--host",
      "--seed",
      "--users",
      "--groups",
      "--apps",
      "--rules",
      "--events",
      "--latency-ms",
      "--rate-limits",
      "--auth",
      "--admin-links",
    ],
    demo: [],
  };
  for (const [command, names] of Object.entries(flags)) {
    for (const argv of [
      [command, "--help"],
      ["help", command],
      [command, "-h"],
    ]) {
      const { code, stdout, stderr } = await rollcall(argv);
      assert.deepEqual([code, stderr], [0, ""], argv.join(" "));
      const told = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag!);
      assert.deepEqual(new Set(told), new Set([...names, "--help"]), command);
    }
  }
  const version = await rollcall(["--version"]);
  assert.deepEqual([version.code, version.stderr], [0, ""]);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
});
