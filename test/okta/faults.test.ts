/**
 * Fault by fault, with its expected end. Seen to fail when: a 400 on a cursor is BAD_REQUEST · E0000015 ends the run · a cut body
 * passes · the page size is not halved · 4xx is retried · redirects are followed · an honest 429 costs patience.
 */
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { hasCode, type ErrorCode } from "../../src/core/error.ts";
import { body_max_bytes } from "../../src/okta/transport.ts";
import {
  clientOf,
  get,
  hastyClock,
  newMeter,
  oktaError,
  rateHeaders,
  smallOrg,
  token_value,
  users,
  type Handler,
} from "./small-org.ts";

const withAfter = { link: "/api/v1/users?after=200u1&limit=200", began: users };
const answer = (status: number, code: string, headers: Record<string, string> = {}): Handler => {
  return (_, response) => oktaError(response, status, code, headers);
};
const raw = (status: number, body: string, headers: Record<string, string> = {}): Handler => {
  return (_, response) => response.writeHead(status, headers).end(body);
};

/** Ends that no retry changes: exactly one request. */
const final: readonly (readonly [string, Handler, ErrorCode, "first" | "link"])[] = [
  ["401 E0000011", answer(401, "E0000011"), "CREDENTIAL_REFUSED", "first"],
  ["401 E0000004", answer(401, "E0000004"), "CREDENTIAL_REFUSED", "first"],
  ["401 E0000015", answer(401, "E0000015"), "NOT_LICENSED", "first"],
  ["401 without a body", raw(401, ""), "CREDENTIAL_REFUSED", "first"],
  ["403 E0000006", answer(403, "E0000006"), "ROLE_MISSING", "first"],
  ["403 E0000005", answer(403, "E0000005"), "ROLE_MISSING", "first"],
  ["403 HTML", raw(403, "<html>"), "ROLE_MISSING", "first"],
  [
    "403 insufficient_scope",
    raw(403, "", {
      "www-authenticate": 'Bearer realm="x", scope="okta.users.read", error="insufficient_scope", resource="/x"',
    }),
    "SCOPE_MISSING",
    "first",
  ],
  ["404 E0000007", answer(404, "E0000007"), "NOT_FOUND", "first"],
  ["404 E0000008", answer(404, "E0000008"), "BAD_REQUEST", "first"],
  ["404 HTML", raw(404, "<html>"), "BAD_REQUEST", "first"],
  ["400 E0000001", answer(400, "E0000001"), "BAD_REQUEST", "first"],
  ["400 E0000031", answer(400, "E0000031"), "BAD_REQUEST", "first"],
  ["400 E0000029 on a cursor", answer(400, "E0000029"), "CURSOR_REFUSED", "link"],
  ["400 E0000031 on a cursor", answer(400, "E0000031"), "CURSOR_REFUSED", "link"],
  ["400 E0000001 on a cursor", answer(400, "E0000001"), "CURSOR_REFUSED", "link"],
  ["405", answer(405, "E0000022"), "BAD_REQUEST", "first"],
  ["501", answer(501, "E0000060"), "BAD_REQUEST", "first"],
  ["302", raw(302, "", { location: "https://elsewhere.example/login" }), "REDIRECTED", "first"],
  ["304", raw(304, ""), "REDIRECTED", "first"],
  [
    "a foreign next",
    raw(200, "[]", { link: '<https://evil.example/api/v1/users?after=x>; rel="next"' }),
    "FOREIGN_LINK",
    "first",
  ],
  [
    "a body too large by its head",
    (_, r) => void r.writeHead(200, { "transfer-encoding": "chunked" }).end(Buffer.alloc(body_max_bytes + 1, 0x20)),
    "BODY_TOO_LARGE",
    "first",
  ],
  [
    "a body too large when unzipped",
    (_, r) => void r.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(body_max_bytes + 1))),
    "BODY_TOO_LARGE",
    "first",
  ],
];
for (const [name, handler, code, target] of final) {
  test(`${name} ends in ${code} at once`, async () => {
    await using small = await smallOrg(handler);
    await using client = clientOf(small);
    await assert.rejects(get(client, target === "link" ? withAfter : users), (error) => hasCode(error, code));
    assert.equal(small.asked.length, 1);
  });
}

test("a missing scope is named, and so is what to grant", async () => {
  await using small = await smallOrg(
    raw(403, "", { "www-authenticate": 'DPoP algs="ES256", error="insufficient_scope"' }),
  );
  await using client = clientOf(small);
  await assert.rejects(
    get(client),
    (error) =>
      hasCode(error, "SCOPE_MISSING") &&
      error.message.includes("okta.users.read") &&
      error.fix.includes("okta.users.read"),
  );
});

