/**
 * The outbox. What is to be told is a row, written in the transaction of what it tells of; a pass sends what is due, once per event and
 * channel. A process that dies after a receiver's yes and before its own note tells it once more, under the same id.
 */
import type { z } from "zod";
import type { Kysely, Selectable } from "kysely";
import { nextDue_ms } from "../core/schedule.ts";
import { deliver, type Delivery } from "../notify/deliver.ts";
import { Event, type EventKind } from "../notify/event.ts";
import { digestOf, type Message, messageOf } from "../notify/message.ts";
import type { Reach } from "../notify/reach.ts";
import type { ChannelRow, NotificationRow, Tables } from "../store/schema.ts";
import { readSettings } from "../store/settings.ts";
import { destinationOf } from "./channel-state.ts";
import type { ServiceContext } from "./context.ts";

export type EventToTell = z.input<typeof Event>;
type Channel = Selectable<ChannelRow>;
type Row = Selectable<NotificationRow>;
type AboutSource = Exclude<Event, { kind: "alert" }>;

/** After the n-th attempt failed, the next is this much later; after the last one it is given up, and the error stays. */
const BACKOFF_MS = [60_000, 120_000, 300_000, 900_000, 3_600_000, 10_800_000, 21_600_000] as const;
export const ATTEMPTS_MAX = BACKOFF_MS.length + 1;
/** When a day's digest is sent, in the server's time zone. */
const DIGEST_AT = "08:00";
/** Events in one digest; more are a second message. */
const DIGEST_MOST = 500;
/** How far back it is known what a channel was told. */
const KEPT_MS = 90 * 86_400_000;
/** What a person or the server's own stop did is no failure. */
const NO_FAILURE: ReadonlySet<string> = new Set(["CANCELLED", "SERVER_STOPPED", "SOURCE_PAUSED", "PAUSED"]);

/**
 * Puts an event into the outbox of every channel that wants it. To be called with the transaction of what it tells of. Told is: a failure or
 * staleness of tables that are switched on and that the channel has not heard of yet; a recovery only of what it has.
 */
export async function notify(trx: Kysely<Tables>, given: EventToTell): Promise<void> {
  const event = await worthTelling(trx, Event.parse(given));
  if (event === null) return;
  const channels = await trx.selectFrom("channel").selectAll().where("enabled", "=", 1).execute();
  const { zone } = await readSettings(trx);
  for (const channel of channels) {
    if (channel.source_id !== null && channel.source_id !== event.sourceId) continue;
    const wanted = (JSON.parse(channel.events_json) as EventKind[]).includes(event.kind);
    // A channel that does not want recoveries has to know of them all the same: the next failure is a new one.
    if (!wanted && event.kind !== "recovery") continue;
    const news = await newTo(trx, channel, event);
    if (news === null) continue;
    const row = {
      channel_id: channel.id,
      event_json: JSON.stringify(news),
      created_ms: event.at_ms,
      not_before_ms: channel.digest === "daily" ? digestAt_ms(event.at_ms, zone) : event.at_ms,
      attempts: 0,
      sent_ms: wanted ? null : event.at_ms,
      error: null,
    };
    await trx.insertInto("notification").values(row).execute();
  }
}

/** Strictly later: an event of 08:00 belongs to the next day's digest. */
function digestAt_ms(now_ms: number, zone: string): number {
  return nextDue_ms({ kind: "every", frequency: "24hour", anchor: DIGEST_AT, zone }, "digest", now_ms) ?? now_ms;
}

