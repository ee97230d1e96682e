/** Sessions: their cookie, their end, and one's others. What each test is to catch is above it. Tried and seen to fail: no idle end. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hashOf } from "../../src/api/hidden.ts";
import { SESSION_IDLE_MS, SESSION_LONGEST_MS } from "../../src/api/limits.ts";
import { ADMIN, type Answer, codeOf, Server, type Visitor } from "./server.ts";

const HOUR_MS = 3_600_000;
const LOGIN = { email: ADMIN.email, password: ADMIN.password };

describe("a session", () => {
  // Breaks: HttpOnly, SameSite or Path left out; the cookie's word stored as it is.
  it("is a cookie that scripts and other sites do not get, and a hash in the store", async () => {
    await using server = await Server.open();
    await server.admin();
    const answer = await server.nobody().ask("post", "/api/session", { body: LOGIN });
    const [cookie = ""] = answer.headers.getSetCookie();
    assert.match(cookie, /^rollcall_[0-9a-f]+=[\w-]{43}; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/);
    const rows = JSON.stringify(await server.store.db.selectFrom("session").selectAll().execute());
    const [, name, word = "?"] = /^(\w+)=([\w-]{43});/.exec(cookie) ?? [];
    const { components } = (await server.nobody().ask("get", "/api/openapi.json")).json;
    assert.equal((components as { securitySchemes: { session: { name: string } } }).securitySchemes.session.name, name);
    assert.ok(!rows.includes(word));
  });

  // Breaks: one name for all servers; a name made at each start; the prefix in front of another server's name.
  it("is beside those of other servers on the same host, behind TLS and without, and after a restart", async () => {
    for (const headers of [{}, { "x-forwarded-proto": "https" }]) {
      const trustProxy = true;
      await using here = await Server.open({ trustProxy });
      await using there = await Server.open({ trustProxy });
      const cookies = new Map<string, string>();
      // As a browser has it: one jar for the host, whatever the port.
      const jar = () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const keep = (answer: Answer) => {
        for (const cookie of answer.headers.getSetCookie()) {
          const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
          if (value === "") cookies.delete(name);
          else cookies.set(name, value);
        }
        return answer;
      };
      const ask = async (server: Server, method: string, { csrfToken = "", ...body }: Record<string, string> = {}) =>
        keep(
          await server.nobody().ask(method, "/api/session", {
            headers: { cookie: jar(), "x-csrf-token": csrfToken, ...headers },
            ...(method === "post" ? { body } : {}),
          }),
        );
      for (const server of [here, there]) {
        await server.admin();
        assert.equal((await ask(server, "post", LOGIN)).status, 201);
      }
      assert.equal(cookies.size, 2);
      const csrfToken = String((await ask(here, "get")).json["csrfToken"]);
      assert.equal((await ask(there, "get")).status, 200);
      assert.equal((await ask(here, "delete", { csrfToken })).status, 204);
      assert.equal((await ask(here, "get")).status, 401);
      assert.equal((await ask(there, "get")).status, 200);
      await using again = await Server.open({ trustProxy, store: there.store });
      assert.equal((await ask(again, "get")).status, 200);
    }
  });

  // Breaks: x-forwarded-proto believed of anybody; Secure or the prefix left out behind TLS.
  it("is held to TLS and to the host behind a proxy that is trusted, and only there", async () => {
    const headers = { "x-forwarded-proto": "https" };
    for (const trustProxy of [true, false]) {
      await using server = await Server.open({ trustProxy });
      await server.admin();
      const answer = await server.nobody().ask("post", "/api/session", { body: LOGIN, headers });
      const [cookie = ""] = answer.headers.getSetCookie();
      assert.equal(/^__Host-rollcall_[0-9a-f]+=.*; Secure/.test(cookie), trustProxy);
      assert.equal(answer.headers.has("strict-transport-security"), trustProxy);
    }
  });

  // Break: a session that the browser came with goes on beside the new one.
  it("is another after every log-in", async () => {
    await using server = await Server.open();
    const visitor = await server.admin();
    const before = visitor.cookie;
    await visitor.ask("post", "/api/session", { body: LOGIN });
    assert.notEqual(visitor.cookie, before);
    visitor.cookie = before;
    assert.equal((await visitor.ask("get", "/api/session")).status, 401);
  });

  // Breaks: seen_ms never written; the idle end left out; the last end moved by use.
  it("ends when nobody uses it, and in any case in the end", async () => {
    await using server = await Server.open();
    const used = await server.admin();
    const idle = await server.login(ADMIN.email, ADMIN.password);
    for (let passed_ms = 0; passed_ms < SESSION_LONGEST_MS; passed_ms += 12 * HOUR_MS) {
      assert.equal((await used.ask("get", "/api/session")).status, 200, `after ${passed_ms / HOUR_MS} h`);
      if (passed_ms >= SESSION_IDLE_MS) assert.equal((await idle.ask("get", "/api/session")).status, 401);
      server.pass(12 * HOUR_MS);
    }
    assert.equal((await used.ask("get", "/api/session")).status, 401);
  });

  // Breaks: log-out forgets the cookie only; a new password leaves other sessions, or ends this one; the old one not asked for.
  it("ends with log-out; the others end with a new password", async () => {
    await using server = await Server.open();
    const here = await server.admin();
    const there = await server.login(ADMIN.email, ADMIN.password);
    const kept = { cookie: there.cookie };
    assert.equal((await there.ask("delete", "/api/session")).status, 204);
    there.cookie = kept.cookie;
    assert.equal((await there.ask("get", "/api/session")).status, 401);
    const other = await server.login(ADMIN.email, ADMIN.password);
    const change = (old: string) =>
      here.ask("patch", "/api/session", { body: { password: { old, new: "another horse battery" } } });
    assert.equal(codeOf(await change("wrong horse battery")), "NOT_ALLOWED");
    assert.equal((await other.ask("get", "/api/session")).status, 200);
    assert.equal((await change(ADMIN.password)).status, 200);
    assert.equal((await here.ask("get", "/api/session")).status, 200);
    assert.equal((await other.ask("get", "/api/session")).status, 401);
    await server.login(ADMIN.email, "another horse battery");
  });
});

describe("one's other sessions", () => {
  interface Other {
    readonly id: string;
    readonly userAgent: string;
  }
  const others = async (visitor: Visitor): Promise<readonly Other[]> => {
    const answer = await visitor.ask("get", "/api/session/others");
    assert.equal(answer.status, 200, answer.text);
    return answer.json as unknown as Other[];
  };
  const login = async (server: Server, agent: string): Promise<Visitor> => {
    const visitor = server.nobody();
    await visitor.ask("post", "/api/session", { body: LOGIN, headers: { "user-agent": agent } });
    return visitor;
  };

  const isIn = async (visitor: Visitor) => (await visitor.ask("get", "/api/session")).status === 200;

  // Breaks: one's own among them; other people's; those that are over; the whole hash told; the order.
  it("are listed, the last used first, without what lets anybody in", async () => {
    await using server = await Server.open();
    const here = await server.admin();
    const viewer = await server.person(here, "viewer");
    const visitors = [here, viewer, await login(server, "idle")];
    const began_ms = server.now_ms;
    for (const agent of ["phone", "laptop"]) {
      server.pass(HOUR_MS);
      visitors.push(await login(server, agent));
    }
    server.pass(HOUR_MS);
    await visitors.at(3)?.ask("get", "/api/session");
    const listed = await others(here);
    assert.deepEqual(
      listed.map(({ userAgent }) => userAgent),
      ["phone", "laptop", "idle"],
    );
    const [{ id, ...phone } = { id: "" }] = listed;
    assert.match(id, /^[0-9a-f]{16}$/);
    assert.deepEqual(phone, {
      createdAt: new Date(began_ms + HOUR_MS).toISOString(),
      usedAt: new Date(began_ms + 3 * HOUR_MS).toISOString(),
      expiresAt: new Date(began_ms + 3 * HOUR_MS + SESSION_IDLE_MS).toISOString(),
      userAgent: "phone",
    });
    for (const { cookie, csrfToken } of visitors) {
      const word = cookie?.split("=")[1] ?? "?";
      for (const secret of [word, hashOf(word), csrfToken ?? "?"]) assert.ok(!JSON.stringify(listed).includes(secret));
    }
    assert.deepEqual(await others(viewer), []);
    server.pass(began_ms + SESSION_IDLE_MS - server.now_ms);
    assert.equal((await others(here)).length, 2);
  });

  // Breaks: somebody else's ended; one's own ended with them; a key taken for a person.
  it("are ended one by one or all at once, and nobody else's", async () => {
    await using server = await Server.open();
    const here = await server.admin();
    const viewer = await server.person(here, "viewer");
    const [phone, laptop] = [await login(server, "phone"), await login(server, "laptop")];
    const end = (visitor: Visitor, id: string) => visitor.ask("delete", `/api/session/others/${id}`);
    const idOf = async (agent: string) => (await others(here)).find(({ userAgent }) => userAgent === agent)?.id ?? "?";
    const [phoneId, laptopId] = [await idOf("phone"), await idOf("laptop")];
    assert.equal(codeOf(await end(viewer, laptopId)), "NO_SUCH_OBJECT");
    assert.equal((await end(here, phoneId)).status, 204);
    assert.deepEqual([await isIn(phone), await isIn(laptop)], [false, true]);
    const own = hashOf(here.cookie?.split("=")[1] ?? "?").slice(0, 16);
    for (const id of [phoneId, own, "%"]) assert.equal(codeOf(await end(here, id)), "NO_SUCH_OBJECT");
    const key = await server.key(here, "admin");
    for (const method of ["get", "delete"])
      assert.equal(codeOf(await key.ask(method, "/api/session/others")), "NOT_ALLOWED");
    assert.equal((await here.ask("delete", "/api/session/others")).status, 204);
    assert.deepEqual([await isIn(laptop), await isIn(here), await isIn(viewer)], [false, true, true]);
    assert.deepEqual(await others(here), []);
  });
});
