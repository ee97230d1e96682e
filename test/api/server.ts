/** A server for one test: its own data directory, a clock that the test turns, every line it logs, and people to ask as. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino, type Logger } from "pino";
import { api } from "../../src/api/app.ts";
import type { App } from "../../src/api/bind.ts";
import type { Role } from "../../src/api/contract/operation.ts";
import type { ApiDeps } from "../../src/api/deps.ts";
import { SetupToken } from "../../src/api/setup-token.ts";
import { Asking } from "../../src/service/asking.ts";
import { Live } from "../../src/service/live.ts";
import { openService } from "../../src/service/open.ts";
import { openStore, type Store } from "../../src/store/open.ts";

const BEGIN_MS = Date.UTC(2026, 10, 1, 12);
export const ADMIN = { email: "ada@acme.example", name: "Ada", password: "correct horse battery" } as const;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of a JSON answer. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Ask {
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Asks as somebody (or as nobody): keeps the cookie it is given, sends its session's csrf token. */
export class Visitor {
  readonly app: App;
  readonly origin: string;
  cookie: string | null = null;
  csrfToken: string | null = null;
  key: string | null = null;

  constructor(app: App, origin = "http://127.0.0.1:8080") {
    this.app = app;
    this.origin = origin;
  }

  async ask(method: string, path: string, { body, raw, headers = {}, signal }: Ask = {}): Promise<Answer> {
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await this.app.request(`${this.origin}${path}`, {
      method: method.toUpperCase(),
      headers: {
        ...(sent === undefined ? {} : { "content-type": "application/json" }),
        ...(this.cookie === null ? {} : { cookie: this.cookie }),
        ...(this.csrfToken === null ? {} : { "x-csrf-token": this.csrfToken }),
        ...(this.key === null ? {} : { authorization: `Bearer ${this.key}` }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
      ...(signal === undefined ? {} : { signal }),
    });
    const [cookie] = response.headers.getSetCookie();
    if (cookie !== undefined) this.cookie = cookie.split(";")[0] ?? null;
    const text = await response.text();
    const isJson =
      /json/.test(response.headers.get("content-type") ?? "") &&
      !/ndjson/.test(response.headers.get("content-type") ?? "");
    const json = isJson && text !== "" ? (JSON.parse(text) as Answer["json"]) : {};
    if (typeof json["csrfToken"] === "string") this.csrfToken = json["csrfToken"];
    return { status: response.status, headers: response.headers, text, json };
  }
}

interface Behind {
  readonly dataDir: string;
  readonly open: readonly AsyncDisposable[];
}

export class Server implements AsyncDisposable {
  readonly app: App;
  readonly store: Store;
  readonly setup: SetupToken;
  /** Everything that was logged, at every level. */
  readonly lines: string[];
  readonly #time: { now_ms: number };
  readonly #behind: Behind;

  private constructor(
    parts: Pick<Server, "app" | "store" | "setup" | "lines">,
    time: { now_ms: number },
    behind: Behind,
  ) {
    this.app = parts.app;
    this.store = parts.store;
    this.setup = parts.setup;
    this.lines = parts.lines;
    this.#time = time;
    this.#behind = behind;
  }

  /** Without sources, runs and warehouse: what is asked of them fails. */
  static async open(given: Partial<ApiDeps> = {}): Promise<Server> {
    const dataDir = mkdtempSync(join(tmpdir(), "rollcall-api-"));
    const store = await openStore(dataDir);
    return Server.#over(dataDir, { store, ...given }, [], [store]);
  }

  /** With everything behind it, as `rollcall serve` has it; nothing is run by itself. */
  static async whole(given: Partial<ApiDeps> = {}): Promise<Server> {
    const dataDir = mkdtempSync(join(tmpdir(), "rollcall-api-"));
    const lines: string[] = [];
    const log = loggerInto(lines);
    const service = await openService({ dataDir, env: {}, log, demo: null, version: "0.0.0-test" });
    const { context } = service;
    const deps = { store: context.store, log, service: context, asking: new Asking(context), ...given };
    return Server.#over(dataDir, deps, lines, [service]);
  }

  static #over(
    dataDir: string,
    given: Partial<ApiDeps> & Pick<ApiDeps, "store">,
    lines: string[],
    open: readonly AsyncDisposable[],
  ): Server {
    const time = { now_ms: BEGIN_MS };
    const setup = SetupToken.of(true);
    const nothing = { live: new Live() } as unknown as ApiDeps["service"];
    const deps: ApiDeps = {
      log: loggerInto(lines),
      now_ms: () => time.now_ms,
      version: "0.0.0-test",
      // What these tests ask never reaches it; the metrics listen from the start.
      service: nothing,
      asking: new Asking(nothing),
      ready: async () => undefined,
      setup,
      demo: false,
      webDir: join(dataDir, "web"),
      hosts: ["rollcall.acme.example"],
      trustProxy: false,
      ...given,
    };
    return new Server({ app: api(deps), store: deps.store, setup, lines }, time, { dataDir, open });
  }

  pass(ms: number): void {
    this.#time.now_ms += ms;
  }

  get now_ms(): number {
    return this.#time.now_ms;
  }

  nobody(): Visitor {
    return new Visitor(this.app);
  }

  /** The first person, logged in. */
  async admin(): Promise<Visitor> {
    const visitor = this.nobody();
    const setUp = await visitor.ask("post", "/api/setup", { body: { ...ADMIN, token: this.setup.token ?? "" } });
    if (setUp.status === 201) return visitor;
    return this.login(ADMIN.email, ADMIN.password);
  }

  async login(email: string, password: string): Promise<Visitor> {
    const visitor = this.nobody();
    const answer = await visitor.ask("post", "/api/session", { body: { email, password } });
    if (answer.status !== 201) throw new Error(`log-in: ${answer.status} ${answer.text}`);
    return visitor;
  }

  /** Somebody new of that role, logged in, by an admin's word. */
  async person(admin: Visitor, role: Role, email = `${role}@acme.example`): Promise<Visitor & { id: string }> {
    const password = `password of ${email}`;
    const added = await admin.ask("post", "/api/people", { body: { email, name: role, role, password } });
    if (added.status !== 201) throw new Error(`person: ${added.status} ${added.text}`);
    return Object.assign(await this.login(email, password), { id: String(added.json["id"]) });
  }

  /** An API key of that scope. */
  async key(admin: Visitor, scope: "read" | "write" | "admin", more: object = {}): Promise<Visitor & { id: string }> {
    const made = await admin.ask("post", "/api/keys", { body: { name: `${scope} key`, scope, ...more } });
    if (made.status !== 201) throw new Error(`key: ${made.status} ${made.text}`);
    const visitor = this.nobody();
    visitor.key = String(made.json["key"]);
    return Object.assign(visitor, { id: String(made.json["id"]) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.#behind.open) await each[Symbol.asyncDispose]();
    rmSync(this.#behind.dataDir, { recursive: true, force: true });
  }
}

function loggerInto(lines: string[]): Logger {
  return pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
}

/** Code of a problem; fails to be one where the answer is none. */
export function codeOf({ headers, json, status, text }: Answer): string {
  if (!headers.get("content-type")?.startsWith("application/problem+json"))
    throw new Error(`no problem: ${status} ${text.slice(0, 300)}`);
  return String(json["code"]);
}
