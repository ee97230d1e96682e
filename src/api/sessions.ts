/** Log-ins under way: a random word in the browser's cookie, its hash in the control plane. */
import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { Store } from "../store/open.ts";
import type { PersonRow } from "../store/schema.ts";
import type { Env } from "./bind.ts";
import { hashOf } from "./hidden.ts";
import type { ApiDeps } from "./deps.ts";
import { SEEN_EVERY_MS, SESSION_IDLE_MS, SESSION_LONGEST_MS } from "./limits.ts";
import { isSecure } from "./security.ts";
import { stamp } from "./stamp.ts";

/** How much of the browser's own name for itself is kept. */
const USER_AGENT_MAX = 300;

export interface Session {
  readonly idHash: string;
  readonly csrfToken: string;
  /** When its use was last noted. */
  readonly seen_ms: number;
  /** When it is over unless it is used before. */
  readonly expires_ms: number;
  readonly person: PersonRow;
}

/** Behind TLS the browser itself holds the cookie to this host, this path and TLS. */
const cookieName = (secure: boolean): string => (secure ? "__Host-rollcall" : "rollcall");

/** What the request's session cookie says; null where there is none. */
export function cookieOf(context: Context<Env>, deps: Pick<ApiDeps, "trustProxy">): string | null {
  return getCookie(context, cookieName(isSecure(context, deps))) ?? null;
}

/** The session behind a cookie; null where it is over, unknown, or its person may not come in. Notes that it was used. */
export async function sessionOf(store: Store, cookie: string, now_ms: number): Promise<Session | null> {
  const idHash = hashOf(cookie);
  const session = await sessionNow(store, idHash, now_ms);
  if (session === null || now_ms - session.seen_ms < SEEN_EVERY_MS) return session;
  await stamp(store.db.updateTable("session").set({ seen_ms: now_ms }).where("id_hash", "=", idHash).execute());
  return sessionNow(store, idHash, now_ms);
}

/** The same by its hash. Looking is no use of it: a page that is left open is idle all the same. */
export async function sessionNow({ db }: Store, idHash: string, now_ms: number): Promise<Session | null> {
  const session = await db.selectFrom("session").selectAll().where("id_hash", "=", idHash).executeTakeFirst();
  if (session === undefined || isOver(session, now_ms)) return null;
  const person = await db.selectFrom("person").selectAll().where("id", "=", session.person_id).executeTakeFirst();
  if (person === undefined || person.disabled === 1) return null;
  const expires_ms = Math.min(session.expires_ms, session.seen_ms + SESSION_IDLE_MS);
  return { idHash, csrfToken: session.csrf_token, seen_ms: session.seen_ms, expires_ms, person };
}

const isOver = (session: { seen_ms: number; expires_ms: number }, now_ms: number): boolean =>
  session.expires_ms <= now_ms || session.seen_ms + SESSION_IDLE_MS <= now_ms;

/**
 * Begins a session, under a word that nobody had before: whatever the browser came with, and whoever planted it there, is over.
 * Sets the cookie. Also forgets sessions that ended by themselves.
 */
export async function beginSession(context: Context<Env>, deps: ApiDeps, person: PersonRow): Promise<Session> {
  const { db } = deps.store;
  const now_ms = deps.now_ms();
  const old = cookieOf(context, deps);
  if (old !== null) await db.deleteFrom("session").where("id_hash", "=", hashOf(old)).execute();
  await db
    .deleteFrom("session")
    .where((is) => is.or([is("expires_ms", "<=", now_ms), is("seen_ms", "<=", now_ms - SESSION_IDLE_MS)]))
    .execute();
  const cookie = randomBytes(32).toString("base64url");
  const session = { idHash: hashOf(cookie), csrfToken: randomBytes(32).toString("base64url") };
  await db
    .insertInto("session")
    .values({
      id_hash: session.idHash,
      person_id: person.id,
      csrf_token: session.csrfToken,
      created_ms: now_ms,
      seen_ms: now_ms,
      expires_ms: now_ms + SESSION_LONGEST_MS,
      user_agent: (context.req.header("user-agent") ?? "").slice(0, USER_AGENT_MAX),
    })
    .execute();
  writeCookie(context, deps, cookie);
  return { ...session, seen_ms: now_ms, expires_ms: now_ms + SESSION_IDLE_MS, person };
}

/** Ends the session, here and in the browser. */
export async function endSession(context: Context<Env>, deps: ApiDeps, idHash: string): Promise<void> {
  await deps.store.db.deleteFrom("session").where("id_hash", "=", idHash).execute();
  writeCookie(context, deps, "");
}

/** Ends all of a person's sessions but one; all of them where `but` is null. */
export async function endSessionsOf(
  { db }: Pick<Store, "db">,
  personId: string,
  but: string | null = null,
): Promise<void> {
  let ended = db.deleteFrom("session").where("person_id", "=", personId);
  if (but !== null) ended = ended.where("id_hash", "!=", but);
  await ended.execute();
}

/** Lax: a link in a notification opens the page logged in, and no other site can make it change anything. */
function writeCookie(context: Context<Env>, deps: ApiDeps, value: string): void {
  const secure = isSecure(context, deps);
  setCookie(context, cookieName(secure), value, {
    httpOnly: true,
    sameSite: "Lax",
    secure,
    path: "/",
    maxAge: value === "" ? 0 : SESSION_LONGEST_MS / 1000,
  });
}
