import type { OrgClock } from "../clock.ts";
import { hash } from "../random.ts";
import { type Entity, eventText } from "../log/event-text.ts";
import { GeneratedLog } from "../log/generated-log.ts";
import { SystemLog } from "../log/system-log.ts";
import { type AppRow, directoryAppId, firstApp } from "./apps.ts";
import { GeneratedUsers } from "./generated-users.ts";
import { firstGroup, Groups } from "./groups.ts";
import { type IdKind, oktaId } from "./ids.ts";
import { day_ms, isoSeconds } from "./iso.ts";
import { firstRule, newUserType, type RuleRow, type UserTypeRow } from "./rules-and-types.ts";
import { customProperty, firstCustomAttributes, type SchemaState } from "./schema.ts";
import { SearchIndex } from "./search-index.ts";
import { SortedStrings } from "./sorted.ts";
import { Users } from "./users.ts";

export interface OrgSize {
  readonly users: number;
  readonly groups: number;
  readonly apps: number;
  readonly rules: number;
  readonly events: number;
  readonly userTypes: number;
}

export interface OrgSettings extends OrgSize {
  readonly seed: number;
  readonly clock: OrgClock;
  /** `http://host:port`: what links name. */
  readonly origin: string;
  readonly searchLag_ms: number;
  /** Share (0 to 1) of past events persisted late, and the longest delay. */
  readonly latePersistence: { readonly share: number; readonly delay_ms: number };
}

/** What an event says beside who did it; see `OrgState.emit`. */
export interface Happening {
  readonly eventType: string;
  readonly message: string;
  readonly legacy?: string;
  readonly targets: readonly Entity[] | null;
  readonly actor?: Entity;
  readonly debugData?: Readonly<Record<string, string>>;
}

/** Rows of one small kind, by id and in id order. */
export class Shelf<Row extends { id: string }> {
  readonly rows = new Map<string, Row>();
  readonly ids = new SortedStrings();
  readonly #kind: string;

  constructor(kind: string) {
    this.#kind = kind;
  }

  put(row: Row): void {
    this.rows.set(row.id, row);
    this.ids.add(row.id);
  }

  get(id: string): Row {
    const row = this.rows.get(id);
    if (!row) throw new OperationRefused(`no ${this.#kind} ${id}`);
    return row;
  }

  remove(id: string): void {
    this.rows.delete(id);
    this.ids.remove(id);
  }
}

/** An operation that Okta would refuse, too: the object is not there, or its status does not allow it. */
export class OperationRefused extends Error {}

/** Everything that the org is at this moment. Operations change it, routes show it. */
export class OrgState {
  readonly settings: OrgSettings;
  readonly orgId: string;
  readonly clock: OrgClock;
  readonly origin: string;
  readonly usersIndex: SearchIndex;
  readonly groupsIndex: SearchIndex;
  readonly users: Users;
  readonly groups: Groups;
  readonly everyoneId: string;
  readonly apps = new Shelf<AppRow>("app");
  readonly rules = new Shelf<RuleRow>("rule");
  readonly types = new Shelf<UserTypeRow>("user type");
  readonly schemas = new Map<string, SchemaState>();
  /** Ids of users and groups assigned to each app. */
  readonly assignments = new Map<string, Set<string>>();
  readonly log: SystemLog;
  #sequence: number;

