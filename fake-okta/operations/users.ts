import { z } from "zod";
import type { Entity } from "../log/event-text.ts";
import { type UserStatus, userStatuses } from "../org/generated-users.ts";
import type { OrgState } from "../org/state.ts";
import { newUser, plainText, type UserRow } from "../org/users.ts";
import { demand, operation } from "./operation.ts";

const userId = z.object({ id: z.string() });
const profile = z.record(z.string(), z.unknown());

export function userEntity(row: UserRow): Entity {
  const name = `${plainText(row.profile.firstName)} ${plainText(row.profile.lastName)}`;
  return { id: row.id, type: "User", alternateId: plainText(row.profile.login), displayName: name, detailEntry: null };
}

function requireUser(org: OrgState, id: string): UserRow {
  demand(org.users.has(id), `no user ${id}`);
  return org.users.row(id);
}

interface Lifecycle {
  readonly from: readonly UserStatus[];
  readonly to: UserStatus;
  readonly eventType: string;
  readonly message: string;
}

/** What may be done to a user in which status, and the event that says so (Okta's user lifecycle). */
const lifecycles = {
  activate: { from: ["STAGED", "PROVISIONED", "DEPROVISIONED"], to: "ACTIVE", eventType: "user.lifecycle.activate", message: "Activate Okta user" },
  deactivate: { from: userStatuses.filter((status) => status !== "DEPROVISIONED"), to: "DEPROVISIONED", eventType: "user.lifecycle.deactivate", message: "Deactivate Okta user" },
  reactivate: { from: ["PROVISIONED", "RECOVERY"], to: "PROVISIONED", eventType: "user.lifecycle.reactivate", message: "Reactivate Okta user" },
  suspend: { from: ["ACTIVE"], to: "SUSPENDED", eventType: "user.lifecycle.suspend", message: "Suspend Okta user" },
  unsuspend: { from: ["SUSPENDED"], to: "ACTIVE", eventType: "user.lifecycle.unsuspend", message: "Unsuspend Okta user" },
  lock: { from: ["ACTIVE"], to: "LOCKED_OUT", eventType: "user.account.lock", message: "Max sign in attempts exceeded" },
  unlock: { from: ["LOCKED_OUT"], to: "ACTIVE", eventType: "user.account.unlock_by_admin", message: "Admin unlocked account" },
  expirePassword: { from: ["ACTIVE"], to: "PASSWORD_EXPIRED", eventType: "user.account.expire_password", message: "User password expired" },
  resetPassword: { from: ["ACTIVE", "PASSWORD_EXPIRED", "LOCKED_OUT"], to: "RECOVERY", eventType: "user.account.reset_password", message: "Fired when the user's Okta password is reset" },
  setPassword: { from: ["PROVISIONED", "RECOVERY", "PASSWORD_EXPIRED"], to: "ACTIVE", eventType: "user.account.update_password", message: "User update password for Okta" },
} as const satisfies Record<string, Lifecycle>; // prettier-ignore

export type LifecycleAction = keyof typeof lifecycles;
export const lifecycleActions = Object.keys(lifecycles).filter((name): name is LifecycleAction =>
  Object.hasOwn(lifecycles, name),
);

/** The actions that Okta would allow on a user in this status. */
export function allowedActions(status: UserStatus): LifecycleAction[] {
  return lifecycleActions.filter((action) => lifecycles[action].from.some((from) => from === status));
}

function changeStatus(org: OrgState, id: string, action: LifecycleAction): void {
  const lifecycle: Lifecycle = lifecycles[action];
  const { status } = requireUser(org, id);
  demand(lifecycle.from.includes(status), `cannot ${action} a user who is ${status}`);
  const at = org.stamp();
  const row = org.users.change(id, org.clock.now(), (user) => {
    user.status = lifecycle.to;
    user.statusChanged = at;
    user.lastUpdated = at;
    if (lifecycle.to === "ACTIVE") user.activated ??= at;
    if (action === "setPassword") {
      user.passwordChanged = at;
      user.credentials.password = {};
    }
    // A deactivated user shows no password (recorded).
    if (lifecycle.to === "DEPROVISIONED") delete user.credentials.password;
  });
  org.emit({ eventType: lifecycle.eventType, message: lifecycle.message, targets: [userEntity(row)] });
}

const statusOperation = (action: LifecycleAction) => operation(userId, (org, { id }) => changeStatus(org, id, action));

/** Everyone's membership date moves when somebody joins or is deleted. */
function touchEveryone(org: OrgState): void {
  const at = org.stamp();
  org.groups.change(org.everyoneId, org.clock.now(), (group) => {
    group.lastMembershipUpdated = at;
  });
}

