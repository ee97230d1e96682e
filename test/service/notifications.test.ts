/**
 * The outbox: what is told, to whom, how often, and when.
 *
 * Breaks seen to fail here: a recovery told without its failure · an event told twice · what a person cancelled told as a failure · two
 * passes that both send · a digest in several messages · a channel's address in an answer · a stored secret used for another address.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pino } from "pino";
import { hasCode } from "../../src/core/error.ts";
import type { Delivery, deliver } from "../../src/notify/deliver.ts";
import type { Message } from "../../src/notify/message.ts";
import { changeChannel, createChannel, listChannels, removeChannel, testChannel } from "../../src/service/channels.ts";
import { ATTEMPTS_MAX, dispatchNotifications, type EventToTell, notify } from "../../src/service/notifications.ts";
import { ROLLCALL } from "../../src/store/audit.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { keysOf } from "../../src/store/seal.ts";
import { httpReceiver } from "../notify/receiver.ts";

const HOUR_MS = 3_600_000;
const never = new AbortController().signal;
type Wish = Parameters<typeof createChannel>[1];

/** Store, clock and a receiver that keeps what it is given and answers as it is told. */
class Post implements AsyncDisposable {
  readonly store: Store;
  readonly directory: string;
  readonly keys = keysOf(randomBytes(32));
  readonly log = pino({ level: "silent" });
  readonly told: { readonly message: Message; readonly id: string }[] = [];
  readonly reach = { privateToo: true };
  now = Date.UTC(2026, 10, 1, 12);
  answer: Delivery = { ok: true };

  static async open(): Promise<Post> {
    const directory = await mkdtemp(join(tmpdir(), "rollcall-post-"));
    return new Post(directory, await openStore(directory));
  }

  constructor(directory: string, store: Store) {
    this.directory = directory;
    this.store = store;
  }

  readonly now_ms = () => this.now;
  readonly deliver: typeof deliver = async (_to, { message, id }) => {
    this.told.push({ message, id });
    return this.answer;
  };

  async source(id = "src_1", off: readonly string[] = []): Promise<void> {
    const { db } = this.store;
    await db
      .insertInto("source")
      .values({
        id, kind: "okta", name: "Acme", description: "", prefix: id, origin: "https://acme.okta.com", org_id: id, canonical_host: "acme.okta.com",
        auth: "token", client_id: null, sealed_credential: "", share_percent: 75, complete_every_ms: HOUR_MS, logs_since_ms: null,
        takes_new_tables: 0, paused_json: null, paused_ms: null, created_ms: 0, updated_ms: 0,
      })
      .execute(); // prettier-ignore
    for (const table of ["users", "groups", "logs"]) {
      await db
        .insertInto("source_table")
        .values({
          source_id: id, table_name: table, enabled: off.includes(table) ? 0 : 1, mode: "incremental", schedule_json: "{}", look_back_ms: 0,
          treatment_json: "{}", last_begun_ms: null, last_completed_ms: null, last_status: null, last_run_id: null, last_error_json: null,
          failures_in_a_row: 0, retry_at_ms: null, rows_stored: 0, wish: null,
        })
        .execute(); // prettier-ignore
    }
  }

  channel(wish: Partial<Wish> = {}) {
    const config = { kind: "slack", url: "https://hooks.example.com/T0/s3cret" } as const;
    const events: Wish["events"] = ["failure", "recovery", "stale", "alert"];
    return createChannel(
      this,
      { name: "ops", config, events, digest: "at_once", sourceId: null, enabled: true, ...wish },
      ROLLCALL,
    );
  }

  tell(kind: "failure" | "recovery" | "stale", tables: string[] = ["users"], more: object = {}): Promise<void> {
    const failure = kind === "failure" ? { code: "NETWORK", message: "No network.", fix: "Wait." } : null;
    const event = {
      kind,
      sourceId: "src_1",
      sourceName: "Acme",
      tables,
      failure,
      at_ms: this.now,
      ...more,
    } as EventToTell;
    return this.store.db.transaction().execute((trx) => notify(trx, event));
  }

