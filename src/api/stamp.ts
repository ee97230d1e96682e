/** When somebody was last seen is good to know and nothing depends on it: on a full disk they are let in all the same. */
import { hasCode } from "../core/error.ts";

export async function stamp(written: Promise<unknown>): Promise<void> {
  try {
    await written;
  } catch (error) {
    if (!hasCode(error, "STORE_FULL", "STORE_UNUSABLE")) throw error;
  }
}
