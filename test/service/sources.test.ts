/**
 * A source's life on the server: linked, imported, kept current, failing, mended, paused, changed, removed.
 *
 * Breaks seen to fail here: the host changing without a credential · a refused credential that does not pause · a retry without
 * backoff · a second source for the same org · data deleted without its name typed · a run that the server's end leaves `running`.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Preflight } from "../../src/service/sources.ts";
import type { Run } from "../../src/service/runs.ts";
import { Served } from "./served.ts";

const TABLES = ["users", "groups", "applications", "logs", "group_rules", "user_types"];

describe("linking", () => {
  it("imports every table that was chosen, and the next run moves what changed", async () => {
    await using served = await Served.start();
    const source = await served.link();
    assert.deepEqual(
      source.tables.map(({ table }) => table),
      TABLES,
    );
    const first = await served.ended();
    assert.equal(first.status, "completed");
    assert.equal(first.cause, "import");
    assert.equal(first.requestedBy, "Ada");
    assert.equal(await served.number("select count(*) from okta.users"), served.org.org.truth("users").length);

    const [victim] = served.org.org.truth("users");
    served.org.org.updateUser({ id: String(victim!["id"]), profile: { title: "Changed" } });
    const { body: asked, status } = await served.ask("POST", `/api/sources/${source.id}/sync`, { tables: ["users"] });
    assert.equal(status, 202);
    const second = await served.ended(String(asked["id"]));
    assert.deepEqual(
      second.tables.map(({ table, updated }) => [table, updated]),
      [["users", 1]],
    );
    assert.equal(await served.number("select count(*) from okta.users where profile_title = 'Changed'"), 1);
    const now = await served.source(source.id);
    assert.equal(now.status, "completed");
    const users = now.tables.find(({ table }) => table === "users")!;
    assert.equal(users.rowsStored, served.org.org.truth("users").length);
    assert.equal(users.rowsMoved, 1);
  });

  it("refuses a wrong token, a foreign address on this machine, a taken prefix and the same org twice", async () => {
    await using served = await Served.start();
    const fields = { domain: served.org.url, auth: "token", token: "00wrong" };
    const wrong = await served.ask("POST", "/api/preflights", { type: "okta", fields });
    assert.equal(wrong.status, 422);
    assert.equal(wrong.body["code"], "CREDENTIAL_REFUSED");
    const elsewhere = await served.ask("POST", "/api/preflights", {
      type: "okta",
      fields: { ...fields, domain: "http://127.0.0.1:9" },
    });
    assert.equal(elsewhere.body["code"], "ORG_INVALID");
    const inside = await served.ask("POST", "/api/preflights", {
      type: "okta",
      fields: { ...fields, domain: "10.0.0.1" },
    });
    assert.equal(inside.body["code"], "ORG_INVALID");

    await assert.rejects(served.link({ fields }), /CREDENTIAL_REFUSED/);
    const source = await served.link();
    await served.ended();
    const twice = await served.ask("POST", "/api/preflights", {
      type: "okta",
      fields: { ...fields, token: served.org.token },
    });
    assert.deepEqual(twice.body["linkedAs"], { id: source.id, name: source.name });
    await assert.rejects(served.link({ prefix: "another" }), /ALREADY_LINKED/);
    await assert.rejects(served.link({ prefix: "views" }), /PREFIX_INVALID/);
  });

  it("says how many rows to expect, where Okta tells", async () => {
    await using served = await Served.start();
    const fields = { domain: served.org.url, auth: "token", token: served.org.token };
    const { body } = await served.ask<Preflight>("POST", "/api/preflights", { type: "okta", fields });
    assert.deepEqual(Object.fromEntries(body.tables.map(({ table, rowsExpected }) => [table, rowsExpected])), {
      users: served.org.org.truth("users").length,
      groups: served.org.org.truth("groups").length,
      applications: served.org.org.truth("applications").length,
      logs: null,
      group_rules: served.org.org.truth("group_rules").length,
      user_types: served.org.org.truth("user_types").length,
    });
  });

  it("never gives a secret back, and writes it nowhere in clear", async () => {
    await using served = await Served.start();
    const source = await served.link();
    await served.ended();
    const seen = JSON.stringify([
      await served.source(source.id),
      (await served.ask("GET", "/api/audit")).body,
      served.logged,
    ]);
    assert.ok(!seen.includes(served.org.token));
    const row = await served.context.store.db.selectFrom("source").selectAll().executeTakeFirstOrThrow();
    assert.ok(!JSON.stringify(row).includes(served.org.token));
  });
});

describe("a credential that Okta refuses", () => {
  it("pauses the source with the reason, and a new one lets it go on", async () => {
    await using served = await Served.start();
    const source = await served.link();
    await served.ended();
    served.org.access.tokenRevoked = true;
    const { body } = await served.ask("POST", `/api/sources/${source.id}/sync`, {});
    const run = await served.ended(String(body["id"]));
    assert.equal(run.status, "failed");
    const paused = await served.until("the pause", async () => (await served.source(source.id)).paused);
    assert.equal(paused.by, "rollcall");
    assert.equal(paused.failure.code, "CREDENTIAL_REFUSED");
    assert.match(paused.failure.fix, /token/);
    const refused = await served.ask("POST", `/api/sources/${source.id}/sync`, {});
    assert.equal(refused.body["code"], "SOURCE_PAUSED");

    served.org.access.tokenRevoked = false;
    const changed = await served.ask("PATCH", `/api/sources/${source.id}`, { fields: { token: served.org.token } });
    assert.equal(changed.status, 200);
    assert.equal(changed.body["paused"], null);
  });

  it("is asked for again when the host changes", async () => {
    await using served = await Served.start();
    const source = await served.link();
    await served.ended();
    const moved = await served.ask("PATCH", `/api/sources/${source.id}`, { fields: { domain: "other.okta.com" } });
    assert.equal(moved.status, 422);
    assert.equal(moved.body["code"], "CREDENTIAL_NEEDED");
    assert.equal((await served.source(source.id)).origin, served.org.url);
  });
});

describe("a passing failure", () => {
  it("is what answers in the org's place, once it was linked: no pause, and tried again", async () => {
    await using served = await Served.start();
    const source = await served.link();
    await served.ended();
    const html = { match: { path: "/.well-known/okta-organization" }, fault: { kind: "html" } } as const;
    const fault = served.org.faults.add(html);
    const { body } = await served.ask("POST", `/api/sources/${source.id}/sync`, { tables: ["users"] });
    assert.equal((await served.ended(String(body["id"]))).failure?.code, "ORG_UNREACHABLE");
    const after = await served.source(source.id);
    assert.equal(after.paused, null);
    assert.notEqual(after.tables.find(({ table }) => table === "users")!.retryAt, null);
    const fields = { domain: served.org.url, auth: "token", token: served.org.token };
    const linking = await served.ask("POST", "/api/preflights", { type: "okta", fields });
    assert.equal(linking.body["code"], "ORG_NOT_OKTA");
    served.org.faults.remove(fault);
    served.ahead_ms = 61_000;
    served.context.orders.emit("wake");
    const run = await served.until("the retry", async () => {
      const latest = await served.latestRun();
      return latest.cause === "retry" && latest.finishedAt !== null && latest;
    });
    assert.equal(run.status, "completed");
  });

  it("is tried again after a minute, then after two, and its recovery clears it", async () => {
    await using served = await Served.start();
    const source = await served.link();
    await served.ended();
    const fault = served.org.faults.add({ match: { path: "/api/v1/groups/rules*" }, fault: { kind: "html" } });
    await served.ask("POST", `/api/sources/${source.id}/sync`, { tables: ["group_rules"] });
    const rules = async () => (await served.source(source.id)).tables.find(({ table }) => table === "group_rules")!;
    const retried = async (times: number) => {
      await served.until("the run's end", async () => {
        const { body } = await served.ask<{ runs: Run[] }>("GET", "/api/runs");
        const [latest] = body.runs;
        return body.runs.length === times && latest!.finishedAt !== null;
      });
      const { retryAt, status } = await rules();
      return {
        status,
        after_s: retryAt === null ? null : Math.round((Date.parse(retryAt) - served.context.now_ms()) / 1000),
      };
    };
    const first = await retried(2);
    assert.equal(first.status, "failed");
    assert.ok(first.after_s! > 30 && first.after_s! <= 60, `${first.after_s} s`);
    served.ahead_ms += 61_000;
    served.context.orders.emit("wake");
    const second = await retried(3);
    assert.equal((await served.latestRun()).cause, "retry");
    assert.ok(second.after_s! > 90 && second.after_s! <= 120, `${second.after_s} s`);
    served.org.faults.remove(fault);
    served.ahead_ms += 121_000;
    served.context.orders.emit("wake");
    assert.deepEqual(await retried(4), { status: "completed", after_s: null });
  });
});

describe("stopping", () => {
  it("a person's word cancels at a batch boundary, and what was read is kept", async () => {
    await using served = await Served.start({ events: 20_000, latency_ms: 40 });
    await served.link();
    const running = await served.until("rows", async () => {
      const run = await served.latestRun();
      return run.tables.some(({ read }) => read > 0) && run;
    });
    const { status } = await served.ask("POST", `/api/runs/${running.id}/cancel`);
    assert.equal(status, 202);
    const run = await served.ended(running.id);
    assert.equal(run.status, "cancelled");
    const again = await served.ask("POST", `/api/sources/${run.sourceId}/sync`, {});
    assert.equal((await served.ended(String(again.body["id"]))).status, "completed");
    assert.equal(await served.number("select count(*) from okta.logs"), served.org.org.truth("logs").length);
  });

  it("the server's end leaves a run that its next start goes on with", async () => {
    await using served = await Served.start({ events: 20_000, latency_ms: 40 });
    const source = await served.link();
    const running = await served.until("rows", async () => {
      const run = await served.latestRun();
      return run.tables.some(({ read }) => read > 0) && run;
    });
    await served.close();
    await served.open();
    const before = (await served.ask("GET", `/api/runs/${running.id}`)).body as {
      status: string;
      failure: { code: string };
    };
    assert.equal(before.status, "cancelled");
    assert.equal(before.failure.code, "SERVER_STOPPED");
    const run = await served.until("the resumed run's end", async () => {
      const latest = await served.latestRun();
      return latest.cause === "resumed" && latest.finishedAt !== null && latest;
    });
    assert.equal(run.status, "completed");
    assert.equal((await served.source(source.id)).status, "completed");
    assert.equal(await served.number("select count(*) from okta.logs"), served.org.org.truth("logs").length);
  });
});

describe("the schedule", () => {
  it("begins once what was due several times while the server was away", async () => {
    await using served = await Served.start();
    await served.link();
    await served.ended();
    await served.close();
    served.ahead_ms = 3 * 86_400_000;
    await served.open();
    await served.until("a scheduled run", async () => (await served.latestRun()).cause === "schedule");
    await served.ended();
    served.context.orders.emit("wake");
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { body } = await served.ask<{ runs: { cause: string }[] }>("GET", "/api/runs");
    assert.deepEqual(
      body.runs.map(({ cause }) => cause),
      ["schedule", "import"],
    );
  });
});

describe("what a person may tell a table", () => {
  it("settings of several tables at once, and wrong ones change nothing", async () => {
    await using served = await Served.start();
    const source = await served.link();
    await served.ended();
    const path = `/api/sources/${source.id}/tables`;
    const daily = { kind: "every", frequency: "24hour", anchor: "03:30", zone: "Europe/Zurich" };
    const wrong = await served.ask("PATCH", path, {
      changes: [
        { table: "users", schedule: daily },
        { table: "logs", mode: "incremental" },
      ],
    });
    assert.equal(wrong.status, 400);
    const right = await served.ask("PATCH", path, {
      changes: [
        { table: "users", schedule: daily },
        { table: "logs", enabled: false },
      ],
    });
    assert.equal(right.status, 200);
    const always = await served.ask("PATCH", `/api/sources/${source.id}`, { completeEvery_s: 0 });
    assert.deepEqual([always.status, always.body["completeEvery_s"]], [200, 0]);
    const { tables } = await served.source(source.id);
    assert.equal(
      tables.find(({ table }) => table === "users")!.scheduleText,
      "every 24 hours, at 03:30 (Europe/Zurich)",
    );
    assert.equal(tables.find(({ table }) => table === "logs")!.enabled, false);
  });

  it("deletes data only with the source's name typed, and that is on record", async () => {
    await using served = await Served.start();
    const source = await served.link();
    await served.ended();
    const path = `/api/sources/${source.id}/delete-data`;
    const careless = await served.ask("POST", path, { tables: ["logs"], confirm: "yes" });
    assert.equal(careless.body["code"], "CONFIRMATION_WRONG");
    assert.ok((await served.number("select count(*) from okta.logs")) > 0);
    const meant = await served.ask("POST", path, { tables: ["logs"], confirm: source.name });
    assert.equal(meant.status, 204);
    assert.equal(await served.number("select count(*) from okta.logs"), 0);
    const { body } = await served.ask<{ entries: { action: string; actor: string; detail: { tables?: string[] } }[] }>(
      "GET",
      "/api/audit",
    );
    const entry = body.entries.find(({ action }) => action === "source.data_deleted")!;
    assert.equal(entry.actor, "Ada");
    assert.deepEqual(entry.detail.tables, ["logs"]);
  });

  it("a resync of the log reads it again and removes nothing", async () => {
    await using served = await Served.start();
    const source = await served.link();
    await served.ended();
    const before = await served.number("select count(*) from okta.logs");
    const { body } = await served.ask("POST", `/api/sources/${source.id}/resync`, { tables: ["logs"] });
    const run = await served.ended(String(body["id"]));
    assert.equal(run.status, "completed");
    assert.ok(run.tables[0]!.read >= before);
    assert.equal(await served.number("select count(*) from okta.logs"), served.org.org.truth("logs").length);
  });

  it("removing a source keeps or deletes its tables, as the person said", async () => {
    await using served = await Served.start();
    const source = await served.link();
    await served.ended();
    const wrong = await served.ask("DELETE", `/api/sources/${source.id}`, { confirm: "?", data: "delete" });
    assert.equal(wrong.body["code"], "CONFIRMATION_WRONG");
    const kept = await served.ask("DELETE", `/api/sources/${source.id}`, { confirm: source.name, data: "keep" });
    assert.equal(kept.status, 204);
    assert.ok((await served.number("select count(*) from okta.users")) > 0);
    const again = await served.link();
    await served.ended();
    await served.ask("DELETE", `/api/sources/${again.id}`, { confirm: again.name, data: "delete" });
    assert.equal(await served.number("select count(*) from information_schema.tables where table_schema = 'okta'"), 0);
  });
});
