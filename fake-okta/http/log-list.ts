import { retention_ms } from "../log/generated-log.ts";
import type { LogCursor, LogPage } from "../log/system-log.ts";
import { day_ms } from "../org/iso.ts";
import type { OrgState } from "../org/state.ts";
import { compileSearch, type Matcher, parseInstant, type SearchRules } from "../search-rules.ts";
import { comparisons } from "../scim.ts";
import { type Answer, type Call, list } from "./answer.ts";
import { OktaError } from "./errors.ts";
import { hasNext, pageLimit, pageLinks, type PagingRule, type Serving } from "./paging.ts";

/** 100 unless asked otherwise and then not named in the links; 0 to 1000 (fact sheet 2.2). */
const paging: PagingRule = {
  byDefault: 100,
  namesDefault: false,
  most: 1000,
  refusesMore: true,
  repeats: ["since", "until", "sortOrder", "filter", "q"],
  keepsOrder: true,
};

const every = new Set([...comparisons, "pr"] as const);
const notContains = new Set([...comparisons.filter((op) => op !== "co"), "pr"] as const);
const topFields = ["actor", "authenticationContext", "client", "debugContext", "device", "displayMessage", "eventType", "legacyEventType", "outcome", "request", "securityContext", "severity", "target", "transaction", "uuid", "version"]; // prettier-ignore

/** `filter` on the log: nearly every field, but not `published`, and no `co` on the request's URL. */
const filterRules: SearchRules = {
  field: (name) => {
    if (!topFields.includes(name.split(".")[0] ?? "")) return undefined;
    const isUrl = name === "debugContext.debugData.url" || name === "debugContext.debugData.requestUri";
    return { type: "text", allows: isUrl ? notContains : every };
  },
  logic: new Set(["and", "or", "not"]),
  caseSensitive: false,
};

/** `GET /logs` in its two modes (fact sheet 2.1): polling without `until`, else bounded. */
export function listLogs(org: OrgState, call: Call, serving: Serving): Answer {
  const now = org.clock.now();
  const until = instant(call, "until");
  const descending = sortOrder(call);
  const since = readSince(call, now, until ?? now);
  const query = { limit: pageLimit(call, paging, serving, 0), after: readCursor(call), match: readMatch(call) };
  if (until === undefined && !descending)
    return polled(call, serving, org.log.poll(Math.max(since, now - retention_ms), query));
  const page = org.log.window(since, until ?? now, descending, query);
  const next = hasNext(page.more, page.rows.length, query.limit, serving) ? page.last : undefined;
  return list(page.rows, pageLinks(call, paging, serving, next && cursorText(next)));
}

/** Polling always has a `next`; after an empty page it is the link just used (fact sheet 2.3). */
function polled(call: Call, serving: Serving, page: LogPage): Answer {
  const links = pageLinks(call, paging, serving, page.last ? cursorText(page.last) : undefined);
  const [self] = links;
  if (!page.last && self) links.push({ rel: "next", url: self.url });
  return list(page.rows, links);
}

function cursorText(cursor: LogCursor): string {
  return `${cursor.at_ms}_${cursor.serial}`;
}

function readCursor(call: Call): LogCursor | undefined {
  const after = call.query.get("after");
  if (after === null) return undefined;
  const parts = /^(\d{1,15})_(\d{1,15})$/.exec(after);
  if (!parts) throw new OktaError("E0000029", "", ["Invalid cursor."]);
  return { at_ms: Number(parts[1]), serial: Number(parts[2]) };
}

function instant(call: Call, name: "since" | "until"): number | undefined {
  const text = call.query.get(name);
  if (text === null) return undefined;
  const at = parseInstant(text);
  if (at === undefined) {
    const cause = `${name}: The date format in your query is not recognized. Please enter dates using ISO8601 string format.`;
    throw new OktaError("E0000001", name, [cause, `${name}: must be ISO 8601.`]);
  }
  return at;
}

/** Seven days before `until` by default. Older than 180 days is refused, older than 90 just finds nothing more. */
function readSince(call: Call, now: number, until: number): number {
  const since = instant(call, "since") ?? until - 7 * day_ms;
  if (since < now - 180 * day_ms)
    throw new OktaError("E0000053", "The since parameter is over 180 days prior to the current day.");
  return since;
}

function sortOrder(call: Call): boolean {
  const order = call.query.get("sortOrder") ?? "ASCENDING";
  if (order !== "ASCENDING" && order !== "DESCENDING")
    throw new OktaError("E0000001", "sortOrder", ["sortOrder: invalid value."]);
  return order === "DESCENDING";
}

function readMatch(call: Call): Matcher | undefined {
  const filter = call.query.get("filter");
  const words =
    call.query
      .get("q")
      ?.split(/\s+/)
      .filter((word) => word !== "") ?? [];
  if (words.length > 10 || words.some((word) => word.length > 40))
    throw new OktaError("E0000001", "q", ["q: too many or too long keywords."]);
  const byFilter = filter === null ? undefined : compileSearch(filter, filterRules);
  if (words.length === 0) return byFilter;
  return (read) => {
    const everything = topFields
      .map((field) => JSON.stringify(read(field) ?? ""))
      .join(" ")
      .toLowerCase();
    return words.every((word) => everything.includes(word.toLowerCase())) && (!byFilter || byFilter(read));
  };
}
