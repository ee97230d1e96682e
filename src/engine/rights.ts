/** What to do about a missing admin role: which one, to whom, and where Okta gives it; that depends on the credential. */
import { hasCode, RollcallError } from "../core/error.ts";
import type { Stream } from "../core/stream.ts";
import type { OktaClient } from "../okta/seam.ts";

/** Where every org has rows, an empty list says that rights are missing. */
export function silentlyEmpty(table: string): RollcallError {
  return new RollcallError(
    "SILENTLY_EMPTY",
    `Okta answered ${table} with an empty list, and every org has at least one.`,
  );
}

/** The error with the next step for this credential and this table, where a role is missing; any other as it is. */
export function withRemedy(error: unknown, { credential }: Pick<OktaClient, "credential">, stream: Stream): unknown {
  if (!hasCode(error, "ROLE_MISSING", "SILENTLY_EMPTY")) return error;
  const { role } = stream.permission;
  const fix =
    credential.kind === "token"
      ? `Give the token's owner ${role}, or another admin role that may read this: Security → Administrators.`
      : `Give the service app ${role}, or another admin role that may read this: Applications → the app → Admin roles.`;
  return new RollcallError(error.code, error.message, { fix, cause: error });
}
