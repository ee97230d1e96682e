/** Who is asking: the API key of the Authorization header, else the session of the cookie, else nobody. */
import type { MiddlewareHandler } from "hono";
import { RollcallError } from "../core/error.ts";
import type { Store } from "../store/open.ts";
import type { ApiKeyRow } from "../store/schema.ts";
import type { Caller, Env } from "./bind.ts";
import type { Role } from "./contract/operation.ts";
import type { ApiDeps } from "./deps.ts";
import { hashOf } from "./hidden.ts";
import { SEEN_EVERY_MS } from "./limits.ts";
import { isSecure } from "./security.ts";
import { cookieName, cookieOf, secureName, type Session, sessionNow, sessionOf } from "./sessions.ts";
import { stamp } from "./stamp.ts";

/** What a key of this scope may is what a person of this role may. */
const ROLE_OF_SCOPE = { read: "viewer", write: "editor", admin: "admin" } as const satisfies Record<string, Role>;

/** Sets `cookieName`, `caller` (null: nobody), and the session's `csrfToken`. A key that does not hold is an error, not nobody. */
export function known(deps: ApiDeps): MiddlewareHandler<Env> {
  let name: string | null = null;
  return async (context, next) => {
    name ??= await cookieName(deps.store);
    context.set("cookieName", isSecure(context, deps) ? secureName(name) : name);
    const authorization = context.req.header("authorization");
    if (authorization !== undefined) {
      context.set("caller", await callerOfKey(deps.store, authorization, deps.now_ms()));
      return next();
    }
    const cookie = cookieOf(context);
    const session = cookie === null ? null : await sessionOf(deps.store, cookie, deps.now_ms());
    if (session !== null) {
      context.set("caller", callerOfSession(session));
      context.set("csrfToken", session.csrfToken);
    }
    await next();
  };
}

/** The caller as they are now, for answers that outlast a request; null where key or session is gone, over or not let in. */
export async function callerNow({ store, now_ms }: ApiDeps, { session, id }: Caller): Promise<Caller | null> {
  if (session !== null) {
    const found = await sessionNow(store, session, now_ms());
    return found === null ? null : callerOfSession(found);
  }
  const key = await store.db.selectFrom("api_key").selectAll().where("id", "=", id).executeTakeFirst();
  return key === undefined || isExpired(key, now_ms()) ? null : callerOfRow(key);
}

function callerOfSession({ person, idHash }: Session): Caller {
  return { kind: "person", id: person.id, name: person.name, role: person.role, session: idHash };
}

function callerOfRow({ id, name, scope }: ApiKeyRow): Caller {
  return { kind: "api_key", id, name, role: ROLE_OF_SCOPE[scope], session: null };
}

const isExpired = ({ expires_ms }: ApiKeyRow, now_ms: number): boolean => expires_ms !== null && expires_ms <= now_ms;

async function callerOfKey({ db }: Store, authorization: string, now_ms: number): Promise<Caller> {
  const key = /^Bearer +(rc_[\w-]+)$/i.exec(authorization)?.[1];
  const row =
    key === undefined
      ? undefined
      : await db.selectFrom("api_key").selectAll().where("key_hash", "=", hashOf(key)).executeTakeFirst();
  if (row === undefined || isExpired(row, now_ms))
    throw new RollcallError("LOGIN_NEEDED", "This API key is not known, was revoked or has expired.", {
      fix: "Make a new API key under Settings → API keys, and send it: Authorization: Bearer rc_…",
    });
  if (row.used_ms === null || now_ms - row.used_ms >= SEEN_EVERY_MS)
    await stamp(db.updateTable("api_key").set({ used_ms: now_ms }).where("id", "=", row.id).execute());
  return callerOfRow(row);
}
