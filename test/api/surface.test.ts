/** What every answer carries, the web page's files, and that no secret is in anything that leaves the server. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import type { ServiceContext } from "../../src/service/context.ts";
import { traced } from "../../src/api/problem.ts";
import { Live } from "../../src/service/live.ts";
import { OPERATIONS } from "./contract.ts";
import { ADMIN, codeOf, Server, type Answer, type Visitor } from "./server.ts";

const PAGE = '<!doctype html><script type="module" src="/assets/index-abc.js"></script>';

function builtPage(): string {
  const directory = mkdtempSync(join(tmpdir(), "rollcall-web-"));
  mkdirSync(join(directory, "assets"));
  writeFileSync(join(directory, "index.html"), PAGE);
  writeFileSync(join(directory, "assets/index-abc.js"), "plain");
  writeFileSync(join(directory, "assets/index-abc.js.gz"), gzipSync("plain"));
  return directory;
}

describe("headers", () => {
  // Breaks: the policy left off problems; inline scripts allowed; answers of the API kept by caches.
  it("are on every answer: pages, data, problems", async () => {
    const webDir = builtPage();
    await using server = await Server.open({ webDir });
    const admin = await server.admin();
    for (const path of ["/", "/sources/x", "/api/session", "/api/nowhere", "/healthz", "/api/openapi.json"]) {
      const { headers } = await admin.ask("get", path);
      const policy = headers.get("content-security-policy") ?? "";
      assert.match(policy, /default-src 'none'/, path);
      assert.match(policy, /frame-ancestors 'none'/, path);
      assert.doesNotMatch(policy, /script-src[^;]*('unsafe|\*|https?:|data:)/, path);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
      assert.ok(!headers.has("access-control-allow-origin") && !headers.has("strict-transport-security"));
      assert.match(headers.get("x-request-id") ?? "", /^[\w-]{36}$/);
    }
    assert.equal((await admin.ask("get", "/api/session")).headers.get("cache-control"), "no-store");
    rmSync(webDir, { recursive: true });
  });
});

describe("the web page", () => {
  // Breaks: a path outside of the list read from disk; an unknown /api path answered with the page; encodings not asked for.
  it("is served as built: hashed files for ever, the page for every address that is none of the API's", async () => {
    const webDir = builtPage();
    await using server = await Server.open({ webDir });
    const visitor = server.nobody();
    const script = await visitor.ask("get", "/assets/index-abc.js");
    assert.equal(script.text, "plain");
    assert.match(script.headers.get("cache-control") ?? "", /immutable/);
    assert.match(script.headers.get("content-type") ?? "", /^text\/javascript/);
    const packed = await visitor.ask("get", "/assets/index-abc.js", { headers: { "accept-encoding": "br, gzip" } });
    assert.equal(packed.headers.get("content-encoding"), "gzip");
    const refused = await visitor.ask("get", "/assets/index-abc.js", { headers: { "accept-encoding": "gzip;q=0" } });
    assert.equal(refused.headers.get("content-encoding"), null);
    for (const path of ["/", "/sources", "/settings/people", "/api/docs"]) {
      const page = await visitor.ask("get", path);
      assert.equal(page.text, PAGE, path);
      assert.equal(page.headers.get("cache-control"), "no-cache");
      const etag = page.headers.get("etag") ?? "";
      assert.equal((await visitor.ask("get", path, { headers: { "if-none-match": etag } })).status, 304);
    }
    for (const path of ["/api/nowhere", "/api", "/assets/index-old.js", "/assets/..%2f..%2fcontrol.sqlite"]) {
      const answer = await visitor.ask("get", path);
      if (path === "/api") assert.equal(answer.text, PAGE);
      else assert.equal(codeOf(answer), "NO_SUCH_OBJECT", path);
    }
    assert.equal(codeOf(await visitor.ask("put", "/sources")), "NO_SUCH_OBJECT");
    rmSync(webDir, { recursive: true });
  });
});

describe("what nobody expected", () => {
  // Breaks: the error's own message in the answer; a credential in the log; the same failure logged twice.
  it("is logged once without what looks like a credential, and told as UNEXPECTED", async () => {
    const cause =
      "SSWS 00abcdef rc_0123456789 Bearer eyJa.eyJb.c -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----";
    await using server = await Server.open({ ready: () => Promise.reject(new Error("x")) });
    assert.equal((await server.nobody().ask("get", "/readyz")).status, 503);
    await using broken = await Server.open({
      service: new Proxy({ live: new Live() } as ServiceContext, {
        get: (target, name) => {
          if (name === "live") return target.live;
          throw new TypeError(`broke at ${cause}`);
        },
      }),
    });
    const admin = await broken.admin();
    const answer = await admin.ask("get", "/api/sources");
    assert.equal(answer.status, 500);
    assert.equal(codeOf(answer), "UNEXPECTED");
    assert.doesNotMatch(answer.text, /broke at/);
    const logged = broken.lines.filter((line) => line.includes("broke at"));
    assert.equal(logged.length, 1);
    assert.ok(logged[0]?.includes(answer.headers.get("x-request-id") ?? "?"));
    for (const secret of ["00abcdef", "rc_0123456789", "eyJa", "MIIE"])
      assert.ok(!logged.join("").includes(secret), secret);
  });

  // Break: an expression that looks for the rest of a token from every place where one might begin.
  it("is searched for credentials in no longer than it is long", () => {
    const began_ms = performance.now();
    assert.doesNotMatch(traced(new Error("eyJ-".repeat(100_000))).stack, /eyJ-/);
    assert.ok(performance.now() - began_ms < 2000);
  });
});

/** Unlike anything else, so that finding one is no accident. */
const PLANTED = {
  password: "planted-password-7f3a9c",
  next: "planted-next-password-1b8e2d",
  token: "00plantedTokenQ4vZ8xK2mW7nB5cR1tY9uE3",
  pem: "-----BEGIN PRIVATE KEY-----\nPLANTEDkeyMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----",
  signing: "planted-signing-key-5d0c44aa",
  mail: "planted-mail-password-88e1",
} as const;

