/**
 * Walks over all operations of the contract: the document, the rights, and what is refused. They know no operation by name: one
 * that is added is walked with the others. A break tried and seen to fail: unknown fields dropped instead of refused.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { BODY_MAX_BYTES, BODY_OF_STRANGER_MAX_BYTES, RETRY_AFTER_S } from "../../src/api/limits.ts";
import { ROLES } from "../../src/api/contract/operation.ts";
import { RollcallError } from "../../src/core/error.ts";
import type { Asking } from "../../src/service/asking.ts";
import {
  judge,
  objects,
  OPERATIONS,
  places,
  replaced,
  resolved,
  sample,
  type Described,
  type Document,
  type Schema,
} from "./contract.ts";
import { codeOf, Server, type Answer, type Ask, type Visitor } from "./server.ts";

let server: Server;
let admin: Visitor;
let document: Document;

before(async () => {
  server = await Server.whole();
  admin = await server.admin();
  document = (await server.nobody().ask("get", "/api/openapi.json")).json as unknown as Document;
});
after(() => server[Symbol.asyncDispose]());

/** The path with something in its parameters that is nowhere. */
const target = (path: string): string => path.replace("{type}", "okta").replaceAll(/\{\w+\}/g, "nowhere");

function assertRefused(answer: Answer, what: string, code?: string): void {
  assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
  const found = codeOf(answer);
  assert.equal(answer.json["status"], answer.status, what);
  for (const word of ["type", "title", "detail", "fix"])
    assert.equal(typeof answer.json[word], "string", `${what}: ${word}`);
  if (code !== undefined) assert.equal(found, code, what);
}

describe("the document", () => {
  // Breaks: an operation bound twice; one not bound; a schema that no $ref finds.
  it("has every operation of the contract exactly once, and nothing else", () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const wanted = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(new Set(described), new Set(wanted));
    assert.equal(described.length, wanted.length);
  });

  it("is OpenAPI 3.1 whose schemas are JSON Schema, whose references lead somewhere", () => {
    assert.equal(document.openapi, "3.1.0");
    assert.ok(document.info.title !== "" && document.info.version !== "");
    const compile = judge(document);
    for (const [name, schema] of Object.entries(document.components.schemas))
      assert.doesNotThrow(() => compile(schema), name);
    const ids = new Set<string>();
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(methods)) {
        const what = `${method} ${path}`;
        assert.ok(!ids.has(operation.operationId), `${what}: ${operation.operationId} twice`);
        ids.add(operation.operationId);
        assert.ok(operation.summary !== "" && operation.tags.length === 1, what);
        const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
        const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
        assert.deepEqual(new Set(declared.map(({ name }) => name)), new Set(named), what);
        assert.ok(
          declared.every(({ required }) => required === true),
          what,
        );
        for (const schema of schemasOf(operation)) assert.doesNotThrow(() => compile(resolved(schema, document)), what);
      }
  });

  // Break: a schema that only streams are made of is left out.
  it("describes what streams are made of, by name", () => {
    const fits = (name: string) => judge(document)({ $ref: `#/components/schemas/${name}` });
    assert.ok(fits("QueryLine")({ type: "rows", rows: [[1, "x", null]] }));
    assert.ok(!fits("QueryLine")({ type: "row" }));
    assert.ok(fits("LiveEvent")({ type: "source", sourceId: "src_1" }));
    assert.ok(!fits("LiveEvent")({ type: "line", runId: "run_1" }));
  });

  it("says who may, and every failure as a problem", () => {
    for (const { method, path, needs } of OPERATIONS) {
      const operation = document.paths[path]?.[method];
      assert.ok(operation !== undefined);
      assert.deepEqual(operation.security, needs === "nobody" ? [] : [{ session: [] }, { key: [] }], path);
      for (const [status, answer] of Object.entries(operation.responses))
        if (Number(status) >= 400)
          assert.deepEqual(Object.keys(answer.content ?? {}), ["application/problem+json"], `${path} ${status}`);
    }
  });
});

/** Of an operation that takes one. */
const bodyOf = (path: string, method: string): Schema | undefined =>
  document.paths[path]?.[method]?.requestBody?.content["application/json"]?.schema;

