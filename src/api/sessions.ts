/** Log-ins under way: a random word in the browser's cookie, its hash in the control plane. */
import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { RollcallError } from "../core/error.ts";
import { readInstallation } from "../store/settings.ts";
import type { Store } from "../store/open.ts";
import type { PersonRow, SessionRow } from "../store/schema.ts";
import type { Env } from "./bind.ts";
import { hashOf } from "./hidden.ts";
import type { ApiDeps } from "./deps.ts";
import { SEEN_EVERY_MS, SESSION_IDLE_MS, SESSION_LONGEST_MS } from "./limits.ts";
import { isSecure } from "./security.ts";
import { stamp } from "./stamp.ts";

/** How much of the browser's own name for itself is kept. */
const USER_AGENT_MAX = 300;
/** 64 of the 256 bits: two sessions of one person are never called the same. */
const ID_LENGTH = 16;

export interface Session {
  readonly idHash: string;
  readonly csrfToken: string;
  /** When its use was last noted. */
  readonly seen_ms: number;
  /** When it is over unless it is used before. */
  readonly expires_ms: number;
  readonly person: PersonRow;
}

/** As many characters of the data directory's own name keep two servers of one machine apart. */
const OWN_CHARACTERS = 8;

/** Of the data directory's own: browsers keep cookies by host, whatever the port, and two servers of one machine would take each other's. */
export async function cookieName(store: Store): Promise<string> {
  return `rollcall_${(await readInstallation(store.db)).slice(0, OWN_CHARACTERS)}`;
}

/** Behind TLS the browser itself holds the cookie to this host, this path and TLS. */
export const secureName = (name: string): string => `__Host-${name}`;

/** What the request's session cookie says; null where there is none. */
export function cookieOf(context: Context<Env>): string | null {
  return getCookie(context, context.get("cookieName")) ?? null;
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
  const { csrf_token: csrfToken, seen_ms } = session;
  return { idHash, csrfToken, seen_ms, expires_ms: endOf(session), person };
}

/** When it is over unless it is used before. */
export const endOf = ({ seen_ms, expires_ms }: SessionRow): number => Math.min(expires_ms, seen_ms + SESSION_IDLE_MS);

const isOver = (session: SessionRow, now_ms: number): boolean => endOf(session) <= now_ms;

/**
 * Begins a session, under a word that nobody had before: whatever the browser came with, and whoever planted it there, is over.
 * Sets the cookie. Also forgets sessions that ended by themselves.
 */
export async function beginSession(context: Context<Env>, deps: ApiDeps, person: PersonRow): Promise<Session> {
  const { db } = deps.store;
  const now_ms = deps.now_ms();
  const old = cookieOf(context);
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

/** A person's sessions that are not over, but for `session`; the last used first. */
export async function otherSessions({ store, now_ms }: ApiDeps, session: Session): Promise<readonly SessionRow[]> {
  const rows = await store.db
    .selectFrom("session")
    .selectAll()
    .where("person_id", "=", session.person.id)
    .where("id_hash", "!=", session.idHash)
    .orderBy("seen_ms", "desc")
    .orderBy("id_hash")
    .execute();
  return rows.filter((row) => !isOver(row, now_ms()));
}

/** What a session is called to its person: enough of its hash to tell it from their others. */
export const sessionId = ({ id_hash }: SessionRow): string => id_hash.slice(0, ID_LENGTH);

/** Ends one of them. Throws NO_SUCH_OBJECT. */
export async function endOtherSession(deps: ApiDeps, session: Session, id: string): Promise<void> {
  const other = (await otherSessions(deps, session)).find((row) => sessionId(row) === id);
  if (other === undefined) throw new RollcallError("NO_SUCH_OBJECT", `There is no other session ${id}.`);
  await deps.store.db.deleteFrom("session").where("id_hash", "=", other.id_hash).execute();
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
  setCookie(context, context.get("cookieName"), value, {
    httpOnly: true,
    sameSite: "Lax",
    secure: isSecure(context, deps),
    path: "/",
    maxAge: value === "" ? 0 : SESSION_LONGEST_MS / 1000,
  });
}
