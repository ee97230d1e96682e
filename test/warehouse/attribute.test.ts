/** Names of attribute columns. Seen to fail when: the sort before naming goes; clashes ignore case; a known column is named again; widening ignores `lossless`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type AttributeColumn, attributeChanges, type Naming } from "../../src/core/attribute.ts";
import type { Attribute, AttributeType } from "../../src/core/stream.ts";

const naming = (given: readonly AttributeColumn[], options: Partial<Naming> = {}): Naming => ({
  field: "profile",
  declared: ["id", "profile", "profile_declared", "_synced_at", "_extra"],
  given,
  lossless: () => true,
  ...options,
});
const text = (name: string, type: AttributeType = "text"): Attribute => ({ name, type, about: "" });

/** The registry after some discoveries. */
function discover(...discoveries: readonly (readonly Attribute[])[]): readonly AttributeColumn[] {
  return discoveries.reduce<readonly AttributeColumn[]>((given, found) => {
    const changed = attributeChanges(naming(given), found).map(({ column }) => column);
    return [...new Map([...given, ...changed].map((column) => [column.column, column])).values()];
  }, []);
}
const columnsOf = (given: readonly AttributeColumn[], attribute: string) =>
  given.filter((column) => column.attribute === attribute).map(({ column }) => column);

void test("the camelCase attribute gets the bare name, its likes a suffix of their own", () => {
  const given = discover(["CostCenter", "cost_center", "costCenter"].map((name) => text(name)));
  assert.deepEqual(columnsOf(given, "costCenter"), ["profile_cost_center"]);
  assert.match(columnsOf(given, "cost_center")[0]!, /^profile_cost_center_[0-9a-f]{4}$/);
  assert.match(columnsOf(given, "CostCenter")[0]!, /^profile_cost_center_[0-9a-f]{4}$/);
});

void test("a declared column keeps its name", () => {
  assert.match(columnsOf(discover([text("declared")]), "declared")[0]!, /^profile_declared_[0-9a-f]{4}$/);
});

void test("an integer becomes a number where nothing is lost, else a further column", () => {
  const given = discover([text("age", "integer")]);
  const [widened] = attributeChanges(naming(given), [text("age", "number")]);
  assert.deepEqual([widened?.change, widened?.column.column], ["widened", "profile_age"]);
  const [added] = attributeChanges(naming(given, { lossless: () => false }), [text("age", "number")]);
  assert.deepEqual([added?.change, added?.column.column], ["added", "profile_age_number"]);
  const [other] = attributeChanges(naming(given), [text("age", "text[]")]);
  assert.deepEqual([other?.change, other?.column.column], ["added", "profile_age_text_list"]);
});

void test("a type that comes back finds its column again", () => {
  const given = discover([text("age", "integer")], [text("age", "text")]);
  assert.deepEqual(attributeChanges(naming(given), [text("age", "integer")]), []);
});

const TYPES: readonly AttributeType[] = [
  "text",
  "boolean",
  "integer",
  "number",
  "text[]",
  "integer[]",
  "number[]",
  "json",
];
const attribute = fc.record({
  name: fc.oneof(
    fc.constantFrom(
      "costCenter",
      "cost_center",
      "CostCenter",
      "COSTCENTER",
      "cost center",
      "declared",
      "age",
      "age_text",
      "ageText",
      "__proto__",
    ),
    fc.string({ maxLength: 6 }),
  ),
  type: fc.constantFrom(...TYPES),
  about: fc.constant(""),
});
const discovery = fc.uniqueArray(attribute, { maxLength: 8, selector: ({ name }) => name });

void test("names: apart whatever their case, never given anew, the same for every order within a discovery", () => {
  fc.assert(
    fc.property(fc.array(discovery, { maxLength: 4 }), (discoveries) => {
      const given = discover(...discoveries);
      const names = [...naming([]).declared, ...given.map(({ column }) => column)];
      assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length);
      for (const [at, found] of discoveries.entries()) {
        const before = discover(...discoveries.slice(0, at + 1));
        for (const { attribute: name, column } of before) assert.ok(columnsOf(given, name).includes(column));
        for (const { name, type } of found)
          assert.ok(before.some((column) => column.attribute === name && column.type === type));
      }
      assert.deepEqual(discover(...discoveries.map((found) => found.toReversed())), given);
      assert.deepEqual(discover(...discoveries, discoveries.at(-1) ?? []), given);
    }),
    { numRuns: 500 },
  );
});
