import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer, Call } from "./answer.ts";
import { borrowBody, type BorrowedBody } from "./body.ts";

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

/** Sends an answer: each link in a `Link` header of its own (fact sheet 1), the length announced. */
export function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const body = startAnswer(response, answer, headers);
  return closed(response, body, () => response.end(body.bytes));
}

/** Announces the whole body, sends a part of it and ends the connection. */
export function sendCut(
  response: ServerResponse,
  answer: Answer,
  headers: Readonly<Record<string, string>>,
  keep: number,
): Promise<void> {
  const body = startAnswer(response, answer, headers);
  const kept = Math.max(0, Math.min(Math.floor(body.bytes.length * keep), body.bytes.length - 1));
  return closed(response, body, () => {
    response.flushHeaders();
    response.write(body.bytes.subarray(0, kept), () => response.destroy());
  });
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

function startAnswer(
  response: ServerResponse,
  answer: Answer,
  headers: Readonly<Record<string, string>>,
): BorrowedBody {
  const body = borrowBody(answer.body);
  response.sendDate = false;
  response.statusCode = answer.status;
  response.setHeader("Content-Type", "application/json");
  for (const [name, value] of Object.entries({ ...headers, ...answer.headers })) response.setHeader(name, value);
  if (answer.links.length > 0) {
    response.setHeader(
      "Link",
      answer.links.map((link) => `<${link.url}>; rel="${link.rel}"`),
    );
  }
  response.setHeader("Content-Length", body.bytes.length);
  return body;
}