describe("a secret", () => {
  // Breaks: a field's value in a zod message; the request's body in the log; the cookie in the log; a fields record echoed.
  it("is in no body, header, log line or metric of any operation", async () => {
    await using server = await Server.whole();
    const seen: string[] = [];
    const asks = async (visitor: Visitor, method: string, path: string, body?: unknown): Promise<Answer> => {
      const answer = await visitor.ask(method, path, body === undefined ? {} : { body });
      const headers = [...answer.headers].filter(([name]) => name !== "set-cookie");
      seen.push(`${method} ${path} ${answer.status} ${JSON.stringify(headers)} ${answer.text}`);
      return answer;
    };
    const setupToken = server.setup.token ?? "";
    const admin = await server.admin();
    const key = await server.key(admin, "admin");
    const person = { email: "p@acme.example", name: "P", role: "editor", password: PLANTED.password };
    const { json } = await asks(admin, "post", "/api/people", person);
    const other = server.nobody();
    await asks(other, "post", "/api/session", { email: person.email, password: PLANTED.password });
    await asks(other, "patch", "/api/session", { password: { old: PLANTED.password, new: PLANTED.next } });
    await asks(other, "post", "/api/session", { email: person.email, password: [PLANTED.next] });
    await asks(admin, "patch", `/api/people/${String(json["id"])}`, { password: PLANTED.password, role: PLANTED.next });
    for (const fields of [
      { domain: "127.0.0.1:1", auth: "token", token: PLANTED.token },
      { domain: "acme.okta.com.invalid", auth: "oauth", clientId: "0oa1", privateKey: PLANTED.pem },
      { domain: "acme.okta.com.invalid", auth: PLANTED.token, token: [PLANTED.token] },
    ]) {
      await asks(admin, "post", "/api/preflights", { type: "simulated", fields });
      await asks(admin, "post", "/api/sources", { type: "simulated", fields, prefix: "okta", tables: [] });
      await asks(admin, "patch", "/api/sources/nowhere", { fields });
    }
    const channel = { name: "c", events: ["failure"] };
    const mail = {
      kind: "email",
      host: "127.0.0.1",
      port: 1,
      secure: "none",
      user: "u",
      password: PLANTED.mail,
      from: "a@b.example",
      to: ["a@b.example"],
    };
    await asks(admin, "post", "/api/channels", {
      ...channel,
      config: { kind: "webhook", url: "https://hooks.example.com/x", signingKey: PLANTED.signing },
    });
    await asks(admin, "post", "/api/channels", { ...channel, config: mail });
    await server
      .nobody()
      .ask("post", "/api/setup", { body: { token: PLANTED.token, email: "x", name: "x", password: PLANTED.password } });
    // A stream of events does not end by itself; it carries what the operations before it answer.
    for (const { method, path } of OPERATIONS)
      if (method === "get" && path !== "/api/events") await asks(admin, method, path.replaceAll(/\{\w+\}/g, "nowhere"));
    const everything = [...seen, ...server.lines];
    const cookies = [admin.cookie, other.cookie].map((cookie) => cookie?.split("=")[1] ?? "?");
    for (const secret of [
      ...Object.values(PLANTED),
      "PLANTEDkey",
      ADMIN.password,
      setupToken,
      key.key ?? "?",
      ...cookies,
    ]) {
      const found = everything.find(
        (text) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)),
      );
      assert.equal(found?.slice(0, 300), undefined, `${secret.slice(0, 20)}…`);
    }
    const tokens = [admin.csrfToken ?? "?", other.csrfToken ?? "?"];
    for (const token of tokens) assert.ok(!server.lines.join("").includes(token), "a csrf token in the log");
    assert.ok(seen.length > 40);
  });
});
