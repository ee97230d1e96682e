/** `rollcall query`: one read-only statement, of a file or of a running server, in the format asked for. */
import { createInterface } from "node:readline";
import type { z } from "@hono/zod-openapi";
import type { QueryLine as QueryLineWords } from "../api/contract/warehouse.ts";
import type { QueryConfig, ServerConfig } from "../config.ts";
import { ERRORS, RollcallError, type ErrorCode } from "../core/error.ts";
import { EXIT } from "../core/run.ts";
import { openWarehouse } from "../warehouse/open.ts";
import type { JsonValue } from "../warehouse/warehouse.ts";
import type { Context } from "./context.ts";
import { formatted, formatter, type Formatter } from "./format.ts";
import { printable } from "./grid.ts";
import { count } from "./number.ts";
import { Remote } from "./remote.ts";

type QueryLine = z.infer<typeof QueryLineWords>;

/** The server's own limit is the shorter one (Settings → General). */
const LONGEST_S = 3600;

export async function queryCommand(config: QueryConfig, context: Context): Promise<number> {
  const { place } = config;
  const cut =
    place.server === null
      ? await askFile(config, place.warehouse, context)
      : await askServer(config, place.server, context);
  if (cut) {
    context.stderr.write(`cut after ${count(config.maxRows)} rows: there are more. Ask for them with --max-rows.\n`);
  }
  return EXIT.completed;
}

async function askFile({ sql, maxRows, format }: QueryConfig, url: string, context: Context): Promise<boolean> {
  const result = await (async () => {
    await using warehouse = await openWarehouse(url, { mode: "read" });
    return await warehouse.query(sql, { maxRows }, context.signal);
  })();
  for (const piece of formatted(result, format)) context.stdout.write(piece);
  return result.cut;
}

/** Written as it comes; the signal ends it on the server, too. */
async function askServer(config: QueryConfig, server: ServerConfig, context: Context): Promise<boolean> {
  const { sql, maxRows, format } = config;
  await using remote = new Remote(server, context.signal);
  const { body } = await remote.open("post /api/warehouse/query", { body: { sql, maxRows, timeout_s: LONGEST_S } });
  let pieces: Formatter | null = null;
  const print = (texts: Iterable<string>) => {
    for (const text of texts) context.stdout.write(text);
  };
  for await (const line of linesOf(body, remote)) {
    if (line.type === "columns") pieces = formatter(line.columns, format);
    else if (line.type === "rows") print(pieces?.rows(line.rows as JsonValue[][]) ?? []);
    else if (line.type === "error") throw failureIn(line);
    else {
      print(pieces?.end() ?? []);
      for (const { message } of line.freshness) context.stderr.write(`note: ${printable(message)}\n`);
      return line.cut;
    }
  }
  throw new RollcallError("SERVER_UNREACHABLE", "The answer broke off before its end.", {
    fix: "Run the same command again.",
  });
}

async function* linesOf(body: NodeJS.ReadableStream, remote: Remote): AsyncGenerator<QueryLine> {
  // Read past readline's own iterator, which keeps quiet about a stream that breaks.
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {});
  body.once("error", (error) => broken.reject(error));
  const lines = createInterface({ input: body, crlfDelay: Infinity })[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([lines.next(), broken.promise]);
      if (next.done === true) return;
      yield JSON.parse(next.value) as QueryLine;
    }
  } catch (error) {
    throw remote.failureOf(error);
  }
}

function failureIn({ code, message, fix }: Extract<QueryLine, { type: "error" }>): RollcallError {
  const known = Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : "QUERY_STOPPED";
  return new RollcallError(known, message, { fix });
}
