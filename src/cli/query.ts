/** `rollcall query`: one read-only statement, in the format asked for. */
import type { QueryConfig } from "../config.ts";
import { EXIT } from "../core/run.ts";
import { openWarehouse } from "../warehouse/open.ts";
import type { Context } from "./context.ts";
import { formatted } from "./format.ts";
import { count } from "./number.ts";

export async function queryCommand(config: QueryConfig, context: Context): Promise<number> {
  const result = await (async () => {
    await using warehouse = await openWarehouse(config.warehouse, { mode: "read" });
    return await warehouse.query(config.sql, { maxRows: config.maxRows }, context.signal);
  })();
  for (const piece of formatted(result, config.format)) context.stdout.write(piece);
  if (result.cut) {
    context.stderr.write(`cut after ${count(config.maxRows)} rows: there are more. Ask for them with --max-rows.\n`);
  }
  return EXIT.completed;
}
