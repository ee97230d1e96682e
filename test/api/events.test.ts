/**
 * What happens now, for as long as the listener reads and may listen. Breaks tried and seen to fail are above each test; the clock of
 * the signs of life is the test's.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import { EVENTS_ALIVE_EVERY_MS, EVENTS_WAITING_MAX, SESSION_IDLE_MS } from "../../src/api/limits.ts";
import type { ServiceContext } from "../../src/service/context.ts";
import { Live, type LiveEvent } from "../../src/service/live.ts";
import { Server, type Visitor } from "./server.ts";

const event = (text = ""): LiveEvent => ({ type: "source", sourceId: `src_1${text}` });

/** Counts who listens. */
class Watched extends Live {
  watching = 0;

  override watch(listener: (event: LiveEvent) => void): () => void {
    this.watching += 1;
    const unwatch = super.watch(listener);
    return () => {
      this.watching -= 1;
      unwatch();
    };
  }
}

interface Listened extends AsyncDisposable {
  /** What comes next; null: the end. */
  next(): Promise<string | null>;
}

async function listen({ app, origin, cookie, key }: Visitor, path = "/api/events"): Promise<Listened> {
  const headers = key === null ? { cookie: cookie ?? "" } : { authorization: `Bearer ${key}` };
  const response = await app.request(`${origin}${path}`, { headers });
  assert.equal(response.status, 200);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  return {
    next: async () => (await reader.read()).value ?? null,
    [Symbol.asyncDispose]: () => reader.cancel(),
  };
}

async function opened(): Promise<{ readonly server: Server; readonly live: Watched }> {
  const live = new Watched();
  return { server: await Server.open({ service: { live } as unknown as ServiceContext }), live };
}

describe("events", () => {
  // Breaks: another source's told; a listener that went away kept.
  it("come as they happen, of the source that was asked for, until the listener goes", async () => {
    const { server, live } = await opened();
    await using _ = server;
    const admin = await server.admin();
    const before = live.watching;
    const listened = await listen(admin, "/api/events?source=src_1");
    assert.equal(await listened.next(), ": hello\n\n");
    live.tell({ type: "source", sourceId: "src_2" });
    live.tell(event());
    assert.equal(await listened.next(), 'event: source\ndata: {"type":"source","sourceId":"src_1"}\n\n');
    assert.equal(live.watching, before + 1);
    await listened[Symbol.asyncDispose]();
    assert.equal(live.watching, before);
  });

  // Break: the session or the key looked at once, when the stream begins; or at quiet moments only.
  it("end when the listener is logged out, disabled, removed, revoked or expired, however much happens", async (t) => {
    t.mock.timers.enable({ apis: ["setInterval"] });
    const { server, live } = await opened();
    await using _ = server;
    const admin = await server.admin();
    const before = live.watching;
    const after = async (who: Visitor, what: () => unknown): Promise<void> => {
      const listened = await listen(who);
      assert.equal(await listened.next(), ": hello\n\n");
      t.mock.timers.tick(EVENTS_ALIVE_EVERY_MS);
      assert.equal(await listened.next(), ": alive\n\n");
      await what();
      t.mock.timers.tick(EVENTS_ALIVE_EVERY_MS - 1);
      live.tell(event());
      assert.match((await listened.next()) ?? "", /^event: source/);
      t.mock.timers.tick(1);
      assert.equal(await listened.next(), null, what.toString());
      assert.equal(live.watching, before);
    };
    const people = [];
    for (const name of ["a", "b", "c"]) people.push(await server.person(admin, "viewer", `${name}@acme.example`));
    const [left, disabled, removed] = people as [Visitor, Visitor & { id: string }, Visitor & { id: string }];
    await after(left, () => left.ask("delete", "/api/session"));
    await after(disabled, () => admin.ask("patch", `/api/people/${disabled.id}`, { body: { disabled: true } }));
    await after(removed, () => admin.ask("delete", `/api/people/${removed.id}`));
    const revoked = await server.key(admin, "read");
    await after(revoked, () => admin.ask("delete", `/api/keys/${revoked.id}`));
    await after(await server.key(admin, "read", { expiresInDays: 1 }), () => server.pass(SESSION_IDLE_MS));
  });

  // Break: looking after a session is taken for its use, so that a page left open never goes idle.
  it("are no use of a session", async (t) => {
    t.mock.timers.enable({ apis: ["setInterval"] });
    const { server } = await opened();
    await using _ = server;
    const listened = await listen(await server.admin());
    await listened.next();
    for (const passed_ms of [SESSION_IDLE_MS - 1, 0]) {
      server.pass(passed_ms);
      t.mock.timers.tick(EVENTS_ALIVE_EVERY_MS);
      assert.equal(await listened.next(), ": alive\n\n");
    }
    server.pass(1);
    t.mock.timers.tick(EVENTS_ALIVE_EVERY_MS);
    assert.equal(await listened.next(), null);
  });

  // Break: a stream begun for an answer that has no body, which nobody ends.
  it("are not listened to by HEAD", async () => {
    const { server, live } = await opened();
    await using _ = server;
    const admin = await server.admin();
    const before = live.watching;
    const { status, headers } = await admin.ask("head", "/api/events");
    assert.deepEqual([status, headers.get("content-type")], [200, "text/event-stream"]);
    assert.equal(live.watching, before);
    assert.equal((await server.nobody().ask("head", "/api/events")).status, 401);
  });

  // Breaks: what waits counted where it is sent, which waits itself; the connection left to end when all was read.
  it("are not kept for a listener that does not read: its connection is cut", async (t) => {
    const { server, live } = await opened();
    await using _ = server;
    const { cookie } = await server.admin();
    const before = live.watching;
    const listening = createAdaptorServer({ fetch: server.app.fetch }).listen(0, "127.0.0.1");
    t.after(() => listening.close());
    await once(listening, "listening");
    const { port } = listening.address() as AddressInfo;
    const request = get({ port, host: "127.0.0.1", path: "/api/events", headers: { cookie: cookie ?? "" } });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    t.after(() => response.destroy());
    response.pause();
    assert.equal(live.watching, before + 1);
    let told = 0;
    for (const long = "x".repeat(20_000); live.watching > before && told < 20 * EVENTS_WAITING_MAX; told++) {
      live.tell(event(long));
      if (told % 10 === 0) await turn();
    }
    assert.equal(live.watching, before, `${told} events were kept for it`);
    assert.ok(told > EVENTS_WAITING_MAX);
    // Whatever was on its way is read now, and then there is no proper end.
    response.resume();
    await assert.rejects(once(response, "end"), { code: "ECONNRESET" });
  });
});
