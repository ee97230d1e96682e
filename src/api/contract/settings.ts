/** Settings of the server, notification channels, and what machines ask: health, readiness, metrics, the API's own document. */
import { z } from "@hono/zod-openapi";
import { operation, silent, streamed } from "./operation.ts";
import { Id, Instant, Text } from "./words.ts";

export const Settings = z
  .object({
    zone: z
      .string()
      .min(1)
      .max(64)
      .openapi({ description: "IANA time zone in which times are shown and anchored unless told otherwise." }),
    runLogDays: z.number().int().min(1).max(3650).openapi({ description: "How long runs and their logs are kept." }),
    queryTimeout_s: z.number().int().min(1).max(3600),
    publicUrl: z
      .string()
      .max(500)
      .nullable()
      .openapi({ description: "How people reach this server: for links in notifications." }),
  })
  .openapi("Settings");

const StatedSettings = Settings.extend({
  installation: z.string().openapi({ description: "This server's own name: no two servers have the same." }),
}).openapi("StatedSettings");

export const Channel = z
  .object({
    id: z.string(),
    kind: z.enum(["webhook", "slack", "email"]),
    name: z.string(),
    config: z
      .record(z.string(), z.string())
      .openapi({ description: "What is no secret: the address's host, recipients, the mail server." }),
    events: z.array(z.enum(["failure", "recovery", "stale", "alert"])),
    digest: z.enum(["at_once", "daily"]),
    sourceId: z.string().nullable(),
    enabled: z.boolean(),
    lastSentAt: Instant.nullable(),
    lastError: z.string().nullable(),
  })
  .openapi("Channel");

const ChannelConfig = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("webhook"),
      url: z.url().max(2000),
      signingKey: z.string().min(16).max(500).optional(),
    }),
    z.strictObject({ kind: z.literal("slack"), url: z.url().max(2000) }),
    z.strictObject({
      kind: z.literal("email"),
      host: Text(253),
      port: z.number().int().min(1).max(65_535),
      secure: z.enum(["tls", "starttls", "none"]),
      user: z.string().max(254).optional(),
      password: z.string().max(500).optional(),
      from: z.email().max(254),
      to: z.array(z.email().max(254)).min(1).max(50),
    }),
  ])
  .openapi("ChannelConfig");

const NewChannel = z.object({
  name: Text(100),
  config: ChannelConfig,
  events: z.array(z.enum(["failure", "recovery", "stale", "alert"])).min(1),
  digest: z.enum(["at_once", "daily"]).default("at_once"),
  sourceId: z.string().max(64).nullable().default(null),
  enabled: z.boolean().default(true),
});

export const settings = {
  get: operation({
    method: "get",
    path: "/api/settings",
    tag: "Settings",
    needs: "viewer",
    summary: "Settings",
    result: StatedSettings,
  }),
  change: operation({
    method: "patch",
    path: "/api/settings",
    tag: "Settings",
    needs: "admin",
    summary: "Change settings",
    body: Settings.partial(),
    result: StatedSettings,
  }),
};

export const channels = {
  list: operation({
    method: "get",
    path: "/api/channels",
    tag: "Notifications",
    needs: "editor",
    summary: "Notification channels, without their secrets",
    result: z.array(Channel),
  }),
  create: operation({
    method: "post",
    path: "/api/channels",
    tag: "Notifications",
    needs: "editor",
    summary: "Add a channel",
    status: 201,
    body: NewChannel,
    result: Channel,
  }),
  change: operation({
    method: "patch",
    path: "/api/channels/{id}",
    tag: "Notifications",
    needs: "editor",
    summary: "Change a channel; a secret left out is kept, unless the address changes",
    params: Id,
    body: NewChannel.omit({ digest: true, sourceId: true, enabled: true })
      .extend({ digest: z.enum(["at_once", "daily"]), sourceId: z.string().max(64).nullable(), enabled: z.boolean() })
      .partial(),
    result: Channel,
  }),
  remove: silent({
    method: "delete",
    path: "/api/channels/{id}",
    tag: "Notifications",
    needs: "editor",
    summary: "Delete a channel",
    params: Id,
  }),
  test: operation({
    method: "post",
    path: "/api/channels/{id}/test",
    tag: "Notifications",
    needs: "editor",
    summary: "Send a test message now",
    params: Id,
    result: z.object({ delivered: z.boolean(), message: z.string() }),
  }),
};

export const machine = {
  health: operation({
    method: "get",
    path: "/healthz",
    tag: "Machine",
    needs: "nobody",
    summary: "Whether the process answers",
    result: z.object({ status: z.literal("ok"), version: z.string() }),
  }),
  ready: operation({
    method: "get",
    path: "/readyz",
    tag: "Machine",
    needs: "nobody",
    summary: "Whether warehouse and control plane can be used",
    failures: { 503: "They cannot be used now." },
    result: z.object({ status: z.literal("ok") }),
  }),
  metrics: streamed({
    method: "get",
    path: "/metrics",
    tag: "Machine",
    needs: "viewer",
    summary: "Metrics in Prometheus's text format",
    media: ["text/plain"],
  }),
};
