import { z } from "zod";
import type { OrgState } from "../org/state.ts";
import { attributeTypes, baseProperties, customProperty, type SchemaState } from "../org/schema.ts";
import { demand, operation } from "./operation.ts";

function schemaOf(org: OrgState, typeId: string | undefined): SchemaState {
  const schema = org.schemas.get(org.types.get(typeId ?? org.defaultTypeId).id);
  if (!schema) throw new RangeError("a user type without schema");
  return schema;
}

/** A changed schema moves its own date and its type's (recorded), never the users'. */
function schemaChanged(org: OrgState, typeId: string | undefined, schema: SchemaState): void {
  const type = org.types.get(typeId ?? org.defaultTypeId);
  schema.lastUpdated = org.stamp();
  type.lastUpdated = schema.lastUpdated;
  org.emit({
    eventType: "directory.user_profile.update",
    message: "Update user profile template",
    targets: [
      { id: type.id, type: "Schema", alternateId: type.name, displayName: type.displayName, detailEntry: null },
    ],
  });
}

const attribute = z.object({ name: z.string(), typeId: z.string().optional() });
const typedAttribute = attribute.extend({ type: z.enum(attributeTypes) });

function writeLate(org: OrgState, published_ms: number, persisted_ms: number): void {
  org.log.write({ published_ms, persisted_ms, text: (serial) => org.log.plainText(serial, published_ms) });
}

export const typeOperations = {
  createUserType: operation(z.object({ name: z.string(), displayName: z.string().optional() }), (org, args): string => {
    const taken = [...org.types.rows.values()].some((type) => type.name === args.name);
    demand(!taken, `user type ${args.name} exists`);
    return org.addType({
      sequence: org.newSequence(),
      name: args.name,
      displayName: args.displayName ?? args.name,
      at_ms: org.clock.now(),
    }).id;
  }),
  updateUserType: operation(z.object({ id: z.string(), displayName: z.string() }), (org, args): void => {
    const type = org.types.get(args.id);
    type.displayName = args.displayName;
    type.lastUpdated = org.stamp();
  }),
  /** Okta writes no event for this (fact sheet 3.2). */
  deleteUserType: operation(z.object({ id: z.string() }), (org, { id }): void => {
    demand(!org.types.get(id).default, "the default type cannot be deleted");
    const inUse = org.users.ids.items.some((userId) => org.users.row(userId).type.id === id);
    demand(!inUse, "a type with users cannot be deleted");
    org.types.remove(id);
    org.schemas.delete(id);
  }),
  addSchemaAttribute: operation(typedAttribute, (org, args): void => {
    const schema = schemaOf(org, args.typeId);
    demand(!schema.custom.has(args.name) && !Object.hasOwn(baseProperties, args.name), `attribute ${args.name} exists`);
    schema.custom.set(args.name, customProperty(args.name, args.type));
    schemaChanged(org, args.typeId, schema);
  }),
  /** The attribute and its values go; no user's `lastUpdated` moves. */
  removeSchemaAttribute: operation(attribute, (org, args): void => {
    const schema = schemaOf(org, args.typeId);
    demand(schema.custom.delete(args.name), `no custom attribute ${args.name}`);
    org.users.dropAttribute(args.typeId ?? org.defaultTypeId, args.name);
    schemaChanged(org, args.typeId, schema);
  }),
  /** Okta changes no attribute's type; administrators remove it and add it again, and its values are lost. */
  changeSchemaAttributeType: operation(typedAttribute, (org, args): void => {
    const schema = schemaOf(org, args.typeId);
    demand(schema.custom.has(args.name), `no custom attribute ${args.name}`);
    org.users.dropAttribute(args.typeId ?? org.defaultTypeId, args.name);
    schema.custom.set(args.name, customProperty(args.name, args.type));
    schemaChanged(org, args.typeId, schema);
  }),
};

export const logOperations = {
  /** `count` events published and persisted now. */
  appendLogEvents: operation(z.object({ count: z.number().int().nonnegative() }), (org, { count }): void => {
    const now = org.clock.now();
    for (let i = 0; i < count; i++) writeLate(org, now, now);
  }),
  /** An event that Okta knows of later than it happened. Epoch ms; `persisted` must not lie in the past. */
  lateEvent: operation(
    z.object({ published: z.number(), persisted: z.number() }),
    (org, { published, persisted }): void => {
      demand(persisted >= org.clock.now(), "an event cannot be persisted in the past");
      demand(published <= persisted, "an event cannot be persisted before it is published");
      writeLate(org, published, persisted);
    },
  ),
  /** Moves the org's clock. */
  advance: operation(z.object({ ms: z.number() }), (org, { ms }): void => org.clock.advance(ms)),
};