/** The event without what people switched off themselves; null when nothing is left. */
async function worthTelling(trx: Kysely<Tables>, event: Event): Promise<Event | null> {
  if (event.kind === "alert") return event;
  if (event.kind === "failure" && NO_FAILURE.has(event.failure?.code ?? "")) return null;
  const linked = { ...event, link: event.link ?? `/sources/${event.sourceId}` };
  if (event.kind === "stale") {
    const source = await trx
      .selectFrom("source")
      .select("paused_json")
      .where("id", "=", event.sourceId)
      .executeTakeFirst();
    if (source !== undefined && source.paused_json !== null) return null;
  }
  if (event.tables.length === 0) return linked;
  const off = await trx
    .selectFrom("source_table")
    .select("table_name")
    .where("source_id", "=", event.sourceId)
    .where("enabled", "=", 0)
    .execute();
  const tables = event.tables.filter((table) => !off.some(({ table_name }) => table_name === table));
  return tables.length === 0 ? null : { ...linked, tables };
}

/** What of the event a channel has not been told; null: nothing. */
async function newTo(trx: Kysely<Tables>, channel: Channel, event: Event): Promise<Event | null> {
  const rows = await trx
    .selectFrom("notification")
    .select(["event_json", "sent_ms", "attempts"])
    .where("channel_id", "=", channel.id)
    .where("created_ms", ">=", event.at_ms - KEPT_MS)
    .orderBy("id")
    .execute();
  if (event.kind === "alert") return rows.some(({ event_json }) => event_json === JSON.stringify(event)) ? null : event;
  // What was given up was not told.
  const told = rows.filter(({ sent_ms, attempts }) => sent_ms !== null || attempts < ATTEMPTS_MAX);
  const open = openTroubles(
    told.map(({ event_json }) => Event.parse(JSON.parse(event_json))),
    event.sourceId,
  );
  const isNews = (table: string): boolean => {
    const known = open.get(table);
    if (event.kind === "recovery") return known !== undefined;
    // That a failing table is stale as well is no news; that a stale one fails is.
    return known === undefined || (event.kind === "failure" && known === "stale");
  };
  const tables = tablesOf(event).filter(isNews);
  return tables.length === 0 ? null : { ...event, tables: tables.filter((table) => table !== WHOLE) };
}

/** Stands for a source as a whole, where an event names no table. */
const WHOLE = "";
const tablesOf = ({ tables }: AboutSource): readonly string[] => (tables.length === 0 ? [WHOLE] : tables);

/** The tables of a source that a channel was told to be in trouble, and not to be well again. */
function openTroubles(events: readonly Event[], sourceId: string): ReadonlyMap<string, EventKind> {
  const open = new Map<string, EventKind>();
  for (const event of events) {
    if (event.kind === "alert" || event.sourceId !== sourceId) continue;
    for (const table of tablesOf(event)) {
      if (event.kind === "recovery") open.delete(table);
      else open.set(table, event.kind);
    }
  }
  return open;
}

export interface Dispatching extends Pick<ServiceContext, "store" | "keys" | "now_ms" | "log"> {
  readonly reach: Reach;
  /** Given by tests. */
  readonly deliver?: typeof deliver;
}

/** One pass: sends what is due, all channels side by side. Resolves to when the next message is due, epoch ms; null: none waits. */
export async function dispatchNotifications(deps: Dispatching, signal: AbortSignal): Promise<number | null> {
  const { db } = deps.store;
  const due = await db
    .selectFrom("notification")
    .innerJoin("channel", "channel.id", "notification.channel_id")
    .selectAll("notification")
    .where("channel.enabled", "=", 1)
    .where("sent_ms", "is", null)
    .where("attempts", "<", ATTEMPTS_MAX)
    .where("not_before_ms", "<=", deps.now_ms())
    .orderBy("notification.id")
    .execute();
  await Promise.all(
    [...Map.groupBy(due, ({ channel_id }) => channel_id)].map(([id, rows]) => send(deps, id, rows, signal)),
  );
  if (due.length > 0)
    await db
      .deleteFrom("notification")
      .where("created_ms", "<", deps.now_ms() - KEPT_MS)
      .execute();
  const next = await db
    .selectFrom("notification")
    .innerJoin("channel", "channel.id", "notification.channel_id")
    .select(({ fn }) => fn.min("not_before_ms").as("at_ms"))
    .where("channel.enabled", "=", 1)
    .where("sent_ms", "is", null)
    .where("attempts", "<", ATTEMPTS_MAX)
    .executeTakeFirst();
  return next?.at_ms ?? null;
}

