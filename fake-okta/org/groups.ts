import { hash, pick, unit } from "../random.ts";
import { oktaId } from "./ids.ts";
import { day_ms, isoSeconds } from "./iso.ts";
import type { SearchIndex } from "./search-index.ts";
import { SortedStrings } from "./sorted.ts";

/** A group as a list shows it (fact sheet 7.2). */
export interface GroupRow {
  id: string;
  created: string;
  lastUpdated: string;
  lastMembershipUpdated: string;
  objectClass: string[];
  type: "OKTA_GROUP" | "APP_GROUP" | "BUILT_IN";
  profile: Record<string, unknown> & { name: string };
  _links: Record<string, unknown>;
}

const topics = [
  "Engineering",
  "Vertrieb",
  "Sales",
  "Ops",
  "Équipe",
  "Contractors",
  "Payroll",
  "Überwachung",
  "営業部",
  "Labs",
] as const;

/** The groups and who is in them. Rows live in memory; first memberships are worked out when first asked for. */
export class Groups {
  readonly #rows = new Map<string, GroupRow>();
  readonly #members = new Map<string, SortedStrings>();
  readonly #firstMembers: (groupId: string) => string[];
  readonly #index: SearchIndex;
  readonly ids = new SortedStrings();
  /** `name` NUL `id`: the order of the plain list (fact sheet 1.6). */
  readonly byName = new SortedStrings();

  constructor(index: SearchIndex, firstMembers: (groupId: string) => string[]) {
    this.#index = index;
    this.#firstMembers = firstMembers;
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  row(id: string): GroupRow {
    const row = this.#rows.get(id);
    if (!row) throw new RangeError(`no group ${id}`);
    return row;
  }

  text(id: string): string {
    return JSON.stringify(this.row(id));
  }

  add(row: GroupRow, now: number): void {
    this.#index.remember(row.id, () => null, now);
    this.#rows.set(row.id, row);
    this.ids.add(row.id);
    this.byName.add(nameKey(row));
  }

  change(id: string, now: number, edit: (row: GroupRow) => void): GroupRow {
    this.#index.remember(id, () => this.text(id), now);
    const row = this.row(id);
    this.byName.remove(nameKey(row));
    edit(row);
    this.byName.add(nameKey(row));
    return row;
  }

  remove(id: string, now: number): void {
    this.#index.remember(id, () => this.text(id), now);
    this.byName.remove(nameKey(this.row(id)));
    this.#rows.delete(id);
    this.#members.delete(id);
    this.ids.remove(id);
  }

  /** Ids of the members, DEPROVISIONED users included (fact sheet 0.8). */
  members(id: string): SortedStrings {
    let members = this.#members.get(id);
    if (!members) {
      members = new SortedStrings(this.#firstMembers(id));
      this.#members.set(id, members);
    }
    return members;
  }

  /** A deleted user leaves every group; no group's dates move, so this is found only by reading members again. */
  forgetUser(userId: string): void {
    for (const id of this.#rows.keys()) this.members(id).remove(userId);
  }
}

export function nameKey(row: GroupRow): string {
  return `${row.profile.name}\0${row.id}`;
}

export function groupLinks(origin: string, id: string, sourceAppId?: string): Record<string, unknown> {
  return {
    logo: ["medium", "large"].map((name) => ({
      name,
      href: `${origin}/assets/img/logos/groups/okta-${name}.png`,
      type: "image/png",
    })),
    users: { href: `${origin}/api/v1/groups/${id}/users` },
    apps: { href: `${origin}/api/v1/groups/${id}/apps` },
    ...(sourceAppId === undefined ? {} : { source: { href: `${origin}/api/v1/apps/${sourceAppId}` } }),
  };
}

/** Group number `index` of a new org; number 0 is Everyone, every 9th comes from a directory app. */
export function firstGroup(
  seed: number,
  index: number,
  start_ms: number,
  origin: string,
  directoryAppId: string | undefined,
): GroupRow {
  const id = oktaId(seed, "group", index);
  const created = start_ms - 600 * day_ms + index * 60_000;
  const updated = created + unit(seed, index, 21) * (start_ms - 3_600_000 - created);
  // Membership moves its own date only, so it is often the later of the two (fact sheet 0.6).
  const membership = created + unit(seed, index, 22) * (start_ms - 1_800_000 - created);
  const dates = {
    id,
    created: isoSeconds(created),
    lastUpdated: isoSeconds(updated),
    lastMembershipUpdated: isoSeconds(membership),
  };
  if (index === 0) {
    const profile = { name: "Everyone", description: "All users in your organization" };
    return { ...dates, objectClass: ["okta:user_group"], type: "BUILT_IN", profile, _links: groupLinks(origin, id) };
  }
  const name = `${pick(topics, hash(seed, index, 23))} ${index}`;
  if (index % 9 === 4 && directoryAppId !== undefined) {
    return {
      ...dates,
      objectClass: ["okta:windows_security_principal"],
      type: "APP_GROUP",
      profile: {
        name,
        description: `acme.test/Groups/${name}`,
        samAccountName: `g${index}`,
        windowsDomainQualifiedName: `ACME\\g${index}`,
        dn: `CN=g${index},OU=Groups,DC=acme,DC=test`,
        externalId: `guid-${index}`,
      },
      _links: groupLinks(origin, id, directoryAppId),
    };
  }
  const profile = { name, description: index % 3 === 0 ? null : `People of ${name}` };
  return { ...dates, objectClass: ["okta:user_group"], type: "OKTA_GROUP", profile, _links: groupLinks(origin, id) };
}