  pass(): Promise<number | null> {
    return dispatchNotifications(this, never);
  }

  get titles(): string[] {
    return this.told.map(({ message }) => message.title);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store[Symbol.asyncDispose]();
    await rm(this.directory, { recursive: true, force: true });
  }
}

describe("what is told", () => {
  it("a failure once, its recovery once, and the next failure again", async () => {
    await using post = await Post.open();
    await post.source();
    await post.channel();
    for (const kind of ["recovery", "failure", "failure", "recovery", "recovery", "failure"] as const) {
      await post.tell(kind);
      post.now += 60_000;
      await post.pass();
      await post.pass();
    }
    assert.deepEqual(post.titles, ["Acme: users failed", "Acme: users works again", "Acme: users failed"]);
  });

  it("only the tables that are news: those known to fail, switched off or never told of are left out", async () => {
    await using post = await Post.open();
    await post.source("src_1", ["logs"]);
    await post.channel();
    await post.tell("failure", ["users", "logs"]);
    await post.tell("failure", ["users", "groups"]);
    await post.tell("stale", ["users"]);
    await post.tell("failure", ["logs"]);
    await post.tell("recovery", ["users", "groups", "logs"]);
    await post.pass();
    assert.deepEqual(post.titles, ["Acme: users failed", "Acme: groups failed", "Acme: users, groups work again"]);
  });

  it("what a person stopped is no failure, and a paused source is not stale", async () => {
    await using post = await Post.open();
    await post.source();
    await post.channel();
    for (const code of ["CANCELLED", "SERVER_STOPPED", "PAUSED", "SOURCE_PAUSED"])
      await post.tell("failure", ["users"], { failure: { code, message: "", fix: "" } });
    await post.store.db.updateTable("source").set({ paused_json: "{}", paused_ms: 1 }).execute();
    await post.tell("stale");
    assert.equal(await post.pass(), null);
    assert.deepEqual(post.titles, []);
  });

  it("to the channels that want it: by kind, by source, when switched on", async () => {
    await using post = await Post.open();
    await post.source();
    await post.source("src_2");
    await post.channel({ events: ["recovery"] });
    await post.channel({ sourceId: "src_2" });
    await post.channel({ enabled: false });
    const { id } = await post.channel({ events: ["failure"] });
    for (const kind of ["failure", "recovery", "failure"] as const) await post.tell(kind);
    await post.pass();
    // It never asked for recoveries, and the second failure is a new one all the same.
    assert.deepEqual(post.titles, ["Acme: users failed", "Acme: users failed"]);
    assert.ok(post.told.every((each) => each.id.startsWith(`msg_${id}_`)));
  });

  it("nothing when the transaction that it tells of is undone", async () => {
    await using post = await Post.open();
    await post.source();
    await post.channel();
    const undone = post.store.db.transaction().execute(async (trx) => {
      await notify(trx, {
        kind: "failure",
        sourceId: "src_1",
        sourceName: "Acme",
        tables: [],
        failure: null,
        at_ms: post.now,
      });
      throw new Error("undone");
    });
    await assert.rejects(undone, /undone/);
    assert.equal(await post.pass(), null);
  });
});

