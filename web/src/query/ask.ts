/** Asks the warehouse in SQL and reads the answer while it arrives. */
import type { z } from "@hono/zod-openapi";
import type { Freshness, QueryLine } from "../../../src/api/contract/warehouse.ts";
import { ApiError, send } from "../api.ts";
import type { Column, Row } from "./result.ts";

export type Line = z.infer<typeof QueryLine>;
export type Stale = z.infer<typeof Freshness>;

export interface Limits {
  readonly maxRows: number;
  readonly timeout_s: number;
}
export interface Asking extends Limits {
  /** Whether it belongs into the person's history: what they ran themselves, not what a chart asks for them. */
  readonly remember: boolean;
}
export const LIMITS: Limits = { maxRows: 10_000, timeout_s: 60 };

export interface End {
  readonly rows: number;
  readonly cut: boolean;
  readonly duration_ms: number;
  readonly freshness: readonly Stale[];
}

export interface Listener {
  readonly columns: (columns: readonly Column[]) => void;
  readonly rows: (rows: readonly Row[]) => void;
}

/** Throws ApiError: what the server refused at once, or what went wrong on the way. */
export async function ask(sql: string, how: Asking, listener: Listener, signal: AbortSignal): Promise<End> {
  const response = await send("post /api/warehouse/query", { body: { sql, ...how } }, signal);
  for await (const text of lines(response.body!)) {
    const line = JSON.parse(text) as Line;
    if (line.type === "columns") listener.columns(line.columns);
    else if (line.type === "rows") listener.rows(line.rows);
    else if (line.type === "end") return line;
    else
      throw new ApiError({
        type: "about:blank",
        title: line.code,
        status: 422,
        code: line.code,
        detail: line.message,
        fix: line.fix,
      });
  }
  throw new ApiError({
    type: "about:blank",
    title: "The answer broke off",
    status: 0,
    code: "ANSWER_INCOMPLETE",
    detail: "The answer broke off before its end.",
    fix: "Check that rollcall serve is still running, then run the query again.",
  });
}

/** Whole lines, whatever pieces they come in. */
export async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const parts = (rest + value).split("\n");
      rest = parts.pop() ?? "";
      for (const part of parts) if (part !== "") yield part;
    }
    if (rest !== "") yield rest;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
