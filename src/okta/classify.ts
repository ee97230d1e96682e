/** What an answer means: decided by status, Okta's `errorCode` and OAuth's `error`, never by their English. */
import { RollcallError, type ErrorCode } from "../core/error.ts";
import { refusalOf, dateOf, rateOf, type Refusal } from "./rate.ts";
import { header, type Headers, type Response } from "./transport.ts";

/**
 * `renew`: the OAuth token is not taken any more. `proof`: the DPoP proof needs the nonce or the time that
 * came along.
 */
export type Meaning = ErrorCode | "renew" | "proof" | "unavailable" | "rate";

export type Verdict =
  | { readonly kind: "fine" }
  | { readonly kind: "fail"; readonly error: RollcallError }
  /** Okta is unwell: try again; `error` when it stays so. `smaller`: a smaller page may help. */
  | { readonly kind: "unavailable"; readonly error: RollcallError; readonly smaller: boolean }
  | { readonly kind: "rate"; readonly error: RollcallError; readonly refusal: Refusal }
  | { readonly kind: "renew"; readonly error: RollcallError }
  | { readonly kind: "proof"; readonly error: RollcallError };

/** What was asked, as far as it changes the meaning. */
export interface Asked {
  readonly path: string;
  readonly scope: string;
  /** The request carried a cursor. */
  readonly cursor: boolean;
  /** The request carried an OAuth token, which may be renewed. */
  readonly oauth: boolean;
}

interface Row {
  readonly status: number | readonly [from: number, to: number];
  /** Okta's `errorCode`. */
  readonly code?: string;
  /** OAuth's `error`, in `WWW-Authenticate` or the body. */
  readonly oauth?: string;
  readonly cursor?: true;
  /** Only for requests with an OAuth token. */
  readonly token?: true;
  readonly means: Meaning;
}

/** The first row that fits. Fact sheet 5.4 and section 4 of the issue. */
const ROWS: readonly Row[] = [
  { status: [400, 401], oauth: "use_dpop_nonce", means: "proof" },
  { status: [400, 401], oauth: "invalid_dpop_proof", means: "proof" },
  { status: 401, code: "E0000015", means: "NOT_LICENSED" },
  { status: [401, 403], oauth: "insufficient_scope", means: "SCOPE_MISSING" },
  { status: 401, token: true, means: "renew" },
  { status: 401, means: "CREDENTIAL_REFUSED" },
  { status: 400, oauth: "invalid_request", means: "CREDENTIAL_REFUSED" },
  { status: 403, means: "ROLE_MISSING" },
  { status: 404, code: "E0000007", means: "NOT_FOUND" },
  { status: 400, cursor: true, means: "CURSOR_REFUSED" },
  { status: 400, code: "E0000029", means: "CURSOR_REFUSED" },
  { status: 408, means: "unavailable" },
  { status: 423, means: "unavailable" },
  { status: 429, means: "rate" },
  { status: [300, 399], means: "REDIRECTED" },
  { status: [400, 499], means: "BAD_REQUEST" },
  { status: 501, means: "BAD_REQUEST" },
  { status: [500, 599], means: "unavailable" },
];

/** Statuses of a query that took Okta too long (fact sheet, section 1): a smaller page may do. */
const TOO_SLOW: ReadonlySet<number> = new Set([500, 504]);

export function classify(response: Response, asked: Asked): Verdict {
  const { status } = response;
  if (status >= 200 && status < 300) return { kind: "fine" };
  const said = saidBy(response);
  const means = ROWS.find((row) => fits(row, status, said, asked))?.means ?? "BAD_REQUEST";
  switch (means) {
    case "unavailable":
      return {
        kind: "unavailable",
        smaller: TOO_SLOW.has(status),
        error: failure("OKTA_UNAVAILABLE", status, said, asked),
      };
    case "rate":
      return {
        kind: "rate",
        refusal: refusalOf(rateOf(response.headers), dateOf(response.headers)),
        error: failure("RATE_LIMITED", status, said, asked),
      };
    case "renew":
    case "proof":
      return { kind: means, error: failure("CREDENTIAL_REFUSED", status, said, asked) };
    default:
      return { kind: "fail", error: failure(means, status, said, asked, response.headers) };
  }
}

/** What Okta said about a failure, in the parts that are contract. */
export interface Said {
  readonly code: string | null;
  readonly oauth: string | null;
}

function fits(row: Row, status: number, said: Said, asked: Asked): boolean {
  const [from, to] = typeof row.status === "number" ? [row.status, row.status] : row.status;
  return (
    status >= from &&
    status <= to &&
    (row.code === undefined || row.code === said.code) &&
    (row.oauth === undefined || row.oauth === said.oauth) &&
    (row.cursor === undefined || asked.cursor) &&
    (row.token === undefined || asked.oauth)
  );
}

/** Reads the error fields; only texts of the documented form are taken, so that nothing else of an answer gets into messages. */
export function saidBy(response: Response): Said {
  const body = objectIn(response.bytes);
  const challenge = /\berror="([^"]*)"/.exec(header(response.headers, "www-authenticate") ?? "")?.[1];
  return { code: like(/^E\d{7}$/, body["errorCode"]), oauth: like(OAUTH, challenge) ?? like(OAUTH, body["error"]) };
}

/** Error bodies are small; a large one is not read. */
const error_body_max_bytes = 64 * 1024;

function objectIn(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  if (bytes.length > error_body_max_bytes || bytes[0] !== 0x7b) return {};
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}

const OAUTH = /^[a-z_]{1,40}$/;

function like(form: RegExp, value: unknown): string | null {
  return typeof value === "string" && form.test(value) ? value : null;
}

function failure(code: ErrorCode, status: number, said: Said, asked: Asked, headers: Headers = {}): RollcallError {
  const what = [String(status), said.code, said.oauth].filter((part) => part !== null).join(" ");
  const where = `GET ${asked.path}`;
  switch (code) {
    case "SCOPE_MISSING":
      return scopeMissing(asked.scope, `${where} answered ${what}`);
    case "REDIRECTED":
      return new RollcallError(code, `${where} answered ${what}: it wants to send us to ${redirectHost(headers)}.`);
    default:
      return new RollcallError(code, `${where} answered ${what}: ${SENTENCES[code] ?? "Okta refused it"}.`);
  }
}

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  CREDENTIAL_REFUSED: "Okta does not accept the credential",
  ROLE_MISSING: "the credential lacks the admin role for it",
  NOT_LICENSED: "the org has no licence for this feature",
  NOT_FOUND: "there is no such object",
  CURSOR_REFUSED: "Okta does not accept the cursor any more",
  RATE_LIMITED: "Okta refuses more requests and does not say until when",
  OKTA_UNAVAILABLE: "Okta is not well",
};

export function scopeMissing(scope: string, what: string): RollcallError {
  return new RollcallError("SCOPE_MISSING", `${what}: the service app was not granted ${scope}.`, {
    fix: `Grant ${scope} to the service app: Applications → the app → Okta API Scopes.`,
  });
}

function redirectHost(headers: Headers): string {
  return URL.parse(header(headers, "location") ?? "")?.host ?? "another place";
}
