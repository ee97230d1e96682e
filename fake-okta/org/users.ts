import { type GeneratedUsers, type UserStatus, userStatuses } from "./generated-users.ts";
import { isoSeconds, wholeSecond } from "./iso.ts";
import { alwaysSent } from "./schema.ts";
import type { SearchIndex } from "./search-index.ts";
import { SortedStrings } from "./sorted.ts";

export type Profile = Record<string, unknown>;

/** A user as a list shows it (fact sheet 7.1). Instants are ISO text cut to seconds. */
export interface UserRow {
  id: string;
  status: UserStatus;
  created: string;
  activated: string | null;
  statusChanged: string | null;
  lastLogin: string | null;
  lastUpdated: string;
  passwordChanged: string | null;
  type: { id: string };
  transitioningToStatus?: string | null;
  profile: Profile;
  credentials: Record<string, unknown>;
  _links: Record<string, unknown>;
}

/** All users of the org: the generated ones, and in memory only those that were created or changed since. */
export class Users {
  readonly #generated: GeneratedUsers;
  readonly #index: SearchIndex;
  readonly #changed = new Map<string, UserRow>();
  readonly #all = new SortedStrings();
  readonly #byStatus: ReadonlyMap<UserStatus, SortedStrings>;
  /** Attributes dropped from a type's schema: generated users of that type no longer show them. */
  readonly #dropped = new Map<string, Set<string>>();

  constructor(generated: GeneratedUsers, index: SearchIndex) {
    this.#generated = generated;
    this.#index = index;
    const all: string[] = [];
    const byStatus = new Map(userStatuses.map((status) => [status, new Array<string>()]));
    for (let i = 0; i < generated.source.count; i++) {
      const id = generated.idAt(i);
      all.push(id);
      byStatus.get(generated.statusAt(i))?.push(id);
    }
    this.#all = new SortedStrings(all);
    this.#byStatus = new Map([...byStatus].map(([status, ids]) => [status, new SortedStrings(ids)]));
  }

  /** Every id, ascending. */
  get ids(): SortedStrings {
    return this.#all;
  }

  get size(): number {
    return this.#all.items.length;
  }

  withStatus(status: UserStatus): SortedStrings {
    const ids = this.#byStatus.get(status);
    if (!ids) throw new RangeError(`unknown status ${status}`);
    return ids;
  }

  has(id: string): boolean {
    const changed = this.#changed.has(id);
    if (changed) return true;
    return this.#all.items[this.#all.after(id) - 1] === id;
  }

  /** The user with this id or login, as `GET /users/{idOrLogin}` finds it. */
  find(idOrLogin: string): string | undefined {
    if (this.has(idOrLogin)) return idOrLogin;
    const numbered = /^user(\d+)@acme\.test$/.exec(idOrLogin);
    const candidate = numbered ? this.#generated.idAt(Number(numbered[1])) : undefined;
    if (candidate !== undefined && this.has(candidate) && this.row(candidate).profile.login === idOrLogin)
      return candidate;
    for (const row of this.#changed.values()) if (row.profile.login === idOrLogin) return row.id;
    return undefined;
  }

  /** The row as JSON text. Throws when there is no such user. */
  text(id: string): string {
    const changed = this.#changed.get(id);
    if (changed) return JSON.stringify(changed);
    const index = this.#generated.indexOf(id);
    if (index === undefined) throw new RangeError(`no user ${id}`);
    const text = this.#generated.textAt(index);
    return this.#dropped.size === 0 ? text : this.#withoutDropped(text);
  }

  row(id: string): UserRow {
    return JSON.parse(this.text(id));
  }

  /** One attribute for `filter` and `search`; the common ones without building the row. Dates are epoch ms. */
  read(id: string, field: string): unknown {
    if (field === "id") return id;
    const index = this.#changed.has(id) ? undefined : this.#generated.indexOf(id);
    if (index !== undefined && field === "status") return this.#generated.statusAt(index);
    if (index !== undefined && field === "lastUpdated") return this.#generated.lastUpdatedAt(index);
    return readPath(this.#changed.get(id) ?? this.row(id), field);
  }

  /** Adds a user. */
  add(row: UserRow, now: number): void {
    this.#index.remember(row.id, () => null, now);
    this.#changed.set(row.id, row);
    this.#all.add(row.id);
    this.withStatus(row.status).add(row.id);
  }

  /** Changes a user in place. Moves it between the status lists, drops attributes that became empty. */
  change(id: string, now: number, edit: (row: UserRow) => void): UserRow {
    this.#index.remember(id, () => this.text(id), now);
    const row = this.row(id);
    const before = row.status;
    edit(row);
    for (const [name, value] of Object.entries(row.profile)) {
      const empty = value === null || value === undefined || value === "";
      if (empty && alwaysSent.has(name)) row.profile[name] = null;
      else if (empty) delete row.profile[name];
    }
    this.#changed.set(id, row);
    if (row.status !== before) {
      this.withStatus(before).remove(id);
      this.withStatus(row.status).add(id);
    }
    return row;
  }

  /** Forgets a user: from now on its id is a 404. */
  remove(id: string, now: number): void {
    this.#index.remember(id, () => this.text(id), now);
    const { status } = this.row(id);
    this.#changed.delete(id);
    this.#all.remove(id);
    this.withStatus(status).remove(id);
  }

  /** Takes an attribute from every user of a type; their `lastUpdated` does not move. */
  dropAttribute(typeId: string, name: string): void {
    for (const row of this.#changed.values()) if (row.type.id === typeId) delete row.profile[name];
    const names = this.#dropped.get(typeId) ?? new Set();
    this.#dropped.set(typeId, names.add(name));
  }

  #withoutDropped(text: string): string {
    const row: UserRow = JSON.parse(text);
    const names = this.#dropped.get(row.type.id);
    if (!names) return text;
    for (const name of names) delete row.profile[name];
    return JSON.stringify(row);
  }
}

/** The value under a dotted path. */
export function readPath(row: unknown, path: string): unknown {
  let value: unknown = row;
  for (const part of path.split(".")) {
    if (Array.isArray(value)) {
      value = value.flatMap((item) => readPath(item, part) ?? []);
    } else if (typeof value === "object" && value !== null) {
      value = (value as Readonly<Record<string, unknown>>)[part];
    } else return undefined;
  }
  return value;
}

/** A value as text: what it says, or its JSON. Nothing is the empty text. */
export function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** A new user, as `POST /users` makes it. */
export function newUser(fields: {
  id: string;
  typeId: string;
  origin: string;
  now: number;
  status: UserStatus;
  profile: Profile;
}): UserRow {
  const at = isoSeconds(wholeSecond(fields.now));
  const started = fields.status === "STAGED" ? null : at;
  return {
    id: fields.id,
    status: fields.status,
    created: at,
    activated: started,
    statusChanged: started,
    lastLogin: null,
    lastUpdated: at,
    passwordChanged: null,
    type: { id: fields.typeId },
    profile: { mobilePhone: null, secondEmail: null, ...fields.profile },
    credentials: {
      password: {},
      recovery_question: { question: "First pet?", answer: "S3CRET-recovery-answer" },
      provider: { type: "OKTA", name: "OKTA" },
    },
    _links: { self: { href: `${fields.origin}/api/v1/users/${fields.id}` } },
  };
}