describe("delivery", () => {
  it("is tried again with pauses, under the same id, and given up in the end with its error kept", async () => {
    await using post = await Post.open();
    await post.source();
    await post.channel();
    post.answer = { ok: false, message: "hooks.example.com answered 500.", after_ms: null };
    await post.tell("failure");
    const times = [];
    for (let next = await post.pass(); next !== null; next = await post.pass()) {
      times.push(next - post.now);
      await post.pass();
      post.now = next;
    }
    assert.equal(post.told.length, ATTEMPTS_MAX);
    assert.equal(new Set(post.told.map(({ id }) => id)).size, 1);
    assert.deepEqual(
      times.map((ms) => ms / 60_000),
      [1, 2, 5, 15, 60, 180, 360],
    );
    const [channel] = await listChannels(post);
    assert.deepEqual([channel!.lastError, channel!.lastSentAt], ["hooks.example.com answered 500.", null]);
    // What was given up was not told: nobody is told of a recovery from it, and the next failure is.
    post.answer = { ok: true };
    await post.tell("recovery");
    await post.tell("failure");
    await post.pass();
    assert.equal(post.told.length, ATTEMPTS_MAX + 1);
    assert.equal((await listChannels(post))[0]!.lastError, null);
  });

  it("waits as long as the receiver asks, in order, and survives a restart", async () => {
    await using post = await Post.open();
    await post.source();
    await post.channel();
    post.answer = { ok: false, message: "busy", after_ms: 10 * 60_000 };
    await post.tell("failure");
    await post.tell("failure", ["groups"]);
    assert.equal(await post.pass(), post.now + 10 * 60_000);
    assert.equal(post.told.length, 1);
    await post.store[Symbol.asyncDispose]();
    const store = await openStore(post.directory);
    try {
      post.answer = { ok: true };
      post.now += 10 * 60_000;
      const again = {
        store,
        keys: post.keys,
        now_ms: post.now_ms,
        log: post.log,
        reach: post.reach,
        deliver: post.deliver,
      };
      assert.equal(await dispatchNotifications(again, never), null);
      assert.deepEqual(post.titles, ["Acme: users failed", "Acme: users failed", "Acme: groups failed"]);
    } finally {
      await store[Symbol.asyncDispose]();
    }
  });

  it("two passes at once send once", async () => {
    await using post = await Post.open();
    await post.source();
    await post.channel();
    await post.tell("failure");
    await Promise.all([post.pass(), post.pass(), post.pass()]);
    assert.equal(post.told.length, 1);
  });

  it("a digest is one message a day, at eight in the server's zone", async () => {
    await using post = await Post.open();
    await post.source();
    await post.channel({ digest: "daily" });
    await post.store.db.insertInto("setting").values({ key: "zone", value_json: '"Europe/Berlin"' }).execute();
    await post.tell("failure");
    post.now += 5 * HOUR_MS;
    await post.tell("recovery");
    assert.equal(await post.pass(), Date.UTC(2026, 10, 2, 7));
    assert.equal(post.told.length, 0);
    post.now = Date.UTC(2026, 10, 2, 7);
    await post.tell("failure", ["logs"]);
    assert.equal(await post.pass(), Date.UTC(2026, 10, 3, 7));
    assert.deepEqual(post.titles, ["Rollcall: 2 events, 1 of them a failure"]);
    assert.deepEqual(
      post.told[0]!.message.items.map(({ kind }) => kind),
      ["failure", "recovery"],
    );
  });

  it("what waits for a channel that is switched off or removed is forgotten", async () => {
    await using post = await Post.open();
    await post.source();
    const { id } = await post.channel();
    await post.tell("failure");
    await changeChannel(post, id, { enabled: false }, ROLLCALL);
    await changeChannel(post, id, { enabled: true }, ROLLCALL);
    assert.equal(await post.pass(), null);
    await post.tell("failure");
    await removeChannel(post, id, ROLLCALL);
    await post.pass();
    assert.deepEqual(post.titles, []);
  });
});

