import { day_ms } from "../org/iso.ts";
import type { OrgState } from "../org/state.ts";

/** Valid for 30 days from its creation or last use, sliding (`tokenWindow: P30D`, fact sheet 5.1). */
const window_ms = 30 * day_ms;

/** The org's SSWS token, which the org's first user created. */
export class ApiToken {
  readonly text: string;
  readonly #org: OrgState;
  readonly #dies: boolean;
  #lastUsed_ms: number;

  /** `dies`: 30 days after its last use, and when its creator is deactivated or deleted, as in Okta. */
  constructor(text: string, org: OrgState, dies: boolean) {
    this.text = text;
    this.#org = org;
    this.#dies = dies;
    this.#lastUsed_ms = org.clock.now();
  }

  /** Whether what was sent is this token, alive; using it renews it. */
  accepts(sent: string, now: number): boolean {
    if (sent !== this.text) return false;
    if (!this.#dies) return true;
    if (now - this.#lastUsed_ms > window_ms || !this.#creatorIsActive()) return false;
    this.#lastUsed_ms = now;
    return true;
  }

  #creatorIsActive(): boolean {
    const { id } = this.#org.admin;
    return this.#org.users.has(id) && this.#org.users.read(id, "status") !== "DEPROVISIONED";
  }
}
