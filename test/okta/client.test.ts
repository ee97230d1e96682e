import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOf, get, newMeter, rateHeaders, smallOrg, token_value, users } from "./small-org.ts";

test("a GET carries the token, an encoded query, and comes back as bytes with Date, next and limit", async () => {
  await using small = await smallOrg((request, response) => {
    response.setHeader("link", [
      `<http://acme-admin.okta.com/api/v1/users?after=200u1&limit=200>; rel="self"`,
      `<https://acme-admin.okta.com/api/v1/users?after=200u2&limit=200>; rel="next"`,
    ]);
    response.writeHead(200, rateHeaders(300, 299, 30));
    response.end(request.headers.authorization === `SSWS ${token_value}` ? '[{"id":"1"}]' : "[]");
  });
  await using client = clientOf(small);
  const meter = newMeter();
  const answer = await get(client, users, { meter });
  assert.equal(Buffer.from(answer.bytes).toString(), '[{"id":"1"}]');
  assert.deepEqual(small.asked, ["/api/v1/users?limit=200&filter=status%20eq%20%22ACTIVE%22"]);
  assert.equal(answer.next, "/api/v1/users?after=200u2&limit=200&filter=status%20eq%20%22ACTIVE%22");
  assert.equal(answer.limit, 200);
  assert.ok(Math.abs(answer.date_ms - Date.now()) < 5_000);
  assert.deepEqual(meter, {
    requests: 1,
    rateLimited: 0,
    bucket: { name: "/api/v1/users", limit: 300, remaining: 299 },
  });
  assert.ok(Math.abs(client.now_ms() - Date.now()) < 5_000);
});
