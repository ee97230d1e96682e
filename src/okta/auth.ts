/** What a request carries to be accepted. */
import type { Credential } from "./credential.ts";
import type { Headers } from "./transport.ts";

export interface Auth {
  readonly kind: "token" | "oauth" | "dpop";
  /**
   * Makes sure that `headers` can be made, asking for a token where one is needed. Throws RollcallError: SCOPE_MISSING,
   * CREDENTIAL_REFUSED, what a request throws, CANCELLED.
   */
  ready(scope: string, signal: AbortSignal): Promise<void>;
  /** For one request only: a proof is never used twice. `url`: without query. */
  headers(method: "GET", url: string): Promise<Readonly<Record<string, string>>>;
  /** The answer to `sent` says that the token is not taken any more: the next `ready` gets another. */
  refused(sent: Readonly<Record<string, string>>): void;
  /** Learns from an answer's headers (DPoP nonces). */
  learn(headers: Headers): void;
}

/** An API token (fact sheet 5.1): valid as long as its owner is an admin and it is used within 30 days. */
export function tokenAuth({ token }: Extract<Credential, { kind: "token" }>): Auth {
  return {
    kind: "token",
    ready: async () => {},
    headers: async () => ({ authorization: `SSWS ${token.reveal()}` }),
    refused: () => {},
    learn: () => {},
  };
}
