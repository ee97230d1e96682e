import type { OrgClock } from "../clock.ts";
import { type FieldReader } from "../search-rules.ts";
import { readPath } from "../org/users.ts";
import { lowerBound } from "../org/sorted.ts";
import { type GeneratedLog, retention_ms } from "./generated-log.ts";

/** An event written since the start, by a change of the org or by hand. */
interface Written {
  readonly published_ms: number;
  readonly persisted_ms: number;
  readonly serial: number;
  readonly text: () => string;
}

/** A place in one of the log's two orders: an instant, and a serial that tells events of one millisecond apart. */
export interface LogCursor {
  readonly at_ms: number;
  readonly serial: number;
}

export interface LogPage {
  readonly rows: readonly string[];
  /** The place of the last row; undefined on an empty page. */
  readonly last: LogCursor | undefined;
  /** Whether more rows of the same query are there already. */
  readonly more: boolean;
}

export interface LogQuery {
  readonly limit: number;
  readonly after: LogCursor | undefined;
  readonly match: ((read: FieldReader) => boolean) | undefined;
}

/** One event met while walking the log. */
interface Met extends LogCursor {
  readonly published_ms: number;
  readonly persisted_ms: number;
  readonly text: () => string;
}

/** The org's System Log: the generated past, and the events written since, in both of Okta's orders (fact sheet 2). */
export class SystemLog {
  readonly #generated: GeneratedLog;
  readonly #clock: OrgClock;
  readonly #byPersistence: Written[] = [];
  readonly #byPublished: Written[] = [];

  constructor(generated: GeneratedLog, clock: OrgClock) {
    this.#generated = generated;
    this.#clock = clock;
  }

  /** The serial that the next written event gets: greater than any before it. */
  get nextSerial(): number {
    return 2 * this.#generated.count + this.#byPersistence.length + 1;
  }

  get node(): string {
    return this.#generated.node;
  }

