/**
 * Messages on their way: what receivers get, that they can check the sender, and what is never said.
 *
 * Breaks seen to fail here: the signature over the body alone · `whsec_` keys taken as text · a private address asked · a password
 * sent in the clear where STARTTLS was asked for.
 */
import assert from "node:assert/strict";
import { createHmac, timingSafeEqual } from "node:crypto";
import { describe, it } from "node:test";
import { Secret } from "../../src/core/secret.ts";
import { deliver, type Destination } from "../../src/notify/deliver.ts";
import { Event } from "../../src/notify/event.ts";
import { digestOf, messageOf } from "../../src/notify/message.ts";
import { slackPayload } from "../../src/notify/payloads.ts";
import { addressWithin, hostProblem, OutOfReach, reachOf, urlProblem } from "../../src/notify/reach.ts";
import { httpReceiver, mailReceiver, type Received } from "./receiver.ts";

const NOW_MS = Date.UTC(2026, 10, 1, 12);
const HERE = { privateToo: true };
const never = new AbortController().signal;
const FAILURE = Event.parse({
  kind: "failure",
  sourceId: "src_1",
  sourceName: "Acme <prod> & co",
  tables: ["users", "logs"],
  failure: { code: "CREDENTIAL_REFUSED", message: "Okta refused the credential.", fix: "Create a new API token." },
  at_ms: NOW_MS,
  link: "/sources/src_1",
});
const message = messageOf(FAILURE, "https://rollcall.acme.example");
const sending = { message, id: "msg_1", now_ms: NOW_MS };

/** The Standard Webhooks scheme from its specification, by other means than the product's. */
function verify({ headers, body }: Received, key: Buffer, now_ms: number): boolean {
  const [id, timestamp, signatures] = ["id", "timestamp", "signature"].map((name) =>
    String(headers[`webhook-${name}`]),
  );
  if (Math.abs(now_ms / 1000 - Number(timestamp)) > 300) return false;
  const expected = createHmac("sha256", key);
  for (const part of [id!, ".", timestamp!, ".", body]) expected.update(Buffer.from(part));
  const digest = expected.digest();
  return signatures!.split(" ").some((each) => {
    const [version, value] = each.split(",");
    const given = Buffer.from(value ?? "", "base64");
    return version === "v1" && given.length === digest.length && timingSafeEqual(given, digest);
  });
}

