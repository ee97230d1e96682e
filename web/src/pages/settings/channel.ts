/** A channel while it is edited, and what is sent of it. */
import type { Result, Words } from "../../api.ts";

export type Channel = Result<"get /api/channels">[number];
type Kind = Channel["kind"];
type Config = Words<"post /api/channels">["body"]["config"];
export type MailSecurity = Extract<Config, { kind: "email" }>["secure"];

export const KINDS: Readonly<Record<Kind, { readonly label: string; readonly about: string }>> = {
  webhook: { label: "Webhook", about: "JSON, signed by the Standard Webhooks scheme, to an address of yours." },
  slack: {
    label: "Slack-compatible",
    about: "An incoming webhook of Slack, Mattermost or another that takes Slack's JSON.",
  },
  email: { label: "E-mail", about: "By way of your own mail server." },
};

export const EVENTS: Readonly<Record<Channel["events"][number], string>> = {
  failure: "Failures",
  recovery: "Recoveries",
  stale: "Stale tables",
  alert: "Thresholds of saved queries",
};

export interface Draft {
  readonly name: string;
  readonly kind: Kind;
  /** Of webhook and Slack; empty on a change: the stored one is kept. */
  readonly url: string;
  readonly signingKey: string;
  readonly host: string;
  readonly port: number;
  readonly secure: MailSecurity;
  readonly user: string;
  readonly password: string;
  readonly from: string;
  /** Separated by commas or line breaks. */
  readonly to: string;
  readonly events: readonly Channel["events"][number][];
  readonly digest: Channel["digest"];
  readonly sourceId: string | null;
  readonly enabled: boolean;
}

/** The present values; secrets are empty. */
export function draftOf(channel: Channel | null): Draft {
  const config = channel?.config ?? {};
  return {
    name: channel?.name ?? "",
    kind: channel?.kind ?? "slack",
    url: "",
    signingKey: "",
    host: channel?.kind === "email" ? (config["host"] ?? "") : "",
    port: Number(config["port"] ?? 587),
    secure: (config["secure"] as MailSecurity | undefined) ?? "starttls",
    user: config["user"] ?? "",
    password: "",
    from: config["from"] ?? "",
    to: config["to"] ?? "",
    events: channel?.events ?? ["failure", "recovery", "stale", "alert"],
    digest: channel?.digest ?? "at_once",
    sourceId: channel?.sourceId ?? null,
    enabled: channel?.enabled ?? true,
  };
}

/** Null where a change leaves address and secrets as they are. */
export function configOf(draft: Draft): Config | null {
  if (draft.kind === "email") {
    const { host, port, secure, from } = draft;
    return {
      kind: "email",
      host: host.trim(),
      port,
      secure,
      from: from.trim(),
      to: draft.to.split(/[\s,;]+/).filter((address) => address !== ""),
      ...(draft.user.trim() === "" ? {} : { user: draft.user.trim() }),
      ...(draft.password === "" ? {} : { password: draft.password }),
    };
  }
  const url = draft.url.trim();
  if (url === "") return null;
  if (draft.kind === "slack") return { kind: "slack", url };
  return { kind: "webhook", url, ...(draft.signingKey === "" ? {} : { signingKey: draft.signingKey }) };
}

/** A key as the Standard Webhooks scheme has them: 32 random bytes. */
export function newSigningKey(): string {
  return `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))}`;
}
