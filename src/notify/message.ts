/** From events to a message in words, the same for every kind of channel. Pure. */
import type { Event, EventKind } from "./event.ts";

export interface Item {
  readonly kind: EventKind | "test";
  readonly title: string;
  readonly text: string;
  /** The next step; null where there is none to take. */
  readonly fix: string | null;
  /** Absolute; null where nobody said how people reach this server. */
  readonly link: string | null;
  readonly at_ms: number;
  /** Null for a test. */
  readonly event: Event | null;
}

export interface Message {
  readonly kind: EventKind | "digest" | "test";
  /** One line. */
  readonly title: string;
  readonly items: readonly Item[];
  readonly at_ms: number;
}

/** Names of tables written out; beyond, only how many more. */
const TABLES_NAMED = 8;

/** One event by itself. */
export function messageOf(event: Event, publicUrl: string | null): Message {
  const item = itemOf(event, publicUrl);
  return { kind: event.kind, title: item.title, items: [item], at_ms: event.at_ms };
}

/** What was collected, oldest first. */
export function digestOf(events: readonly Event[], at_ms: number, publicUrl: string | null): Message {
  const items = events.map((event) => itemOf(event, publicUrl)).toSorted((one, other) => one.at_ms - other.at_ms);
  const failures = items.filter(({ kind }) => kind === "failure").length;
  const title = `Rollcall: ${items.length} ${items.length === 1 ? "event" : "events"}${failures === 0 ? "" : `, ${failures} of them ${failures === 1 ? "a failure" : "failures"}`}`;
  return { kind: "digest", title, items, at_ms };
}

export function testMessage(channel: string, at_ms: number, publicUrl: string | null): Message {
  const item: Item = {
    kind: "test",
    title: `Test message for ${channel}`,
    text: "Somebody pressed Send a test in Rollcall. If you read this, notifications arrive here.",
    fix: null,
    link: linkOf("/settings/notifications", publicUrl),
    at_ms,
    event: null,
  };
  return { kind: "test", title: item.title, items: [item], at_ms };
}

function itemOf(event: Event, publicUrl: string | null): Item {
  return {
    kind: event.kind,
    ...wordsOf(event),
    link: linkOf(event.link ?? null, publicUrl),
    at_ms: event.at_ms,
    event,
  };
}

function wordsOf(event: Event): Pick<Item, "title" | "text" | "fix"> {
  if (event.kind === "alert") {
    const what = event.column ?? "The number of rows";
    return {
      title: `${event.queryName}: ${event.value} is ${event.is} ${event.threshold}`,
      text: `${what} of the saved query ${event.queryName} is ${event.value}, ${event.is} the threshold of ${event.threshold}.`,
      fix: null,
    };
  }
  const what = event.tables.length === 0 ? event.sourceName : `${event.sourceName}: ${listed(event.tables)}`;
  switch (event.kind) {
    case "failure":
      return {
        title: `${what} failed`,
        text: event.failure?.message ?? "The run's log says why.",
        fix: event.failure?.fix ?? null,
      };
    case "recovery":
      return {
        title: `${what} ${event.tables.length > 1 ? "work" : "works"} again`,
        text: "The last run succeeded.",
        fix: null,
      };
    case "stale":
      return {
        title: `${what} ${event.tables.length > 1 ? "are" : "is"} stale`,
        text: event.failure?.message ?? "No run has succeeded for more than twice the interval.",
        fix: event.failure?.fix ?? "Look at the last runs of the source.",
      };
  }
}

function listed(tables: readonly string[]): string {
  const named = tables.slice(0, TABLES_NAMED).join(", ");
  return tables.length <= TABLES_NAMED ? named : `${named} and ${tables.length - TABLES_NAMED} more`;
}

function linkOf(link: string | null, publicUrl: string | null): string | null {
  if (link === null || !link.startsWith("/")) return link;
  return publicUrl === null ? null : `${publicUrl.replace(/\/+$/, "")}${link}`;
}
