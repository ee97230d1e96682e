/** What the engine sees of Okta: one authenticated, permitted, retried GET at a time, on the org's own host only. */
import type { Request } from "../core/stream.ts";

/** A link that Okta gave: path and query on the org's host, as stored in checkpoints. */
export type Link = string;

export interface Answer {
  /** The body as received; for a list, a JSON array (not parsed). */
  readonly bytes: Uint8Array;
  /** The response's `Date`, epoch ms: the only clock. */
  readonly date_ms: number;
  /** Where the next page is: host checked, our own parameters merged back in; null on the last page. */
  readonly next: Link | null;
  /** The page size this answer was asked with, if any; smaller than the stream's after 500s. */
  readonly limit: number | null;
}

/** Counts one table's traffic; the client adds to it, also for failed tries. */
export interface Meter {
  requests: number;
  rateLimited: number;
  /** The bucket of the last answer and what its headers said. */
  bucket: BucketState | null;
}

export interface BucketState {
  readonly name: string;
  /** Per window, as the headers say: the credential's own share; null before the first answer. */
  readonly limit: number | null;
  readonly remaining: number | null;
}

export interface GetOptions {
  readonly meter: Meter;
  readonly signal: AbortSignal;
  /**
   * The scope that this read needs: with OAuth, tokens are asked for all wanted scopes at once, singly on `invalid_scope`; a
   * scope that was not granted ends in `SCOPE_MISSING` without a request.
   */
  readonly scope: string;
  /** What a list must be: `list` (a body whose first byte is `[`), else `object`. */
  readonly body: "list" | "object";
}

export interface OktaClient extends AsyncDisposable {
  readonly org: { readonly id: string; readonly host: string; readonly origin: string; readonly canonicalHost: string };
  readonly credential: { readonly kind: "token" | "oauth" | "dpop" };
  /**
   * GET a request, or a link that an earlier answer gave (`merge` are the parameters of the request that began the walk: put
   * back where Okta's link dropped them).
   *
   * Throws RollcallError: CREDENTIAL_REFUSED, SCOPE_MISSING, ROLE_MISSING, NOT_LICENSED, NOT_FOUND (404 E0000007 only),
   * BAD_REQUEST, CURSOR_REFUSED (a 400 about the `after` of a link), RATE_LIMITED, OKTA_UNAVAILABLE, NETWORK,
   * BODY_NOT_A_LIST, BODY_TOO_LARGE, FOREIGN_LINK, REDIRECTED, CANCELLED.
   */
  get(target: Request | { readonly link: Link; readonly began: Request }, options: GetOptions): Promise<Answer>;
  /** The org's clock: the latest answer's `Date`, carried on by the local monotonic clock. Epoch ms. */
  now_ms(): number;
  /** Every bucket met so far, by name: for `rollcall check`. */
  buckets(): readonly BucketState[];
}
