/** Sends one message to one destination, bounded in time and size. What goes wrong is told without any secret: no URL, no answer's text. */
import { isIP } from "node:net";
import { createTransport } from "nodemailer";
import { Agent, request } from "undici";
import type { Secret } from "../core/secret.ts";
import type { Message } from "./message.ts";
import { mailOf, slackPayload, webhookPayload } from "./payloads.ts";
import { addressWithin, hostProblem, lookupWithin, OutOfReach, type Reach, urlProblem } from "./reach.ts";
import { signedHeaders } from "./signature.ts";

export type Destination =
  | { readonly kind: "webhook"; readonly url: Secret; readonly signingKey: Secret }
  /** The address is the secret. */
  | { readonly kind: "slack"; readonly url: Secret }
  | ({ readonly kind: "email"; readonly password: Secret | null } & MailServer);

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `tls`: from the first byte. `starttls`: before anything else is said. `none`: in the clear. */
  readonly secure: "tls" | "starttls" | "none";
  readonly user: string | null;
  readonly from: string;
  readonly to: readonly string[];
}

export type Delivery =
  | { readonly ok: true }
  /** `after_ms`: the receiver asks not to be tried again before that many ms. */
  | { readonly ok: false; readonly message: string; readonly after_ms: number | null };

export interface Sending {
  readonly message: Message;
  /** Of the message, the same for every attempt: receivers tell a second arrival by it. */
  readonly id: string;
  readonly now_ms: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 20_000;
/** One attempt as a whole. */
const ATTEMPT_TIMEOUT_MS = 30_000;
/** Of an answer that nobody reads. */
const ANSWER_MAX_BYTES = 64 * 1024;
/** The longest pause that a receiver may ask for. */
const PAUSE_MAX_MS = 3_600_000;

/** Never throws, but for `signal`: an attempt that was broken off is neither delivered nor refused. */
export async function deliver(to: Destination, sending: Sending, reach: Reach, signal: AbortSignal): Promise<Delivery> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]);
  try {
    return await (to.kind === "email" ? mail(to, sending, reach, bounded) : post(to, sending, reach, bounded));
  } catch (error) {
    signal.throwIfAborted();
    return failed(`${hostOf(to)} ${bounded.aborted ? "did not answer in time" : reasonOf(error)}.`, error);
  }
}

async function post(
  to: Exclude<Destination, { kind: "email" }>,
  { message, id, now_ms }: Sending,
  reach: Reach,
  signal: AbortSignal,
): Promise<Delivery> {
  const url = to.url.reveal();
  const problem = urlProblem(url, reach);
  if (problem !== null) return { ok: false, message: problem, after_ms: null };
  const body = JSON.stringify(to.kind === "webhook" ? webhookPayload(message) : slackPayload(message));
  const signed = to.kind === "webhook" ? signedHeaders(id, body, to.signingKey.reveal(), now_ms) : {};
  const agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS, lookup: lookupWithin(reach) },
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });
  try {
    // Redirects are not followed: undici does so only when told.
    const answer = await request(url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "rollcall", ...signed },
      body,
      dispatcher: agent,
      signal,
    });
    await answer.body.dump({ limit: ANSWER_MAX_BYTES, signal }).catch(() => undefined);
    const { statusCode, headers } = answer;
    if (statusCode >= 200 && statusCode < 300) return { ok: true };
    const redirected = statusCode >= 300 && statusCode < 400 ? ": a redirect, which is not followed" : "";
    return {
      ok: false,
      message: `${hostOf(to)} answered ${statusCode}${redirected}.`,
      after_ms: pauseOf(headers["retry-after"]),
    };
  } finally {
    await agent.destroy();
  }
}

/** `Retry-After` in seconds; its other form, a date, is not worth a second clock. */
function pauseOf(header: string | string[] | undefined): number | null {
  const seconds = typeof header === "string" && /^\d{1,9}$/.test(header.trim()) ? Number(header) : null;
  return seconds === null ? null : Math.min(PAUSE_MAX_MS, seconds * 1000);
}

async function mail(
  to: Extract<Destination, { kind: "email" }>,
  { message, id }: Sending,
  reach: Reach,
  signal: AbortSignal,
): Promise<Delivery> {
  const problem = hostProblem(to.host, reach);
  if (problem !== null) return { ok: false, message: problem, after_ms: null };
  const transport = createTransport({
    // The address that was looked at, so that the name is not resolved a second time.
    host: await addressWithin(to.host, reach),
    port: to.port,
    secure: to.secure === "tls",
    requireTLS: to.secure === "starttls",
    ignoreTLS: to.secure === "none",
    tls: isIP(to.host) === 0 ? { servername: to.host } : {},
    ...(to.user === null ? {} : { auth: { user: to.user, pass: to.password?.reveal() ?? "" } }),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: ANSWER_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
  );
  try {
    const { subject, text, html } = mailOf(message);
    const domain = to.from.split("@").at(-1) ?? "rollcall";
    const headers = { "Auto-Submitted": "auto-generated" };
    const sent = transport.sendMail({
      from: to.from,
      to: [...to.to],
      subject,
      text,
      html,
      headers,
      messageId: `<${id}@${domain}>`,
    });
    await Promise.race([sent, aborted]);
    return { ok: true };
  } finally {
    transport.close();
  }
}

function hostOf(to: Destination): string {
  return to.kind === "email" ? to.host : (URL.parse(to.url.reveal())?.host ?? "The receiver");
}

function failed(message: string, error: unknown): Delivery {
  return { ok: false, message: error instanceof OutOfReach ? error.message : message, after_ms: null };
}

/** Codes are stable and hold no secret; the text of an error, or what a server says, may repeat what was sent to it. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: "does not exist",
  EAI_AGAIN: "could not be looked up",
  ECONNREFUSED: "refused the connection",
  ECONNRESET: "reset the connection",
  EHOSTUNREACH: "cannot be reached",
  ENETUNREACH: "cannot be reached: there is no network",
  ETIMEDOUT: "did not answer in time",
  UND_ERR_CONNECT_TIMEOUT: "did not answer in time",
  UND_ERR_HEADERS_TIMEOUT: "did not answer in time",
  UND_ERR_BODY_TIMEOUT: "did not answer in time",
  UND_ERR_SOCKET: "closed the connection early",
  CERT_HAS_EXPIRED: "has an expired certificate",
  DEPTH_ZERO_SELF_SIGNED_CERT: "has a self-signed certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "has a self-signed certificate in its chain",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "has a certificate that cannot be verified",
  ERR_TLS_CERT_ALTNAME_INVALID: "has a certificate for another name",
  EAUTH: "refused the user name or password",
  ENOAUTH: "asks for a user name and password",
  EENVELOPE: "refused the sender or a recipient",
  EMESSAGE: "refused the message",
  ETLS: "could not be spoken to over TLS",
  ESOCKET: "could not be connected to",
  ECONNECTION: "closed the connection early",
  EPROTOCOL: "does not speak SMTP",
  EDNS: "could not be looked up",
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "could not be reached";
  const { code, responseCode, cause, errors } = error as Error & Partial<Record<string, unknown>>;
  const inner = Array.isArray(errors) ? (errors as unknown[])[0] : cause;
  const known = typeof code === "string" ? REASONS[code] : undefined;
  // Node's own code says more than the mailer's word for any trouble with the socket.
  if (inner instanceof Error && (known === undefined || code === "ESOCKET")) return reasonOf(inner);
  const status = typeof responseCode === "number" ? ` (${responseCode})` : "";
  return `${known ?? "could not be reached"}${status}`;
}
