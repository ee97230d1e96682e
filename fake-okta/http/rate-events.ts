import type { OrgState } from "../org/state.ts";
import type { RateState } from "./buckets.ts";

/** Okta warns at this part of a limit by default (fact sheet 4.2). */
const warnsAt = 0.6;

/**
 * Writes what Okta logs of a caller's rate limits: `system.operation.rate_limit.warning` and `.violation`, each once per
 * bucket and window, of a token's own share. The org's own limits (`system.org.rate_limit.*`) are twice that share, so
 * that one connector alone never reaches them. Once per window, targets and debug data beyond the recorded subtype are
 * inferred.
 */
export class RateEvents {
  readonly #org: OrgState;
  readonly #told = new Map<string, number>();

  constructor(org: OrgState) {
    this.#org = org;
  }

  note(rate: RateState): void {
    if (rate.refused === "concurrency") this.#tell("core.concurrency.org.limit.violation", rate);
    else if (rate.refused === "rate") this.#tell("system.operation.rate_limit.violation", rate);
    else if (rate.limit - rate.remaining >= warnsAt * rate.limit)
      this.#tell("system.operation.rate_limit.warning", rate);
  }

  #tell(eventType: string, rate: RateState): void {
    const key = `${eventType} ${rate.bucket}`;
    if (this.#told.get(key) === rate.reset) return;
    this.#told.set(key, rate.reset);
    this.#org.emit({
      eventType,
      message: "Rate limit",
      targets: [
        { id: rate.bucket, type: "Bucket", alternateId: null, displayName: rate.bucket, detailEntry: null },
        { id: "00Tfake", type: "Token", alternateId: null, displayName: "rollcall", detailEntry: null },
      ],
      debugData: { operationRateLimitSubtype: "ssws_token", operationRateLimitThreshold: String(rate.limit) },
    });
  }
}
