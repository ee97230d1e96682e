/** `rollcall serve --demo` as a person starts it: a process with a data directory of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const STARTS_WITHIN_MS = 60_000;

export class DemoServer implements AsyncDisposable {
  readonly url: string;
  readonly dataDir: string;
  readonly #port: number;
  #child: ChildProcess | null = null;
  #said = "";

  readonly #more: readonly string[];

  private constructor(port: number, dataDir: string, more: readonly string[]) {
    this.#more = more;
    this.#port = port;
    this.dataDir = dataDir;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** `more`: further arguments of the command. */
  static async start(more: readonly string[] = []): Promise<DemoServer> {
    const server = new DemoServer(await freePort(), await mkdtemp(join(tmpdir(), "rollcall-page-")), more);
    await server.start();
    return server;
  }

  /** Also after `kill` or `stop`: on the same port, with the same data. */
  async start(): Promise<void> {
    const { env } = process;
    const args = [
      "serve",
      "--demo",
      "--port",
      String(this.#port),
      "--data-dir",
      this.dataDir,
      "--log-level",
      "warn",
      ...this.#more,
    ];
    this.#said = "";
    const child = spawn(join(ROOT, "rollcall"), args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (text: Buffer) => (this.#said += String(text)));
    const end_ms = Date.now() + STARTS_WITHIN_MS;
    while (!this.#said.includes("Ctrl-C stops it")) {
      if (child.exitCode !== null || Date.now() > end_ms) throw new Error(`the server did not start: ${this.#said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The one-time link of the first start. */
  get setupLink(): string {
    return /http\S+\/setup#[\w-]+/.exec(this.#said)?.[0] ?? "";
  }

  /** Where the simulated org is. */
  get orgUrl(): string {
    return /simulated Okta org is at (http:\S+?):? /.exec(this.#said)?.[1] ?? "";
  }

  /** Where things are let happen in it. */
  get controlUrl(): string {
    return /POST them to (http:\S+)\/apply/.exec(this.#said)?.[1] ?? "";
  }

  get said(): string {
    return this.#said;
  }

  /** As the kernel does when memory runs out: nothing is told, nothing is written. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** As an operator does; how long it took, ms. */
  async stop(): Promise<number> {
    const began_ms = performance.now();
    await this.#end("SIGTERM");
    return performance.now() - began_ms;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end("SIGKILL");
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
