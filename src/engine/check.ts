/** The preflight: asks each table for one row and tells what the credential may read, and what it would silently not see. */
import { RollcallError, hasCode, report, type ErrorCode } from "../core/error.ts";
import type { Request, Stream } from "../core/stream.ts";
import type { Meter, OktaClient } from "../okta/seam.ts";
import { isEmptyList } from "./read.ts";
import { silentlyEmpty, withRemedy } from "./rights.ts";

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

/** One request per table. Throws RollcallError (`CREDENTIAL_REFUSED`, `CANCELLED`) where no table could be asked at all. */
export async function check(okta: OktaClient, streams: readonly Stream[], signal: AbortSignal): Promise<CheckResult> {
  const checked = await Promise.all(
    streams.map(async (stream) => [stream.table, await checkTable(okta, stream, signal)] as const),
  );
  return {
    org: { id: okta.org.id, host: okta.org.host },
    credential: { kind: okta.credential.kind },
    tables: Object.fromEntries(checked),
    rateLimits: Object.fromEntries(okta.buckets().map(({ name, limit, remaining }) => [name, { limit, remaining }])),
  };
}

async function checkTable(okta: OktaClient, stream: Stream, signal: AbortSignal): Promise<TableCheck> {
  const meter: Meter = { requests: 0, rateLimited: 0, bucket: null };
  try {
    const { bytes } = await okta.get(probe(stream), { meter, signal, scope: stream.permission.scope, body: "list" });
    if (stream.neverEmpty && isEmptyList(bytes)) {
      const { code, message, fix } = report(withRemedy(silentlyEmpty(stream.table), okta, stream));
      return { readable: false, reason: code, message, fix, emptySuspicious: true };
    }
    return {
      readable: true,
      reason: null,
      ...(await schemaRemark(okta, stream, meter, signal)),
      emptySuspicious: false,
    };
  } catch (failure) {
    const error = withRemedy(failure, okta, stream);
    if (hasCode(error, "CREDENTIAL_REFUSED", "CANCELLED") || !(error instanceof RollcallError)) throw error;
    return { readable: false, reason: error.code, message: error.message, fix: error.fix, emptySuspicious: false };
  }
}

/** Whether the org's own attributes will become columns, too: a table is readable without, but a person should know. */
async function schemaRemark(
  okta: OktaClient,
  stream: Stream,
  meter: Meter,
  signal: AbortSignal,
): Promise<{ message: string; fix: string }> {
  const { profile } = stream;
  try {
    if (profile !== undefined)
      await okta.get(profile.schemas.first, { meter, signal, scope: profile.scope, body: "object" });
    return { message: "Readable.", fix: "" };
  } catch (failure) {
    const error = withRemedy(failure, okta, stream);
    if (!hasCode(error, "SCOPE_MISSING", "ROLE_MISSING", "NOT_LICENSED", "NOT_FOUND")) throw error;
    return {
      message: `Readable, but not the profile's schema (${error.message}): only the base attributes become columns.`,
      fix: error.fix,
    };
  }
}

/** The stream's own first request, for one row only. */
function probe({ read }: Stream): Request {
  const { path, query } = read.kind === "log" ? { path: read.path, query: {} } : read.lists[0];
  return "limit" in query || read.kind === "log" ? { path, query: { ...query, limit: "1" } } : { path, query };
}
