/** Notification channels: made, changed, tested. Their secrets go in and never come out. */
import type { z } from "zod";
import type { Selectable } from "kysely";
import type { Channel as ChannelWords, channels as operations } from "../api/contract/settings.ts";
import { RollcallError } from "../core/error.ts";
import { deliver } from "../notify/deliver.ts";
import type { EventKind } from "../notify/event.ts";
import { testMessage } from "../notify/message.ts";
import { hostProblem, type Reach, urlProblem } from "../notify/reach.ts";
import { record } from "../store/audit.ts";
import { newId } from "../store/id.ts";
import type { ChannelRow } from "../store/schema.ts";
import { readSettings } from "../store/settings.ts";
import {
  destinationOf,
  openSecret,
  sealSecret,
  type Standing,
  standings,
  StoredConfig,
  type StoredSecret,
} from "./channel-state.ts";
import type { Actor, ServiceContext } from "./context.ts";
import { instant } from "./words.ts";

type Channel = z.infer<typeof ChannelWords>;
type Body<O extends { request: { body: { content: { "application/json": { schema: z.ZodType } } } } }> = z.output<
  O["request"]["body"]["content"]["application/json"]["schema"]
>;
type NewChannel = Body<typeof operations.create>;
type ChangedChannel = Body<typeof operations.change>;
type Config = NewChannel["config"];
type Row = Selectable<ChannelRow>;

/** What the channels' secrets and addresses need beyond the rows. */
export interface ChannelContext extends Pick<ServiceContext, "store" | "keys" | "now_ms"> {
  readonly reach: Reach;
}

export async function listChannels(context: ChannelContext): Promise<Channel[]> {
  const rows = await context.store.db.selectFrom("channel").selectAll().orderBy("name").orderBy("id").execute();
  const standing = await standings(context);
  return rows.map((row) => channelOf(row, standing.get(row.id)));
}

/** Throws REQUEST_INVALID for an address that messages may not go to, or a source that is not there; CREDENTIAL_NEEDED for a missing key. */
export async function createChannel(context: ChannelContext, wish: NewChannel, actor: Actor): Promise<Channel> {
  const now_ms = context.now_ms();
  const id = newId("channel", now_ms);
  const row: Row = {
    id,
    kind: wish.config.kind,
    name: wish.name,
    ...configured(context, id, wish.config, null),
    events_json: JSON.stringify(wish.events),
    digest: wish.digest,
    source_id: wish.sourceId,
    enabled: wish.enabled ? 1 : 0,
    created_ms: now_ms,
  };
  await context.store.db.transaction().execute(async (trx) => {
    await sourceThere(trx, wish.sourceId);
    await trx.insertInto("channel").values(row).execute();
    await record(trx, actor, deed("created", row), now_ms);
  });
  return channelOf(row, undefined);
}

/** Throws as `createChannel` does, and NO_SUCH_OBJECT. What waits for a channel that is switched off is forgotten. */
export async function changeChannel(
  context: ChannelContext,
  id: string,
  wish: ChangedChannel,
  actor: Actor,
): Promise<Channel> {
  const before = await channelRow(context, id);
  const row: Row = {
    ...before,
    ...(wish.config === undefined ? {} : { kind: wish.config.kind, ...configured(context, id, wish.config, before) }),
    name: wish.name ?? before.name,
    events_json: wish.events === undefined ? before.events_json : JSON.stringify(wish.events),
    digest: wish.digest ?? before.digest,
    source_id: wish.sourceId === undefined ? before.source_id : wish.sourceId,
    enabled: wish.enabled === undefined ? before.enabled : wish.enabled ? 1 : 0,
  };
  const now_ms = context.now_ms();
  await context.store.db.transaction().execute(async (trx) => {
    await sourceThere(trx, row.source_id);
    const { id: _id, ...values } = row;
    await trx.updateTable("channel").set(values).where("id", "=", id).execute();
    const waiting = trx.updateTable("notification").where("channel_id", "=", id).where("sent_ms", "is", null);
    // Nobody wants yesterday's news when it is switched on again.
    if (row.enabled === 0)
      await trx.deleteFrom("notification").where("channel_id", "=", id).where("sent_ms", "is", null).execute();
    else if (before.digest === "daily" && row.digest === "at_once")
      await waiting.set({ not_before_ms: now_ms }).execute();
    await record(trx, actor, deed("changed", row), now_ms);
  });
  return channelOf(row, (await standings(context)).get(id));
}

/** Throws NO_SUCH_OBJECT. */
export async function removeChannel(context: ChannelContext, id: string, actor: Actor): Promise<void> {
  const row = await channelRow(context, id);
  await context.store.db.transaction().execute(async (trx) => {
    await trx.deleteFrom("channel").where("id", "=", id).execute();
    await record(trx, actor, deed("removed", row), context.now_ms());
  });
}

