/**
 * A running server, asked over its HTTP API: every operation typed by the contract (types only; nothing of the server is loaded).
 * The key goes to the address that was named and nowhere else: redirects are not followed.
 */
import type { Readable } from "node:stream";
import { Agent, type Dispatcher, request } from "undici";
import type { Name, Result, Words } from "../api/contract/client.ts";
import type { Problem } from "../api/contract/operation.ts";
import type { ServerConfig } from "../config.ts";
import { ERRORS, type ErrorCode, RollcallError } from "../core/error.ts";
import type { Secret } from "../core/secret.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** For what is answered at once. A stream may take its time: a copy of the warehouse is made before its first byte is sent. */
const CALL_TIMEOUT_MS = 60_000;

export interface Answer {
  readonly body: Readable;
  /** What the server says the body's length is; null where it does not. */
  readonly bytes: number | null;
}

export class Remote implements AsyncDisposable {
  readonly server: string;
  readonly #key: Secret;
  readonly #signal: AbortSignal;
  readonly #agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: 0, bodyTimeout: 0 });

  /** `signal` ends whatever is asked. */
  constructor({ server, key }: ServerConfig, signal: AbortSignal) {
    this.server = server;
    this.#key = key;
    this.#signal = signal;
  }

  /**
   * An operation that answers JSON. Throws what the server says, by its own code; SERVER_UNREACHABLE; SERVER_NOT_ROLLCALL where the
   * answer is none of Rollcall's; CANCELLED.
   */
  async call<N extends Name>(name: N, words: Words<N>): Promise<Result<N>> {
    const timeout = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const { body } = await this.#ask(name, words, AbortSignal.any([this.#signal, timeout]));
    const text = await this.#reading(() => body.text());
    try {
      return JSON.parse(text) as Result<N>;
    } catch {
      throw this.#stranger("with something that is no JSON");
    }
  }

  /** An operation that answers bytes. Throws as `call` does; so does whoever reads the body, through `reading`. */
  async open<N extends Name>(name: N, words: Words<N>): Promise<Answer> {
    const { body, headers } = await this.#ask(name, words, this.#signal);
    const length = headers["content-length"];
    return { body, bytes: typeof length === "string" ? Number(length) : null };
  }

  /** What reading an answer's body makes of a connection that ends: a broken answer never passes for a whole one. */
  async #reading<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw this.failureOf(error);
    }
  }

  /** An error met on the way to the server, or while its answer came, as this command tells it. */
  failureOf(error: unknown): RollcallError {
    if (error instanceof RollcallError) return error;
    if (this.#signal.aborted)
      return new RollcallError("CANCELLED", "Cancelled.", { fix: "Run the same command again." });
    const reason = error instanceof Error ? error.message : String(error);
    return new RollcallError("SERVER_UNREACHABLE", `${this.server} cannot be asked: ${reason || "no answer"}.`, {
      cause: error,
    });
  }

  async #ask<N extends Name>(name: N, words: Words<N>, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const [method, path] = name.split(" ") as [string, string];
    const { params = {}, query = {}, body } = words as Given;
    const target = path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key] ?? ""));
    const url = new URL(target, this.server);
    for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, `${value}`);
    const answer = await this.#reading(() =>
      request(url, {
        method: method.toUpperCase(),
        headers: {
          authorization: `Bearer ${this.#key.reveal()}`,
          accept: "application/json, application/problem+json, */*",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        dispatcher: this.#agent,
        signal,
      }),
    );
    if (answer.statusCode >= 300) throw await this.#refusal(answer);
    return answer;
  }

  async #refusal({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<RollcallError> {
    if (statusCode < 400) {
      await body.dump();
      return new RollcallError(
        "SERVER_NOT_ROLLCALL",
        `${this.server} sends elsewhere (${statusCode} to ${String(headers["location"] ?? "nowhere")}); the API key was not sent there.`,
        { fix: "Give the address that Rollcall itself answers at, with https:// where it has TLS." },
      );
    }
    const isProblem = String(headers["content-type"]).startsWith("application/problem+json");
    const text = await this.#reading(() => body.text());
    if (!isProblem) return this.#stranger(`${statusCode}, without saying why`);
    const { code, detail, fix } = JSON.parse(text) as Problem;
    if (!Object.hasOwn(ERRORS, code)) return this.#stranger(`“${detail}” [${code}], a code that is not known here`);
    return new RollcallError(code as ErrorCode, detail, { fix });
  }

  #stranger(said: string): RollcallError {
    return new RollcallError("SERVER_NOT_ROLLCALL", `${this.server} answered ${said}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}

interface Given {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
}
