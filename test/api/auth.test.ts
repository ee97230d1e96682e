/**
 * Who may come in: set-up, log-in, and what a page elsewhere cannot do in a person's name.
 * What each test is to catch is above it. Tried and seen to fail: the token not spent, no csrf token asked, same-site taken for
 * same-origin, a host compared by a part of it, a disabled person let in.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, TRIES_WINDOW_MS } from "../../src/api/limits.ts";
import { canListen } from "../../src/api/listen.ts";
import { hasCode } from "../../src/core/error.ts";
import { ADMIN, codeOf, Server } from "./server.ts";

const LOGIN = { email: ADMIN.email, password: ADMIN.password };

describe("the first person", () => {
  // Breaks: the token not spent; the token compared with nothing; a second set-up with people there.
  it("comes in by the setup token, which works once", async () => {
    await using server = await Server.open();
    const visitor = server.nobody();
    const token = server.setup.token ?? "";
    assert.deepEqual((await visitor.ask("get", "/api/setup")).json, {
      needed: true,
      demo: false,
      version: "0.0.0-test",
    });
    assert.equal(
      codeOf(await visitor.ask("post", "/api/setup", { body: { ...ADMIN, token: `${token}x` } })),
      "SETUP_REFUSED",
    );
    const done = await visitor.ask("post", "/api/setup", { body: { ...ADMIN, token } });
    assert.equal(done.status, 201);
    assert.equal((done.json["person"] as { role: string }).role, "admin");
    assert.equal((await visitor.ask("get", "/api/session")).status, 200);
    assert.equal((await server.nobody().ask("get", "/api/setup")).json["needed"], false);
    const again = { ...ADMIN, email: "eve@acme.example", token };
    assert.equal(codeOf(await server.nobody().ask("post", "/api/setup", { body: again })), "SETUP_DONE");
    await server.store.db.deleteFrom("person").execute();
    assert.equal(codeOf(await server.nobody().ask("post", "/api/setup", { body: again })), "SETUP_REFUSED");
  });

  // Break: the count of people is taken before the password is hashed, outside the transaction.
  it("is one, when two come through the link at once", async () => {
    await using server = await Server.open();
    const token = server.setup.token ?? "";
    const answers = await Promise.all(
      ["a@acme.example", "b@acme.example"].map((email) =>
        server.nobody().ask("post", "/api/setup", { body: { ...ADMIN, email, token } }),
      ),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201, 409]));
  });

  // Break: isLoopback answers true for 0.0.0.0, for a name that begins with 127.
  it("is there before the server listens to others", () => {
    for (const host of ["127.0.0.1", "127.3.2.1", "::1", "[::1]", "localhost"]) canListen(host, false);
    for (const host of ["0.0.0.0", "::", "192.168.1.4", "127.0.0.1.evil.example", "rollcall.acme.example", ""]) {
      assert.throws(
        () => canListen(host, false),
        (error) => hasCode(error, "SETUP_NEEDED"),
        host,
      );
      canListen(host, true);
    }
  });
});

describe("log-in", () => {
  // Breaks: a reason of its own for an unknown address; a disabled person let in; the answer telling by a header.
  it("is refused in the same words whatever was wrong", async () => {
    await using server = await Server.open();
    const admin = await server.admin();
    const off = await server.person(admin, "viewer");
    await admin.ask("patch", `/api/people/${off.id}`, { body: { disabled: true } });
    const tries = [
      { email: ADMIN.email, password: "wrong horse battery" },
      { email: "nobody@acme.example", password: ADMIN.password },
      { email: "viewer@acme.example", password: "password of viewer@acme.example" },
      { email: ADMIN.email, password: "" },
      { email: "", password: "" },
    ];
    const answers = [];
    for (const body of tries) answers.push(await server.nobody().ask("post", "/api/session", { body }));
    for (const answer of answers) {
      assert.equal(answer.status, 401);
      assert.deepEqual(answer.json, answers[0]?.json);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
    assert.equal(codeOf(answers[0]!), "LOGIN_REFUSED");
  });

  // Break: an address that nobody has answers without hashing.
  it("takes as long for an address that nobody has", async () => {
    await using server = await Server.open();
    await server.admin();
    const time_ms = async (email: string) => {
      const began_ms = performance.now();
      await server.nobody().ask("post", "/api/session", { body: { email, password: "wrong horse battery" } });
      return performance.now() - began_ms;
    };
    await time_ms("first@acme.example");
    const unknown = [];
    const known = [];
    for (let at = 0; at < 4; at++) {
      unknown.push(await time_ms(`nobody${at}@acme.example`));
      known.push(await time_ms(ADMIN.email));
    }
    assert.ok(
      Math.min(...unknown) > Math.min(...known) / 2,
      `${Math.min(...unknown)} ms against ${Math.min(...known)} ms`,
    );
  });

  // Breaks: failures not counted; the right password let in while locked; the window never ending.
  it("waits after too many failures for an account, from wherever", async () => {
    await using server = await Server.open({ trustProxy: true });
    await server.admin();
    const wrong = { ...LOGIN, email: ADMIN.email.toUpperCase(), password: "wrong horse battery" };
    const from = (at: number) => ({ "x-forwarded-for": `192.0.2.${at}` });
    for (let at = 0; at < TRIES_PER_ACCOUNT; at++)
      assert.equal(
        codeOf(await server.nobody().ask("post", "/api/session", { body: wrong, headers: from(at) })),
        "LOGIN_REFUSED",
      );
    const locked = await server.nobody().ask("post", "/api/session", { body: LOGIN, headers: from(99) });
    assert.equal(locked.status, 429);
    assert.equal(codeOf(locked), "TOO_MANY_TRIES");
    assert.equal(locked.headers.get("retry-after"), String(TRIES_WINDOW_MS / 1000));
    server.pass(TRIES_WINDOW_MS - 1);
    const still = await server.nobody().ask("post", "/api/session", { body: LOGIN, headers: from(99) });
    assert.deepEqual([still.status, still.headers.get("retry-after")], [429, "1"]);
    server.pass(1);
    assert.equal((await server.nobody().ask("post", "/api/session", { body: LOGIN, headers: from(99) })).status, 201);
  });

  // Break: the address counted is the header's first entry, which the client writes itself.
  it("waits after too many failures from an address, for whomever", async () => {
    await using server = await Server.open({ trustProxy: true });
    await server.admin();
    const headers = (at: number) => ({ "x-forwarded-for": `203.0.113.${at}, 192.0.2.1` });
    for (let at = 0; at < TRIES_PER_ADDRESS; at++) {
      const body = { email: `n${at}@acme.example`, password: "wrong" };
      assert.equal((await server.nobody().ask("post", "/api/session", { body, headers: headers(at) })).status, 401);
    }
    assert.equal(
      (await server.nobody().ask("post", "/api/session", { body: LOGIN, headers: headers(99) })).status,
      429,
    );
    assert.equal(
      (await server.nobody().ask("post", "/api/session", { body: LOGIN, headers: { "x-forwarded-for": "192.0.2.2" } }))
        .status,
      201,
    );
  });

  // Break: outdated hashes kept.
  it("hashes a password anew when it was hashed in an older way", async () => {
    await using server = await Server.open();
    await server.admin();
    const { argon2id } = await import("hash-wasm");
    const weak = { iterations: 1, parallelism: 1, memorySize: 64, hashLength: 32, outputType: "encoded" } as const;
    const old = await argon2id({ password: ADMIN.password, salt: new Uint8Array(16), ...weak });
    await server.store.db.updateTable("person").set({ password_hash: old }).execute();
    await server.login(ADMIN.email, ADMIN.password);
    const { password_hash } = await server.store.db
      .selectFrom("person")
      .select("password_hash")
      .executeTakeFirstOrThrow();
    assert.match(password_hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await server.login(ADMIN.email, ADMIN.password);
  });
});

describe("a page elsewhere", () => {
  // Breaks: the token not compared; compared with any session's; unsafe methods other than POST let through.
  it("cannot change anything without the session's token", async () => {
    await using server = await Server.open();
    const admin = await server.admin();
    const other = await server.login(ADMIN.email, ADMIN.password);
    for (const [method, path] of [
      ["post", "/api/keys"],
      ["patch", "/api/settings"],
      ["delete", "/api/session"],
    ] as const)
      for (const token of ["", "x", other.csrfToken ?? ""])
        assert.equal(
          codeOf(await admin.ask(method, path, { body: {}, headers: { "x-csrf-token": token } })),
          "CSRF_REFUSED",
        );
    assert.equal((await admin.ask("patch", "/api/settings", { body: { runLogDays: 30 } })).status, 200);
  });

  // Breaks: Origin compared by its end; `null` let through; same-site taken for same-origin; log-in left out of the check.
  it("is known by Origin and Sec-Fetch-Site, at log-in, too", async () => {
    await using server = await Server.open();
    const admin = await server.admin();
    const strange: readonly Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "http://127.0.0.1:8080.evil.example" },
      { origin: "http://127.0.0.1:9999" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
    ];
    for (const headers of strange) {
      assert.equal(
        codeOf(await admin.ask("patch", "/api/settings", { body: { runLogDays: 31 }, headers })),
        "CSRF_REFUSED",
      );
      assert.equal(codeOf(await server.nobody().ask("post", "/api/session", { body: LOGIN, headers })), "CSRF_REFUSED");
    }
    const own = { origin: "http://127.0.0.1:8080", "sec-fetch-site": "same-origin" };
    assert.equal((await admin.ask("patch", "/api/settings", { body: { runLogDays: 31 }, headers: own })).status, 200);
  });

  // Breaks: the host not checked; compared by its end; the public address not asked.
  it("cannot point its own name at this server", async () => {
    await using server = await Server.open();
    const admin = await server.admin();
    const ask = (host: string) => admin.ask("get", "/api/session", { headers: { host } });
    for (const host of [
      "evil.example",
      "evil.example:8080",
      "localhost.evil.example",
      "127.0.0.1.evil.example",
      "people.acme.example",
      "a@localhost",
    ]) {
      const answer = await ask(host);
      assert.equal(answer.status, 421, host);
      assert.equal(codeOf(answer), "HOST_REFUSED");
    }
    for (const host of [
      "localhost",
      "localhost:8080",
      "LOCALHOST.",
      "127.0.0.1",
      "[::1]:8080",
      "10.0.0.7:8080",
      "rollcall.acme.example",
    ])
      assert.equal((await ask(host)).status, 200, host);
    await admin.ask("patch", "/api/settings", { body: { publicUrl: "https://people.acme.example" } });
    assert.equal((await ask("people.acme.example")).status, 200);
  });
});
