import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Answer, Call } from "./answer.ts";
import { borrowBody, type BorrowedBody } from "./body.ts";
import type { Headers } from "./okta-headers.ts";

/** No request of a connector has a body longer than this; a longer one is cut off. */
const longestBody_bytes = 1_000_000;

/** Reads a whole request. */
export async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes: Buffer = chunk;
    length += bytes.length;
    if (length > longestBody_bytes) break;
    chunks.push(bytes);
  }
  const target = request.url ?? "/";
  const cut = target.indexOf("?");
  return {
    method: request.method ?? "GET",
    path: cut < 0 ? target : target.slice(0, cut),
    query: new URLSearchParams(cut < 0 ? "" : target.slice(cut + 1)),
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    body: Buffer.concat(chunks).toString(),
    invokedOrigin: `http://${request.headers.host ?? "unknown"}`,
  };
}

/** Smaller bodies are not compressed (`[]` and short errors are recorded plain; the threshold itself is inferred). */
const leastPacked_bytes = 256;
const pack = promisify<Uint8Array, Buffer>(gzip);

/** How one answer goes out. */
export interface Sending {
  readonly headers: Headers;
  /** Compress the body. */
  readonly gzip?: boolean;
  /** Send only this part (0 to 1) of the body and end the connection. */
  readonly keep?: number | undefined;
}

/**
 * Sends an answer: each link in a `Link` header of its own (fact sheet 1), the body in chunks without a length, as all
 * recorded ones, so that only the missing last chunk tells that a body was cut.
 */
export async function sendAnswer(response: ServerResponse, answer: Answer, sending: Sending): Promise<void> {
  const body = await bodyOf(answer, sending.gzip === true);
  response.sendDate = false;
  response.statusCode = answer.status;
  response.setHeader("Content-Type", "application/json");
  for (const [name, value] of Object.entries({ ...sending.headers, ...answer.headers }))
    response.setHeader(name, value);
  if (answer.links.length > 0) {
    response.setHeader(
      "Link",
      answer.links.map((link) => `<${link.url}>; rel="${link.rel}"`),
    );
  }
  if (body.packed) response.setHeader("Content-Encoding", "gzip").setHeader("Vary", "Accept-Encoding");
  response.setHeader("Transfer-Encoding", "chunked");
  const { keep } = sending;
  await closed(response, body, () => {
    if (keep === undefined) response.end(body.bytes);
    else sendPart(response, body.bytes, keep);
  });
}

function sendPart(response: ServerResponse, bytes: Buffer, keep: number): void {
  const kept = Math.max(0, Math.min(Math.floor(bytes.length * keep), bytes.length - 1));
  response.flushHeaders();
  response.write(bytes.subarray(0, kept), () => response.destroy());
}

async function bodyOf(answer: Answer, gzips: boolean): Promise<BorrowedBody & { readonly packed: boolean }> {
  const plain = borrowBody(answer.body);
  if (!gzips || plain.bytes.length < leastPacked_bytes) return { ...plain, packed: false };
  const bytes = await pack(plain.bytes);
  plain.giveBack();
  return { bytes, packed: true, giveBack: () => undefined };
}

/** Runs `send` and resolves when the response is over; only then the body's memory is given back. */
function closed(response: ServerResponse, body: BorrowedBody, send: () => void): Promise<void> {
  return new Promise((resolve) => {
    response.once("close", () => {
      body.giveBack();
      resolve();
    });
    if (response.destroyed) response.emit("close");
    else send();
  });
}
