/** The preflight: which tables can this credential read? (Under construction: the signature is fixed.) */
import type { ErrorCode } from "../core/error.ts";
import type { Stream } from "../core/stream.ts";
import type { OktaClient } from "../okta/seam.ts";

export interface TableCheck {
  readonly readable: boolean;
  readonly reason: ErrorCode | null;
  readonly message: string;
  readonly fix: string;
  /** The answer was an empty list where every org has rows: rights are missing although Okta did not say so. */
  readonly emptySuspicious: boolean;
}

export interface CheckResult {
  readonly org: { readonly id: string; readonly host: string };
  readonly credential: { readonly kind: "token" | "oauth" | "dpop" };
  readonly tables: Readonly<Record<string, TableCheck>>;
  readonly rateLimits: Readonly<Record<string, { readonly limit: number | null; readonly remaining: number | null }>>;
}

/** One request per table. Throws RollcallError (CREDENTIAL_REFUSED …) where no table could be asked at all. */
export function check(_okta: OktaClient, _streams: readonly Stream[], _signal: AbortSignal): Promise<CheckResult> {
  throw new Error("under construction");
}
