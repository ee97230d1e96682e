/** Okta's error codes that this org answers with: code to HTTP status and summary (Okta's error-codes list; fact sheet 5.4). */
export const oktaErrors = {
  E0000001: { status: 400, summary: "Api validation failed: {0}" },
  E0000004: { status: 401, summary: "Authentication failed" },
  E0000005: { status: 403, summary: "Invalid session" },
  E0000006: { status: 403, summary: "You do not have permission to perform the requested action" },
  E0000007: { status: 404, summary: "Not found: {0}" },
  E0000008: { status: 404, summary: "The requested path was not found" },
  E0000009: { status: 500, summary: "Internal Server Error" },
  E0000010: { status: 503, summary: "Service is in read only mode" },
  E0000011: { status: 401, summary: "Invalid token provided" },
  E0000015: { status: 401, summary: "You do not have permission to access the feature you are requesting" },
  E0000022: { status: 405, summary: "The endpoint does not support the provided HTTP method" },
  E0000029: { status: 400, summary: "Invalid paging request." },
  E0000031: { status: 400, summary: "Invalid search criteria." },
  E0000047: { status: 429, summary: "API call exceeded rate limit due to too many requests." },
  E0000053: { status: 400, summary: "Invalid SCIM filter. {0}" },
  E0000239: { status: 423, summary: "Policy priorities are being reconciled. Please try again later." },
} as const satisfies Record<string, { status: number; summary: string }>;

export type OktaErrorCode = keyof typeof oktaErrors;

/** Thrown by a handler; the server turns it into Okta's error body. */
export class OktaError extends Error {
  readonly code: OktaErrorCode;
  readonly causes: readonly string[];

  constructor(code: OktaErrorCode, detail = "", causes: readonly string[] = []) {
    super(oktaErrors[code].summary.replace("{0}", detail).trim());
    this.code = code;
    this.causes = causes;
  }
}

/** The body Okta sends with an error: the code is contract, the text is not. */
export function errorBody(code: OktaErrorCode, summary: string, causes: readonly string[], errorId: string): string {
  return JSON.stringify({
    errorCode: code,
    errorSummary: summary,
    errorLink: code,
    errorId,
    errorCauses: causes.map((errorSummary) => ({ errorSummary })),
  });
}