const createUser = operation(
  z.object({
    profile: profile.optional(),
    status: z.enum(["STAGED", "PROVISIONED", "ACTIVE"]).optional(),
    typeId: z.string().optional(),
  }),
  (org, args): string => {
    const id = org.newId("user");
    const login = plainText(args.profile?.login ?? `joiner-${id.slice(4, 11)}@acme.test`);
    demand(org.users.find(login) === undefined, `login ${login} is taken`);
    const names = { firstName: "Nova", lastName: `Joiner ${id.slice(8, 11)}`, login, email: login };
    const status = args.status ?? "ACTIVE";
    const typeId = org.types.get(args.typeId ?? org.defaultTypeId).id;
    const row = newUser({
      id,
      typeId,
      origin: org.origin,
      now: org.clock.now(),
      status,
      profile: { ...names, ...args.profile },
    });
    org.users.add(row, org.clock.now());
    org.emit({
      eventType: "user.lifecycle.create",
      message: "Create Okta user",
      legacy: "core.user.config.user_creation.success",
      targets: [userEntity(row)],
    });
    if (status !== "STAGED")
      org.emit({ eventType: "user.lifecycle.activate", message: "Activate Okta user", targets: [userEntity(row)] });
    touchEveryone(org);
    return id;
  },
);

function updateProfile(org: OrgState, id: string, values: Readonly<Record<string, unknown>>): void {
  requireUser(org, id);
  const at = org.stamp();
  const row = org.users.change(id, org.clock.now(), (user) => {
    Object.assign(user.profile, values);
    user.lastUpdated = at;
  });
  org.emit({
    eventType: "user.account.update_profile",
    message: "Update user profile for Okta",
    legacy: "core.user.config.profile_update.success",
    targets: [userEntity(row)],
    debugData: { changedAttributes: Object.keys(values).join(",") },
  });
}

/** DELETE deactivates first; only the second one deletes (fact sheet 3.3). */
function deleteUser(org: OrgState, id: string): "deactivated" | "deleted" {
  const row = requireUser(org, id);
  if (row.status !== "DEPROVISIONED") {
    changeStatus(org, id, "deactivate");
    return "deactivated";
  }
  org.emit({
    eventType: "user.lifecycle.delete.initiated",
    message: "Delete Okta user initiated",
    targets: [userEntity(row)],
  });
  org.groups.forgetUser(id);
  org.users.remove(id, org.clock.now());
  for (const assigned of org.assignments.values()) assigned.delete(id);
  org.emit({
    eventType: "user.lifecycle.delete.completed",
    message: "Delete Okta user completed",
    targets: [userEntity(row)],
  });
  touchEveryone(org);
  return "deleted";
}

/** A sign-in moves `lastLogin` and nothing else (fact sheet 0.4). */
function signIn(org: OrgState, id: string): void {
  demand(requireUser(org, id).status === "ACTIVE", "only an ACTIVE user signs in");
  const at = org.stamp();
  const row = org.users.change(id, org.clock.now(), (user) => {
    user.lastLogin = at;
  });
  org.emit({
    eventType: "user.session.start",
    message: "User login to Okta",
    legacy: "core.user_auth.login_success",
    actor: userEntity(row),
    targets: null,
  });
}

export const userOperations = {
  createUser,
  updateUser: operation(z.object({ id: z.string(), profile }), (org, { id, profile: values }) =>
    updateProfile(org, id, values),
  ),
  setProfileAttribute: operation(
    z.object({ id: z.string(), name: z.string(), value: z.unknown() }),
    (org, { id, name, value }) => updateProfile(org, id, { [name]: value }),
  ),
  clearProfileAttribute: operation(z.object({ id: z.string(), name: z.string() }), (org, { id, name }) =>
    updateProfile(org, id, { [name]: null }),
  ),
  changeStatus: operation(z.object({ id: z.string(), action: z.enum(lifecycleActions) }), (org, { id, action }) =>
    changeStatus(org, id, action),
  ),
  activateUser: statusOperation("activate"),
  deactivateUser: statusOperation("deactivate"),
  suspendUser: statusOperation("suspend"),
  unsuspendUser: statusOperation("unsuspend"),
  lockUser: statusOperation("lock"),
  unlockUser: statusOperation("unlock"),
  expirePassword: statusOperation("expirePassword"),
  resetPassword: statusOperation("resetPassword"),
  setPassword: statusOperation("setPassword"),
  deleteUser: operation(userId, (org, { id }) => deleteUser(org, id)),
  signIn: operation(userId, (org, { id }) => signIn(org, id)),
  changeUserType: operation(z.object({ id: z.string(), typeId: z.string() }), (org, { id, typeId }): void => {
    requireUser(org, id);
    const type = org.types.get(typeId);
    const at = org.stamp();
    const row = org.users.change(id, org.clock.now(), (user) => {
      user.type = { id: type.id };
      user.lastUpdated = at;
    });
    org.emit({ eventType: "user.account.update_user_type", message: "User type updated", targets: [userEntity(row)] });
  }),
};
