/** How a table's rows are treated as they are stored, and treating those that are stored already. Each in the caller's transaction. */
import type { Stream } from "../../core/stream.ts";
import type { Treatment } from "../../core/treatment.ts";
import type { StoredTreatment, Treated } from "../warehouse.ts";
import { storedAttributes } from "./catalog.ts";
import type { Session } from "./sql.ts";

/** See `Warehouse.treatment`. */
export async function storedTreatment(session: Session, prefix: string, table: string): Promise<StoredTreatment> {
  return { treatment: {}, attributes: await storedAttributes(session, prefix, table) };
}

/** See `Warehouse.treat`. */
export async function treatStored(
  _session: Session,
  _prefix: string,
  _stream: Stream,
  treatment: Treatment,
  _key: Uint8Array | null,
): Promise<Treated> {
  if (Object.keys(treatment).length > 0) throw new Error("stored rows cannot be treated yet");
  return { changed: false, reread: false };
}
