/**
 * Treating rows before they are stored. Breaks these tests were seen to catch: a dropped attribute left in the profile, an odd value
 * of a dropped field moved to `_extra`, a struct's odd value kept although a field within it is dropped, fields within a list's
 * structs left alone, a plain page passed as bytes, a hash without its key, a number passed where a text is to be hashed.
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { AttributeColumn } from "../../src/core/attribute.ts";
import { type Fields, integer, json, list, secret, struct, text, timestamp } from "../../src/core/column.ts";
import { conform } from "../../src/core/conform.ts";
import { rowShape } from "../../src/core/shape.ts";
import type { Attribute, Stream } from "../../src/core/stream.ts";
import { planOf } from "../../src/core/treating.ts";
import { attributeColumns, checkTreatment, treatable, type Treatment } from "../../src/core/treatment.ts";
import { STREAMS } from "../../src/okta/streams.ts";

const columns: Fields = {
  id: text("key"),
  lastUpdated: timestamp("."),
  login: text("."),
  count: integer("."),
  tags: list(".", text(".")),
  client: struct(".", { ipAddress: text("."), place: struct(".", { city: text("."), zip: text(".") }) }),
  target: list(".", struct(".", { id: text("."), displayName: text("."), detail: json(".") })),
  settings: json(".", { secrets: "drop" }),
  credentials: struct(".", { password: secret("."), question: text(".") }),
  profile: json("."),
};
const attributes: readonly Attribute[] = [
  { name: "email", type: "text", about: "." },
  { name: "Email", type: "text", about: "." },
  { name: "badge", type: "integer", about: "." },
  { name: "skills", type: "text[]", about: "." },
];
const stream = {
  table: "people",
  key: "id",
  incrementalField: "lastUpdated",
  columns,
  profile: { field: "profile", base: [] },
} as unknown as Stream;
const given: readonly AttributeColumn[] = attributeColumns(stream, attributes, []);
const KEY = new TextEncoder().encode("a key of this installation, 32 by");
const hmac = (value: string) => createHmac("sha256", KEY).update(value).digest("hex");

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const shapeOf = (treatment: Treatment) => rowShape(stream, attributes, planOf(stream, given, treatment, KEY));
const stored = (treatment: Treatment, rows: readonly unknown[]) =>
  new TextDecoder().decode(conform(encode(rows), 0, shapeOf(treatment)).page.bytes);
const rowsOf = (treatment: Treatment, rows: readonly unknown[]) => JSON.parse(stored(treatment, rows)) as object[];

const MARK = "RAW-VALUE-";
/** Any JSON, of which every text and every name tells that it was there. */
const marked: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.nat(999).map((n) => `${MARK}${n}`),
    fc.nat(9).map((n) => 1_357_924_680_000 + n),
  ),
  any: fc.oneof(
    { depthSize: "small" },
    tie("leaf"),
    fc.array(tie("any"), { minLength: 1, maxLength: 3 }),
    fc.dictionary(fc.constantFrom(`${MARK}a`, `${MARK}b`), tie("any"), { minKeys: 1, maxKeys: 2 }),
  ),
})).any;
const isMarked = (page: string) => page.includes(MARK) || page.includes("135792468000");

const CHOICES = treatable(stream, attributes, given).filter(({ canDrop, column }) => canDrop && column !== "_extra");
const PATHS: ReadonlyMap<string, readonly string[]> = new Map(
  CHOICES.map(({ column }) => {
    const attribute = given.find((each) => each.column === column)?.attribute;
    return [column, attribute === undefined ? column.split(".") : ["profile", attribute]];
  }),
);

