import { oktaId } from "./ids.ts";
import { day_ms, isoSeconds } from "./iso.ts";

/** A group rule (fact sheet 7.4). INVALID when a target group is gone. */
export interface RuleRow {
  type: "group_rule";
  id: string;
  status: "ACTIVE" | "INACTIVE" | "INVALID";
  name: string;
  created: string;
  lastUpdated: string;
  conditions: {
    people?: { users: { exclude: string[] }; groups: { exclude: string[] } };
    expression: { value: string; type: string };
  };
  actions: { assignUserToGroups: { groupIds: string[] } };
  allGroupsValid: boolean;
}

/** A user type; `_links.schema.href` is the only place that names its schema (fact sheet 1.1). */
export interface UserTypeRow {
  id: string;
  displayName: string;
  name: string;
  description: string | null;
  createdBy: string;
  lastUpdatedBy: string;
  created: string;
  lastUpdated: string;
  default: boolean;
  _links: { schema: TypeLink; self: TypeLink };
}

interface TypeLink {
  rel: string;
  href: string;
  method: string;
}

export interface RuleFields {
  readonly id: string;
  readonly name: string;
  readonly groupIds: string[];
  readonly exclude?: string[];
  readonly created_ms: number;
  readonly updated_ms: number;
}

export function newRule(fields: RuleFields): RuleRow {
  return {
    type: "group_rule",
    id: fields.id,
    status: "INACTIVE",
    name: fields.name,
    created: isoSeconds(fields.created_ms),
    lastUpdated: isoSeconds(fields.updated_ms),
    conditions: {
      ...(fields.exclude ? { people: { users: { exclude: fields.exclude }, groups: { exclude: [] } } } : {}),
      expression: { value: `user.department=="${fields.name}"`, type: "urn:okta:expression:1.0" },
    },
    actions: { assignUserToGroups: { groupIds: fields.groupIds } },
    allGroupsValid: true,
  };
}

export function firstRule(
  seed: number,
  index: number,
  start_ms: number,
  groupIds: readonly string[],
  userIds: readonly string[],
): RuleRow {
  const created_ms = start_ms - 300 * day_ms + index * 86_000_000;
  const target = groupIds[1 + (index % Math.max(1, groupIds.length - 1))] ?? groupIds[0];
  const excluded = userIds[index];
  return {
    ...newRule({
      id: oktaId(seed, "rule", index),
      name: `Rule ${index}`,
      groupIds: target === undefined ? [] : [target],
      ...(index % 3 === 0 && excluded !== undefined ? { exclude: [excluded] } : {}),
      created_ms,
      updated_ms: created_ms,
    }),
    status: index % 4 === 3 ? "INACTIVE" : "ACTIVE",
  };
}

export interface TypeFields {
  readonly id: string;
  readonly schemaId: string;
  readonly name: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly by: string;
  readonly origin: string;
  readonly at_ms: number;
  readonly isDefault: boolean;
}

export function newUserType(fields: TypeFields): UserTypeRow {
  const api = `${fields.origin}/api/v1/meta`;
  return {
    id: fields.id,
    displayName: fields.displayName,
    name: fields.name,
    description: fields.description,
    createdBy: fields.by,
    lastUpdatedBy: fields.by,
    created: isoSeconds(fields.at_ms),
    lastUpdated: isoSeconds(fields.at_ms),
    default: fields.isDefault,
    _links: {
      schema: { rel: "schema", href: `${api}/schemas/user/${fields.schemaId}`, method: "GET" },
      self: { rel: "self", href: `${api}/types/user/${fields.id}`, method: "GET" },
    },
  };
}