/** Sends a test message now, also where the channel is switched off. Throws NO_SUCH_OBJECT. */
export async function testChannel(
  context: ChannelContext,
  id: string,
  actor: Actor,
  signal: AbortSignal,
): Promise<{ delivered: boolean; message: string }> {
  const row = await channelRow(context, id);
  const now_ms = context.now_ms();
  const { publicUrl } = await readSettings(context.store.db);
  const sending = { message: testMessage(row.name, now_ms, publicUrl), id: `msg_${id}_test_${now_ms}`, now_ms };
  const delivery = await deliver(destinationOf(context.keys, row), sending, context.reach, signal);
  await record(context.store.db, actor, deed("tested", row, { delivered: delivery.ok }), now_ms);
  return {
    delivered: delivery.ok,
    message: delivery.ok ? "The receiver accepted the test message." : delivery.message,
  };
}

/** Config and secret of a channel as stored. `before`: what is there, whose secret is kept where it goes to the same place. */
function configured(context: ChannelContext, id: string, config: Config, before: Row | null) {
  const kept = before !== null && before.kind === config.kind ? before : null;
  const old = kept === null ? {} : openSecret(context.keys, kept);
  const { stored, secret } =
    config.kind === "email" ? mailServer(context, config, kept, old) : address(context, config, old);
  return { config_json: JSON.stringify(stored), sealed_secret: sealSecret(context.keys, id, secret) };
}

interface Configured {
  readonly stored: StoredConfig;
  readonly secret: StoredSecret;
}

function address({ reach }: ChannelContext, config: Exclude<Config, { kind: "email" }>, old: StoredSecret): Configured {
  const problem = urlProblem(config.url, reach);
  if (problem !== null) throw new RollcallError("REQUEST_INVALID", problem);
  const stored: StoredConfig = { kind: config.kind, host: new URL(config.url).host };
  if (config.kind === "slack") return { stored, secret: { url: config.url } };
  // The key proves to one receiver who we are; another one gets a key of its own.
  const signingKey = config.signingKey ?? (old.url === config.url ? old.signingKey : undefined);
  if (signingKey === undefined)
    throw needed("signing key", "A webhook is signed with a key that its receiver knows: enter one for this address.");
  if (signingKey.startsWith("whsec_") && !/^whsec_[A-Za-z0-9+/]{22,}={0,2}$/.test(signingKey))
    throw new RollcallError("REQUEST_INVALID", "After whsec_ the signing key is base64, of at least 16 bytes.");
  return { stored, secret: { url: config.url, signingKey } };
}

function mailServer(
  { reach }: ChannelContext,
  config: Extract<Config, { kind: "email" }>,
  before: Row | null,
  old: StoredSecret,
): Configured {
  const problem = hostProblem(config.host, reach);
  if (problem !== null) throw new RollcallError("REQUEST_INVALID", problem);
  const { kind, host, port, secure, from, to } = config;
  const user = config.user === undefined || config.user === "" ? null : config.user;
  const stored: StoredConfig = { kind, host, port, secure, user, from, to };
  if (user === null) return { stored, secret: {} };
  if (secure === "none" && !reach.privateToo)
    throw new RollcallError("REQUEST_INVALID", "A password is only sent over TLS: choose TLS or STARTTLS.");
  const given = config.password === undefined || config.password === "" ? undefined : config.password;
  const password = given ?? (before !== null && samePlace(before, stored) ? old.password : undefined);
  if (password === undefined) throw needed("password", "Enter the password of the mail account for this server.");
  return { stored, secret: { password } };
}

/** Whether a password would go to the same account of the same server, as well guarded. */
function samePlace(before: Row, after: Extract<StoredConfig, { kind: "email" }>): boolean {
  const old = StoredConfig.parse(JSON.parse(before.config_json));
  return (["host", "port", "secure", "user"] as const).every(
    (part) => old.kind === "email" && old[part] === after[part],
  );
}

function needed(what: string, fix: string): RollcallError {
  return new RollcallError(
    "CREDENTIAL_NEEDED",
    `The ${what} is missing: a stored one is never used for another address.`,
    { fix },
  );
}

async function sourceThere(db: ServiceContext["store"]["db"], id: string | null): Promise<void> {
  if (id === null) return;
  const found = await db.selectFrom("source").select("id").where("id", "=", id).executeTakeFirst();
  if (found === undefined) throw new RollcallError("REQUEST_INVALID", `There is no source ${id}.`);
}

async function channelRow({ store: { db } }: ChannelContext, id: string): Promise<Row> {
  const row = await db.selectFrom("channel").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new RollcallError("NO_SUCH_OBJECT", `There is no channel ${id}.`);
  return row;
}

function channelOf(row: Row, standing: Standing | undefined): Channel {
  const { kind: _, ...config } = StoredConfig.parse(JSON.parse(row.config_json));
  const shown = Object.entries(config).flatMap(([name, value]) =>
    value === null ? [] : [[name, Array.isArray(value) ? value.join(", ") : String(value)] as const],
  );
  return {
    id: row.id,
    kind: row.kind as Channel["kind"],
    name: row.name,
    config: Object.fromEntries(shown),
    events: JSON.parse(row.events_json) as EventKind[],
    digest: row.digest as Channel["digest"],
    sourceId: row.source_id,
    enabled: row.enabled === 1,
    lastSentAt: instant(standing?.lastSent_ms ?? null),
    lastError: standing?.lastError ?? null,
  };
}

function deed(done: string, { id, name, kind }: Row, more: Readonly<Record<string, unknown>> = {}) {
  return { action: `channel.${done}`, object: { kind: "channel", id }, detail: { name, kind, ...more } };
}