/** `value` at `path`, with neighbours, some way into it: as declared, in lists, or instead of what it lies in. */
function at(path: readonly string[], value: unknown): fc.Arbitrary<unknown> {
  const [name, ...rest] = path;
  if (name === undefined) return fc.constant(value);
  const inside = at(rest, value).chain((inner) =>
    fc.constantFrom<unknown>({ other: "kept", [name]: inner }, [{ [name]: inner }], [[{ [name]: inner }], null]),
  );
  // Other names in the place of the struct would be neighbours that nobody chose.
  const instead = [`${MARK}instead`, [`${MARK}instead`], 1_357_924_680_000, [[[{ [MARK]: 1 }]]]];
  return fc.oneof({ weight: 4, arbitrary: inside }, { weight: 1, arbitrary: fc.constantFrom<unknown>(...instead) });
}

const treatedRow = fc
  .tuple(fc.constantFrom(...CHOICES), fc.constantFrom("drop", "hash"), marked, fc.boolean())
  .filter(([{ canHash }, how]) => how === "drop" || canHash)
  .chain(([{ column }, how, value, beside]) => {
    const [first = "", ...rest] = PATHS.get(column)!;
    return at(rest, value).map((inner) => ({
      treatment: { [column]: how } as Treatment,
      row: { id: "1", [first]: inner, ...(beside ? { unknown: { kept: true }, count: "odd" } : {}) },
    }));
  });

describe("treating rows before they are stored", () => {
  it("leaves no byte of what is dropped or hashed, of whatever form it is and wherever it lies", () => {
    fc.assert(
      fc.property(treatedRow, ({ treatment, row }) => {
        const page = stored(treatment, [row]);
        assert.ok(!isMarked(page), page);
      }),
      { numRuns: 5_000 },
    );
  });

  it("leaves everything else as it is without a treatment", () => {
    const other = fc.constantFrom("login", "count", "tags", "settings", "novel");
    fc.assert(
      fc.property(treatedRow, other, marked, ({ treatment, row }, name, value) => {
        const [column = ""] = Object.keys(treatment);
        fc.pre(PATHS.get(column)![0] !== name);
        const [treated] = rowsOf(treatment, [{ ...row, [name]: value }]) as [Record<string, unknown>];
        const [kept] = rowsOf({}, [{ id: "1", [name]: value }]) as [Record<string, unknown>];
        assert.deepEqual(treated[name] ?? null, kept[name] ?? null);
        const extra = (of: Record<string, unknown>) =>
          Object.entries(of["_extra"] ?? {}).filter(([path]) => path.startsWith(name));
        assert.deepEqual(extra(treated), extra(kept));
      }),
      { numRuns: 1_000 },
    );
  });

  it("hashes a text to the same in every table and every place, under the key alone", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (value) => {
        const hash = hmac(value.toWellFormed());
        const row = {
          id: "1",
          login: value,
          tags: [value, null],
          target: [{ id: "t", displayName: value }, null],
          profile: { email: value, skills: [value, 7] },
        };
        const [treated] = rowsOf(
          { login: "hash", tags: "hash", "target.displayName": "hash", profile_email: "hash", profile_skills: "hash" },
          [row],
        ) as [Record<string, unknown>];
        assert.deepEqual(treated, {
          id: "1",
          login: hash,
          tags: [hash, null],
          target: [{ id: "t", displayName: hash }, null],
          profile: { email: hash, skills: [hash, null] },
        });
      }),
      { numRuns: 300 },
    );
    const otherKey = planOf(stream, given, { login: "hash" }, new Uint8Array(32));
    const page = conform(encode([{ id: "1", login: "ada" }]), 0, rowShape(stream, attributes, otherKey)).page;
    assert.ok(!new TextDecoder().decode(page.bytes).includes(hmac("ada")));
  });

  it("tells attributes apart that differ only in case, and keeps one whose neighbour is dropped", () => {
    const columnOf = (name: string) => given.find(({ attribute }) => attribute === name)?.column;
    assert.equal(columnOf("email"), "profile_email");
    assert.match(columnOf("Email") ?? "", /^profile_email_[0-9a-f]{4}$/);
    const [row] = rowsOf({ profile_email: "drop" }, [{ id: "1", profile: { email: "a", Email: "b", badge: 7 } }]);
    assert.deepEqual(row, { id: "1", profile: { Email: "b", badge: 7 } });
  });

  it("drops the profile with all that is derived from it, and what `_extra` would keep", () => {
    const row = { id: "1", profile: { email: "a", badge: "odd" }, novel: 1, count: "odd" };
    assert.deepEqual(rowsOf({ profile: "drop", profile_email: "hash" }, [row]), [
      { id: "1", profile: null, count: null, _extra: { novel: 1, count: "odd" } },
    ]);
    assert.deepEqual(rowsOf({ _extra: "drop", profile: "drop" }, [row]), [{ id: "1", profile: null, count: null }]);
  });

  it("counts and rejects as without a treatment, and leaves null what is null", () => {
    const conformed = conform(
      encode([{ id: "1", login: null, count: "x" }, { login: "a" }, 7]),
      0,
      shapeOf({ login: "hash" }),
    );
    assert.deepEqual(
      { rows: conformed.page.rows, rejected: conformed.rejected, odd: conformed.oddValues },
      { rows: 1, rejected: 2, odd: 1 },
    );
    assert.deepEqual(JSON.parse(new TextDecoder().decode(conformed.page.bytes)), [
      { id: "1", login: null, count: null, _extra: { count: "x" } },
    ]);
  });
});

