/** Rows of the fault table about what Okta, or something in its place, answers. */
import assert from "node:assert/strict";
import type { FakeOkta } from "../../fake-okta/server.ts";
import { APPS, COMPLETED, failing, GROUPS, LOGS, type Row, RULES, striking, strikingPages, USERS } from "./row.ts";

const users = ["users"];
const unwell = { kind: "status", status: 503, code: "E0000010" } as const;

/** More pages of the poll than one. */
function recentEvents({ org }: FakeOkta): void {
  org.appendLogEvents({ count: 35 });
  org.clock.advance(10_000);
}

/** Refused or unusable answers: each for good, on the second page of a list. */
export const BROKEN: readonly Row[] = [
  {
    name: "a next link to a foreign host",
    tables: users,
    arrange: striking(USERS, { kind: "foreignNext", origin: "http://127.0.0.1:9" }),
    expect: failing("FOREIGN_LINK"),
  },
  {
    name: "a redirect",
    tables: users,
    arrange: striking(USERS, { kind: "redirect", to: "http://127.0.0.1:9/" }),
    expect: failing("REDIRECTED"),
  },
  {
    name: "a page of HTML",
    tables: users,
    arrange: striking(USERS, { kind: "html" }),
    expect: failing("BODY_NOT_A_LIST"),
  },
  {
    name: "an object in place of a list",
    tables: users,
    arrange: striking(USERS, { kind: "object" }),
    expect: failing("BODY_NOT_A_LIST"),
  },
  {
    name: "bodies that end early",
    tables: users,
    arrange: striking(USERS, { kind: "cut", keep: 0.5 }),
    expect: failing("NETWORK"),
  },
  {
    name: "connections that are reset",
    tables: users,
    arrange: striking(USERS, { kind: "reset" }),
    expect: failing("NETWORK"),
  },
  { name: "503 for good", tables: users, arrange: striking(USERS, unwell), expect: failing("OKTA_UNAVAILABLE") },
  {
    name: "500 whatever the page's size",
    tables: users,
    arrange: striking(USERS, { kind: "status", code: "E0000009" }),
    expect: failing("OKTA_UNAVAILABLE"),
  },
  {
    name: "423 for good",
    tables: users,
    arrange: striking(USERS, { kind: "status", code: "E0000239" }),
    expect: failing("OKTA_UNAVAILABLE"),
  },
  {
    name: "the same page again",
    tables: users,
    arrange: striking(USERS, { kind: "repeatCursor" }),
    expect: failing("CURSOR_LOOP"),
  },
  {
    name: "the same page of the poll again",
    tables: ["logs"],
    arrange: (fake) => {
      recentEvents(fake);
      strikingPages(LOGS, { until: false }, { kind: "repeatCursor" })(fake);
    },
    expect: failing("CURSOR_LOOP"),
  },
  {
    name: "a cursor refused for good",
    tables: users,
    arrange: striking(USERS, { kind: "deadCursor" }),
    expect: { ...failing("CURSOR_REFUSED"), notice: "READING_RESTARTED" },
  },
  {
    name: "a window's cursor refused for good",
    tables: ["logs"],
    org: { events: 300 },
    arrange: strikingPages(LOGS, { until: true, after: true }, { kind: "deadCursor" }),
    expect: { ...failing("CURSOR_REFUSED"), notice: "READING_RESTARTED" },
  },
  {
    name: "a request refused for good is not sent again",
    tables: users,
    arrange: striking(USERS, { kind: "status", status: 400, code: "E0000001" }),
    expect: failing("BAD_REQUEST"),
    check: async ({ fake }) =>
      assert.equal(
        fake.requests.count(({ path }) => path === USERS),
        1,
      ),
  },
];

