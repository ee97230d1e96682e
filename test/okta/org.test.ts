/** Seen to fail when: `-admin` is kept · a port is let through · decimal addresses are let through · redirects are followed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RollcallError, type ErrorCode } from "../../src/core/error.ts";
import { isPrivateAddress } from "../../src/okta/address.ts";
import { systemClock } from "../../src/okta/clock.ts";
import { parseOrg, resolveOrg } from "../../src/okta/org.ts";
import { openTransport } from "../../src/okta/transport.ts";
import { smallOrg, type Handler } from "./small-org.ts";

const understood: Readonly<Record<string, string>> = {
  "acme.okta.com": "https://acme.okta.com",
  "https://acme.okta.com": "https://acme.okta.com",
  "https://acme.okta.com/": "https://acme.okta.com",
  "  HTTPS://Acme.OKTA.com/  ": "https://acme.okta.com",
  '"acme.okta.com"': "https://acme.okta.com",
  "acme.okta.com.": "https://acme.okta.com",
  "https://acme-admin.okta.com/admin/dashboard": "https://acme.okta.com",
  "acme-admin.oktapreview.com": "https://acme.oktapreview.com",
  "acme-admin.okta-emea.com": "https://acme.okta-emea.com",
  "acme-admin.okta-gov.com": "https://acme.okta-gov.com",
  "acme-admin.okta.mil": "https://acme.okta.mil",
  "acme-admin.okta-miltest.com": "https://acme.okta-miltest.com",
  "acme-admin.trex-gov.com": "https://acme.trex-gov.com",
  "acme-admin.trexcloud.com": "https://acme.trexcloud.com",
  "https://acme.okta.com/oauth2/default": "https://acme.okta.com",
  "acme.okta.com/app/UserHome?x=1#y": "https://acme.okta.com",
  "acme.okta.com?iss=x": "https://acme.okta.com",
  "acme.mtls.okta.com": "https://acme.okta.com",
  "acme.kerberos.okta.com": "https://acme.okta.com",
  "acme-admin.kerberos.okta.com": "https://acme.okta.com",
  "dev-123456.okta.com": "https://dev-123456.okta.com",
  "integrator-1234567.okta.com": "https://integrator-1234567.okta.com",
  "your.okta.example.org": "",
  "yourtown.okta.com": "https://yourtown.okta.com",
  "id.example.com": "https://id.example.com",
  "sso-admin.acme.com": "https://sso-admin.acme.com",
  "id.bücher.de": "https://id.xn--bcher-kva.de",
  "ＡＣＭＥ.okta.com": "https://acme.okta.com",
  "127.0.0.1:8080": "http://127.0.0.1:8080",
  "localhost:8080": "http://localhost:8080",
  localhost: "http://localhost",
  "http://LOCALHOST:8080/api/v1": "http://localhost:8080",
  "https://localhost:8443": "https://localhost:8443",
  "[::1]:8080": "http://[::1]:8080",
  "http://127.0.0.1": "http://127.0.0.1",
};

for (const [pasted, origin] of Object.entries(understood).filter(([, expected]) => expected !== "")) {
  test(`${JSON.stringify(pasted)} means ${origin}`, () => {
    const address = parseOrg(pasted);
    assert.equal(address.origin, origin);
    assert.equal(address.host, new URL(origin).host);
    assert.equal(address.loopback, /127\.0\.0\.1|localhost|::1/.test(origin));
  });
}

const refused: Readonly<Record<string, RegExp>> = {
  "": /No org address/,
  "   ": /No org address/,
  acme: /not a whole address/,
  "https://{yourOktaDomain}": /placeholder/,
  "{yourOktaDomain}": /placeholder/,
  "${OKTA_ORG}.okta.com": /placeholder/,
  "<your-org>.okta.com": /placeholder/,
  "your-org.okta.com": /placeholder/,
  "yourOktaDomain.okta.com": /placeholder/,
  yourOktaDomain: /placeholder/,
  "https://your-okta-domain.okta.com": /placeholder/,
  "dev-xxxxxx.okta.com": /placeholder/,
  "acme.okta.com.com": /twice/,
  "id.example.com.com": /twice/,
  "okta.com": /Okta's own site/,
  "www.okta.com": /Okta's own site/,
  "login.okta.com": /Okta's own site/,
  "https://user:pass@acme.okta.com": /user name/,
  "acme.okta.com@evil.com": /user name/,
  "acme.okta.com:443": /port/,
  "https://acme.okta.com:8443": /port/,
  "http://acme.okta.com": /http/,
  "ftp://acme.okta.com": /not the address of an org/,
  "javascript://acme.okta.com": /not the address of an org/,
  "10.0.0.1": /IP address/,
  "https://192.168.1.10/": /IP address/,
  "8.8.8.8": /IP address/,
  "127.0.0.2": /IP address/,
  "2130706433": /IP address/,
  "0x7f000001": /IP address/,
  "0177.0.0.1": /IP address/,
  "127.1": /IP address/,
  "1.2.3.4:80": /IP address/,
  "[fe80::1]": /IP address/,
  "[::ffff:127.0.0.1]": /IP address/,
  "2001:db8::1": /IP address/,
  "::1": /IP address/,
  "okta.local": /private name/,
  "okta.corp.internal": /private name/,
  "printer.lan": /private name/,
  "localhost.": /private name/,
  "acme.okta.com\\@evil.com": /user name|not an address/,
  "acme okta com": /not an address/,
  "acme%2eokta.com": /not an address/,
  "acme_x.example.com": /not a host name/,
  "-acme.example.com": /not a host name/,
  "acme..okta.com": /not a host name/,
  ".okta.com": /not a host name|Okta's own/,
  "https://": /not a host name/,
  "localhost:99999": /not a port|not a host name/,
  "localhost:80a": /not a port|not a host name/,
};

for (const [pasted, reason] of Object.entries(refused)) {
  test(`${JSON.stringify(pasted)} is refused: ${reason.source}`, () => {
    const error = thrown(() => parseOrg(pasted));
    assert.equal(error.code, "ORG_INVALID");
    assert.match(error.message, reason);
    assert.ok(error.fix.length > 0);
  });
}

function thrown(run: () => unknown): RollcallError {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof RollcallError);
    return error;
  }
  throw new assert.AssertionError({ message: "nothing was thrown" });
}

const wellKnown = JSON.stringify({
  id: "00o1ab2cd3EF4gh5I6j7",
  cell: "ok14",
  pipeline: "idx",
  _links: { organization: { href: "https://acme.okta.com" }, alternate: { href: "https://id.acme.com" } },
});

async function resolved(handler: Handler) {
  await using small = await smallOrg(handler);
  await using transport = openTransport({ clock: systemClock, connections: 1, loopback: true });
  const org = await resolveOrg(parseOrg(small.org.host), transport, new AbortController().signal);
  return { org, small };
}

test("an org says who it is, without the credential", async () => {
  const { org, small } = await resolved((_, response) => response.end(wellKnown));
  assert.equal(org.id, "00o1ab2cd3EF4gh5I6j7");
  assert.equal(org.host, small.org.host);
  assert.equal(org.canonicalHost, "acme.okta.com");
  const port = org.host.split(":")[1];
  const hosts = ["acme.okta.com", "acme-admin.okta.com", "id.acme.com", "id-admin.acme.com"];
  assert.deepEqual([...org.hosts].toSorted(), [org.host, `127.0.0.1-admin:${port}`, ...hosts].toSorted());
  assert.deepEqual(small.asked, ["/.well-known/okta-organization"]);
  assert.equal(small.requests[0]?.headers.authorization, undefined);
  assert.match(small.requests[0]?.headers["user-agent"] ?? "", /^rollcall\/\d/);
});

const others: readonly (readonly [string, ErrorCode, RegExp, number, Handler])[] = [
  [
    "a redirect",
    "ORG_NOT_OKTA",
    /redirects to elsewhere\.example/,
    1,
    (_, r) => r.writeHead(302, { location: "https://elsewhere.example/x" }).end(),
  ],
  ["404", "ORG_NOT_OKTA", /answers 404/, 1, (_, r) => r.writeHead(404).end()],
  ["HTML", "ORG_NOT_OKTA", /not as an Okta org/, 1, (_, r) => r.end("<html>")],
  ["another id", "ORG_NOT_OKTA", /not as an Okta org/, 1, (_, r) => r.end('{"id":"17"}')],
  ["503", "ORG_UNREACHABLE", /answered 503/, 3, (_, r) => r.writeHead(503).end()],
  ["429", "ORG_UNREACHABLE", /answered 429/, 3, (_, r) => r.writeHead(429).end()],
  ["a closed connection", "ORG_UNREACHABLE", /did not answer/, 3, (_, r) => r.destroy()],
];
for (const [name, code, message, requests, handler] of others) {
  test(`first contact: ${name} is ${code}`, async () => {
    let asked = 0;
    const failure = resolved((...call) => {
      asked += 1;
      handler(...call);
    });
    await assert.rejects(
      failure,
      (error) => error instanceof RollcallError && error.code === code && message.test(error.message),
    );
    assert.equal(asked, requests);
  });
}

test("a name that resolves to this machine is refused at connect time", async () => {
  await using small = await smallOrg((_, response) => response.end(wellKnown));
  await using transport = openTransport({ clock: systemClock, connections: 1, loopback: false });
  const exchange = {
    method: "GET",
    origin: small.org.origin.replace("127.0.0.1", "localhost"),
    path: "/",
    headers: {},
  } as const;
  await assert.rejects(transport.send(exchange, new AbortController().signal), { code: "ORG_INVALID" });
  assert.deepEqual(small.asked, []);
});

// Breaks: IPv6 that is public unless listed; IPv4 within IPv6 not looked through; all of NAT64 refused, behind which orgs are public.
test("private addresses", () => {
  for (const inside of [
    "10.1.2.3",
    "172.16.0.1",
    "192.168.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fd00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:7f00:1",
    "::ffff:0:127.0.0.1",
    "::127.0.0.1",
    "::8.8.8.8",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::8.8.8.8",
    "2002:7f00:1::1",
    "2001::1",
    "2001:1ff::1",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    "0.0.0.0",
  ])
    assert.ok(isPrivateAddress(inside), inside);
  for (const outside of [
    "8.8.8.8",
    "172.32.0.1",
    "100.128.0.1",
    "198.20.0.1",
    "2606:4700::1111",
    "2001:4860:4860::8888",
    "2a01:4f8::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
  ])
    assert.ok(!isPrivateAddress(outside), outside);
});
