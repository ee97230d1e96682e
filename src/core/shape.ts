/** A shape: the declared columns of a stream, compiled for checking pages byte by byte (`inspect.ts`) and row by row (`mend.ts`). */
import type { ColumnType, Fields } from "./column.ts";
import type { Attribute, AttributeType, Stream } from "./stream.ts";
import type { RowPlan } from "./treating.ts";

export type Shape =
  | { readonly kind: "text" | "boolean" | "integer" | "number" | "timestamp" | "secret" }
  | { readonly kind: "json"; readonly secrets: "drop" | "keep" }
  /** `open`: undeclared names are part of the value (a profile); else they go to `_extra`. */
  | {
      readonly kind: "object";
      readonly open: boolean;
      readonly members: readonly Member[];
      readonly byName: ReadonlyMap<string, Member>;
    }
  | { readonly kind: "list"; readonly of: Shape };

export interface Member {
  readonly name: string;
  /** The name as it stands in JSON, closing quote included. */
  readonly quoted: Uint8Array;
  readonly shape: Shape;
  /** Which member followed this one last time: Okta writes its objects in one order, so a guess is nearly always right. */
  likelyNext: number;
}

export interface RowShape {
  readonly key: string;
  readonly row: Shape & { readonly kind: "object" };
  /** What is done to each row before anything else; null: nothing, and pages may pass as bytes. */
  readonly plan: RowPlan | null;
}

/** The shape of a stream's rows; `attributes` are the org's own, for the stream's profile column. `plan`: how they are treated. */
export function rowShape(stream: Stream, attributes: readonly Attribute[], plan: RowPlan | null = null): RowShape {
  const members = Object.entries(stream.columns).map(([name, field]): [string, Shape] =>
    name === stream.profile?.field
      ? [
          name,
          object(
            attributes.map((attribute) => [attribute.name, attributeShape(attribute.type)]),
            true,
          ),
        ]
      : [name, shapeOf(field.type)],
  );
  return { key: stream.key, row: object(members, false), plan };
}

function shapeOf(type: ColumnType): Shape {
  switch (type.kind) {
    case "struct":
      return structShape(type.fields);
    case "list":
      return { kind: "list", of: shapeOf(type.of) };
    default:
      return type;
  }
}

function structShape(fields: Fields): Shape {
  return object(
    Object.entries(fields).map(([name, field]) => [name, shapeOf(field.type)]),
    false,
  );
}

function attributeShape(type: AttributeType): Shape {
  switch (type) {
    case "text[]":
      return { kind: "list", of: { kind: "text" } };
    case "integer[]":
      return { kind: "list", of: { kind: "integer" } };
    case "number[]":
      return { kind: "list", of: { kind: "number" } };
    case "json":
      return { kind: "json", secrets: "keep" };
    default:
      return { kind: type };
  }
}

function object(members: readonly (readonly [string, Shape])[], open: boolean): Shape & { readonly kind: "object" } {
  const encoder = new TextEncoder();
  const list = members.map(([name, shape], index): Member => ({
    name,
    quoted: encoder.encode(`${name}"`),
    shape,
    likelyNext: (index + 1) % members.length,
  }));
  return { kind: "object", open, members: list, byName: new Map(list.map((member) => [member.name, member])) };
}
