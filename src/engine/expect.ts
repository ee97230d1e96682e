/** How many rows a first sync will bring, where that can be known with a request or two: for people who are about to press Import. */
import { RollcallError } from "../core/error.ts";
import type { Request, Stream } from "../core/stream.ts";
import type { OktaClient } from "../okta/seam.ts";

/** Null where only reading everything would tell: a log, a list of more than one page. Never fails for what Okta refuses. */
export async function expectRows(okta: OktaClient, stream: Stream, signal: AbortSignal): Promise<number | null> {
  const { counted, read, permission } = stream;
  try {
    if (counted !== undefined) return counted.count(await list(okta, counted.request, counted.scope, signal));
    if (read.kind === "log") return null;
    let rows = 0;
    for (const request of read.lists) {
      const page = await list(okta, request, permission.scope, signal);
      if (page === null) return null;
      rows += page.length;
    }
    return rows;
  } catch (error) {
    if (error instanceof RollcallError && error.code !== "CANCELLED") return null;
    throw error;
  }
}

/** The rows of a list of one page; null where there are more. */
async function list(
  okta: OktaClient,
  request: Request,
  scope: string,
  signal: AbortSignal,
): Promise<readonly unknown[] | null> {
  const meter = { requests: 0, rateLimited: 0, bucket: null };
  const { bytes, next } = await okta.get(request, { meter, signal, scope, body: "list" });
  return next === null ? (JSON.parse(new TextDecoder().decode(bytes)) as unknown[]) : null;
}
