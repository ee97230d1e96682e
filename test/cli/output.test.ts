/**
 * What is printed: results in every format, tables for people, bars.
 * Breaks seen to fail here: LF instead of CRLF in CSV · quotes not doubled · an object literal for JSON rows · control characters
 * printed raw · wide characters counted as one · a screen that forgets wrapped lines.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { barLine } from "../../src/cli/bars.ts";
import { display } from "../../src/cli/display.ts";
import { formatted } from "../../src/cli/format.ts";
import { cut, grid, printable, width } from "../../src/cli/grid.ts";
import { span } from "../../src/cli/number.ts";
import { painter } from "../../src/cli/paint.ts";
import { screen } from "../../src/cli/screen.ts";
import { noticeLine, summary } from "../../src/cli/summary.ts";
import type { Progress, RunResult, TableResult } from "../../src/core/run.ts";
import type { QueryResult } from "../../src/warehouse/warehouse.ts";

const RESULT: QueryResult = {
  columns: [
    { name: "id", type: "BIGINT" },
    { name: 'say, "hi"', type: "VARCHAR" },
    { name: "id", type: "JSON" },
    { name: "__proto__", type: "BOOLEAN" },
  ],
  rows: [
    ["9007199254740993", 'a "quoted", line\nand another', { k: [1, null] }, true],
    [2, "", null, false],
    [3, null, [], null],
  ],
  tables: [],
  cut: false,
};
const all = (format: Parameters<typeof formatted>[1], result = RESULT) => [...formatted(result, format)].join("");

test("csv is RFC 4180: CRLF, quotes doubled, NULL apart from the empty text", () => {
  assert.equal(
    all("csv"),
    'id,"say, ""hi""",id,__proto__\r\n9007199254740993,"a ""quoted"", line\nand another","{""k"":[1,null]}",true\r\n2,"",,false\r\n3,,[],\r\n',
  );
});

test("json is one array of objects, ndjson one object a line; columns of one name are all there", () => {
  const rows = JSON.parse(all("json"));
  assert.deepEqual(
    all("ndjson")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
    rows,
  );
  assert.equal(rows.length, 3);
  assert.equal(rows[0].id, "9007199254740993");
  assert.deepEqual(rows[0].id_1, { k: [1, null] });
  assert.equal(Object.getOwnPropertyDescriptor(rows[0], "__proto__")?.value, true);
  assert.deepEqual(JSON.parse(all("json", { ...RESULT, rows: [] })), []);
  assert.equal(all("ndjson", { ...RESULT, rows: [] }), "");
});

test("the table for people: numbers to the right, NULL shown, the count below", () => {
  const lines = all("table").split("\n");
  assert.match(lines[2]!, /^9007199254740993 {2}a "quoted", line⏎and another {2}\{"k":\[1,null\]\} {2}true$/);
  assert.match(lines[4]!, /^ +3 {2}NULL/);
  assert.equal(lines[5], "3 rows");
});

test("nothing from a cell reaches the terminal as a command", () => {
  assert.equal(printable("a\u001b[31mred\u0007\u009b2J\u202etxt\tx"), "a␛[31mred␇�2J�txt␉x");
  const lines = grid([{ title: "t", align: "left" }], [["\u001b]0;owned\u0007"]]);
  assert.ok(lines.every((line) => !/\p{Cc}/u.test(line)));
});

test("widths are what a terminal shows", () => {
  for (const [text, columns] of [
    ["abc", 3],
    ["日本", 4],
    ["é", 1],
    ["👍🏽", 2],
    ["👨‍👩‍👧", 2],
    ["", 0],
  ] as const)
    assert.equal(width(text), columns, text);
  assert.equal(cut("abcdef", 4), "abc…");
  assert.equal(cut("日本語", 4), "日…");
  const [, , first, second] = grid(
    [
      { title: "a", align: "left" },
      { title: "b", align: "left" },
    ],
    [
      ["日本", "x"],
      ["abcd", "x"],
    ],
  );
  assert.equal(width(first!), width(second!));
});

test("spans of time", () => {
  for (const [seconds, text] of [
    [0.04, "0.0 s"],
    [4.25, "4.3 s"],
    [42, "42 s"],
    [187, "3:07"],
    [7387, "2:03:07"],
  ] as const)
    assert.equal(span(seconds), text);
});

const PROGRESS: Progress = {
  type: "progress",
  table: "logs",
  mode: "append",
  phase: "backfill",
  read: 82_000,
  inserted: 82_000,
  updated: 0,
  unchanged: 0,
  deleted: 0,
  rejected: 0,
  requests: 82,
  fraction: 0.41,
  rowsPerSecond: 9120.4,
  eta_s: 13,
  bucket: { name: "/api/v1/logs", limit: 60, remaining: 44 },
};
const TABLE: TableResult = {
  status: "completed",
  mode: "append",
  read: 200_000,
  inserted: 200_000,
  updated: 0,
  unchanged: 0,
  deleted: 0,
  rejected: 1,
  oddValues: 2,
  requests: 201,
  startedAt: "2026-06-01T00:00:00.000Z",
  finishedAt: "2026-06-01T00:00:01.000Z",
  error: null,
};

test("a bar tells rows, rows/s, requests left and the time to go", () => {
  assert.equal(
    barLine("logs", { at: "going", progress: PROGRESS }, 0),
    "  logs  ████████░░░░░░░░░░░░   41%  82,000 rows  9,120/s  ETA 13 s  44 of 60 requests left  backfill",
  );
  const unknown = barLine(
    "logs",
    { at: "going", progress: { ...PROGRESS, fraction: null, eta_s: null, bucket: null } },
    3,
  );
  assert.match(unknown, /^ {2}logs {2}[█░]{20} {2}82,000 rows {2}9,120\/s {2}backfill$/);
  assert.match(
    barLine("logs", { at: "ended", result: TABLE }, 0),
    /^✓ logs {2}completed: 200,000 rows read, 201 requests$/,
  );
});

test("bars are drawn in place, say lines above themselves, and leave nothing", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  let written = "";
  const stderr = { write: (text: string) => void (written += text), isTTY: true, columns: 60 };
  const context = { env: {}, stdout: stderr, stderr, signal: new AbortController().signal };
  {
    using shown = display({ json: false, quiet: false, tables: ["users", "logs"] }, context);
    shown.show(PROGRESS);
    t.mock.timers.tick(100);
    assert.ok(written.includes("82,000 rows"));
    assert.ok(
      written.split("\n").every((line) => width(stripVTControlCharacters(line).replace("\r", "")) < 60),
      "a line is wider than the terminal",
    );
    written = "";
    shown.say("a word");
    assert.ok(written.startsWith("\u001b[2A\r\u001b[Ja word\n"));
    written = "";
  }
  assert.equal(written, "\u001b[2A\r\u001b[J");
});

test("a screen whose terminal became narrower goes up over the wrapped lines", () => {
  let written = "";
  const sink = { write: (text: string) => void (written += text), columns: 80 };
  const foot = screen(sink);
  foot.draw(["x".repeat(60), "y"]);
  sink.columns = 25;
  written = "";
  foot.clear();
  assert.equal(written, "\u001b[4A\r\u001b[J");
});

test("without a terminal: a plain line every few seconds, and each table's end", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  let written = "";
  const sink = { write: (text: string) => void (written += text) };
  using shown = display(
    { json: false, quiet: false, tables: ["logs"] },
    { env: {}, stdout: sink, stderr: sink, signal: new AbortController().signal },
  );
  shown.show(PROGRESS);
  shown.show({ ...PROGRESS, read: 90_000 });
  t.mock.timers.tick(3000);
  shown.show({ type: "table", table: "logs", result: TABLE });
  t.mock.timers.tick(9000);
  assert.match(
    written,
    /^.* · logs 41%, 90,000 rows, 9,120\/s, ETA 13 s, 44 of 60 requests left, backfill\n✓ logs completed: 200,000 rows read, 201 requests\n$/,
  );
  assert.ok(!written.includes("\u001b"));
});

const RUN: RunResult = {
  type: "run",
  status: "partial",
  org: { id: "00oabc", host: "acme.okta.com" },
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: "2026-01-01T00:00:09.000Z",
  requests: 203,
  rateLimited: 4,
  tables: {
    logs: TABLE,
    user_types: {
      ...TABLE,
      mode: "full_refresh",
      status: "failed",
      read: 0,
      inserted: 0,
      requests: 2,
      error: { code: "SCOPE_MISSING", message: "The scope okta.userTypes.read is missing.", fix: "Grant it." },
    },
  },
};

test("the summary: every figure, each failed table with message and next step, the notices", () => {
  const plain = painter({ write: () => {} }, {});
  const lines = summary(RUN, [{ type: "notice", table: "logs", code: "LOG_GAP", message: "A gap." }], 9.4, plain);
  const text = lines.join("\n");
  assert.match(
    lines[0]!,
    /^table +mode +status +read +inserted +updated +unchanged +deleted +rejected +odd values +requests$/,
  );
  assert.match(text, /logs +append +completed +200,000 +200,000 +0 +0 +0 +1 +2 +201/);
  assert.match(text, /all +200,000 +200,000 +0 +0 +0 +2 +4 +203/);
  assert.match(
    text,
    /user_types failed: The scope okta\.userTypes\.read is missing\. \[SCOPE_MISSING\]\n {2}next: Grant it\./,
  );
  assert.match(text, /note: logs: A gap\. \[LOG_GAP\]/);
  assert.match(lines.at(-1)!, /partial in 9\.4 s: acme\.okta\.com \(00oabc\), 203 requests, 4 of them rate-limited/);
  assert.match(noticeLine({ type: "notice", table: null, code: "LOG_GAP", message: "x\u001by" }, plain), /x␛y/);
});

test("colour only on a terminal, and not with NO_COLOR", () => {
  const terminal = { write: () => {}, isTTY: true };
  assert.ok(painter(terminal, {})("red", "x").includes("\u001b["));
  assert.equal(painter(terminal, { NO_COLOR: "1" })("red", "x"), "x");
  assert.equal(painter(terminal, { TERM: "dumb" })("red", "x"), "x");
  assert.equal(painter({ write: () => {} }, {})("red", "x"), "x");
});
