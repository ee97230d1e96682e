/** A process to be killed: `committer.ts PATH hold` holds the warehouse; `… commit` goes on committing 300 rows and their number. */
import { openWarehouse } from "../../src/warehouse/open.ts";
import { GROUPS, page } from "./rows.ts";
import { checkpoint, never } from "./laws.ts";

const [path = "", what = "hold"] = process.argv.slice(2);
const warehouse = await openWarehouse(`duckdb:${path}`, { mode: "write" });
await warehouse.migrate("okta", [{ stream: GROUPS, attributes: [] }]);
const stored = (await warehouse.checkpoints("okta")).get("groups") ?? "{}";
let number = Number((JSON.parse(stored) as { cursor?: string }).cursor ?? 0);
console.log("ready");
setInterval(() => undefined, 1000);
if (what === "commit") {
  for (;;) {
    number += 1;
    const rows = Array.from({ length: 300 }, (_, row) => ({
      id: `${number}-${row}`,
      name: "x".repeat(500),
      size: number,
    }));
    const mark = { ...checkpoint(0), cursor: String(number) };
    await warehouse.commit(
      "okta",
      {
        table: "groups",
        pages: [page(rows, "2026-01-01T00:00:00.000Z")],
        landing: { kind: "upsert", reading: null },
        gone: [],
        checkpoint: mark,
        gaps: [],
      },
      never,
    );
  }
}