/** The same things for a moment: the run completes and lacks nothing. */
export const PASSING: readonly Row[] = [
  {
    name: "nothing is wrong",
    tables: ["users", "groups", "applications", "logs", "group_rules", "user_types"],
    expect: COMPLETED,
  },
  { name: "a page of HTML, once", tables: users, arrange: striking(USERS, { kind: "html" }, 1), expect: COMPLETED },
  {
    name: "a body that ends early, twice",
    tables: users,
    arrange: striking(USERS, { kind: "cut", keep: 0.9 }, 2),
    expect: COMPLETED,
  },
  {
    name: "a connection that is reset, twice",
    tables: users,
    arrange: striking(USERS, { kind: "reset" }, 2),
    expect: COMPLETED,
  },
  { name: "503, three times", tables: users, arrange: striking(USERS, unwell, 3), expect: COMPLETED },
  {
    name: "423, twice",
    tables: users,
    arrange: striking(USERS, { kind: "status", code: "E0000239" }, 2),
    expect: COMPLETED,
  },
  {
    name: "500 on large pages: asked for smaller ones",
    tables: users,
    org: { pageSize: 200 },
    arrange: striking(USERS, { kind: "largePage", over: 60 }),
    expect: COMPLETED,
    check: async ({ fake }) => {
      const served = fake.requests.recent.filter(({ path, status }) => path === USERS && status === 200);
      assert.ok(served.length > 0);
      for (const { query } of served) assert.ok(Number(new URLSearchParams(query).get("limit")) <= 60, query);
    },
  },
  {
    name: "a cursor refused, once",
    tables: users,
    arrange: strikingPages(USERS, { after: true }, { kind: "deadCursor" }, 1),
    expect: { ...COMPLETED, notice: "READING_RESTARTED" },
  },
  {
    name: "a cursor of an increment refused, once",
    tables: ["groups"],
    synced: true,
    arrange: strikingPages(GROUPS, { after: true }, { kind: "deadCursor" }, 1),
    expect: { ...COMPLETED, notice: "READING_RESTARTED" },
  },
  {
    name: "a window's cursor refused, once",
    tables: ["logs"],
    org: { events: 300 },
    arrange: strikingPages(LOGS, { until: true, after: true }, { kind: "deadCursor" }, 1),
    expect: { ...COMPLETED, notice: "READING_RESTARTED" },
  },
  {
    name: "the poll's cursor refused, once",
    tables: ["logs"],
    before: recentEvents,
    synced: true,
    arrange: strikingPages(LOGS, { until: false, after: true }, { kind: "deadCursor" }, 1),
    expect: { ...COMPLETED, notice: "POLL_RESTARTED" },
  },
  {
    name: "too many requests at once",
    tables: ["users", "logs"],
    arrange: striking("/api/v1/*", { kind: "concurrency" }, 6),
    expect: COMPLETED,
  },
  {
    name: "the rate limit, with an honest reset",
    tables: ["users", "logs"],
    arrange: striking("/api/v1/*", { kind: "rateLimit" }, 12),
    expect: COMPLETED,
  },
  {
    name: "a list longer than the limit of three minutes",
    tables: ["applications"],
    org: { rateLimits: "integrator", apps: 330 },
    expect: COMPLETED,
  },
  { name: "links to the -admin twin", tables: ["users", "logs"], org: { adminLinks: true }, expect: COMPLETED },
];

/** Rows that are not as declared: they cost themselves and not the table. */
export const ODD: readonly Row[] = [
  {
    name: "values of a wrong type are in _extra and counted",
    tables: users,
    arrange: striking(USERS, { kind: "editRows", row: 1, set: { status: 7, created: "yesterday" } }, 1),
    expect: { ...COMPLETED, notice: "ODD_VALUES" },
    check: async (scene) =>
      assert.deepEqual(
        await scene.query(
          "SELECT _extra FROM okta.users WHERE _extra IS NOT NULL AND status IS NULL AND created IS NULL",
        ),
        [{ status: 7, created: "yesterday" }],
      ),
  },
  {
    name: "a row without its key is rejected and counted",
    tables: ["groups"],
    arrange: striking(GROUPS, { kind: "editRows", row: 2, remove: ["id"] }, 1),
    expect: { ...COMPLETED, notice: "ROWS_REJECTED" },
    check: async (scene) =>
      assert.deepEqual(await scene.query("SELECT count(*) FROM okta.groups"), [
        scene.fake.org.truth("groups").length - 1,
      ]),
  },
  {
    name: "unknown fields are in _extra, at any depth",
    tables: ["applications"],
    arrange: striking(APPS, { kind: "editRows", row: "all", set: { novelty: [1], "accessibility.novelty": "x" } }),
    expect: COMPLETED,
    check: async (scene) =>
      assert.deepEqual(await scene.query("SELECT DISTINCT CAST(_extra AS VARCHAR) FROM okta.applications"), [
        '{"accessibility.novelty":"x","novelty":[1]}',
      ]),
  },
  {
    name: "no licence for rules: skipped",
    tables: ["groups", "group_rules"],
    arrange: striking(RULES, { kind: "status", code: "E0000015" }),
    expect: { run: "completed", exit: 0, tables: { groups: "completed", group_rules: "skipped NOT_LICENSED" } },
  },
];