  /** Writes an event, persisted now at the earliest: polling would never show one that was persisted in the past. */
  write(event: { published_ms: number; persisted_ms: number; text: (serial: number) => string }): void {
    const serial = this.nextSerial;
    const persisted_ms = Math.max(event.persisted_ms, this.#clock.now());
    const written: Written = { ...event, persisted_ms, serial, text: () => event.text(serial) };
    insertSorted(this.#byPersistence, written, (e) => e.persisted_ms);
    insertSorted(this.#byPublished, written, (e) => e.published_ms);
  }

  /** Text of a plain event, as `appendLogEvents` writes them. */
  plainText(serial: number, published_ms: number): string {
    return this.#generated.text(serial, published_ms, serial);
  }

  /** Polling: persistence order, from `since_ms` of persistence time or after the cursor, up to now. */
  poll(since_ms: number, query: LogQuery): LogPage {
    const from = query.after ?? { at_ms: since_ms, serial: -1 };
    return this.#page(this.#inPersistenceOrder(from), query);
  }

  /** Bounded: order of `published`, `since` inclusive, `until` exclusive; events not yet persisted are missing. */
  window(since_ms: number, until_ms: number, descending: boolean, query: LogQuery): LogPage {
    if (!descending)
      return this.#page(this.#inPublishedOrder(query.after ?? { at_ms: since_ms, serial: -1 }, until_ms), query);
    const rows = [...this.#inPublishedOrder({ at_ms: since_ms, serial: -1 }, until_ms)].toReversed();
    const { after } = query;
    return this.#page(after ? rows.filter((met) => isAfter(after, met)) : rows, query);
  }

  /** Every event that is kept and persisted by now, oldest published first. */
  *retained(): Generator<string> {
    const all = this.#inPublishedOrder({ at_ms: Number.NEGATIVE_INFINITY, serial: -1 }, Number.POSITIVE_INFINITY);
    const now = this.#clock.now();
    for (const met of all) if (isVisible(met, now)) yield met.text();
  }

  #page(events: Iterable<Met>, query: LogQuery): LogPage {
    const rows: string[] = [];
    let last: LogCursor | undefined;
    const now = this.#clock.now();
    for (const met of events) {
      if (!isVisible(met, now)) continue;
      if (query.match && !matches(met.text(), query.match)) continue;
      if (rows.length === query.limit) return { rows, last, more: true };
      rows.push(met.text());
      last = { at_ms: met.at_ms, serial: met.serial };
    }
    return { rows, last, more: false };
  }

  *#inPersistenceOrder(from: LogCursor): Generator<Met> {
    const now = this.#clock.now();
    const { late, count } = this.#generated;
    const start = (length: number, keyOf: (i: number) => LogCursor): number =>
      lowerBound(length, (i) => !isAfter(keyOf(i), from));
    let place = start(count, (i) => ({ at_ms: this.#generated.persistedAtPlace(i), serial: i }));
    let lateAt = start(late.length, (i) => ({ at_ms: late[i]?.persisted_ms ?? 0, serial: count + i }));
    let writtenAt = start(this.#byPersistence.length, (i) => persistenceKey(this.#byPersistence[i]));
    for (;;) {
      while (place < count && this.#generated.isLate(this.#generated.indexAtPlace(place))) place++;
      const place_ms = place < count ? this.#generated.persistedAtPlace(place) : Number.POSITIVE_INFINITY;
      const late_ms = late[lateAt]?.persisted_ms ?? Number.POSITIVE_INFINITY;
      const written = this.#byPersistence[writtenAt];
      const written_ms = written?.persisted_ms ?? Number.POSITIVE_INFINITY;
      const at_ms = Math.min(place_ms, late_ms, written_ms);
      if (at_ms > now) return;
      if (place_ms === at_ms) yield this.#meet(this.#generated.indexAtPlace(place), at_ms, at_ms, place++);
      else if (late_ms === at_ms) yield this.#meet(late[lateAt]?.index ?? 0, at_ms, at_ms, count + lateAt++);
      else if (written) {
        yield {
          at_ms,
          serial: written.serial,
          published_ms: written.published_ms,
          persisted_ms: at_ms,
          text: written.text,
        };
        writtenAt++;
      }
    }
  }

  *#inPublishedOrder(from: LogCursor, until_ms: number): Generator<Met> {
    const { count } = this.#generated;
    let index = lowerBound(count, (i) => !isAfter({ at_ms: this.#generated.publishedAt(i), serial: i }, from));
    let writtenAt = lowerBound(this.#byPublished.length, (i) => !isAfter(publishedKey(this.#byPublished[i]), from));
    for (;;) {
      const index_ms = index < count ? this.#generated.publishedAt(index) : Number.POSITIVE_INFINITY;
      const written = this.#byPublished[writtenAt];
      const at_ms = Math.min(index_ms, written?.published_ms ?? Number.POSITIVE_INFINITY);
      if (at_ms >= until_ms || at_ms === Number.POSITIVE_INFINITY) return;
      if (index_ms === at_ms) {
        yield this.#meet(index, at_ms, this.#generated.persistedAt(index), index);
        index++;
      } else if (written) {
        yield {
          at_ms,
          serial: written.serial,
          published_ms: at_ms,
          persisted_ms: written.persisted_ms,
          text: written.text,
        };
        writtenAt++;
      }
    }
  }

  #meet(index: number, at_ms: number, persisted_ms: number, serial: number): Met {
    const published_ms = this.#generated.publishedAt(index);
    return { at_ms, serial, published_ms, persisted_ms, text: () => this.#generated.text(index, published_ms) };
  }
}

/** Persisted by now, and not older than Okta keeps. */
function isVisible(met: Met, now: number): boolean {
  return met.persisted_ms <= now && met.published_ms >= now - retention_ms;
}

function persistenceKey(written: Written | undefined): LogCursor {
  return { at_ms: written?.persisted_ms ?? 0, serial: written?.serial ?? 0 };
}

function publishedKey(written: Written | undefined): LogCursor {
  return { at_ms: written?.published_ms ?? 0, serial: written?.serial ?? 0 };
}

function isAfter(place: LogCursor, from: LogCursor): boolean {
  return place.at_ms > from.at_ms || (place.at_ms === from.at_ms && place.serial > from.serial);
}

function insertSorted(list: Written[], event: Written, at: (event: Written) => number): void {
  let position = list.length;
  while (position > 0 && at(list[position - 1] ?? event) > at(event)) position--;
  list.splice(position, 0, event);
}

function matches(text: string, match: (read: FieldReader) => boolean): boolean {
  const row: unknown = JSON.parse(text);
  return match((field) => readPath(row, field));
}
