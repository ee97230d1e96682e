/** A server without its socket: a data directory, a simulated org, and requests answered in this process as an admin. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { startFakeOkta, type FakeOkta, type FakeOktaOptions } from "../../fake-okta/server.ts";
import { api } from "../../src/api/app.ts";
import type { App } from "../../src/api/bind.ts";
import { SetupToken } from "../../src/api/setup-token.ts";
import { Asking } from "../../src/service/asking.ts";
import type { ServiceContext } from "../../src/service/context.ts";
import { openService, type Service } from "../../src/service/open.ts";
import type { Preflight } from "../../src/service/sources.ts";
import type { Source } from "../../src/service/source-view.ts";
import type { Run } from "../../src/service/runs.ts";

export const SMALL = { users: 60, groups: 12, apps: 5, rules: 3, events: 400, rateLimits: "none" } as const;
/** A run on the small org takes well under a second; this is for a machine that is busy with something else. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 20;

/** An answer of which a test reads a few words. */
export type Loose = Readonly<Record<string, unknown>>;

export interface Answered<T = unknown> {
  readonly status: number;
  readonly body: T;
}

export class Served implements AsyncDisposable {
  readonly org: FakeOkta;
  readonly directory: string;
  readonly logged: string[] = [];
  #service: Service | null = null;
  #app: App | null = null;
  #cookie = "";
  #csrf = "";
  /** What the server takes for now: real time, moved by this much. */
  ahead_ms = 0;

  private constructor(org: FakeOkta, directory: string) {
    this.org = org;
    this.directory = directory;
  }

  static async start(options: FakeOktaOptions = {}): Promise<Served> {
    const org = await startFakeOkta({ ...SMALL, ...options });
    const served = new Served(org, await mkdtemp(join(tmpdir(), "rollcall-served-")));
    await served.open();
    return served;
  }

  get context(): ServiceContext {
    return this.#service!.context;
  }

  /** What answers, for a test that puts a socket before it. */
  get app(): App {
    return this.#app!;
  }

  async open(): Promise<void> {
    const log = pino({ level: "info" }, { write: (line: string) => void this.logged.push(line) });
    const { org, directory } = this;
    this.#service = await openService({
      dataDir: directory,
      env: {},
      log,
      demo: {
        url: org.url,
        token: org.token,
        clientId: org.clientId,
        privateKey: JSON.stringify(org.privateKeyJwk),
      },
      version: "0.0.0",
      now_ms: () => Date.now() + this.ahead_ms,
    });
    const { context } = this.#service;
    const people = await context.store.db.selectFrom("person").select("id").execute();
    const setup = SetupToken.of(people.length === 0);
    this.#app = api({
      store: context.store,
      service: context,
      asking: new Asking(context),
      ready: async () => undefined,
      setup,
      log,
      now_ms: context.now_ms,
      webDir: join(directory, "no-page"),
      version: "0.0.0",
      demo: true,
      hosts: [],
      trustProxy: false,
    });
    await this.#service.start();
    await this.#enter(setup.token);
  }

  /** As SIGTERM does. */
  async close(): Promise<void> {
    await this.#service?.[Symbol.asyncDispose]();
    this.#service = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.org.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  async #enter(token: string | null): Promise<void> {
    const who = { email: "ada@example.com", password: "correct horse battery" };
    const { status, body } =
      token === null
        ? await this.ask("POST", "/api/session", who)
        : await this.ask("POST", "/api/setup", { ...who, token, name: "Ada" });
    if (status !== 201) throw new Error(`nobody could enter: ${JSON.stringify(body)}`);
    this.#csrf = String(body["csrfToken"]);
  }

  /** One request as the first person; `T` is what the caller knows of the answer. */
  async ask<T = Loose>(method: string, path: string, body?: unknown): Promise<Answered<T>> {
    const response = await this.#app!.request(`http://127.0.0.1${path}`, {
      method,
      headers: {
        host: "127.0.0.1",
        "x-csrf-token": this.#csrf,
        ...(this.#cookie === "" ? {} : { cookie: this.#cookie }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const cookie = response.headers.get("set-cookie");
    if (cookie !== null) this.#cookie = cookie.split(";")[0] ?? "";
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true && !text.includes("\n{");
    return { status: response.status, body: (isJson && text !== "" ? JSON.parse(text) : text) as T };
  }

  /** Links the simulated org with every table, or those given, as the page would. */
  async link(change: Record<string, unknown> = {}): Promise<Source> {
    const fields = { domain: this.org.url, auth: "token", token: this.org.token };
    const { body: offers } = await this.ask<Preflight>("POST", "/api/preflights", { type: "okta", fields });
    const tables = offers.tables.map((offer) => ({
      table: offer.table,
      enabled: true,
      mode: offer.defaultMode,
      schedule: offer.defaultSchedule,
    }));
    const wanted = { type: "okta", fields, prefix: offers.suggestedPrefix, tables, ...change };
    const { status, body } = await this.ask<Source>("POST", "/api/sources", wanted);
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body;
  }

  async source(id: string): Promise<Source> {
    return (await this.ask<Source>("GET", `/api/sources/${id}`)).body;
  }

  async latestRun(): Promise<Run> {
    return (await this.ask<{ runs: Run[] }>("GET", "/api/runs")).body.runs[0]!;
  }

  /** Waits until `look` gives something. */
  async until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
    const end_ms = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = await look();
      if (found !== null && found !== undefined && found !== false) return found;
      if (Date.now() > end_ms) throw new Error(`${what} did not come within ${PATIENCE_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** The latest run of the source, once it has ended. */
  ended(runId?: string): Promise<Run> {
    return this.until("the run's end", async () => {
      const run =
        runId === undefined ? await this.latestRun() : (await this.ask<Run>("GET", `/api/runs/${runId}`)).body;
      return run !== undefined && run.finishedAt !== null && run;
    });
  }

  /** The single number that the statement selects. */
  async number(sql: string): Promise<number> {
    const { rows } = await this.context.warehouse.query(sql, { maxRows: 1 }, AbortSignal.timeout(PATIENCE_MS));
    return Number(rows[0]?.[0]);
  }
}
