/**
 * Every failure that Rollcall expects has a stable code, a retry class, one sentence for the operator and one next step.
 * Programs match on `code`, never on the English.
 */

/** How far a failure reaches. `table`: ends that table. `source`: ends the run. `usage`: the run never starts. */
type Reach = "table" | "source" | "usage";

/** When the same request may be tried again: `now` (after a short pause), `later` (next run), `never` (a person must act). */
export type RetryClass = "now" | "later" | "never";

interface Meaning {
  readonly reach: Reach;
  readonly retry: RetryClass;
  /** The operator's next step, where the place that throws knows none better. */
  readonly fix: string;
}

/** The one list of codes. `docs/errors.md` is generated from it. */
export const ERRORS = {
  UNEXPECTED: {
    reach: "table",
    retry: "never",
    fix: "Please report this with what you did; the data already committed is safe.",
  },
  USAGE: { reach: "usage", retry: "never", fix: "See `rollcall --help`." },
  ORG_INVALID: {
    reach: "usage",
    retry: "never",
    fix: "Give the address that people sign in at, such as acme.okta.com.",
  },
  ORG_UNREACHABLE: {
    reach: "source",
    retry: "later",
    fix: "Check the address, your network and any proxy, then try again.",
  },
  ORG_NOT_OKTA: {
    reach: "usage",
    retry: "never",
    fix: "Check the address: it must answer /.well-known/okta-organization as an Okta org does.",
  },
  CREDENTIAL_MISSING: {
    reach: "usage",
    retry: "never",
    fix: "Set OKTA_CLIENT_TOKEN, or OKTA_CLIENT_CLIENTID with OKTA_CLIENT_PRIVATEKEY.",
  },
  CREDENTIAL_AMBIGUOUS: {
    reach: "usage",
    retry: "never",
    fix: "Unset either the token or the client id and private key.",
  },
  CREDENTIAL_INVALID: {
    reach: "usage",
    retry: "never",
    fix: "Give the private key as a JWK or as PEM (PKCS#1 or PKCS#8).",
  },
  CREDENTIAL_REFUSED: {
    reach: "source",
    retry: "never",
    fix: "Create a new API token (Security → API → Tokens) or check the service app's key, then try again with it.",
  },
  SCOPE_MISSING: {
    reach: "table",
    retry: "never",
    fix: "Grant the scope to the service app: Applications → the app → Okta API Scopes.",
  },
  ROLE_MISSING: {
    reach: "table",
    retry: "never",
    fix: "Give an admin role that may read this: to an API token's owner under Security → Administrators, to a service app under Applications → the app → Admin roles.",
  },
  SILENTLY_EMPTY: {
    reach: "table",
    retry: "never",
    fix: "Give an admin role that may read this: to an API token's owner under Security → Administrators, to a service app under Applications → the app → Admin roles.",
  },
  NOT_LICENSED: { reach: "table", retry: "never", fix: "Nothing to do: the org has no licence for this feature." },
  NOT_FOUND: { reach: "table", retry: "never", fix: "Okta does not know this object or path." },
  BAD_REQUEST: {
    reach: "table",
    retry: "never",
    fix: "Please report this: Okta refused a request that Rollcall made.",
  },
  CURSOR_REFUSED: { reach: "table", retry: "later", fix: "Sync again: the reading starts anew." },
  RATE_LIMITED: {
    reach: "table",
    retry: "later",
    fix: "Sync again later, or use a smaller share of the rate limits (--share).",
  },
  OKTA_UNAVAILABLE: {
    reach: "table",
    retry: "later",
    fix: "Okta did not recover in time; sync again later, it goes on where it stood.",
  },
  NETWORK: { reach: "table", retry: "later", fix: "Check the network, then sync again." },
  BODY_NOT_A_LIST: {
    reach: "table",
    retry: "later",
    fix: "Something between here and Okta answered in its place (a proxy?); sync again, and report it if it stays.",
  },
  BODY_TOO_LARGE: {
    reach: "table",
    retry: "later",
    fix: "Okta sent a larger answer than Rollcall accepts; please report it.",
  },
  FOREIGN_LINK: {
    reach: "table",
    retry: "never",
    fix: "Okta's next page points to a host that is not this org's; the credential was not sent there. Link the org by its canonical address.",
  },
  REDIRECTED: {
    reach: "table",
    retry: "never",
    fix: "Redirects are not followed; give the address that the org answers at.",
  },
  CURSOR_LOOP: { reach: "table", retry: "later", fix: "Okta handed out the same page twice; sync again." },
  HELD_MASS_DELETE: {
    reach: "table",
    retry: "never",
    fix: "If the rows are really gone from Okta, allow the deletion for one run (on the table's page, or with --allow-mass-delete); if not, check the credential's rights.",
  },
  CHECKPOINT_UNREADABLE: {
    reach: "table",
    retry: "never",
    fix: "Use the Rollcall version that wrote it, or start this table anew in another --prefix.",
  },
  WAREHOUSE_SCHEME: { reach: "usage", retry: "never", fix: "Use duckdb:PATH." },
  WAREHOUSE_MISSING: {
    reach: "usage",
    retry: "never",
    fix: "Run `rollcall sync` first, or point --warehouse at an existing file.",
  },
  WAREHOUSE_IN_USE: { reach: "usage", retry: "later", fix: "Wait for the other process to end, or end it." },
  WAREHOUSE_NEWER: { reach: "usage", retry: "never", fix: "Upgrade Rollcall; the file was not touched." },
  WAREHOUSE_UNUSABLE: {
    reach: "usage",
    retry: "never",
    fix: "Check the path, its permissions and that it is a DuckDB file.",
  },
  WAREHOUSE_FULL: {
    reach: "source",
    retry: "later",
    fix: "Free disk space; what was committed is safe. Then sync again.",
  },
  PREFIX_INVALID: { reach: "usage", retry: "never", fix: "Use a letter, then letters, digits or underscores." },
  PREFIX_TAKEN: { reach: "usage", retry: "never", fix: "Choose another --prefix for this org." },
  QUERY_REFUSED: { reach: "usage", retry: "never", fix: "Correct the statement; only reading is allowed." },
  QUERY_TIMEOUT: {
    reach: "usage",
    retry: "later",
    fix: "Ask for less (a shorter time, fewer columns), or allow more time.",
  },
  QUERY_TOO_LARGE: {
    reach: "usage",
    retry: "never",
    fix: "Ask for less at once: filter earlier, select fewer columns, or group before joining.",
  },
  QUERY_STOPPED: {
    reach: "usage",
    retry: "now",
    fix: "Run the query again; while an import runs, ask for less at once.",
  },
  TABLE_UNKNOWN: { reach: "usage", retry: "never", fix: "Choose a table that the warehouse has." },
  VIEW_INVALID: {
    reach: "usage",
    retry: "never",
    fix: "Use a letter or underscore, then letters, digits or underscores, at most 63 in all.",
  },
  COPY_FAILED: {
    reach: "usage",
    retry: "later",
    fix: "Check that the place exists, has room and may be written by the server; the copy published before is untouched.",
  },
  STORE_IN_USE: {
    reach: "usage",
    retry: "later",
    fix: "Stop that process first (`rollcall serve` ends cleanly on SIGTERM), then run again.",
  },
  STORE_NEWER: { reach: "usage", retry: "never", fix: "Upgrade Rollcall; the data directory was not changed." },
  STORE_UNUSABLE: {
    reach: "usage",
    retry: "never",
    fix: "Check the path, its permissions and that control.sqlite is Rollcall's; else restore it from a backup.",
  },
  STORE_FULL: {
    reach: "source",
    retry: "later",
    fix: "Free disk space in the data directory; what was committed is safe.",
  },
  SECRET_KEY_INVALID: {
    reach: "usage",
    retry: "never",
    fix: "Give 32 bytes in base64 or hex, such as the output of `openssl rand -base64 32`.",
  },
  SECRET_KEY_EXPOSED: {
    reach: "usage",
    retry: "never",
    fix: "Make the key file its owner's alone (chmod 600); if others may have read it, change the key and the credentials.",
  },
  SECRET_KEY_WRONG: {
    reach: "usage",
    retry: "never",
    fix: "Give the key that the data directory was sealed under, from where you keep it: ROLLCALL_SECRET_KEY, or secret.key in the data directory.",
  },
  SCHEDULE_INVALID: {
    reach: "usage",
    retry: "never",
    fix: "Give five fields (minute, hour, day of month, month, day of week) and an IANA time zone, such as `30 3 * * 1-5` in Europe/Zurich.",
  },
  PROCESS_DIED: {
    reach: "source",
    retry: "now",
    fix: "Nothing to do: the run goes on where it stood. If it happens again, see the server's own log, its memory and its disk.",
  },
  REQUEST_INVALID: { reach: "usage", retry: "never", fix: "Correct the fields named and send it again." },
  BODY_TOO_LONG: { reach: "usage", retry: "never", fix: "Send less at once." },
  LOGIN_NEEDED: { reach: "usage", retry: "never", fix: "Log in, or send an API key: Authorization: Bearer …" },
  LOGIN_REFUSED: { reach: "usage", retry: "never", fix: "Check e-mail address and password, or ask an admin." },
  TOO_MANY_TRIES: { reach: "usage", retry: "later", fix: "Wait a few minutes, then try again." },
  CSRF_REFUSED: { reach: "usage", retry: "now", fix: "Reload the page and try again." },
  HOST_REFUSED: {
    reach: "usage",
    retry: "never",
    fix: "Use the address that Rollcall printed, or set the public address under Settings → General.",
  },
  NOT_READY: { reach: "usage", retry: "later", fix: "Wait a little; the server's log says what is wrong." },
  NOT_ALLOWED: { reach: "usage", retry: "never", fix: "Ask an admin of this Rollcall for the right." },
  NO_SUCH_OBJECT: { reach: "usage", retry: "never", fix: "Reload: it may have been removed meanwhile." },
  SETUP_NEEDED: { reach: "usage", retry: "never", fix: "Open the one-time setup link that the server printed." },
  SETUP_DONE: { reach: "usage", retry: "never", fix: "Log in instead." },
  SETUP_REFUSED: {
    reach: "usage",
    retry: "never",
    fix: "Use the setup link that the server printed last; it prints another at its next start.",
  },
  LAST_ADMIN: { reach: "usage", retry: "never", fix: "Make somebody else an admin first." },
  NAME_TAKEN: { reach: "usage", retry: "never", fix: "Choose another name." },
  ALREADY_LINKED: { reach: "usage", retry: "never", fix: "Change the source that is there instead." },
  CREDENTIAL_NEEDED: {
    reach: "usage",
    retry: "never",
    fix: "Enter the credential again: a stored one is never sent to another host.",
  },
  CONFIRMATION_NEEDED: {
    reach: "usage",
    retry: "never",
    fix: "If it is meant, send it again with the source's name typed as `confirm`; only an admin may.",
  },
  CONFIRMATION_WRONG: { reach: "usage", retry: "never", fix: "Type the name exactly as it is shown." },
  RUN_UNDER_WAY: { reach: "usage", retry: "later", fix: "Wait for the present run to end, or cancel it." },
  SOURCE_PAUSED: { reach: "usage", retry: "never", fix: "Resume the source first." },
  SERVER_STOPPED: { reach: "source", retry: "now", fix: "Nothing to do: it goes on when the server starts again." },
  TREATMENT_INVALID: {
    reach: "table",
    retry: "never",
    fix: "Correct what is dropped or hashed of this table; nothing was read or stored.",
  },
  LOOK_BACK_INVALID: {
    reach: "usage",
    retry: "never",
    fix: "Look back 0 to 60 days, and only in tables that Okta can tell the changes of (users, groups).",
  },
  SERVER_UNREACHABLE: {
    reach: "usage",
    retry: "later",
    fix: "Check that `rollcall serve` runs there, the address in --server, and the network between.",
  },
  SERVER_NOT_ROLLCALL: {
    reach: "usage",
    retry: "never",
    fix: "Give the address that Rollcall's web page has; where it is that, compare `rollcall --version` with the server's.",
  },
  BACKUP_FAILED: {
    reach: "usage",
    retry: "later",
    fix: "Check that the place exists, has room and may be written; nothing half-made was left there.",
  },
  CANCELLED: { reach: "source", retry: "now", fix: "Sync again: it goes on where it stopped." },
} as const satisfies Record<string, Meaning>;

export type ErrorCode = keyof typeof ERRORS;

/** What a run reports about a failure: stable code, what happened and where, what to do next. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fix: string;
}

export class RollcallError extends Error {
  override readonly name = "RollcallError";
  readonly code: ErrorCode;
  readonly fix: string;

  constructor(code: ErrorCode, message: string, options: { readonly fix?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fix = options.fix ?? ERRORS[code].fix;
  }

  get reach(): Reach {
    return ERRORS[this.code].reach;
  }

  get retry(): RetryClass {
    return ERRORS[this.code].retry;
  }
}

/** Whether `error` is ours and carries `code` (any of `codes`). */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is RollcallError {
  return error instanceof RollcallError && codes.includes(error.code);
}

/** Turns whatever was thrown into a report; an error that is not ours becomes `UNEXPECTED` with its own message. */
export function report(error: unknown): ErrorReport {
  if (error instanceof RollcallError) return { code: error.code, message: error.message, fix: error.fix };
  const message = error instanceof Error ? error.message : String(error);
  return { code: "UNEXPECTED", message, fix: ERRORS.UNEXPECTED.fix };
}

/** Throws `CANCELLED` when the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new RollcallError("CANCELLED", "The run was cancelled.");
}