describe("webhook", () => {
  it("can be verified by the Standard Webhooks scheme, with a whsec_ key and with a plain one", async () => {
    await using receiver = await httpReceiver();
    const bytes = Buffer.from("0123456789abcdef0123456789abcdef");
    const keys: readonly (readonly [string, Buffer])[] = [
      [`whsec_${bytes.toString("base64")}`, bytes],
      ["a plain key of words", Buffer.from("a plain key of words")],
    ];
    for (const [key, secret] of keys) {
      const to: Destination = { kind: "webhook", url: new Secret(`${receiver.url}/hook`), signingKey: new Secret(key) };
      assert.deepEqual(await deliver(to, sending, HERE, never), { ok: true });
      const got = receiver.received.at(-1)!;
      assert.ok(verify(got, secret, NOW_MS));
      assert.equal(got.headers["webhook-id"], "msg_1");
      assert.ok(!verify({ ...got, body: `${got.body} ` }, secret, NOW_MS));
      assert.ok(!verify(got, secret, NOW_MS + 3_600_000));
    }
    assert.deepEqual(JSON.parse(receiver.received[0]!.body), {
      type: "rollcall.failure",
      timestamp: "2026-11-01T12:00:00.000Z",
      data: {
        kind: "failure",
        title: "Acme <prod> & co: users, logs failed",
        text: "Okta refused the credential.",
        fix: "Create a new API token.",
        link: "https://rollcall.acme.example/sources/src_1",
        at: "2026-11-01T12:00:00.000Z",
        source: { id: "src_1", name: "Acme <prod> & co" },
        tables: ["users", "logs"],
        failure: {
          code: "CREDENTIAL_REFUSED",
          message: "Okta refused the credential.",
          fix: "Create a new API token.",
        },
      },
    });
  });

  it("follows no redirect, and says nothing of the address's path or of the answer", async () => {
    await using receiver = await httpReceiver();
    const to: Destination = {
      kind: "webhook",
      url: new Secret(`${receiver.url}/t0p/s3cret?k=v3ry`),
      signingKey: new Secret("k3y-k3y-k3y-k3y-"),
    };
    const tried = [];
    receiver.answer = { status: 302, headers: { location: `${receiver.url}/elsewhere` } };
    tried.push(await deliver(to, sending, HERE, never));
    receiver.answer = { status: 500, body: "s3cret k3y-k3y-k3y-k3y-", headers: { "retry-after": "120" } };
    tried.push(await deliver(to, sending, HERE, never));
    assert.equal(receiver.received.length, 2);
    assert.match(JSON.stringify(tried[0]), /302: a redirect, which is not followed/);
    assert.deepEqual(tried[1], {
      ok: false,
      message: `${new URL(receiver.url).host} answered 500.`,
      after_ms: 120_000,
    });
    await receiver[Symbol.asyncDispose]();
    tried.push(await deliver(to, sending, HERE, never));
    assert.match(JSON.stringify(tried[2]), /refused the connection/);
    for (const each of tried) assert.doesNotMatch(JSON.stringify(each), /s3cret|v3ry|k3y/);
  });

  it("asks no private address unless that is permitted, neither by number nor by name", async () => {
    await using receiver = await httpReceiver();
    const { port } = new URL(receiver.url);
    const hosts = [
      "127.0.0.1",
      "localhost",
      "[::1]",
      "0x7f.1",
      "2130706433",
      "[::ffff:127.0.0.1]",
      "10.1.2.3",
      "169.254.169.254",
      "db.internal",
    ];
    for (const host of hosts) {
      const to: Destination = { kind: "slack", url: new Secret(`https://${host}:${port}/`) };
      const delivery = await deliver(to, sending, reachOf({}), never);
      assert.match(JSON.stringify(delivery), /is a private address.*ROLLCALL_PRIVATE_WEBHOOKS=1/, host);
    }
    assert.equal(receiver.received.length, 0);
    assert.equal(urlProblem("http://hooks.example.com/", reachOf({})), "The address must begin with https://.");
    assert.equal(urlProblem("https://me:pw@hooks.example.com/", HERE), "The address contains a user name or password.");
    assert.equal(urlProblem("http://10.0.0.1/", reachOf({ ROLLCALL_PRIVATE_WEBHOOKS: "1" })), null);
    assert.match(hostProblem("192.168.1.1", reachOf({ ROLLCALL_PRIVATE_WEBHOOKS: "yes" })) ?? "", /private/);
    await using mail = await mailReceiver();
    const server = { kind: "email", port: mail.port, secure: "none", user: null, password: null } as const;
    const letter = { ...server, from: "a@b.example", to: ["a@b.example"] };
    for (const host of [...hosts, "127.1", "::1"]) {
      const delivery = await deliver({ ...letter, host }, sending, reachOf({}), never);
      assert.match(JSON.stringify(delivery), /is a private address/, host);
    }
    assert.equal(mail.mails.length, 0);
    await assert.rejects(addressWithin("localhost", reachOf({})), OutOfReach);
    assert.match(await addressWithin("localhost", HERE), /^127\.|^::1$/);
  });

  it("ends with its signal", async () => {
    await using receiver = await httpReceiver();
    receiver.answer = "never";
    const stop = new AbortController();
    const to: Destination = { kind: "slack", url: new Secret(receiver.url) };
    setTimeout(() => stop.abort(new Error("stopped")), 50);
    await assert.rejects(deliver(to, sending, HERE, stop.signal), /stopped/);
  });
});

