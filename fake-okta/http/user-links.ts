import type { UserStatus } from "../org/generated-users.ts";
import type { OrgState } from "../org/state.ts";
import type { UserRow } from "../org/users.ts";

/** Where each way on from a user leads, below the user's own address. */
const waysOn = {
  activate: "lifecycle/activate",
  changePassword: "credentials/change_password",
  changeRecoveryQuestion: "credentials/change_recovery_question",
  deactivate: "lifecycle/deactivate",
  expirePassword: "lifecycle/expire_password",
  forgotPassword: "credentials/forgot_password",
  reactivate: "lifecycle/reactivate",
  resetFactors: "lifecycle/reset_factors",
  resetPassword: "lifecycle/reset_password",
  suspend: "lifecycle/suspend",
  unlock: "lifecycle/unlock",
  unsuspend: "lifecycle/unsuspend",
} as const;
type WayOn = keyof typeof waysOn;

const whileActive = ["suspend", "resetPassword", "forgotPassword", "expirePassword", "changeRecoveryQuestion", "resetFactors", "changePassword", "deactivate"] as const; // prettier-ignore

/** STAGED, PROVISIONED, ACTIVE and SUSPENDED as recorded; the other four are inferred. */
const byStatus: Readonly<Record<UserStatus, readonly WayOn[]>> = {
  STAGED: ["activate"],
  PROVISIONED: ["suspend", "resetPassword", "reactivate", "resetFactors", "deactivate"],
  ACTIVE: whileActive,
  RECOVERY: ["suspend", "resetPassword", "reactivate", "resetFactors", "deactivate"],
  LOCKED_OUT: ["unlock", "resetPassword", "resetFactors", "deactivate"],
  PASSWORD_EXPIRED: whileActive,
  SUSPENDED: ["unsuspend", "resetFactors", "deactivate"],
  DEPROVISIONED: ["activate"],
};

/** `_links` of a single read: the ways on from the user's status, which a list does not name (fact sheet 1: never hash them). */
export function userLinks(org: OrgState, row: UserRow): Record<string, { href: string; method?: string }> {
  const url = `${org.origin}/api/v1/users/${row.id}`;
  const meta = `${org.origin}/api/v1/meta`;
  const ways = byStatus[row.status].map((way) => [way, { href: `${url}/${waysOn[way]}`, method: "POST" }] as const);
  return {
    ...Object.fromEntries(ways),
    schema: { href: `${meta}/schemas/user/${org.schemas.get(row.type.id)?.id ?? "default"}` },
    self: { href: url },
    type: { href: `${meta}/types/user/${row.type.id}` },
  };
}
