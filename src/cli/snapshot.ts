/** `rollcall snapshot`: a consistent copy of the warehouse as one file, switched whole, for other programs. */
import { realpath, stat } from "node:fs/promises";
import { basename } from "node:path";
import type { ServerConfig, SnapshotConfig } from "../config.ts";
import { RollcallError } from "../core/error.ts";
import { EXIT } from "../core/run.ts";
import { isDuckdb } from "../warehouse/file-mark.ts";
import { openWarehouse } from "../warehouse/open.ts";
import type { Context } from "./context.ts";
import { download } from "./download.ts";
import { count } from "./number.ts";
import { Remote } from "./remote.ts";
import { usage } from "./value.ts";

export async function snapshotCommand({ file, place }: SnapshotConfig, context: Context): Promise<number> {
  await refuseOther(file);
  if (place.server !== null) await refuseAmbiguous(place.server, file, context.signal);
  const bytes =
    place.server === null
      ? await copyWarehouse(place.warehouse, file, context.signal)
      : await downloadSnapshot(place.server, file, context.signal);
  context.stdout.write(`${file} holds the warehouse as of now: ${count(bytes)} bytes.\n`);
  return EXIT.completed;
}

/** A copy replaces a former one, and nothing that is none. */
async function refuseOther(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found === null || (found.isFile() && (await isDuckdb(file)))) return;
  throw usage(`${file} is there and is no DuckDB file: it is not replaced.`, "Choose another file for the copy.");
}

/** As the warehouse refuses it for a file of its own: okta.duckdb would make `okta.users` ambiguous to whoever opens it. */
async function refuseAmbiguous(server: ServerConfig, file: string, signal: AbortSignal): Promise<void> {
  await using remote = new Remote(server, signal);
  const tables = await remote.call("get /api/warehouse", {});
  const stem = (basename(file).split(".")[0] ?? "").toLowerCase();
  if (stem !== "rollcall" && !tables.some(({ schema }) => schema.toLowerCase() === stem)) return;
  throw new RollcallError(
    "COPY_FAILED",
    `A copy called ${basename(file)} would make the tables of its schema ${stem} ambiguous.`,
    { fix: "Name it otherwise, such as warehouse.duckdb." },
  );
}

/** From the file itself, which nobody writes meanwhile. Throws WAREHOUSE_MISSING, WAREHOUSE_IN_USE, COPY_FAILED. */
export async function copyWarehouse(url: string, file: string, signal: AbortSignal): Promise<number> {
  if (await isSame(url.slice(url.indexOf(":") + 1), file))
    throw usage(`${file} is the warehouse itself.`, "Choose another file for the copy.");
  // Opening for writing would make a warehouse where there is none.
  await (await openWarehouse(url, { mode: "read" }))[Symbol.asyncDispose]();
  await using warehouse = await openWarehouse(url, { mode: "write" });
  return await warehouse.snapshot(file, signal);
}

/** From a server, over its API: imports go on. Needs an admin's key. */
export async function downloadSnapshot(server: ServerConfig, file: string, signal: AbortSignal): Promise<number> {
  await using remote = new Remote(server, signal);
  return await download(await remote.open("post /api/warehouse/snapshot", {}), file, remote);
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => realpath(path).catch(() => null)));
  return a !== null && a === b;
}