describe("slack", () => {
  it("has text for programs that draw no blocks, and names that mention nobody", async () => {
    await using receiver = await httpReceiver();
    await deliver({ kind: "slack", url: new Secret(receiver.url) }, sending, HERE, never);
    const payload = JSON.parse(receiver.received[0]!.body) as {
      text: string;
      blocks: { type: string; text: { type: string; text: string } }[];
    };
    assert.equal(payload.text, "Acme &lt;prod&gt; &amp; co: users, logs failed");
    assert.deepEqual(
      payload.blocks.map(({ type }) => type),
      ["header", "section"],
    );
    assert.equal(payload.blocks[0]!.text.type, "plain_text");
    assert.match(payload.blocks[1]!.text.text, /<https:\/\/rollcall\.acme\.example\/sources\/src_1\|Open in Rollcall>/);
    assert.equal(receiver.received[0]!.headers["webhook-signature"], undefined);
  });

  it("stays within Slack's bounds, however much there is to tell", () => {
    const long = { ...FAILURE, sourceName: "x".repeat(5000) } as Event;
    const payload = slackPayload(
      digestOf(
        Array.from({ length: 200 }, () => long),
        NOW_MS,
        null,
      ),
    ) as { blocks: { text: { text: string } }[] };
    assert.equal(payload.blocks.length, 50);
    assert.ok(payload.blocks.every(({ text }) => text.text.length <= 3000));
    assert.match(payload.blocks.at(-1)!.text.text, /and 152 more/);
  });
});

describe("mail", () => {
  const server = {
    host: "127.0.0.1",
    secure: "none",
    from: "rollcall@acme.example",
    to: ["a@acme.example", "b@acme.example"],
  } as const;

  it("arrives as text and as HTML, with the log-in it was given", async () => {
    await using receiver = await mailReceiver();
    const to: Destination = {
      kind: "email",
      ...server,
      port: receiver.port,
      user: "rollcall",
      password: new Secret("pa55"),
    };
    assert.deepEqual(await deliver(to, sending, HERE, never), { ok: true });
    const [mail] = receiver.mails;
    assert.deepEqual([mail!.from, mail!.to, receiver.logins], [server.from, [...server.to], [":rollcall:pa55"]]);
    assert.match(mail!.data, /^Subject: Acme <prod> & co: users, logs failed\r$/m);
    assert.match(mail!.data, /^Message-ID: <msg_1@acme\.example>\r$/m);
    assert.match(mail!.data, /^Auto-Submitted: auto-generated\r$/m);
    assert.match(mail!.data, /Content-Type: text\/plain[\s\S]*Okta refused the credential/);
    assert.match(mail!.data.replaceAll("=\r\n", ""), /Content-Type: text\/html[\s\S]*Acme &lt;prod&gt; &amp; co/);
  });

  it("a name with line breaks makes no header of its own", async () => {
    await using receiver = await mailReceiver();
    const odd = messageOf({ ...FAILURE, sourceName: "Acme\r\nBcc: eve@evil.example" } as Event, null);
    const to: Destination = { kind: "email", ...server, port: receiver.port, user: null, password: null };
    assert.deepEqual(await deliver(to, { ...sending, message: odd }, HERE, never), { ok: true });
    assert.deepEqual(receiver.mails[0]!.to, [...server.to]);
    assert.doesNotMatch(receiver.mails[0]!.data.split("\r\n\r\n")[0]!, /^Bcc:/m);
  });

  it("says that the log-in was refused, and not with what", async () => {
    await using receiver = await mailReceiver();
    receiver.login = "535 5.7.8 rollcall/pa55 is wrong";
    const to: Destination = {
      kind: "email",
      ...server,
      port: receiver.port,
      user: "rollcall",
      password: new Secret("pa55"),
    };
    const delivery = await deliver(to, sending, HERE, never);
    assert.deepEqual(delivery, {
      ok: false,
      message: "127.0.0.1 refused the user name or password (535).",
      after_ms: null,
    });
  });

  it("is not sent in the clear where STARTTLS was asked for, nor to a private address", async () => {
    await using receiver = await mailReceiver();
    const to: Destination = {
      kind: "email",
      ...server,
      secure: "starttls",
      port: receiver.port,
      user: "u",
      password: new Secret("pa55"),
    };
    const delivery = await deliver(to, sending, HERE, never);
    assert.equal(delivery.ok, false);
    assert.deepEqual([receiver.mails, receiver.logins], [[], []]);
    assert.match(
      JSON.stringify(await deliver({ ...to, secure: "tls" }, sending, reachOf({}), never)),
      /private address/,
    );
  });
});