const cut = (response: ServerResponse) => {
  response.writeHead(200, { "content-length": "1000" });
  response.write('[{"id":');
  setImmediate(() => response.destroy());
};
/** Troubles that pass: the first answers are bad, the next is good. */
const passing: readonly (readonly [string, number, Handler])[] = [
  ["423", 1, answer(423, "E0000239")],
  ["500", 2, answer(500, "E0000009")],
  ["502 HTML", 2, raw(502, "<html>")],
  ["503", 3, answer(503, "E0000010")],
  ["a reset connection", 2, (request) => request.socket.resetAndDestroy()],
  ["a closed connection", 2, (_, response) => response.destroy()],
  ["a body that is cut", 2, (_, response) => cut(response)],
  ["a body that ends early though whole by its length", 1, raw(200, '[{"id":"1"},{"id"')],
  [
    "damaged gzip",
    1,
    (_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("[1,2,3]").subarray(0, 15)),
  ],
  ["HTML with 200", 1, raw(200, "<html>")],
  ["an object where a list is due", 1, raw(200, "{}")],
  ["an empty body", 1, raw(200, "")],
  ["204", 1, raw(204, "")],
  ["429 of the window", 3, answer(429, "E0000047", rateHeaders(60, 0, 30))],
  ["429 of concurrency", 3, answer(429, "E0000047", rateHeaders(0, 0, 30))],
  ["429 without headers", 2, answer(429, "E0000047")],
  ["429 with a reset in the past", 2, answer(429, "E0000047", rateHeaders(60, 0, -30))],
  ["429 with a reset far away", 2, answer(429, "E0000047", rateHeaders(60, 0, 100_000))],
];
for (const [name, times, handler] of passing) {
  test(`${name} is tried again`, async () => {
    await using small = await smallOrg((request, response, number, body) =>
      number <= times
        ? handler(request, response, number, body)
        : raw(200, '[{"id":"1"}]')(request, response, number, body),
    );
    await using client = clientOf(small);
    const meter = newMeter();
    const { bytes } = await get(client, users, { meter });
    assert.equal(Buffer.from(bytes).toString(), '[{"id":"1"}]');
    assert.equal(meter.requests, times + 1);
    assert.equal(meter.rateLimited, name.startsWith("429") ? times : 0);
  });
}

/** Troubles that stay. */
const lasting: readonly (readonly [string, Handler, ErrorCode, number])[] = [
  ["503", answer(503, "E0000010"), "OKTA_UNAVAILABLE", 9],
  ["423", answer(423, "E0000239"), "OKTA_UNAVAILABLE", 9],
  ["a closed connection", (_, response) => response.destroy(), "NETWORK", 9],
  ["a body that ends early", raw(200, "[1,2"), "NETWORK", 9],
  ["HTML with 200", raw(200, "<html>"), "BODY_NOT_A_LIST", 2],
  ["an object where a list is due", raw(200, '{"a":1}'), "BODY_NOT_A_LIST", 2],
  ["429 without an honest reset", answer(429, "E0000047", rateHeaders(60, 0, -5)), "RATE_LIMITED", 9],
];
for (const [name, handler, code, requests] of lasting) {
  test(`${name}, for ever, ends in ${code} after ${requests} requests`, async () => {
    await using small = await smallOrg(handler);
    await using client = clientOf(small);
    await assert.rejects(get(client), (error) => hasCode(error, code));
    assert.equal(small.asked.length, requests);
  });
}

test("an honest 429 never ends a run, and is waited for by Okta's clock", async () => {
  const hour_ms = 3_600_000;
  await using small = await smallOrg((_, response, number) => {
    const now_ms = Date.now() - hour_ms;
    response.setHeader("date", new Date(now_ms).toUTCString());
    if (number > 40) response.writeHead(200, rateHeaders(60, 59, 30, now_ms)).end("[]");
    else oktaError(response, 429, "E0000047", rateHeaders(60, 0, 30, now_ms));
  });
  const clock = hastyClock();
  await using client = clientOf(small, { clock });
  const meter = newMeter();
  await get(client, users, { meter });
  assert.deepEqual([meter.requests, meter.rateLimited], [41, 40]);
  const waits = clock.slept_ms.filter((ms) => ms > 0);
  assert.ok(
    waits.every((ms) => ms <= 32_000),
    String(waits),
  );
  assert.ok(
    waits.some((ms) => ms >= 29_000),
    String(waits),
  );
});

