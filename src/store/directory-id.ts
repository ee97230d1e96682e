/** A short name for a data directory, made when it is first asked for: what tells two servers of one machine apart. It is no secret. */
import { randomBytes } from "node:crypto";
import type { Store } from "./open.ts";

const KEY = "directory_id";
const BYTES = 4;

/** Stays with the data directory, wherever it is moved and at whatever port it is served; a restored backup has its original's. */
export async function directoryId({ db }: Store): Promise<string> {
  await db
    .insertInto("setting")
    .values({ key: KEY, value_json: JSON.stringify(randomBytes(BYTES).toString("hex")) })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
  const { value_json } = await db
    .selectFrom("setting")
    .select("value_json")
    .where("key", "=", KEY)
    .executeTakeFirstOrThrow();
  return String(JSON.parse(value_json));
}
