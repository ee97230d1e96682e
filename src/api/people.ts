/** People: who may come in, and as what. One enabled admin always remains. */
import type { z } from "@hono/zod-openapi";
import type { Transaction } from "kysely";
import { RollcallError } from "../core/error.ts";
import { record } from "../store/audit.ts";
import { newId } from "../store/id.ts";
import type { PersonRow, Tables } from "../store/schema.ts";
import { takenColumn } from "../store/sqlite.ts";
import { actorOf, type App, bind } from "./bind.ts";
import { API } from "./contract/api.ts";
import type { Person } from "./contract/people.ts";
import type { ApiDeps } from "./deps.ts";
import { instant, instantOrNull } from "./instant.ts";
import { hashPassword } from "./password.ts";
import { endSessionsOf } from "./sessions.ts";
import { changes } from "./trail.ts";

type Trx = Transaction<Tables>;

export function bindPeople(app: App, deps: ApiDeps): void {
  const { store, now_ms } = deps;
  bind(app, API.people.list, async () => {
    const rows = await store.db.selectFrom("person").selectAll().orderBy("name").orderBy("id").execute();
    return rows.map(personOf);
  });

  bind(app, API.people.create, async ({ body, caller }) => {
    const person = await newPerson(body, now_ms());
    await store.db.transaction().execute(async (trx) => {
      await insertPerson(trx, person);
      await record(
        trx,
        actorOf(caller),
        {
          action: "person.created",
          object: { kind: "person", id: person.id },
          detail: { email: person.email, name: person.name, role: person.role },
        },
        now_ms(),
      );
    });
    return personOf(person);
  });

  bindChange(app, deps);

  bind(app, API.people.remove, async ({ params: { id }, caller }) => {
    await store.db.transaction().execute(async (trx) => {
      const person = await existing(trx, id);
      await demandAnotherAdmin(trx, person);
      // Sessions and what they asked go with them, by the foreign keys.
      await trx.deleteFrom("person").where("id", "=", id).execute();
      await record(
        trx,
        actorOf(caller),
        {
          action: "person.removed",
          object: { kind: "person", id },
          detail: { email: person.email, name: person.name, role: person.role },
        },
        now_ms(),
      );
    });
  });
}

function bindChange(app: App, { store, now_ms }: ApiDeps): void {
  bind(app, API.people.change, async ({ params: { id }, body, caller }) => {
    // Before the transaction, which nothing slow may be awaited in.
    const password_hash = body.password === undefined ? null : await hashPassword(body.password);
    return store.db.transaction().execute(async (trx) => {
      const before = await existing(trx, id);
      const after: PersonRow = {
        ...before,
        name: body.name ?? before.name,
        role: body.role ?? before.role,
        disabled: body.disabled === undefined ? before.disabled : body.disabled ? 1 : 0,
        password_hash: password_hash ?? before.password_hash,
      };
      if (after.role !== "admin" || after.disabled === 1) await demandAnotherAdmin(trx, before);
      await trx.updateTable("person").set(after).where("id", "=", id).execute();
      // Whoever knew the old password, or may come in no more, is out at once.
      if (password_hash !== null || after.disabled === 1) await endSessionsOf({ db: trx }, id, caller.session);
      const told = changes(personOf(before), personOf(after));
      const detail = password_hash === null ? told : { ...told, password: "replaced" };
      const object = { kind: "person", id };
      if (Object.keys(detail).length > 0)
        await record(trx, actorOf(caller), { action: "person.changed", object, detail }, now_ms());
      return personOf(after);
    });
  });
}

/** A row for a person who is not there yet. */
export async function newPerson(
  given: { readonly email: string; readonly name: string; readonly role: PersonRow["role"]; readonly password: string },
  now_ms: number,
): Promise<PersonRow> {
  return {
    id: newId("person", now_ms),
    email: given.email.toLowerCase(),
    name: given.name,
    password_hash: await hashPassword(given.password),
    role: given.role,
    disabled: 0,
    created_ms: now_ms,
    last_login_ms: null,
  };
}

/** Throws NAME_TAKEN. */
export async function insertPerson(trx: Trx, person: PersonRow): Promise<void> {
  try {
    await trx.insertInto("person").values(person).execute();
  } catch (error) {
    if (takenColumn(error) !== "person.email") throw error;
    throw new RollcallError("NAME_TAKEN", "There is a person with this e-mail address already.", {
      fix: "Change the person who is there, or use another address.",
    });
  }
}

async function existing(trx: Trx, id: string): Promise<PersonRow> {
  const row = await trx.selectFrom("person").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new RollcallError("NO_SUCH_OBJECT", "There is no such person.");
  return row;
}

/** Throws LAST_ADMIN when `person` is the only admin who may come in. */
async function demandAnotherAdmin(trx: Trx, person: PersonRow): Promise<void> {
  if (person.role !== "admin" || person.disabled === 1) return;
  const another = await trx
    .selectFrom("person")
    .select("id")
    .where("role", "=", "admin")
    .where("disabled", "=", 0)
    .where("id", "!=", person.id)
    .executeTakeFirst();
  if (another === undefined) throw new RollcallError("LAST_ADMIN", `${person.name} is the only admin who can log in.`);
}

export function personOf(row: PersonRow): z.output<typeof Person> {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    disabled: row.disabled === 1,
    createdAt: instant(row.created_ms),
    lastLoginAt: instantOrNull(row.last_login_ms),
  };
}
