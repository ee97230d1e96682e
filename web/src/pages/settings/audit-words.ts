/** What the trail's codes and values mean, in words. Pure. A code that is not known here is shown as it is. */
import { count, dateTime, duration } from "../../parts/format.ts";
import { MODES, scheduleText } from "../../parts/frequency.ts";
import type { Mode, Schedule } from "../../parts/words.ts";

/** Followed by the name of what it was done to. */
const DEEDS: Readonly<Record<string, string>> = {
  "setup.done": "set Rollcall up, as",
  "person.created": "added the person",
  "person.changed": "changed the person",
  "person.removed": "removed the person",
  "api_key.created": "made the API key",
  "api_key.revoked": "revoked the API key",
  "settings.changed": "changed the settings",
  "secret_key.changed": "changed the key that seals secrets",
  "source.created": "linked the source",
  "source.changed": "changed the source",
  "source.removed": "unlinked the source",
  "source.paused": "paused the source",
  "source.resumed": "resumed the source",
  "source.tables_changed": "changed tables of the source",
  "source.tables_added": "added new tables to the source",
  "source.resync": "had tables read again completely, of the source",
  "source.allow_mass_delete": "allowed a large deletion in the source",
  "source.data_erased": "erased stored values of the source",
  "source.data_deleted": "deleted stored data of the source",
  "run.cancelled": "cancelled a run",
  "query.created": "saved the query",
  "query.changed": "changed the query",
  "query.removed": "deleted the query",
  "query.materialised": "computed the view of the query",
  "dashboard.created": "made the dashboard",
  "dashboard.changed": "changed the dashboard",
  "dashboard.removed": "deleted the dashboard",
  "channel.created": "added the channel",
  "channel.changed": "changed the channel",
  "channel.removed": "deleted the channel",
  "channel.tested": "sent a test to the channel",
  "warehouse.copied": "downloaded a copy of the warehouse",
  "publication.changed": "changed where the warehouse is published",
  "publication.published": "published the warehouse",
};

export const deedInWords = (action: string): string | null => DEEDS[action] ?? null;

/** The name that stands behind the deed: it is left out of the details. */
export function nameIn(detail: Readonly<Record<string, unknown>>): string | null {
  const { name } = detail;
  return typeof name === "string" ? name : null;
}

/** Units in names are the server's: `sharePercent`, `complete_every_ms`, `bytes`. */
const UNIT = /_(m?s)$/;

/** `lookBack_s` → `look back` */
export const labelOf = (key: string): string =>
  key
    .replace(UNIT, "")
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();

/** A change as `before → after`, a list by its members, a schedule and a method as the page says them elsewhere. */
export function valueInWords(key: string, value: unknown): string {
  if (value === null || value === undefined || value === "") return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return numberInWords(key, value);
  if (typeof value === "string") return textInWords(key, value);
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map((each) => valueInWords("", each)).join("; ");
  const words = value as Readonly<Record<string, unknown>>;
  if ("before" in words && "after" in words)
    return `${valueInWords(key, words["before"])} → ${valueInWords(key, words["after"])}`;
  if (words["kind"] === "every" || words["kind"] === "cron") return scheduleText(words as unknown as Schedule);
  const { table, ...others } = words;
  const rest = Object.entries(others).map(([name, each]) => `${labelOf(name)} ${valueInWords(name, each)}`);
  const said = rest.length === 0 ? "none" : rest.join(", ");
  return typeof table === "string" ? `${table}: ${said}` : said;
}

function numberInWords(key: string, value: number): string {
  const unit = UNIT.exec(key)?.[1];
  if (unit === undefined) return count(value);
  return value === 0 ? "none" : duration(unit === "ms" ? value / 1000 : value);
}

function textInWords(key: string, text: string): string {
  if (key === "mode" && text in MODES) return MODES[text as Mode].label.toLowerCase();
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? dateTime(text) : text;
}
