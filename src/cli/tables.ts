/** `rollcall tables`: what the warehouse holds, and how fresh it is. */
import type { TablesConfig } from "../config.ts";
import { EXIT } from "../core/run.ts";
import { openWarehouse } from "../warehouse/open.ts";
import type { TableDescription } from "../warehouse/warehouse.ts";
import type { Context } from "./context.ts";
import { grid } from "./grid.ts";
import { count } from "./number.ts";

export async function tablesCommand(config: TablesConfig, context: Context): Promise<number> {
  const tables = await (async () => {
    await using warehouse = await openWarehouse(config.warehouse, { mode: "read" });
    return await warehouse.tables();
  })();
  const lines = config.json ? [JSON.stringify({ tables })] : report(tables);
  context.stdout.write(`${lines.join("\n")}\n`);
  return EXIT.completed;
}

function report(tables: readonly TableDescription[]): string[] {
  if (tables.length === 0) return ["The warehouse holds no tables yet: run `rollcall sync`."];
  return grid(
    [
      { title: "table", align: "left" },
      { title: "rows", align: "right" },
      { title: "mode", align: "left" },
      { title: "last synced", align: "left" },
      { title: "about", align: "left" },
    ],
    tables.map(({ schema, name, rows, mode, lastSyncedAt, about }) => [
      `${schema}.${name}`,
      count(rows),
      mode ?? "–",
      lastSyncedAt ?? "never completed",
      about ?? "",
    ]),
  );
}