  constructor(settings: OrgSettings) {
    const { seed, clock, origin } = settings;
    const start_ms = clock.now();
    this.settings = settings;
    this.clock = clock;
    this.origin = origin;
    this.orgId = oktaId(seed, "org", 1);
    this.usersIndex = new SearchIndex(settings.searchLag_ms);
    this.groupsIndex = new SearchIndex(settings.searchLag_ms);
    this.#sequence = 1 + Math.max(settings.users, settings.groups, settings.apps, settings.rules, settings.userTypes);
    this.#addTypes(start_ms);
    const typeIds = [...this.types.ids.items];
    const generated = new GeneratedUsers({ seed, count: settings.users, start_ms, origin, typeIds });
    this.users = new Users(generated, this.usersIndex);
    this.everyoneId = oktaId(seed, "group", 0);
    this.groups = new Groups(this.groupsIndex, (groupId) => this.#firstMembers(groupId));
    const directory = directoryAppId(seed, settings.apps);
    for (let i = 0; i < Math.max(1, settings.groups); i++)
      this.groups.add(firstGroup(seed, i, start_ms, origin, directory), start_ms);
    for (let i = 0; i < settings.apps; i++) this.apps.put(firstApp(seed, i, start_ms, this.orgId, origin));
    const groupIds = this.groups.ids.items;
    for (let i = 0; i < settings.rules; i++)
      this.rules.put(firstRule(seed, i, start_ms, groupIds, this.users.ids.items));
    this.log = new SystemLog(
      new GeneratedLog({
        seed,
        count: settings.events,
        start_ms,
        users: { count: settings.users, idAt: (index) => generated.idAt(index) },
        groups: settings.groups,
        apps: settings.apps,
        late: settings.latePersistence,
      }),
      clock,
    );
  }

  #addTypes(start_ms: number): void {
    for (let i = 0; i < Math.max(1, this.settings.userTypes); i++) {
      const name = i === 0 ? "user" : `type${i}`;
      this.addType({
        sequence: i,
        name,
        displayName: i === 0 ? "User" : `Type ${i}`,
        at_ms: start_ms - 700 * day_ms + i * 1000,
      });
    }
  }

  /** Adds a user type and its schema, which begins with the base attributes and the org's first custom ones. */
  addType(fields: { sequence: number; name: string; displayName: string; at_ms: number }): UserTypeRow {
    const { seed } = this.settings;
    const schemaId = oktaId(seed, "schema", fields.sequence);
    const type = newUserType({
      id: oktaId(seed, "userType", fields.sequence),
      schemaId,
      name: fields.name,
      displayName: fields.displayName,
      description: fields.sequence === 0 ? "Okta user profile template with default permission settings" : null,
      by: oktaId(seed, "system", 0),
      origin: this.origin,
      at_ms: fields.at_ms,
      isDefault: fields.sequence === 0,
    });
    const custom = new Map(
      Object.entries(firstCustomAttributes).map(([name, shape]) => [name, customProperty(name, shape)]),
    );
    this.schemas.set(type.id, {
      id: schemaId,
      title: fields.displayName,
      created: type.created,
      lastUpdated: type.lastUpdated,
      custom,
    });
    this.types.put(type);
    return type;
  }

  get defaultTypeId(): string {
    return oktaId(this.settings.seed, "userType", 0);
  }

  /** A new id of a kind, sorting after all ids given before. */
  newId(kind: IdKind): string {
    return oktaId(this.settings.seed, kind, this.newSequence());
  }

  newSequence(): number {
    return this.#sequence++;
  }

  /** Now, as the timestamps of users, groups, apps, rules and types show it. */
  stamp(): string {
    return isoSeconds(this.clock.now());
  }

  /** Members of a group. Everyone holds every user, DEPROVISIONED ones included. */
  members(groupId: string): SortedStrings {
    return groupId === this.everyoneId ? this.users.ids : this.groups.members(groupId);
  }

  /** Three groups for each of the first users, Everyone aside. */
  #firstMembers(groupId: string): string[] {
    const { seed, users, groups } = this.settings;
    const members: string[] = [];
    for (let i = 0; i < users; i++) {
      for (let k = 0; k < 3; k++) {
        if (groups > 1 && oktaId(seed, "group", 1 + (hash(seed, i, 61 + k) % (groups - 1))) === groupId) {
          const id = oktaId(seed, "user", i);
          if (this.users.has(id)) members.push(id);
          break;
        }
      }
    }
    return members;
  }

  /** Writes a log event, published and persisted now unless told otherwise. */
  emit(happening: Happening, times?: { readonly published_ms: number; readonly persisted_ms: number }): void {
    const now = this.clock.now();
    const published_ms = times?.published_ms ?? now;
    this.log.write({
      published_ms,
      persisted_ms: times?.persisted_ms ?? now,
      text: (serial) =>
        eventText(this.settings.seed, this.log.node, {
          published_ms,
          serial,
          eventType: happening.eventType,
          displayMessage: happening.message,
          legacyEventType: happening.legacy ?? null,
          actor: happening.actor ?? this.admin,
          targets: happening.targets,
          ...(happening.debugData ? { debugData: happening.debugData } : {}),
        }),
    });
  }

  get admin(): Entity {
    return {
      id: oktaId(this.settings.seed, "user", 0),
      type: "User",
      alternateId: "user0@acme.test",
      displayName: "Org Admin",
      detailEntry: null,
    };
  }
}
