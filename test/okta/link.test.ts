/** Seen to fail when: only the first `Link` header is read · our parameter wins over Okta's · the host is not checked. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketOf } from "../../src/okta/bucket.ts";
import { homeward, nextOf } from "../../src/okta/link.ts";

const home = {
  origin: "https://acme.okta.com",
  hosts: new Set(["acme.okta.com", "acme-admin.okta.com", "id.acme.com"]),
};
const url = "https://acme.okta.com/api/v1/users?after=a";

const headers: readonly (readonly [string, string | readonly string[] | undefined, string | null])[] = [
  ["none", undefined, null],
  ["self only", `<${url}>; rel="self"`, null],
  ["two headers", [`<https://x/self>; rel="self"`, `<${url}>; rel="next"`], url],
  ["two headers, next first", [`<${url}>; rel="next"`, `<https://x/self>; rel="self"`], url],
  ["two links in one header", `<https://x/self>; rel="self", <${url}>; rel="next"`, url],
  ["a comma in the address", `<https://x/?a=1,2>; rel="next"`, "https://x/?a=1,2"],
  ["no quotes", `<${url}>;rel=next`, url],
  ["several relations, other case", `<${url}>; title="n"; REL="last Next"`, url],
  ["a look-alike", `<${url}>; rel="nextish", <${url}>; rel=nextish`, null],
];
for (const [name, link, expected] of headers) {
  test(`next in Link: ${name}`, () => assert.equal(nextOf({ link }), expected));
}

const kept: readonly (readonly [string, string, Record<string, string>, string])[] = [
  ["own host", url, {}, "/api/v1/users?after=a"],
  ["admin twin", "https://acme-admin.okta.com/api/v1/iam?after=a", {}, "/api/v1/iam?after=a"],
  ["custom domain, other case", "https://ID.acme.com/api/v1/users?after=a", {}, "/api/v1/users?after=a"],
  ["relative", "/api/v1/users?after=a", {}, "/api/v1/users?after=a"],
  [
    "puts back what was dropped",
    url,
    { limit: "200", filter: 'a eq "b c"' },
    "/api/v1/users?after=a&limit=200&filter=a%20eq%20%22b%20c%22",
  ],
  ["never overrides", `${url}&limit=-1`, { limit: "200", after: "z" }, "/api/v1/users?after=a&limit=-1"],
  [
    "keeps Okta's spelling",
    "https://acme.okta.com/api/v1/users?after=a%2Bb%3D+c",
    {},
    "/api/v1/users?after=a%2Bb%3D+c",
  ],
  ["no query at all", "https://acme.okta.com/api/v1/users", {}, "/api/v1/users"],
  ["drops the fragment", `${url}#x`, {}, "/api/v1/users?after=a"],
];
for (const [name, next, began, expected] of kept) {
  test(`homeward: ${name}`, () => assert.equal(homeward(next, home, began), expected));
}

const foreign = [
  "https://evil.example/api/v1/users?after=a",
  "https://acme.okta.com.evil.example/",
  "https://evilacme.okta.com/",
  "http://acme.okta.com/api/v1/users",
  "https://acme.okta.com:8443/",
  "https://acme.okta.com@evil.example/",
  "https://user@acme.okta.com/",
  "//evil.example/x",
  "\\\\evil.example\\x",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "https://",
];
for (const next of foreign) {
  test(`homeward: ${next} is foreign`, () => assert.throws(() => homeward(next, home, {}), { code: "FOREIGN_LINK" }));
}

test("on loopback http links of the same org are taken", () => {
  const loopback = { origin: "http://127.0.0.1:8080", hosts: new Set(["127.0.0.1:8080", "127.0.0.1-admin:8080"]) };
  assert.equal(homeward("http://127.0.0.1-admin:8080/api/v1/users?after=a", loopback, {}), "/api/v1/users?after=a");
  assert.throws(() => homeward("http://127.0.0.1:9/api/v1/users", loopback, {}), { code: "FOREIGN_LINK" });
});

const buckets: Readonly<Record<string, string>> = {
  "/api/v1/logs": "/api/v1/logs",
  "/api/v1/groups": "/api/v1/groups",
  "/api/v1/groups/rules": "/api/v1/groups",
  "/api/v1/groups/rules/0pr1": "/api/v1/groups",
  "/api/v1/groups/00g1": "/api/v1/groups/{id}",
  "/api/v1/groups/00g1/users": "/api/v1/groups",
  "/api/v1/users": "/api/v1/users",
  "/api/v1/users/00u1": "/api/v1/users/{id}",
  "/api/v1/users/00u1/factors": "/api/v1/users",
  "/api/v1/apps/0oa1": "/api/v1/apps/{id}",
  "/api/v1/apps/0oa1/users": "/api/v1/apps",
  "/api/v1/apps/0oa1/users/00u1": "/api/v1/apps",
  "/api/v1/meta/types/user": "/api/v1/meta",
  "/api/v1/meta/schemas/user/default": "/api/v1/meta",
  "/api/v1/policies": "/api/v1/policies",
  "/api/v1/usersandmore": "/api/v1/usersandmore",
  "/oauth2/v1/token": "/oauth2/v1/token",
  "/oauth2/v1/clients/0oa1/roles": "/oauth2/v1/clients",
  "/.well-known/okta-organization": "/.well-known/okta-organization",
};
for (const [path, bucket] of Object.entries(buckets)) {
  test(`${path} counts in ${bucket}`, () => assert.equal(bucketOf(path), bucket));
}
