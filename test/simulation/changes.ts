/** How each change is done to the simulated org. A change that Okta would refuse just then is left out. */
import type { FakeOrg } from "../../fake-okta/org.ts";
import { OperationRefused } from "../../fake-okta/org/state.ts";
import type { Dice } from "./dice.ts";
import type { Change } from "./history.ts";

/** What happens in the org itself, not to its tokens. */
type OrgChange = Exclude<Change, "expireTokens" | "rotateNonce">;
type Do = (org: FakeOrg, dice: Dice, serial: number) => void;

class NothingLeft extends Error {}

type Row = Readonly<Record<string, unknown>>;
type Objects = "users" | "groups" | "applications" | "group_rules" | "user_types";

/** The id of some object of the org. Throws `NothingLeft` when there is none. */
function some(org: FakeOrg, dice: Dice, table: Objects, fits: (row: Row) => boolean = () => true): string {
  const rows = org.truth(table).filter(fits);
  if (rows.length === 0) throw new NothingLeft();
  return String(dice.pick(rows)["id"]);
}
const someUser = (org: FakeOrg, dice: Dice) => some(org, dice, "users");
const isPlainGroup = (row: Row) => row["type"] === "OKTA_GROUP";

/** A type that Okta offers, and a value of it. */
const VALUES = {
  string: (n: number) => `value ${n}`,
  integer: (n: number) => n * 1_000_003,
  number: (n: number) => n + 0.25,
  boolean: (n: number) => n % 2 === 0,
  "array:string": (n: number) => [`a${n}`, "b"],
  "array:integer": (n: number) => [n, 2],
  "array:number": (n: number) => [n + 0.5],
} as const;
const TYPES = Object.keys(VALUES) as (keyof typeof VALUES)[];

function customAttributes(org: FakeOrg): Map<string, Record<string, unknown>> {
  return org.state.schemas.get(org.state.defaultTypeId)?.custom ?? new Map();
}

/** The name of some attribute of the org's own. */
function someAttribute(org: FakeOrg, dice: Dice): string {
  const names = [...customAttributes(org).keys()];
  if (names.length === 0) throw new NothingLeft();
  return dice.pick(names);
}

/** Gives some user of the default type a value of the attribute's type. */
function setAttribute(org: FakeOrg, dice: Dice, name: string, n: number): void {
  const { type, items } = customAttributes(org).get(name) as { type: string; items?: { type: string } };
  const kind = items === undefined ? type : `array:${items.type}`;
  const id = some(org, dice, "users", (row) => (row["type"] as { id: string }).id === org.state.defaultTypeId);
  org.updateUser({ id, profile: { [name]: VALUES[kind as keyof typeof VALUES](n) } });
}

const HOW: Readonly<Record<OrgChange, Do>> = {
  createUser: (org, dice, n) => {
    const status = dice.pick(["STAGED", "PROVISIONED", "ACTIVE"] as const);
    org.createUser({
      status,
      profile: { login: `new${n}@example.test`, email: `new${n}@example.test`, firstName: "New", lastName: `N${n}` },
    });
  },
  updateUser: (org, dice, n) =>
    org.updateUser({ id: someUser(org, dice), profile: { title: `Title ${n}`, department: dice.pick(["A", "B"]) } }),
  moveUser: (org, dice) => {
    const id = someUser(org, dice);
    const actions = org.allowedActions(id).filter((action) => action !== "deactivate");
    if (actions.length > 0) org.changeStatus({ id, action: dice.pick(actions) });
  },
  leaveUser: (org, dice) => {
    const id = someUser(org, dice);
    if (org.allowedActions(id).includes("deactivate")) org.changeStatus({ id, action: "deactivate" });
  },
  deleteUser: (org, dice) => {
    const id = someUser(org, dice);
    if (org.allowedActions(id).includes("deactivate")) org.changeStatus({ id, action: "deactivate" });
    org.deleteUser({ id });
  },
  signIn: (org, dice) => org.signIn({ id: someUser(org, dice) }),
  clearAttribute: (org, dice) => org.clearProfileAttribute({ id: someUser(org, dice), name: "title" }),
  addAttribute: (org, dice, n) => {
    // Names that meet in one SQL name are what administrators come up with.
    const name = dice.pick([`extra${n}`, "team_name", "teamName", "TeamName"]);
    org.addSchemaAttribute({ name, type: dice.pick(TYPES) });
    setAttribute(org, dice, name, n);
  },
  setAttribute: (org, dice, n) => setAttribute(org, dice, someAttribute(org, dice), n),
  retypeAttribute: (org, dice, n) => {
    const name = someAttribute(org, dice);
    org.changeSchemaAttributeType({ name, type: dice.pick(TYPES) });
    setAttribute(org, dice, name, n);
  },
  removeAttribute: (org, dice) => org.removeSchemaAttribute({ name: someAttribute(org, dice) }),
  createGroup: (org, dice, n) => void org.createGroup({ name: `${dice.pick(["A", "M", "Z"])} group ${n}` }),
  renameGroup: (org, dice, n) =>
    org.renameGroup({
      id: some(org, dice, "groups", isPlainGroup),
      name: `${dice.pick(["A", "M", "Z"])} renamed ${n}`,
    }),
  deleteGroup: (org, dice) => org.deleteGroup({ id: some(org, dice, "groups", isPlainGroup) }),
  joinGroup: (org, dice) =>
    org.addMember({ groupId: some(org, dice, "groups", isPlainGroup), userId: someUser(org, dice) }),
  createApp: (org, _dice, n) => void org.createApp({ label: `App ${n}` }),
  updateApp: (org, dice, n) => org.updateApp({ id: some(org, dice, "applications"), label: `Label ${n}` }),
  deleteApp: (org, dice) => {
    const id = some(org, dice, "applications");
    org.deactivateApp({ id });
    org.deleteApp({ id });
  },
  createRule: (org, dice, n) => void org.createRule({ name: `Rule ${n}`, groupIds: [some(org, dice, "groups")] }),
  updateRule: (org, dice, n) => org.updateRule({ id: some(org, dice, "group_rules"), name: `Rule renamed ${n}` }),
  deleteRule: (org, dice) => org.deleteRule({ id: some(org, dice, "group_rules") }),
  createType: (org, _dice, n) => void org.createUserType({ name: `type${n}` }),
  updateType: (org, dice, n) => org.updateUserType({ id: some(org, dice, "user_types"), displayName: `Type ${n}` }),
  logEvents: (org, dice) => org.appendLogEvents({ count: dice.between(1, 6) }),
  lateEvent: (org, dice) => {
    const now = org.clock.now();
    org.lateEvent({
      published: now - dice.pick([0, 10, 40, 150, 300]) * 60_000,
      persisted: now + dice.pick([0, 0, 1_000, 20 * 60_000]),
    });
  },
};

export function change(org: FakeOrg, what: OrgChange, dice: Dice, serial: number): void {
  try {
    HOW[what](org, dice, serial);
  } catch (error) {
    // Okta would not allow it now (a rule on a deleted group, a type in use), or nothing of the kind is left: nothing happens.
    if (!(error instanceof OperationRefused) && !(error instanceof NothingLeft)) throw error;
  }
}
