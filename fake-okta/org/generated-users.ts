import { hash, pick, unit } from "../random.ts";
import { oktaId } from "./ids.ts";
import { day_ms, isoMillis, wholeSecond } from "./iso.ts";
import { cities, departments, personAt } from "./people.ts";

/** Statuses in the order in which the plain list shows them (fact sheet 1.6); DEPROVISIONED is never in that list. */
export const userStatuses = [
  "STAGED",
  "PROVISIONED",
  "ACTIVE",
  "RECOVERY",
  "LOCKED_OUT",
  "PASSWORD_EXPIRED",
  "SUSPENDED",
  "DEPROVISIONED",
] as const;
export type UserStatus = (typeof userStatuses)[number];

/** Share of the org's first users per status, in percent. */
const statusShares: ReadonlyArray<readonly [UserStatus, percent: number]> = [
  ["ACTIVE", 82],
  ["DEPROVISIONED", 6],
  ["STAGED", 3],
  ["PROVISIONED", 3],
  ["SUSPENDED", 2],
  ["PASSWORD_EXPIRED", 2],
  ["RECOVERY", 1],
  ["LOCKED_OUT", 1],
];
const statusByPercent: readonly UserStatus[] = statusShares.flatMap(([status, percent]) =>
  Array<UserStatus>(percent).fill(status),
);

export interface UserSource {
  readonly seed: number;
  readonly count: number;
  /** The org's start: every generated instant lies before it. */
  readonly start_ms: number;
  readonly origin: string;
  /** Ids of the user types, the default first. */
  readonly typeIds: readonly string[];
}

/**
 * The users an org has from the start, each a pure function of (seed, index), so that a hundred thousand of them need no
 * memory. User 0 is the active super admin.
 */
export class GeneratedUsers {
  readonly source: UserSource;
  /** The first user was created this long before the start, the last an hour before. */
  static readonly span_ms = 700 * day_ms;

  constructor(source: UserSource) {
    this.source = source;
  }

  idAt(index: number): string {
    return oktaId(this.source.seed, "user", index);
  }

  /** The number of a generated user, or undefined for an id that is none. */
  indexOf(id: string): number | undefined {
    const index = Number.parseInt(id.slice(4, 11), 36);
    return index >= 0 && index < this.source.count && this.idAt(index) === id ? index : undefined;
  }

  statusAt(index: number): UserStatus {
    return index === 0 ? "ACTIVE" : pick(statusByPercent, hash(this.source.seed, index, 1));
  }

  createdAt(index: number): number {
    const { start_ms, count } = this.source;
    return wholeSecond(start_ms - GeneratedUsers.span_ms + (index / count) * (GeneratedUsers.span_ms - 3_600_000));
  }

  lastUpdatedAt(index: number): number {
    const created = this.createdAt(index);
    return wholeSecond(created + unit(this.source.seed, index, 2) * (this.source.start_ms - 1_800_000 - created));
  }

  /** The row as it stands in a list, as JSON text: concatenated, not stringified, because benchmarks read millions. */
  textAt(index: number): string {
    const { seed, origin, start_ms, typeIds } = this.source;
    const id = this.idAt(index);
    const status = this.statusAt(index);
    const created = this.createdAt(index);
    const updated = this.lastUpdatedAt(index);
    const h = hash(seed, index, 3);
    const fresh = status === "STAGED";
    const activated = fresh ? "null" : `"${isoMillis(wholeSecond(created + Math.min(40_000, updated - created)))}"`;
    // lastLogin is mostly after lastUpdated, because a sign-in does not move the latter (fact sheet 0.4).
    const signedIn = status === "ACTIVE" && h % 10 !== 0;
    const lastLogin = signedIn
      ? `"${isoMillis(wholeSecond(updated + unit(seed, index, 4) * (start_ms - updated)))}"`
      : "null";
    const typeId = typeIds[h % 10 === 1 ? (h >>> 8) % typeIds.length : 0];
    return (
      `{"id":"${id}","status":"${status}","created":"${isoMillis(created)}","activated":${activated},` +
      `"statusChanged":${activated},"lastLogin":${lastLogin},"lastUpdated":"${isoMillis(updated)}",` +
      `"passwordChanged":${status === "PROVISIONED" ? "null" : activated},"type":{"id":"${typeId}"},"profile":${profileText(seed, index, h)},` +
      // Who was never given a password, or is deactivated, shows none (recorded).
      `"credentials":{${status === "PROVISIONED" || status === "DEPROVISIONED" ? "" : '"password":{},'}"emails":[{"value":"user${index}@acme.test","status":"VERIFIED","type":"PRIMARY"}],` +
      `"provider":{"type":"OKTA","name":"OKTA"}},"_links":{"self":{"href":"${origin}/api/v1/users/${id}"}}}`
    );
  }
}

/** Strings of the pools, quoted once: some hold characters that JSON escapes. */
const departmentTexts = departments.map((name) => JSON.stringify(name));
const skillLists = ['["math","poetry"]', '["négociation"]', '["pottery","rust"]', "[]"];

function profileText(seed: number, index: number, h: number): string {
  const person = personAt(seed, index);
  const place = pick(cities, h >>> 3);
  let text =
    `{"login":"${person.login}","email":"${person.login}","firstName":"${person.firstName}","lastName":"${person.lastName}",` +
    `"mobilePhone":${h % 4 === 0 ? `"+49 30 555 ${1000 + (h % 9000)}"` : "null"},"secondEmail":null`;
  if (h & 1) text += `,"displayName":"${person.firstName} ${person.lastName}"`;
  if (h & 2) text += `,"department":${pick(departmentTexts, h >>> 5)},"organization":"Acme"`;
  if (h & 4) text += `,"city":"${place.city}","countryCode":"${place.code}","zipCode":"${place.zip}"`;
  if (h & 8) text += `,"employeeNumber":"E${index}","costCenter":"cc-${h % 90}"`;
  if (h & 16) text += `,"costCenterCode":"${10 + (h % 80)}","badgeNumber":${index + 1000}`;
  if (h & 32) text += `,"remote":${h % 2 === 0},"allocation":${(h % 100) / 100 + 0.001}`;
  if (h & 64)
    text += `,"skills":${pick(skillLists, h >>> 9)},"shiftCodes":[${h % 3},${h % 7}],"ratings":[${(h % 50) / 10},4.25]`;
  // Letters beyond Latin-1, in few rows (see people.ts).
  if (index % 1000 === 7) text += `,"title":"部長 – Ředitelka"`;
  return text + "}";
}