describe("channels", () => {
  const email = {
    kind: "email",
    host: "mail.example.com",
    port: 587,
    secure: "starttls",
    user: "me",
    password: "pa55w0rd",
    from: "r@example.com",
    to: ["a@example.com"],
  } as const;
  const KEY = "k3y-k3y-k3y-k3y-";

  it("give no secret back, and keep none in the clear", async () => {
    await using post = await Post.open();
    await post.channel();
    await post.channel({ config: { ...email, to: [...email.to] } });
    await post.channel({ config: { kind: "webhook", url: "https://hooks.example.com/s3cret", signingKey: KEY } });
    const listed = JSON.stringify(await listChannels(post));
    assert.match(listed, /"host":"hooks\.example\.com"/);
    const rows = JSON.stringify(
      await Promise.all(
        (["channel", "audit"] as const).map((table) => post.store.db.selectFrom(table).selectAll().execute()),
      ),
    );
    const files = await Promise.all(
      ["control.sqlite", "control.sqlite-wal"].map((file) => readFile(join(post.directory, file), "latin1")),
    );
    for (const text of [listed, rows, ...files]) assert.doesNotMatch(text, /s3cret|pa55w0rd|k3y-k3y/);
  });

  it("ask for the secret again when the address changes, and keep it when it does not", async () => {
    await using post = await Post.open();
    const needed = (error: unknown) => hasCode(error, "CREDENTIAL_NEEDED");
    const config = { ...email, to: [...email.to] };
    const { password: _, ...open } = config;
    const { id } = await post.channel({ config });
    const change = (to: object) => changeChannel(post, id, { config: { ...open, ...to } }, ROLLCALL);
    await change({ to: ["b@example.com"], from: "other@example.com" });
    for (const to of [{ host: "evil.example.com" }, { port: 25 }, { secure: "none" }, { user: "other" }])
      await assert.rejects(change(to), needed);
    await assert.rejects(post.channel({ config: { kind: "webhook", url: "https://hooks.example.com/" } }), needed);
    const hook = await post.channel({
      config: { kind: "webhook", url: "https://hooks.example.com/1", signingKey: KEY },
    });
    await changeChannel(post, hook.id, { config: { kind: "webhook", url: "https://hooks.example.com/1" } }, ROLLCALL);
    await assert.rejects(
      changeChannel(post, hook.id, { config: { kind: "webhook", url: "https://hooks.example.com/2" } }, ROLLCALL),
      needed,
    );
    await assert.rejects(changeChannel(post, hook.id, { config: open }, ROLLCALL), needed);
  });

  it("refuse private addresses at save, and passwords in the clear", async () => {
    await using post = await Post.open();
    const shut = Object.assign(Object.create(post) as Post, { reach: { privateToo: false } });
    for (const url of ["http://hooks.example.com/", "https://127.0.0.1/", "https://localhost/"])
      await assert.rejects(shut.channel({ config: { kind: "slack", url } }), (error) =>
        hasCode(error, "REQUEST_INVALID"),
      );
    // Break: a mail host that is a number is looked at as a name.
    for (const host of ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "017700000001", "::1", "[::1]", "LOCALHOST"])
      await assert.rejects(shut.channel({ config: { ...email, to: [...email.to], host } }), (error) =>
        hasCode(error, "REQUEST_INVALID"),
      );
    await assert.rejects(shut.channel({ config: { ...email, to: [], secure: "none" } }), /only sent over TLS/);
  });

  it("are tested by a message, which the audit trail has", async () => {
    await using post = await Post.open();
    await using receiver = await httpReceiver();
    const { id } = await post.channel({ config: { kind: "slack", url: receiver.url } });
    assert.deepEqual(await testChannel(post, id, ROLLCALL, never), {
      delivered: true,
      message: "The receiver accepted the test message.",
    });
    receiver.answer = { status: 404 };
    const refused = await testChannel(post, id, ROLLCALL, never);
    assert.deepEqual([refused.delivered, refused.message], [false, `${new URL(receiver.url).host} answered 404.`]);
    const trail = await post.store.db.selectFrom("audit").select(["action", "detail_json"]).orderBy("id").execute();
    assert.deepEqual(
      trail.map(({ action }) => action),
      ["channel.created", "channel.tested", "channel.tested"],
    );
  });
});
