/** API keys: shown once, kept as a hash. They belong to the server, not to who made them, and outlive that person. */
import { randomBytes } from "node:crypto";
import type { z } from "@hono/zod-openapi";
import { RollcallError } from "../core/error.ts";
import { record } from "../store/audit.ts";
import { newId } from "../store/id.ts";
import type { ApiKeyRow } from "../store/schema.ts";
import { actorOf, type App, bind } from "./bind.ts";
import { hashOf } from "./hidden.ts";
import { API } from "./contract/api.ts";
import type { ApiKey } from "./contract/people.ts";
import type { ApiDeps } from "./deps.ts";
import { instant, instantOrNull } from "./instant.ts";

const KEY_BYTES = 32;
/** Enough to tell keys apart, far too little to guess the rest. */
const HINT_LENGTH = 7;
const DAY_MS = 86_400_000;

export function bindKeys(app: App, { store, now_ms }: ApiDeps): void {
  bind(app, API.keys.list, async () => {
    const rows = await store.db.selectFrom("api_key").selectAll().orderBy("id").execute();
    return rows.map(keyOf);
  });

  bind(app, API.keys.create, async ({ body, caller }) => {
    const key = `rc_${randomBytes(KEY_BYTES).toString("base64url")}`;
    const at_ms = now_ms();
    const row: ApiKeyRow = {
      id: newId("api_key", at_ms),
      name: body.name,
      hint: `${key.slice(0, HINT_LENGTH)}…`,
      key_hash: hashOf(key),
      scope: body.scope,
      created_by: caller.name,
      created_ms: at_ms,
      used_ms: null,
      expires_ms: body.expiresInDays === null ? null : at_ms + body.expiresInDays * DAY_MS,
    };
    await store.db.transaction().execute(async (trx) => {
      await trx.insertInto("api_key").values(row).execute();
      const detail = { name: row.name, scope: row.scope, hint: row.hint, expiresAt: instantOrNull(row.expires_ms) };
      const object = { kind: "api_key", id: row.id };
      await record(trx, actorOf(caller), { action: "api_key.created", object, detail }, at_ms);
    });
    return { ...keyOf(row), key };
  });

  bind(app, API.keys.remove, async ({ params: { id }, caller }) => {
    await store.db.transaction().execute(async (trx) => {
      const row = await trx.selectFrom("api_key").selectAll().where("id", "=", id).executeTakeFirst();
      if (row === undefined) throw new RollcallError("NO_SUCH_OBJECT", "There is no such API key.");
      await trx.deleteFrom("api_key").where("id", "=", id).execute();
      const detail = { name: row.name, scope: row.scope, hint: row.hint };
      const object = { kind: "api_key", id };
      await record(trx, actorOf(caller), { action: "api_key.revoked", object, detail }, now_ms());
    });
  });
}

function keyOf(row: ApiKeyRow): z.output<typeof ApiKey> {
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    scope: row.scope,
    createdBy: row.created_by,
    createdAt: instant(row.created_ms),
    usedAt: instantOrNull(row.used_ms),
    expiresAt: instantOrNull(row.expires_ms),
  };
}
