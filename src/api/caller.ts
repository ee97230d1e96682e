/** Who is asking: the API key of the Authorization header, else the session of the cookie, else nobody. */
import type { MiddlewareHandler } from "hono";
import { RollcallError } from "../core/error.ts";
import type { Store } from "../store/open.ts";
import type { Caller, Env } from "./bind.ts";
import type { Role } from "./contract/operation.ts";
import type { ApiDeps } from "./deps.ts";
import { hashOf } from "./hidden.ts";
import { SEEN_EVERY_MS } from "./limits.ts";
import { cookieOf, sessionOf } from "./sessions.ts";
import { stamp } from "./stamp.ts";

/** What a key of this scope may is what a person of this role may. */
const ROLE_OF_SCOPE = { read: "viewer", write: "editor", admin: "admin" } as const satisfies Record<string, Role>;

/** Sets `caller` (null: nobody), and the session's `csrfToken`. A key that does not hold is an error, not nobody. */
export function known(deps: ApiDeps): MiddlewareHandler<Env> {
  return async (context, next) => {
    const authorization = context.req.header("authorization");
    if (authorization !== undefined) {
      context.set("caller", await callerOfKey(deps.store, authorization, deps.now_ms()));
      return next();
    }
    const cookie = cookieOf(context, deps);
    const session = cookie === null ? null : await sessionOf(deps.store, cookie, deps.now_ms());
    if (session !== null) {
      const { person, idHash, csrfToken } = session;
      context.set("caller", { kind: "person", id: person.id, name: person.name, role: person.role, session: idHash });
      context.set("csrfToken", csrfToken);
    }
    await next();
  };
}

async function callerOfKey({ db }: Store, authorization: string, now_ms: number): Promise<Caller> {
  const key = /^Bearer +(rc_[\w-]+)$/i.exec(authorization)?.[1];
  const row =
    key === undefined
      ? undefined
      : await db.selectFrom("api_key").selectAll().where("key_hash", "=", hashOf(key)).executeTakeFirst();
  if (row === undefined || (row.expires_ms !== null && row.expires_ms <= now_ms))
    throw new RollcallError("LOGIN_NEEDED", "This API key is not known, was revoked or has expired.", {
      fix: "Make a new API key under Settings → API keys, and send it: Authorization: Bearer rc_…",
    });
  if (row.used_ms === null || now_ms - row.used_ms >= SEEN_EVERY_MS)
    await stamp(db.updateTable("api_key").set({ used_ms: now_ms }).where("id", "=", row.id).execute());
  return { kind: "api_key", id: row.id, name: row.name, role: ROLE_OF_SCOPE[row.scope], session: null };
}