describe("a failure", () => {
  /** What is tried, and its code where that is the same at every operation. */
  const tries: readonly (readonly [what: string, Ask, code: string | null])[] = [
    ["nothing", {}, null],
    ["a key that is none", { headers: { authorization: "Bearer rc_nobodys" } }, "LOGIN_NEEDED"],
    ["another site's page", { raw: "{}", headers: { origin: "https://evil.example" } }, "CSRF_REFUSED"],
    ["another name", { headers: { host: "evil.example" } }, "HOST_REFUSED"],
    ["no JSON", { raw: "{" }, null],
    ["another type", { raw: "{}", headers: { "content-type": "text/plain" } }, null],
    ["a long body", { raw: "x".repeat(BODY_MAX_BYTES + 1) }, null],
  ];

  // Breaks: 401 left out where nobody has to log in; 403 where a page elsewhere is refused; 415 where a body is taken.
  it("is one that the document has for the operation", async () => {
    for (const { method, path } of OPERATIONS)
      for (const asker of [server.nobody(), admin])
        for (const [what, ask, code] of tries) {
          if (method === "get" && (ask.raw !== undefined || path === "/api/events")) continue;
          // The walk goes on as somebody who is logged in.
          if (method === "delete" && path === "/api/session" && code === null) continue;
          const answer = await asker.ask(method, target(path), ask);
          const described = Object.keys(document.paths[path]?.[method]?.responses ?? {});
          assert.ok(described.includes(String(answer.status)), `${method} ${path} with ${what}: ${answer.status}`);
          if (code !== null) assert.equal(codeOf(answer), code, `${method} ${path} with ${what}`);
        }
  });

  it("is 415 where a body is taken, and 503 where the server is not ready", async () => {
    for (const { method, path } of OPERATIONS) {
      const { responses } = document.paths[path]![method]!;
      assert.equal("415" in responses, bodyOf(path, method) !== undefined, `${method} ${path}`);
      assert.equal("503" in responses, path === "/readyz", `${method} ${path}`);
    }
    const plain = { raw: "{}", headers: { "content-type": "text/plain" } };
    assert.equal((await admin.ask("patch", "/api/settings", plain)).status, 415);
    await using broken = await Server.open({ ready: () => Promise.reject(new Error("x")) });
    assert.equal((await broken.nobody().ask("get", "/readyz")).status, 503);
  });

  // Break: a refusal that does not say when to come back.
  it("of trying too often says when to try again", async () => {
    for (const { method, path } of OPERATIONS) {
      const answer = document.paths[path]?.[method]?.responses["429"];
      assert.deepEqual(Object.keys(answer?.headers ?? {}), ["retry-after"], `${method} ${path}`);
    }
    const answer = () => Promise.reject(new RollcallError("TOO_MANY_TRIES", "4 of your queries run already."));
    await using busy = await Server.whole({ asking: { answer, watch: () => undefined } as unknown as Asking });
    const asked = await (await busy.admin()).ask("post", "/api/warehouse/query", { body: { sql: "select 1" } });
    assert.deepEqual([asked.status, asked.headers.get("retry-after")], [429, String(RETRY_AFTER_S)]);
  });
});

function schemasOf({ parameters = [], requestBody, responses }: Described): readonly Schema[] {
  const contents = [requestBody?.content ?? {}, ...Object.values(responses).map(({ content }) => content ?? {})];
  return [
    ...parameters.map(({ schema }) => schema),
    ...contents.flatMap((content) => Object.values(content).map(({ schema }) => schema)),
  ];
}

describe("rights", () => {
  // Breaks: the rights looked at after the body; an operation bound without its needs; a role compared the wrong way round.
  it("a stranger is told to log in, whatever was sent", async () => {
    for (const { method, path, needs } of OPERATIONS) {
      if (needs === "nobody") continue;
      for (const raw of [undefined, "{}", "{", '{"confirm":1}']) {
        const ask = method === "get" || raw === undefined ? {} : { raw };
        assertRefused(await server.nobody().ask(method, target(path), ask), `${method} ${path}`, "LOGIN_NEEDED");
      }
    }
  });

  it("a role or a scope that is not enough is refused, whatever was sent", async () => {
    const scopes = { viewer: "read", editor: "write" } as const;
    for (const role of ["viewer", "editor"] as const) {
      const askers = [await server.person(admin, role), await server.key(admin, scopes[role])];
      for (const asker of askers)
        for (const { method, path, needs } of OPERATIONS) {
          if (needs === "nobody" || ROLES.indexOf(needs) <= ROLES.indexOf(role)) continue;
          assertRefused(await asker.ask(method, target(path)), `${role}: ${method} ${path}`, "NOT_ALLOWED");
        }
    }
  });

  it("a role that is enough is not refused for its role", async () => {
    const viewer = await server.person(admin, "viewer", "viewer2@acme.example");
    for (const { method, path, needs } of OPERATIONS) {
      if (needs !== "viewer" || method !== "get" || path === "/api/events") continue;
      const { status } = await viewer.ask(method, target(path));
      assert.ok(status !== 401 && status !== 403, `${method} ${path}: ${status}`);
    }
  });
});

/** What might be sent where something else belongs. */
const ODD: readonly unknown[] = [
  undefined,
  null,
  true,
  -1,
  0.5,
  1e15,
  "",
  "x",
  "x".repeat(300_000),
  [],
  [[]],
  {},
  { odd: 1 },
];

