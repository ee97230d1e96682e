/** The record of who changed what, for admins to read. Nothing here writes to it, and nothing anywhere removes from it. */
import { type App, bind } from "./bind.ts";
import { API } from "./contract/api.ts";
import type { z } from "@hono/zod-openapi";
import type { AuditEntry } from "./contract/people.ts";
import type { ApiDeps } from "./deps.ts";
import { instant } from "./instant.ts";

type Entry = z.output<typeof AuditEntry>;

export function bindAudit(app: App, { store }: ApiDeps): void {
  bind(app, API.audit.list, async ({ query: { before, limit } }) => {
    let asked = store.db.selectFrom("audit").selectAll().orderBy("id", "desc");
    if (before !== undefined) asked = asked.where("id", "<", before);
    const rows = await asked.limit(limit + 1).execute();
    const entries = rows.slice(0, limit).map((row) => ({
      id: row.id,
      at: instant(row.at_ms),
      actorKind: row.actor_kind as Entry["actorKind"],
      actor: row.actor_name,
      action: row.action,
      objectKind: row.object_kind,
      objectId: row.object_id,
      detail: JSON.parse(row.detail_json) as Entry["detail"],
    }));
    return { entries, more: rows.length > limit };
  });
}
