import assert from "node:assert/strict";
import { test } from "node:test";
import { extraFields, type FaultRule, missingKey, wrongTypes } from "../../fake-okta/http/faults.ts";
import { startFakeOkta } from "../../fake-okta/server.ts";
import { ask, errorCode, type Reply } from "./ask.ts";

const small = { users: 30, groups: 5, apps: 5, rules: 2, events: 20 };
const path = "/api/v1/users";

/** Each fault, and what a client sees of it. */
const seen: ReadonlyArray<readonly [fault: FaultRule["fault"], check: (reply: Reply) => void]> = [
  [{ kind: "status", code: "E0000009" }, (r) => assert.deepEqual([r.status, errorCode(r)], [500, "E0000009"])],
  [{ kind: "status", code: "E0000010" }, (r) => assert.deepEqual([r.status, errorCode(r)], [503, "E0000010"])],
  [{ kind: "status", code: "E0000015" }, (r) => assert.deepEqual([r.status, errorCode(r)], [401, "E0000015"])],
  [{ kind: "status", code: "E0000239" }, (r) => assert.deepEqual([r.status, errorCode(r)], [423, "E0000239"])],
  [
    { kind: "status", status: 502, body: "<html>bad gateway" },
    (r) => assert.deepEqual([r.status, r.body], [502, "<html>bad gateway"]),
  ],
  [{ kind: "rateLimit" }, (r) => assert.deepEqual([r.status, r.headers.get("x-rate-limit-remaining")], [429, "0"])],
  [{ kind: "concurrency" }, (r) => assert.deepEqual([r.status, r.headers.get("x-rate-limit-limit")], [429, "0"])],
  [
    { kind: "insufficientScope" },
    (r) => assert.match(`${r.status} ${r.headers.get("www-authenticate")}`, /^403 .*insufficient_scope/),
  ],
  [
    { kind: "invalidToken" },
    (r) => assert.match(`${r.status} ${r.headers.get("www-authenticate")}`, /^401 .*invalid_token/),
  ],
  [
    { kind: "redirect", to: "http://127.0.0.1:9/" },
    (r) => assert.deepEqual([r.status, r.headers.get("location")], [302, "http://127.0.0.1:9/"]),
  ],
  [
    { kind: "html" },
    (r) => assert.match(`${r.status} ${r.headers.get("content-type")} ${String(r.body)}`, /^200 text\/html.*<!doctype/),
  ],
  [{ kind: "object" }, (r) => assert.deepEqual([r.status, r.body], [200, { value: [] }])],
  [
    { kind: "foreignNext", origin: "http://127.0.0.1:9" },
    (r) => assert.match(r.next ?? "", /^http:\/\/127\.0\.0\.1:9\/api\/v1\/users\?after=/),
  ],
  [{ kind: "repeatCursor" }, (r) => assert.equal(r.next, r.self)],
  [{ kind: "empty" }, (r) => assert.deepEqual([r.status, r.rows.length, r.next], [200, 0, undefined])],
  [{ kind: "empty", keepNext: true }, (r) => assert.deepEqual([r.rows.length, r.next === undefined], [0, false])],
  [{ kind: "largePage", over: 4 }, (r) => assert.equal(errorCode(r), "E0000009")],
  [{ kind: "largePage", over: 5 }, (r) => assert.equal(r.rows.length, 5)],
  [
    missingKey("id", 2),
    (r) =>
      assert.deepEqual(
        r.rows.map((row) => "id" in row),
        [true, true, false, true, true],
      ),
  ],
  [wrongTypes(), (r) => assert.deepEqual([r.rows[0]?.lastUpdated, r.rows[1]?.lastUpdated === 17], [17, false])],
  [
    extraFields(),
    (r) =>
      assert.ok(r.rows.every((row) => row.surprise === 1 && JSON.stringify(row.profile).includes('"surprise":["a"]'))),
  ],
  [
    { kind: "skewDate", ms: 7_200_000 },
    (r) => assert.ok(Math.abs(Date.parse(r.headers.get("date") ?? "") - Date.now() - 7_200_000) < 5000),
  ],
];

test("each fault shows as it should, once, and then the org is well again", async () => {
  await using fake = await startFakeOkta(small);
  for (const [fault, check] of seen) {
    fake.faults.add({ match: { path }, times: 1, fault });
    check(await ask(fake, `${path}?limit=5`));
    const after = await ask(fake, `${path}?limit=5`);
    assert.deepEqual([after.status, after.rows.length], [200, 5], JSON.stringify(fault));
    assert.equal(fake.faults.list()[0]?.struck, 1);
    fake.faults.clear();
  }
});

test("a cut body announces more than it sends; a reset sends nothing; a delay only waits", async () => {
  await using fake = await startFakeOkta(small);
  fake.faults.add({ times: 1, fault: { kind: "cut", keep: 0.3 } });
  await assert.rejects(ask(fake, path), /terminated/);
  fake.faults.add({ times: 1, fault: { kind: "reset" } });
  await assert.rejects(ask(fake, path), /fetch failed/);
  fake.faults.add({ times: 1, fault: { kind: "delay", ms: 40 } });
  const before = performance.now();
  assert.equal((await ask(fake, path)).status, 200);
  assert.ok(performance.now() - before >= 39);
  assert.equal(fake.requests.total, 3);
});

test("rules match by path, prefix, expression, query and method, by number, interval and seeded chance", async () => {
  await using fake = await startFakeOkta(small);
  const fault = { kind: "status", code: "E0000009" } as const;
  const statuses = async (paths: readonly string[]): Promise<number[]> => {
    const found: number[] = [];
    for (const one of paths) found.push((await ask(fake, one)).status);
    return found;
  };
  const paths = [path, "/api/v1/groups", `${path}?after=x`, path];
  const table: ReadonlyArray<readonly [match: NonNullable<FaultRule["match"]>, expected: number[]]> = [
    [{ path }, [500, 200, 500, 500]],
    [{ path: "/api/v1/g*" }, [200, 500, 400, 200]],
    [{ path: /groups$/ }, [200, 500, 400, 200]],
    [{ query: { after: true } }, [200, 200, 500, 200]],
    [{ query: { after: false } }, [500, 500, 400, 500]],
    [{ method: "POST" }, [200, 200, 400, 200]],
    [{ path, nth: 3 }, [200, 200, 400, 500]],
    [{ every: 2 }, [200, 500, 400, 500]],
  ];
  for (const [match, expected] of table) {
    fake.faults.add({ match, fault });
    assert.deepEqual(await statuses(paths), expected, JSON.stringify(match));
    fake.faults.clear();
  }
  fake.faults.add({ match: { probability: 0.5 }, fault });
  const chance = await statuses(Array<string>(40).fill(path));
  await using again = await startFakeOkta(small);
  assert.ok(chance.includes(200) && chance.includes(500));
  assert.equal(again.requests.total, 0);
});

test("a dead cursor strikes only requests that carry one, and Date can be off for all", async () => {
  await using fake = await startFakeOkta(small);
  const first = await ask(fake, `${path}?limit=5`);
  fake.faults.add({ fault: { kind: "deadCursor" } });
  assert.equal((await ask(fake, `${path}?limit=5`)).status, 200);
  assert.equal(errorCode(await ask(fake, first.next ?? "")), "E0000029");
  fake.faults.clear();
  fake.faults.dateSkew_ms = -86_400_000;
  const date = Date.parse((await ask(fake, path)).headers.get("date") ?? "");
  assert.ok(Math.abs(date - Date.now() + 86_400_000) < 5000);
});
