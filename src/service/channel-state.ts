/** How channels are stored and how they stand. */
import { z } from "zod";
import type { Selectable } from "kysely";
import { Secret } from "../core/secret.ts";
import type { Destination } from "../notify/deliver.ts";
import { type Keys, seal, unseal } from "../store/seal.ts";
import type { ChannelRow } from "../store/schema.ts";
import type { ServiceContext } from "./context.ts";

type Row = Selectable<ChannelRow>;

/** What is no secret, by kind. */
export const StoredConfig = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("webhook"), host: z.string() }),
  z.object({ kind: z.literal("slack"), host: z.string() }),
  z.object({
    kind: z.literal("email"),
    host: z.string(),
    port: z.number(),
    secure: z.enum(["tls", "starttls", "none"]),
    user: z.string().nullable(),
    from: z.string(),
    to: z.array(z.string()),
  }),
]);
export type StoredConfig = z.infer<typeof StoredConfig>;

/** What is one, sealed together. A webhook's address may hold a token, so it is one, too. */
export const StoredSecret = z.object({
  url: z.string().optional(),
  signingKey: z.string().optional(),
  password: z.string().optional(),
});
export type StoredSecret = z.infer<typeof StoredSecret>;

const placeOf = (id: string) => ({ column: "channel.sealed_secret", row: id }) as const;

export function sealSecret(keys: Keys, id: string, secret: StoredSecret): string | null {
  return Object.keys(secret).length === 0 ? null : seal(keys, new Secret(JSON.stringify(secret)), placeOf(id));
}

/** Throws SECRET_KEY_WRONG. */
export function openSecret(keys: Keys, { id, sealed_secret }: Pick<Row, "id" | "sealed_secret">): StoredSecret {
  if (sealed_secret === null) return {};
  return StoredSecret.parse(JSON.parse(unseal(keys, sealed_secret, placeOf(id)).reveal()));
}

/** Throws SECRET_KEY_WRONG. */
export function destinationOf(keys: Keys, row: Row): Destination {
  const config = StoredConfig.parse(JSON.parse(row.config_json));
  const secret = openSecret(keys, row);
  switch (config.kind) {
    case "webhook":
      return { kind: "webhook", url: new Secret(secret.url ?? ""), signingKey: new Secret(secret.signingKey ?? "") };
    case "slack":
      return { kind: "slack", url: new Secret(secret.url ?? "") };
    case "email":
      return { ...config, password: secret.password === undefined ? null : new Secret(secret.password) };
  }
}

export interface Standing {
  readonly lastSent_ms: number | null;
  /** Why the last attempt failed; null where it did not. */
  readonly lastError: string | null;
  readonly lastError_ms: number | null;
}

/** How the channels stand, by id. */
export async function standings({
  store: { db },
}: Pick<ServiceContext, "store">): Promise<ReadonlyMap<string, Standing>> {
  // Rows without an attempt were only kept to know what has been told.
  const rows = await db
    .selectFrom("notification")
    .select(["channel_id", "created_ms", "sent_ms", "error"])
    .where("attempts", ">", 0)
    .orderBy("id")
    .execute();
  const found = new Map<string, Standing>();
  for (const { channel_id, created_ms, sent_ms, error } of rows) {
    const before = found.get(channel_id)?.lastSent_ms ?? null;
    const lastSent_ms = sent_ms === null ? before : Math.max(sent_ms, before ?? 0);
    const failed = sent_ms === null && error !== null;
    found.set(channel_id, { lastSent_ms, lastError: failed ? error : null, lastError_ms: failed ? created_ms : null });
  }
  return found;
}

export interface ChannelTrouble {
  readonly name: string;
  readonly error: string;
  readonly since_ms: number;
}

/** Channels in use whose last message did not arrive. */
export async function channelTroubles(context: Pick<ServiceContext, "store">): Promise<readonly ChannelTrouble[]> {
  const rows = await context.store.db.selectFrom("channel").select(["id", "name"]).where("enabled", "=", 1).execute();
  const standing = await standings(context);
  return rows.flatMap(({ id, name }) => {
    const { lastError = null, lastError_ms = null } = standing.get(id) ?? {};
    return lastError === null ? [] : [{ name, error: lastError, since_ms: lastError_ms ?? 0 }];
  });
}
