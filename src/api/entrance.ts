/** Coming in and going out: first-run setup, log-in, log-out, one's own account. */
import type { Context } from "hono";
import type { z } from "@hono/zod-openapi";
import { RollcallError } from "../core/error.ts";
import { record } from "../store/audit.ts";
import type { Store } from "../store/open.ts";
import type { PersonRow } from "../store/schema.ts";
import { actorOf, type App, bind, type Caller, type Env } from "./bind.ts";
import { API } from "./contract/api.ts";
import type { Session as SessionAnswer } from "./contract/people.ts";
import type { ApiDeps } from "./deps.ts";
import { instant } from "./instant.ts";
import { TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS } from "./limits.ts";
import { hashPassword, isOutdated, isPassword } from "./password.ts";
import { insertPerson, newPerson, personOf } from "./people.ts";
import { addressOf } from "./security.ts";
import {
  beginSession,
  endOf,
  endOtherSession,
  endSession,
  endSessionsOf,
  otherSessions,
  type Session,
  sessionId,
  sessionNow,
} from "./sessions.ts";
import { changes } from "./trail.ts";
import { Tries } from "./tries.ts";

/** How many failed lately, for one server. */
interface Counted {
  readonly byAddress: Tries;
  readonly byAccount: Tries;
}

export function bindEntrance(app: App, deps: ApiDeps): void {
  const counted: Counted = { byAddress: new Tries(TRIES_PER_ADDRESS), byAccount: new Tries(TRIES_PER_ACCOUNT) };
  bindSetup(app, deps, counted);
  bindLogin(app, deps, counted);

  bind(app, API.people.session, async ({ caller }) => sessionAnswer(await ownSession(deps, caller)));

  bind(app, API.people.logout, async ({ caller, context }) => {
    const { idHash } = await ownSession(deps, caller);
    await endSession(context, deps, idHash);
  });

  bindChangeMe(app, deps, counted);
  bindOtherSessions(app, deps);
}

/** Whether anybody was set up yet. */
export async function hasPeople({ db }: Store): Promise<boolean> {
  return (await db.selectFrom("person").select("id").limit(1).executeTakeFirst()) !== undefined;
}

function bindSetup(app: App, deps: ApiDeps, { byAddress }: Counted): void {
  const { store, setup, now_ms, demo, version } = deps;
  bind(app, API.people.setupState, async () => ({ needed: !(await hasPeople(store)), demo, version }));

  bind(app, API.people.setup, async ({ body, context }) => {
    if (await hasPeople(store)) throw new RollcallError("SETUP_DONE", "This Rollcall has been set up already.");
    const address = addressOf(context, deps);
    byAddress.take(address, now_ms());
    if (!setup.matches(body.token)) throw new RollcallError("SETUP_REFUSED", "This setup link is not valid.");
    byAddress.forgive(address, "one");
    const person = await newPerson({ ...body, role: "admin" }, now_ms());
    await store.db.transaction().execute(async (trx) => {
      // Two may have come through the link at once: the first row decides.
      const other = await trx.selectFrom("person").select("id").limit(1).executeTakeFirst();
      if (other !== undefined) throw new RollcallError("SETUP_DONE", "This Rollcall has been set up already.");
      await insertPerson(trx, person);
      await record(
        trx,
        { kind: "person", id: person.id, name: person.name },
        {
          action: "setup.done",
          object: { kind: "person", id: person.id },
          detail: { email: person.email, name: person.name, role: person.role },
        },
        now_ms(),
      );
    });
    setup.spend();
    return enter(context, deps, person);
  });
}

function bindLogin(app: App, deps: ApiDeps, { byAddress, byAccount }: Counted): void {
  const { store, now_ms } = deps;
  bind(app, API.people.login, async ({ body: { email, password }, context }) => {
    const address = addressOf(context, deps);
    const account = email.trim().toLowerCase();
    byAddress.take(address, now_ms());
    byAccount.take(account, now_ms());
    const person = await store.db.selectFrom("person").selectAll().where("email", "=", account).executeTakeFirst();
    const isRight = await isPassword(password, person?.password_hash ?? null);
    if (person === undefined || !isRight || person.disabled === 1) {
      deps.log.warn({ requestId: context.get("requestId"), address }, "log-in refused");
      // One sentence for all reasons: it tells nobody which addresses exist.
      throw new RollcallError("LOGIN_REFUSED", "E-mail address and password do not belong together.");
    }
    byAddress.forgive(address, "one");
    byAccount.forgive(account, "all");
    if (isOutdated(person.password_hash)) await rehash(store, person, password);
    return enter(context, deps, person);
  });
}