describe("choosing a treatment", () => {
  const refused: readonly (readonly [Treatment, RegExp])[] = [
    [{ id: "drop" }, /people\.id cannot be dropped: it identifies the row/],
    [{ id: "hash" }, /people\.id cannot be hashed/],
    [{ last_updated: "drop" }, /it tells Rollcall what has changed/],
    [{ _synced_at: "drop" }, /_synced_at cannot be dropped/],
    [{ count: "hash" }, /only text can be hashed, and it is of type integer/],
    [{ client: "hash" }, /of type struct; drop it, or a field within it/],
    [{ settings: "hash" }, /of type JSON/],
    [{ profile_badge: "hash" }, /of type integer/],
    [{ profile_salary: "drop" }, /the table has no such column/],
    [{ "client.port": "drop" }, /the table has no such column/],
    [{ "credentials.password": "drop" }, /the table has no such column/],
  ];
  for (const [treatment, message] of refused) {
    it(`refuses ${JSON.stringify(treatment)}`, () => {
      assert.throws(() => checkTreatment(stream, attributes, treatment), { code: "TREATMENT_INVALID", message });
      assert.throws(() => planOf(stream, given, treatment, KEY), { code: "TREATMENT_INVALID", message });
    });
  }

  it("refuses a hash without a key, or with a short one, and tells nothing of it", () => {
    assert.throws(() => planOf(stream, given, { login: "hash" }, null), {
      code: "TREATMENT_INVALID",
      message: /no key/,
    });
    assert.throws(() => planOf(stream, given, { login: "hash" }, new Uint8Array([7, 7, 7])), {
      code: "TREATMENT_INVALID",
      message: "The key for hashed columns has 3 bytes; it needs at least 16.",
    });
    assert.ok(planOf(stream, given, { login: "drop" }, null));
  });

  it("takes everything that is offered, of every table, and every column marked as personal is offered", () => {
    for (const each of STREAMS) {
      const offered = treatable(each, each.profile?.base ?? []);
      for (const { column, canHash, canDrop } of offered) {
        if (canDrop) checkTreatment(each, each.profile?.base ?? [], { [column]: "drop" });
        if (canHash) checkTreatment(each, each.profile?.base ?? [], { [column]: "hash" });
      }
      const personal = offered.filter((choice) => choice.personal);
      assert.deepEqual(
        personal.map(({ column }) => column).toSorted(),
        [...(each.personal ?? [])].toSorted(),
        each.table,
      );
      assert.ok(
        personal.every(({ canDrop }) => canDrop),
        each.table,
      );
    }
  });
});