describe("what the document does not allow", () => {
  // Breaks: a body's schema not asked; unknown fields dropped instead of refused; a handler that throws a TypeError.
  it("is refused as a problem, field by field of every body", async () => {
    const compile = judge(document);
    let asked = 0;
    for (const { method, path } of OPERATIONS) {
      const schema = bodyOf(path, method);
      if (schema === undefined) continue;
      const fits = compile(resolved(schema, document));
      const whole = sample(schema, document);
      const extra = { ...(whole as object), unheardOf: 1 };
      const wrong = [
        null,
        [],
        "x",
        1,
        extra,
        ...[...places(whole)].flatMap((place) => ODD.map((odd) => replaced(whole, place, odd))),
      ];
      for (const body of wrong) {
        // JSON has no undefined: what the server gets is judged.
        const sent = JSON.stringify(body);
        if (fits(JSON.parse(sent)) && body !== extra) continue;
        asked += 1;
        const answer = await admin.ask(method, target(path), { raw: sent });
        assertRefused(answer, `${method} ${path} ${sent.slice(0, 300)}`);
      }
    }
    assert.ok(asked > 300, `${asked} bodies`);
  });

  // Breaks: bodies closed at their top only; a list, a union or what may be null passed over; a schema that is closed in its words only.
  it("is no word at any depth of a body, and the document says so", async () => {
    let asked = 0;
    for (const { method, path } of OPERATIONS) {
      const schema = bodyOf(path, method);
      if (schema === undefined) continue;
      for (const [at, object] of objects(schema, document))
        assert.equal(object["additionalProperties"], false, `${method} ${path} ${at}`);
      const whole = sample(schema, document);
      for (const place of [[], ...places(whole)]) {
        const there = place.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], whole);
        if (typeof there !== "object" || there === null || Array.isArray(there)) continue;
        // Records have names of their own choice; a schedule says what is the matter in words of its own.
        if (Object.keys(there).length === 0 || "zone" in there) continue;
        asked += 1;
        const answer = await admin.ask(method, target(path), {
          body: replaced(whole, place, { ...there, treatmnt: 1 }),
        });
        const what = `${method} ${path} ${place.join(".")}`;
        assertRefused(answer, what, "REQUEST_INVALID");
        const fields = answer.json["fields"] as { path: string; message: string }[];
        const named = fields.find(({ message }) => message.includes("treatmnt"));
        assert.equal(named?.path, place.length === 0 ? "body" : place.join("."), what);
      }
    }
    assert.ok(asked > 25, `${asked} objects`);
  });

  it("is refused as a problem, parameter by parameter of every query", async () => {
    for (const { method, path } of OPERATIONS) {
      const operation = document.paths[path]?.[method];
      const parameters = (operation?.parameters ?? []).filter((parameter) => parameter.in === "query");
      const wrong = [
        ["unheardOf", "1"],
        ...parameters.flatMap(({ name, schema }) => oddWords(resolved(schema, document)).map((word) => [name, word])),
      ];
      if (parameters.length === 0) continue;
      for (const [name = "", word = ""] of wrong) {
        const answer = await admin.ask(method, `${target(path)}?${new URLSearchParams({ [name]: word }).toString()}`);
        assertRefused(answer, `${method} ${path}?${name}=${word.slice(0, 50)}`, "REQUEST_INVALID");
      }
    }
  });

  it("is refused as a problem in every path", async () => {
    for (const { method, path } of OPERATIONS) {
      if (!path.includes("{")) continue;
      for (const odd of ["x".repeat(200), "%00", "..%2f..%2fetc%2fpasswd", "'%20OR%201=1--", "%ff", "🙂"]) {
        const answer = await admin.ask(method, path.replaceAll(/\{\w+\}/g, odd));
        assertRefused(answer, `${method} ${path} with ${odd.slice(0, 30)}`);
      }
    }
  });
});

function oddWords(schema: Schema): readonly string[] {
  const type = String(schema["type"]);
  if (Array.isArray(schema["enum"])) return ["x", ""];
  if (type === "integer" || type === "number") {
    const bounds = [Number(schema["minimum"] ?? 0) - 1, Number(schema["maximum"] ?? Number.MAX_SAFE_INTEGER) + 1];
    return ["x", "1.5", "1e400", "NaN", ...bounds.filter((bound) => Math.abs(bound) < 1e9).map(String)];
  }
  return typeof schema["maxLength"] === "number" ? ["x".repeat(schema["maxLength"] + 1)] : [];
}

describe("a body", () => {
  // Breaks: no bound; the stranger's bound as wide as the caller's; an error of the parser answered as 500.
  it("is bounded, more so for strangers, and must be JSON", async () => {
    const stranger = server.nobody();
    const long = (bytes: number) => JSON.stringify({ email: "x".repeat(bytes), password: "x" });
    assertRefused(
      await stranger.ask("post", "/api/session", { raw: long(BODY_OF_STRANGER_MAX_BYTES) }),
      "stranger",
      "BODY_TOO_LONG",
    );
    assertRefused(
      await stranger.ask("post", "/api/session", { raw: long(BODY_OF_STRANGER_MAX_BYTES - 100) }),
      "short",
      "REQUEST_INVALID",
    );
    assertRefused(await admin.ask("patch", "/api/settings", { raw: long(BODY_MAX_BYTES) }), "admin", "BODY_TOO_LONG");
    for (const raw of ["{", "", "undefined", "[".repeat(100_000), '{"a":1}x'])
      assertRefused(await admin.ask("patch", "/api/settings", { raw }), JSON.stringify(raw.slice(0, 20)));
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/jsonx",
    ])
      assertRefused(
        await admin.ask("patch", "/api/settings", { raw: "{}", headers: { "content-type": type } }),
        type,
        "REQUEST_INVALID",
      );
  });
});
