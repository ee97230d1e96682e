/** Who changed what. Rows are only ever added: triggers refuse everything else. */
import type { Kysely } from "kysely";
import type { Tables } from "./schema.ts";

export interface Actor {
  readonly kind: "person" | "api_key" | "command" | "rollcall";
  readonly id: string | null;
  /** As people knew them then: the row outlives the account. */
  readonly name: string;
}

/** What Rollcall does of itself: the scheduler, the recovery. */
export const ROLLCALL: Actor = { kind: "rollcall", id: null, name: "Rollcall" };

export interface Deed {
  /** `source.created`: the object's kind and what was done, in the past tense. */
  readonly action: string;
  readonly object: { readonly kind: string; readonly id: string | null };
  /** What was changed, for people. A `Secret` in it shows as `[secret]`. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Puts a deed on the trail. To be called with the transaction that does it, so that neither is there without the other. */
export async function record(db: Kysely<Tables>, by: Actor, deed: Deed, now_ms: number = Date.now()): Promise<void> {
  await db
    .insertInto("audit")
    .values({
      at_ms: now_ms,
      actor_kind: by.kind,
      actor_id: by.id,
      actor_name: by.name,
      action: deed.action,
      object_kind: deed.object.kind,
      object_id: deed.object.id,
      detail_json: JSON.stringify(deed.detail ?? {}),
    })
    .execute();
}