/** Sends a channel's rows: each by itself, or all as one digest. After a failure the rest waits with it. */
async function send(deps: Dispatching, channelId: string, rows: readonly Row[], signal: AbortSignal): Promise<void> {
  const { db } = deps.store;
  const channel = await db.selectFrom("channel").selectAll().where("id", "=", channelId).executeTakeFirst();
  if (channel === undefined) return;
  const size = channel.digest === "daily" ? DIGEST_MOST : 1;
  for (let at = 0; at < rows.length && !signal.aborted; at += size) {
    const batch = rows.slice(at, at + size);
    if (!(await claim(deps, batch))) return;
    const delivery = await attempt(deps, channel, batch, signal);
    if (delivery === null) return;
    await note(deps, batch, delivery);
    if (delivery.ok) continue;
    deps.log.warn({ channel: channelId, reason: delivery.message }, "a message could not be delivered");
    const rest = rows.slice(at + size).map(({ id }) => id);
    const not_before_ms = retryAt_ms(deps, batch[0]!, delivery);
    if (rest.length > 0) await db.updateTable("notification").set({ not_before_ms }).where("id", "in", rest).execute();
    return;
  }
}

/** Counts the attempt before it is made: whatever happens meanwhile, nobody else makes it, and it is bounded. False: somebody else has it. */
async function claim({ store: { db }, now_ms }: Dispatching, batch: readonly Row[]): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    for (const { id, attempts } of batch) {
      const not_before_ms = now_ms() + (BACKOFF_MS[attempts] ?? 0);
      const { numUpdatedRows } = await trx
        .updateTable("notification")
        .set({ attempts: attempts + 1, not_before_ms })
        .where("id", "=", id)
        .where("sent_ms", "is", null)
        .where("attempts", "=", attempts)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
    }
    return true;
  });
}

/** Null when it was broken off: the attempt counts, and is made again in its time. */
async function attempt(
  deps: Dispatching,
  channel: Channel,
  batch: readonly Row[],
  signal: AbortSignal,
): Promise<Delivery | null> {
  const now_ms = deps.now_ms();
  const { publicUrl } = await readSettings(deps.store.db);
  const events = batch.map(({ event_json }) => Event.parse(JSON.parse(event_json)));
  const message: Message =
    channel.digest === "daily" ? digestOf(events, now_ms, publicUrl) : messageOf(events[0]!, publicUrl);
  const id = `msg_${channel.id}_${batch[0]!.id}${batch.length === 1 ? "" : `_${batch.length}`}`;
  try {
    return await (deps.deliver ?? deliver)(
      destinationOf(deps.keys, channel),
      { message, id, now_ms },
      deps.reach,
      signal,
    );
  } catch (error) {
    if (signal.aborted) return null;
    // Only the secret's opening throws, and its words are our own.
    return { ok: false, message: error instanceof Error ? error.message : String(error), after_ms: null };
  }
}

async function note(deps: Dispatching, batch: readonly Row[], delivery: Delivery): Promise<void> {
  const ids = batch.map(({ id }) => id);
  const set = delivery.ok
    ? { sent_ms: deps.now_ms(), error: null }
    : { error: delivery.message, not_before_ms: retryAt_ms(deps, batch[0]!, delivery) };
  await deps.store.db.updateTable("notification").set(set).where("id", "in", ids).execute();
}

function retryAt_ms({ now_ms }: Dispatching, { attempts }: Row, delivery: Delivery): number {
  const asked = delivery.ok ? 0 : (delivery.after_ms ?? 0);
  return now_ms() + Math.max(BACKOFF_MS[attempts] ?? 0, asked);
}
