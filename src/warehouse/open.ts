/** From `--warehouse` to a warehouse: the one list of backends. */
import { RollcallError } from "../core/error.ts";
import { openDuckdb } from "./duckdb/open.ts";
import type { OpenOptions, Warehouse } from "./warehouse.ts";

type Open = (location: string, options: OpenOptions) => Promise<Warehouse>;

const BACKENDS: Readonly<Record<string, Open>> = { duckdb: openDuckdb };

/**
 * Opens the warehouse at `url` (`duckdb:PATH`). Throws `WAREHOUSE_SCHEME` for a scheme without a backend, and what the backend
 * says of a place that is missing, held, newer or unusable.
 */
export async function openWarehouse(url: string, options: OpenOptions): Promise<Warehouse> {
  const colon = url.indexOf(":");
  const scheme = colon < 0 ? "" : url.slice(0, colon);
  const open = Object.hasOwn(BACKENDS, scheme) ? BACKENDS[scheme] : undefined;
  const location = url.slice(colon + 1);
  if (open === undefined || location === "") {
    const known = Object.keys(BACKENDS).map((name) => `${name}:`);
    throw new RollcallError(
      "WAREHOUSE_SCHEME",
      `The warehouse "${withoutUserinfo(url)}" is of no known kind. Known: ${known.join(", ")}.`,
    );
  }
  return open(location, options);
}

/** A URL of another database may hold a password, which no message repeats. */
function withoutUserinfo(url: string): string {
  return url.replace(/\/\/[^/]*@/, "//…@");
}
