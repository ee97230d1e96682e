/**
 * People and keys: roles, the last admin, what ends when somebody is disabled, what a key may and for how long; and the trail that
 * each change leaves. Breaks tried and seen to fail: a disabled admin counted as one, a key that lives a moment too long.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SEEN_EVERY_MS } from "../../src/api/limits.ts";
import { ADMIN, codeOf, Server, type Visitor } from "./server.ts";

const DAY_MS = 86_400_000;

async function idOf(visitor: Visitor): Promise<string> {
  return (((await visitor.ask("get", "/api/session")).json["person"] as { id: string }) ?? { id: "" }).id;
}

async function trail(admin: Visitor): Promise<readonly Record<string, unknown>[]> {
  return (await admin.ask("get", "/api/audit")).json["entries"] as Record<string, unknown>[];
}

describe("people", () => {
  // Breaks: the last admin removed, demoted, disabled; a disabled admin counted as one.
  it("keep one admin who can log in", async () => {
    await using server = await Server.open();
    const admin = await server.admin();
    const id = await idOf(admin);
    const last = async () => {
      for (const body of [{ role: "viewer" }, { disabled: true }, { role: "editor", disabled: true }])
        assert.equal(codeOf(await admin.ask("patch", `/api/people/${id}`, { body })), "LAST_ADMIN");
      assert.equal(codeOf(await admin.ask("delete", `/api/people/${id}`)), "LAST_ADMIN");
    };
    await last();
    const second = await server.person(admin, "admin");
    await admin.ask("patch", `/api/people/${second.id}`, { body: { disabled: true } });
    await last();
    await admin.ask("patch", `/api/people/${second.id}`, { body: { disabled: false } });
    assert.equal((await admin.ask("patch", `/api/people/${id}`, { body: { role: "viewer" } })).status, 200);
    assert.equal(codeOf(await admin.ask("get", "/api/people")), "NOT_ALLOWED");
  });

  // Breaks: sessions of a disabled or removed person go on; a new password by an admin leaves them.
  it("are out at once when they are disabled, removed or given another password", async () => {
    await using server = await Server.open();
    const admin = await server.admin();
    for (const body of [{ disabled: true }, { password: "given by an admin" }, null]) {
      const person = await server.person(admin, "editor", `editor${String(Object.keys(body ?? {}))}@acme.example`);
      const path = `/api/people/${person.id}`;
      await (body === null ? admin.ask("delete", path) : admin.ask("patch", path, { body }));
      assert.equal((await person.ask("get", "/api/session")).status, 401, JSON.stringify(body));
    }
    assert.equal((await admin.ask("get", "/api/session")).status, 200);
  });

  // Break: addresses compared by case.
  it("have one address each, whatever its case", async () => {
    await using server = await Server.open();
    const admin = await server.admin();
    const body = { email: ADMIN.email.toUpperCase(), name: "x", role: "viewer", password: "long enough password" };
    assert.equal(codeOf(await admin.ask("post", "/api/people", { body })), "NAME_TAKEN");
    assert.equal(codeOf(await admin.ask("patch", "/api/people/nowhere", { body: { name: "x" } })), "NO_SUCH_OBJECT");
  });

  // Breaks: a change without an entry; an entry with the hash or the password in it; entries in the wrong order or repeated.
  it("leave a trail: who, what, before and after, and no secret", async () => {
    await using server = await Server.open();
    const admin = await server.admin();
    const person = await server.person(admin, "viewer");
    await admin.ask("patch", `/api/people/${person.id}`, {
      body: { role: "editor", password: "another long password" },
    });
    await admin.ask("patch", `/api/people/${person.id}`, { body: { role: "editor" } });
    await admin.ask("patch", "/api/settings", { body: { zone: "Europe/Berlin", runLogDays: 90 } });
    const key = await server.key(admin, "admin");
    await key.ask("delete", `/api/people/${person.id}`);
    const entries = await trail(admin);
    assert.deepEqual(
      entries.map(({ action, actorKind, actor }) => [action, actorKind, actor]),
      [
        ["person.removed", "api_key", "admin key"],
        ["api_key.created", "person", "Ada"],
        ["settings.changed", "person", "Ada"],
        ["person.changed", "person", "Ada"],
        ["person.created", "person", "Ada"],
        ["setup.done", "person", "Ada"],
      ],
    );
    assert.deepEqual(entries[3]?.["detail"], { role: { before: "viewer", after: "editor" }, password: "replaced" });
    assert.deepEqual(entries[2]?.["detail"], { zone: { before: "UTC", after: "Europe/Berlin" } });
    const first = await admin.ask("get", "/api/audit?limit=2");
    const rest = await admin.ask(
      "get",
      `/api/audit?limit=500&before=${String((first.json["entries"] as { id: number }[])[1]?.id)}`,
    );
    assert.equal(first.json["more"], true);
    assert.deepEqual([...(first.json["entries"] as object[]), ...(rest.json["entries"] as object[])], entries);
    assert.equal(rest.json["more"], false);
  });
});

describe("an API key", () => {
  // Breaks: the key stored as it is; shown again in the list; its hint longer.
  it("is shown once and kept as a hash", async () => {
    await using server = await Server.open();
    const admin = await server.admin();
    const { key } = await server.key(admin, "read");
    assert.match(key ?? "", /^rc_[\w-]{43}$/);
    const list = (await admin.ask("get", "/api/keys")).text;
    const rows = JSON.stringify(await server.store.db.selectFrom("api_key").selectAll().execute());
    const secret = key?.slice(7) ?? "";
    for (const text of [list, rows, JSON.stringify(await trail(admin))]) assert.ok(!text.includes(secret));
  });

  // Breaks: a csrf token asked of a key; scope taken for another role; a session given to a key.
  it("may what its scope says, without a session", async () => {
    await using server = await Server.open();
    const admin = await server.admin();
    const read = await server.key(admin, "read");
    const all = await server.key(admin, "admin");
    assert.equal((await read.ask("get", "/api/settings")).status, 200);
    assert.equal(codeOf(await read.ask("patch", "/api/settings", { body: { runLogDays: 5 } })), "NOT_ALLOWED");
    const elsewhere = { origin: "https://tools.acme.example", "sec-fetch-site": "cross-site" };
    assert.equal(
      (await all.ask("patch", "/api/settings", { body: { runLogDays: 5 }, headers: elsewhere })).status,
      200,
    );
    for (const method of ["get", "delete"]) assert.equal(codeOf(await all.ask(method, "/api/session")), "NOT_ALLOWED");
  });

  // Breaks: expiry not asked, or asked a day late; a revoked key held on to; a bad key taken for nobody while a cookie is there.
  it("ends when it expires and when it is revoked", async () => {
    await using server = await Server.open();
    const admin = await server.admin();
    const short = await server.key(admin, "read", { expiresInDays: 1 });
    const revoked = await server.key(admin, "read");
    server.pass(DAY_MS - 1);
    assert.equal((await short.ask("get", "/api/settings")).status, 200);
    server.pass(1);
    assert.equal(codeOf(await short.ask("get", "/api/settings")), "LOGIN_NEEDED");
    const again = await server.login(ADMIN.email, ADMIN.password);
    assert.equal((await again.ask("delete", `/api/keys/${revoked.id}`)).status, 204);
    assert.equal(codeOf(await revoked.ask("get", "/api/settings")), "LOGIN_NEEDED");
    again.key = "rc_nobodys";
    assert.equal(codeOf(await again.ask("get", "/api/settings")), "LOGIN_NEEDED");
    for (const authorization of ["Basic YTpi", "Bearer", "rc_x", "Bearer rc_a rc_b"])
      assert.equal(
        codeOf(await server.nobody().ask("get", "/api/settings", { headers: { authorization } })),
        "LOGIN_NEEDED",
      );
  });

  // Breaks: used_ms written at every request; never written.
  it("notes its use, once a minute", async () => {
    await using server = await Server.open();
    const admin = await server.admin();
    const key = await server.key(admin, "read");
    const usedAt = async () =>
      ((await admin.ask("get", "/api/keys")).json as unknown as { usedAt: string | null }[])[0]?.usedAt;
    assert.equal(await usedAt(), null);
    const first_ms = server.now_ms;
    await key.ask("get", "/api/settings");
    server.pass(SEEN_EVERY_MS - 1);
    await key.ask("get", "/api/settings");
    assert.equal(await usedAt(), new Date(first_ms).toISOString());
    server.pass(1);
    await key.ask("get", "/api/settings");
    assert.equal(await usedAt(), new Date(first_ms + SEEN_EVERY_MS).toISOString());
  });
});

describe("settings", () => {
  // Breaks: a zone that is none kept; a path or a password in the public address; a setting left out reset.
  it("are what they can be meant as, and stay what they are where nothing is said", async () => {
    await using server = await Server.open();
    const admin = await server.admin();
    for (const body of [
      { zone: "Mars/Olympus" },
      { publicUrl: "rollcall.acme.com" },
      { publicUrl: "ftp://a.b" },
      { publicUrl: "https://a:b@c.d" },
      { publicUrl: "https://a.b/c" },
    ])
      assert.equal(codeOf(await admin.ask("patch", "/api/settings", { body })), "REQUEST_INVALID");
    await admin.ask("patch", "/api/settings", { body: { queryTimeout_s: 10 } });
    const kept = await admin.ask("patch", "/api/settings", { body: { publicUrl: "https://Rollcall.acme.com/" } });
    const { installation, ...settings } = kept.json as Record<string, unknown>;
    assert.match(String(installation), /^[0-9a-f]{32}$/);
    assert.deepEqual(settings, {
      zone: "UTC",
      runLogDays: 90,
      queryTimeout_s: 10,
      publicUrl: "https://rollcall.acme.com",
    });
  });
});