/** The same password, hashed as hashes are made today; not where somebody set another meanwhile. */
async function rehash({ db }: Store, person: PersonRow, password: string): Promise<void> {
  const password_hash = await hashPassword(password);
  await db
    .updateTable("person")
    .set({ password_hash })
    .where("id", "=", person.id)
    .where("password_hash", "=", person.password_hash)
    .execute();
}

async function enter(context: Context<Env>, deps: ApiDeps, person: PersonRow) {
  const { db } = deps.store;
  const last_login_ms = deps.now_ms();
  await db.updateTable("person").set({ last_login_ms }).where("id", "=", person.id).execute();
  return sessionAnswer(await beginSession(context, deps, { ...person, last_login_ms }));
}

function bindChangeMe(app: App, deps: ApiDeps, { byAccount }: Counted): void {
  const { store, now_ms } = deps;
  bind(app, API.people.changeMe, async ({ body, caller }) => {
    const session = await ownSession(deps, caller);
    const { person } = session;
    if (body.password !== undefined) {
      byAccount.take(person.email, now_ms());
      if (!(await isPassword(body.password.old, person.password_hash)))
        throw new RollcallError("NOT_ALLOWED", "The present password is another one.", {
          fix: "Enter the password that you logged in with.",
        });
      byAccount.forgive(person.email, "all");
    }
    const password_hash = body.password === undefined ? person.password_hash : await hashPassword(body.password.new);
    const after: PersonRow = { ...person, name: body.name ?? person.name, password_hash };
    await store.db.transaction().execute(async (trx) => {
      await trx.updateTable("person").set({ name: after.name, password_hash }).where("id", "=", person.id).execute();
      if (body.password !== undefined) await endSessionsOf({ db: trx }, person.id, session.idHash);
      const told = changes(personOf(person), personOf(after));
      const detail = body.password === undefined ? told : { ...told, password: "replaced" };
      const object = { kind: "person", id: person.id };
      if (Object.keys(detail).length > 0)
        await record(trx, actorOf(caller), { action: "person.changed", object, detail }, now_ms());
    });
    return sessionAnswer({ ...session, person: after });
  });
}

function bindOtherSessions(app: App, deps: ApiDeps): void {
  const { people } = API;
  bind(app, people.otherSessions, async ({ caller }) => {
    const others = await otherSessions(deps, await ownSession(deps, caller));
    return others.map((row) => ({
      id: sessionId(row),
      createdAt: instant(row.created_ms),
      usedAt: instant(row.seen_ms),
      expiresAt: instant(endOf(row)),
      userAgent: row.user_agent,
    }));
  });

  bind(app, people.endOtherSession, async ({ params, caller }) =>
    endOtherSession(deps, await ownSession(deps, caller), params.id),
  );

  bind(app, people.endOtherSessions, async ({ caller }) => {
    const { person, idHash } = await ownSession(deps, caller);
    await endSessionsOf(deps.store, person.id, idHash);
  });
}

/** The session that the request came with. Throws NOT_ALLOWED for a key, which has none. */
async function ownSession({ store, now_ms }: ApiDeps, caller: Caller): Promise<Session> {
  const session = caller.session === null ? null : await sessionNow(store, caller.session, now_ms());
  if (session === null)
    throw new RollcallError("NOT_ALLOWED", "This belongs to a person who is logged in; an API key has no session.");
  return session;
}

function sessionAnswer({ person, csrfToken, expires_ms }: Session): z.output<typeof SessionAnswer> {
  return { person: personOf(person), csrfToken, expiresAt: instant(expires_ms) };
}
