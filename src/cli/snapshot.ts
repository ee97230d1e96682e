/** `rollcall snapshot`: a consistent copy of the warehouse as one file, switched whole, for other programs. */
import { realpath } from "node:fs/promises";
import type { ServerConfig, SnapshotConfig } from "../config.ts";
import { EXIT } from "../core/run.ts";
import { openWarehouse } from "../warehouse/open.ts";
import type { Context } from "./context.ts";
import { download } from "./download.ts";
import { count } from "./number.ts";
import { Remote } from "./remote.ts";
import { usage } from "./value.ts";

export async function snapshotCommand({ file, place }: SnapshotConfig, context: Context): Promise<number> {
  const bytes =
    place.server === null
      ? await copyWarehouse(place.warehouse, file, context.signal)
      : await downloadSnapshot(place.server, file, context.signal);
  context.stdout.write(`${file} holds the warehouse as of now: ${count(bytes)} bytes.\n`);
  return EXIT.completed;
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
