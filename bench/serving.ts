/** `rollcall serve --demo` as a process of its own, and requests to it as its first person. */
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChildProcess } from "node:child_process";
import { look, spawnNode } from "./watched.ts";

const main = join(dirname(dirname(fileURLToPath(import.meta.url))), "src/main.ts");

const WHO = { email: "ada@example.com", password: "correct horse battery staple" };

interface Entered {
  readonly cookie: string;
  readonly csrfToken: string;
}

export class Serving implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly url: string;
  readonly #entered: Entered;

  private constructor(child: ChildProcess, url: string, entered: Entered) {
    this.#child = child;
    this.url = url;
    this.#entered = entered;
  }

  static async start(dataDir: string, demoEvents: number): Promise<Serving> {
    const words = ["serve", "--demo", "--demo-events", String(demoEvents), "--port", "0", "--data-dir", dataDir];
    const child = spawnNode([main, ...words, "--log-level", "error"], {});
    child.stderr!.resume();
    const said = await saidUntil(child, "Ctrl-C stops it");
    const url = /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
    if (url === undefined) throw new Error(`the server did not start: ${said}`);
    return new Serving(child, url, await enter(url, /\/setup#([\w-]+)/.exec(said)?.[1] ?? null));
  }

  /** Resident memory now, bytes. */
  resident(): number {
    return look(this.#child.pid!)?.resident_bytes ?? NaN;
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<string> {
    const { cookie, csrfToken } = this.#entered;
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(headers["authorization"] === undefined ? { cookie, "x-csrf-token": csrfToken } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok || text.includes('"type":"error"'))
      throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return text;
  }

  async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    return JSON.parse(await this.ask(method, path, body)) as T;
  }

  /** Links the simulated org with these tables, never by themselves again; the run's id. */
  async link(tables: readonly string[]): Promise<{ readonly sourceId: string; readonly runId: string }> {
    const [type] = await this.json<{ prefilled: Record<string, string> }[]>("GET", "/api/source-types");
    const { domain = "", token = "" } = type!.prefilled;
    const source = await this.json<{ id: string; currentRun: string }>("POST", "/api/sources", {
      type: "okta",
      fields: { domain, auth: "token", token },
      prefix: "okta",
      tables: tables.map((table) => ({
        table,
        enabled: true,
        mode: table === "logs" ? "append" : "incremental",
        schedule: { kind: "every", frequency: "24hour", anchor: null, zone: "UTC" },
      })),
    });
    return { sourceId: source.id, runId: source.currentRun };
  }

  /** Waits for a run's end; how long it took by the server's clock, s. Throws unless it completed. */
  async ended(runId: string): Promise<number> {
    for (;;) {
      const run = await this.json<{ status: string; startedAt: string; finishedAt: string | null }>(
        "GET",
        `/api/runs/${runId}`,
      );
      if (run.finishedAt !== null) {
        if (run.status !== "completed") throw new Error(`the run ended as ${run.status}`);
        return (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000;
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await gone;
  }
}

async function saidUntil(child: ChildProcess, word: string): Promise<string> {
  let said = "";
  for await (const piece of child.stdout!) {
    said += String(piece);
    if (said.includes(word)) break;
  }
  return said;
}

async function enter(url: string, token: string | null): Promise<Entered> {
  const response = await fetch(url + (token === null ? "/api/session" : "/api/setup"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(token === null ? WHO : { ...WHO, token, name: "Ada" }),
  });
  const cookie = response.headers.get("set-cookie")?.split(";")[0] ?? "";
  const { csrfToken } = (await response.json()) as { csrfToken: string };
  return { cookie, csrfToken };
}