test("a concurrency 429 pauses for 1 to 5 s, whatever its reset says", async () => {
  await using small = await smallOrg((_, response, number) => {
    if (number > 1) response.end("[]");
    else oktaError(response, 429, "E0000047", rateHeaders(0, 0, 55));
  });
  const clock = hastyClock();
  await using client = clientOf(small, { clock });
  await get(client);
  const slept_ms = clock.slept_ms.reduce((sum, ms) => sum + ms, 0);
  assert.ok(slept_ms >= 1_000 && slept_ms <= 5_000, String(slept_ms));
});

test("a 500 on a list halves the page, and the walk stays there", async () => {
  await using small = await smallOrg((request, response) => {
    const limit = Number(new URL(request.url ?? "", "http://x").searchParams.get("limit"));
    if (limit > 60) return oktaError(response, 500, "E0000009");
    // A next link that drops the limit, as policies do.
    response.writeHead(200, { link: '</api/v1/users?after=200u2>; rel="next"' }).end("[]");
  });
  await using client = clientOf(small);
  const first = await get(client);
  assert.equal(first.limit, 50);
  assert.equal(first.next, "/api/v1/users?after=200u2&limit=50&filter=status%20eq%20%22ACTIVE%22");
  const second = await get(client, { link: first.next ?? "", began: users });
  assert.equal(second.limit, 50);
  const limits = small.asked.map((url) => new URL(url, "http://x").searchParams.get("limit"));
  assert.deepEqual(limits, ["200", "100", "50", "50"]);
});

test("a page is not halved below the floor, nor grown to it", async () => {
  await using small = await smallOrg(answer(500, "E0000009"));
  await using client = clientOf(small);
  await assert.rejects(get(client, { path: "/api/v1/users", query: { limit: "15" } }), { code: "OKTA_UNAVAILABLE" });
  await assert.rejects(get(client, { path: "/api/v1/users", query: { limit: "3" } }), { code: "OKTA_UNAVAILABLE" });
  assert.deepEqual([...new Set(small.asked.map((url) => url.split("limit=")[1]))], ["15", "10", "3"]);
});

test("an empty list passes; an object passes where one is due; gzip is undone", async () => {
  await using small = await smallOrg((request, response) => {
    if (request.url === "/api/v1/meta") return response.end('{"a":1}');
    if (request.url === "/api/v1/zip")
      return response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(" [1] \n"));
    response.end(" []\n");
  });
  await using client = clientOf(small);
  const text = async (...call: Parameters<typeof get>) => Buffer.from((await get(...call)).bytes).toString();
  assert.equal(await text(client), " []\n");
  assert.equal(await text(client, { path: "/api/v1/meta", query: {} }, { body: "object" }), '{"a":1}');
  assert.equal(await text(client, { path: "/api/v1/zip", query: {} }), " [1] \n");
  assert.equal(small.requests[0]?.headers["accept-encoding"], "gzip");
  await assert.rejects(get(client, users, { body: "object" }), { code: "BODY_NOT_A_LIST" });
});

test("a foreign host never hears of the credential", async () => {
  await using evil = await smallOrg(raw(200, "[]"));
  await using small = await smallOrg(raw(200, "[]", { link: `<${evil.org.origin}/api/v1/users?after=x>; rel="next"` }));
  await using redirecting = await smallOrg(raw(307, "", { location: `${evil.org.origin}/api/v1/users` }));
  await using client = clientOf(small);
  await using redirected = clientOf(redirecting);
  await assert.rejects(get(client), { code: "FOREIGN_LINK" });
  await assert.rejects(get(redirected), { code: "REDIRECTED" });
  assert.deepEqual(evil.asked, []);
});

test("a link cannot leave the host", async () => {
  await using small = await smallOrg(raw(200, "[]"));
  await using client = clientOf(small);
  for (const link of ["https://evil.example/x", "//evil.example/x", "@evil.example/x"]) {
    await assert.rejects(get(client, { link, began: users }), { code: "FOREIGN_LINK" });
  }
  assert.deepEqual(small.asked, []);
});

test("no error tells the token", async () => {
  const { inspect } = await import("node:util");
  const echo: Handler = (request, response) =>
    response
      .writeHead(403, { "www-authenticate": `Bearer error="${token_value}"` })
      .end(JSON.stringify({ errorCode: token_value, error: request.headers.authorization, errorSummary: token_value }));
  for (const handler of [
    echo,
    answer(401, "E0000011"),
    raw(200, token_value),
    ((_, response) => response.destroy()) satisfies Handler,
  ]) {
    await using small = await smallOrg(handler);
    await using client = clientOf(small);
    const error: unknown = await get(client).catch((failure: unknown) => failure);
    const text =
      inspect(error, { depth: Infinity, showHidden: true }) +
      inspect(client, { depth: Infinity, showHidden: true }) +
      JSON.stringify(client);
    assert.ok(!text.includes(token_value), text);
  }
});
