/** One HTTP exchange: bytes out, bytes in, bounded in time and size. Knows nothing of Okta, retries or credentials. */
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { Agent, type Dispatcher } from "undici";
import { RollcallError } from "../core/error.ts";
import { publicLookup } from "./address.ts";
import { cancelled, type Clock } from "./clock.ts";

/** From the start of a connection to its handshake's end. */
export const connect_timeout_ms = 15_000;
/** From the request to its response's headers: Okta itself gives up on a query after 30 s (fact sheet 2.2). */
export const headers_timeout_ms = 60_000;
/** Between two pieces of a body. */
export const body_pause_timeout_ms = 30_000;
/** From a response's headers to its last byte. */
export const body_timeout_ms = 300_000;
/** The largest body accepted, after decoding: a page of 1,000 log events of the largest kind is 5 MB. */
export const body_max_bytes = 64 * 1024 * 1024;
/** How long an unused connection is kept. */
export const keep_alive_ms = 30_000;

export interface Exchange {
  readonly method: "GET" | "POST";
  /** `https://host`, without a path. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Response {
  readonly status: number;
  /** Names in lower case; a header sent twice is an array. */
  readonly headers: Headers;
  /** Decoded. */
  readonly bytes: Uint8Array;
  /** By the transport's clock. */
  readonly sent_ms: number;
  readonly received_ms: number;
}

export interface Transport extends AsyncDisposable {
  readonly clock: Clock;
  /**
   * Never follows a redirect. Throws RollcallError: NETWORK (no connection, a time-out, a body that ended early or cannot be
   * decoded), BODY_TOO_LARGE, ORG_INVALID (a name that resolves to a private address), CANCELLED.
   */
  send(exchange: Exchange, signal: AbortSignal): Promise<Response>;
}

/** The first value of a header that may be repeated. */
export function header(headers: Headers, name: string): string | null {
  const value = headers[name];
  return typeof value === "string" ? value : (value?.[0] ?? null);
}

export interface TransportOptions {
  readonly clock: Clock;
  /** Connections kept to the one host. */
  readonly connections: number;
  /** The simulator: names may resolve to this machine. */
  readonly loopback: boolean;
}

export function openTransport(options: TransportOptions): Transport {
  const { clock } = options;
  const agent = new Agent({
    connections: options.connections,
    pipelining: 1,
    headersTimeout: headers_timeout_ms,
    bodyTimeout: body_pause_timeout_ms,
    keepAliveTimeout: keep_alive_ms,
    connect: {
      timeout: connect_timeout_ms,
      ...(options.loopback ? {} : { lookup: publicLookup(privateName) }),
    },
  });
  return {
    clock,
    send: async (exchange, signal) => decoded(await dispatched(agent, exchange, clock, signal)),
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

/** `dispatch` rather than `request`: no stream object per body, each piece is copied once to its place. */
function dispatched(agent: Agent, exchange: Exchange, clock: Clock, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelled());
    const sent_ms = clock.now_ms();
    let controller: Dispatcher.DispatchController | null = null;
    let status = 0;
    let headers: Headers = {};
    let headers_ms = sent_ms;
    let body = bodyOf(null);
    const end = (error: unknown) => {
      signal.removeEventListener("abort", onAbort);
      reject(error);
      if (controller !== null && !controller.aborted)
        controller.abort(error instanceof Error ? error : new Error("ended"));
    };
    const onAbort = () => end(cancelled());
    signal.addEventListener("abort", onAbort, { once: true });
    agent.dispatch(
      {
        origin: exchange.origin,
        path: exchange.path,
        method: exchange.method,
        headers: exchange.headers,
        body: exchange.body ?? null,
      },
      {
        onRequestStart(started) {
          controller = started;
          if (signal.aborted) started.abort(cancelled());
        },
        onResponseStart(_, code, received) {
          status = code;
          headers = received;
          headers_ms = clock.now_ms();
          body = bodyOf(header(received, "content-length"));
        },
        onResponseData(_, chunk) {
          body.add(chunk);
          if (body.size() > body_max_bytes) end(tooLarge());
          else if (clock.now_ms() - headers_ms > body_timeout_ms) end(broken("the body took too long"));
        },
        onResponseEnd() {
          signal.removeEventListener("abort", onAbort);
          resolve({ status, headers, bytes: body.bytes(), sent_ms, received_ms: headers_ms });
        },
        onResponseError(_, error) {
          end(error instanceof RollcallError ? error : broken(reasonOf(error), error));
        },
      },
    );
  });
}

/** Collects a body; with a known length there is one buffer and no second copy. */
function bodyOf(contentLength: string | null) {
  const announced = contentLength === null ? 0 : Number(contentLength);
  let buffer = Buffer.allocUnsafeSlow(
    Number.isSafeInteger(announced) && announced <= body_max_bytes ? Math.max(0, announced) : 0,
  );
  let size = 0;
  return {
    size: () => size,
    add(chunk: Buffer) {
      if (size + chunk.length > buffer.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(64 * 1024, 2 * buffer.length, size + chunk.length));
        buffer.copy(larger, 0, 0, size);
        buffer = larger;
      }
      chunk.copy(buffer, size);
      size += chunk.length;
    },
    bytes: (): Uint8Array => buffer.subarray(0, size),
  };
}

const unzip = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(gunzip);

/** Undoes `content-encoding`, off the main thread. */
async function decoded(response: Response): Promise<Response> {
  const encoding = header(response.headers, "content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "" || response.bytes.length === 0) return response;
  if (encoding !== "gzip") throw broken(`the body is encoded as ${encoding}, which was not asked for`);
  try {
    return { ...response, bytes: await unzip(response.bytes, { maxOutputLength: body_max_bytes }) };
  } catch (error) {
    throw codeOf(error) === "ERR_BUFFER_TOO_LARGE" ? tooLarge() : broken("the compressed body is damaged", error);
  }
}

function privateName(hostname: string): RollcallError {
  return new RollcallError("ORG_INVALID", `${hostname} resolves to a private address, which no Okta org has.`);
}

function tooLarge(): RollcallError {
  return new RollcallError("BODY_TOO_LARGE", `The answer is larger than ${body_max_bytes / 1024 / 1024} MB.`);
}

function broken(reason: string, cause?: unknown): RollcallError {
  return new RollcallError("NETWORK", `No whole answer from Okta: ${reason}.`, { cause });
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

/** What the operator can act on: Node's and undici's codes are stable, their English is not. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: "the name does not exist",
  EAI_AGAIN: "the name could not be looked up",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "there is no network",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
  UND_ERR_HEADERS_TIMEOUT: "it did not answer in time",
  UND_ERR_BODY_TIMEOUT: "the body stopped coming",
  UND_ERR_SOCKET: "the connection was closed early",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the body is shorter than announced",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate chain is self-signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate cannot be verified",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

function reasonOf(error: Error): string {
  const code = codeOf(error);
  if (code !== null && REASONS[code] !== undefined) return REASONS[code];
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return reasonOf(error.errors[0]);
  return code ?? "the connection failed";
}
