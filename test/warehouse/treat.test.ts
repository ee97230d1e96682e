/**
 * Treating rows that are stored already: afterwards the table must be what it would be, had its rows been treated on their way in.
 * Breaks these tests were seen to catch: a hash of another form than the streamed one, a dropped attribute left in the profile, its
 * column not derived again, odd values left in `_extra`, a second treatment that hashes hashes, a reading under way left as it was.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Landing } from "../../src/core/batch.ts";
import { type Fields, json, list, number, struct, text, timestamp } from "../../src/core/column.ts";
import { conform } from "../../src/core/conform.ts";
import { rowShape } from "../../src/core/shape.ts";
import type { Attribute, Stream } from "../../src/core/stream.ts";
import { planOf } from "../../src/core/treating.ts";
import { attributeColumns, treatable, type Treatment } from "../../src/core/treatment.ts";
import { openWarehouse } from "../../src/warehouse/open.ts";
import type { Warehouse } from "../../src/warehouse/warehouse.ts";
import { at, checkpoint, never, rowsOf, UPSERT } from "./laws.ts";

const columns: Fields = {
  id: text("key"),
  lastUpdated: timestamp("."),
  login: text("."),
  tags: list(".", text(".")),
  client: struct(".", { ipAddress: text("."), place: struct(".", { city: text("."), lat: number(".") }) }),
  target: list(".", struct(".", { id: text("."), displayName: text("."), detail: json(".") })),
  settings: json("."),
  profile: json("."),
};
const request = { path: "/", query: {} };
const people: Stream = {
  table: "people",
  about: ".",
  docs: ".",
  key: "id",
  incrementalField: "lastUpdated",
  columns,
  modes: ["incremental"],
  permission: { scope: ".", role: "." },
  read: { kind: "list", lists: [request], since: () => request, one: () => request },
  neverEmpty: false,
  notes: [],
  profile: { field: "profile", schemas: { first: request, types: request }, base: [], scope: ".", typesScope: "." },
};
const events: Stream = {
  ...people,
  table: "events",
  modes: ["append"],
  read: { kind: "log", path: "/", retention_days: 90, pageSize: 10 },
};
const attributes: readonly Attribute[] = [
  { name: "email", type: "text", about: "." },
  { name: "a/b~c", type: "text", about: "." },
  { name: "badge", type: "integer", about: "." },
  { name: "skills", type: "text[]", about: "." },
];
const given = attributeColumns(people, attributes, []);
const KEY = new Uint8Array(100).fill(9);

const word = fc.oneof(
  fc.constantFrom("ada@x.test", "Zoë 😀", "", "null"),
  fc.string({ unit: "grapheme", maxLength: 5 }),
);
const odd = fc.constantFrom<unknown>(7, { deep: ["raw"] }, ["raw", null], true);
/** Of that form most of the time, else null, absent or odd. */
const mostly = (fitting: fc.Arbitrary<unknown>) =>
  fc.oneof(
    { weight: 6, arbitrary: fitting },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: odd },
  );
const maybe = (of: Record<string, fc.Arbitrary<unknown>>) => fc.record(of, { requiredKeys: [] });
const person = maybe({
  login: mostly(word),
  tags: mostly(fc.array(mostly(word), { maxLength: 3 })),
  client: mostly(
    maybe({
      ipAddress: mostly(word),
      place: mostly(maybe({ city: mostly(word), lat: fc.double({ noNaN: true }), alt: word })),
    }),
  ),
  target: mostly(
    fc.array(mostly(maybe({ id: word, displayName: mostly(word), detail: odd, novel: word })), { maxLength: 3 }),
  ),
  settings: odd,
  profile: mostly(
    maybe({
      email: mostly(word),
      "a/b~c": mostly(word),
      badge: mostly(fc.nat()),
      skills: mostly(fc.array(word, { maxLength: 2 })),
      other: word,
    }),
  ),
  novel: word,
});
const CHOICES = treatable(people, attributes, given).filter(({ canDrop }) => canDrop);
const treatments: fc.Arbitrary<Treatment> = fc
  .subarray(CHOICES, { minLength: 1, maxLength: 5 })
  .chain((some) =>
    fc.tuple(
      ...some.map(({ column, canHash }) =>
        fc.tuple(fc.constant(column), fc.constantFrom(...(canHash ? ["drop", "hash"] : ["drop"]))),
      ),
    ),
  )
  .map((entries) => Object.fromEntries(entries) as Treatment);

async function withWarehouse(work: (warehouse: Warehouse) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "rollcall-treat-"));
  try {
    await using warehouse = await openWarehouse(`duckdb:${join(directory, "w.duckdb")}`, { mode: "write" });
    await work(warehouse);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function store(
  warehouse: Warehouse,
  prefix: string,
  stream: Stream,
  rows: readonly object[],
  treatment: Treatment,
  landing: Landing = UPSERT,
) {
  await warehouse.claim(prefix, { id: `00o${prefix}`, host: "acme.test" });
  await warehouse.migrate(prefix, [{ stream, attributes }]);
  const shape = rowShape(stream, attributes, planOf(stream, given, treatment, KEY));
  const bytes = new TextEncoder().encode(JSON.stringify(rows));
  const { page } = conform(bytes, Date.parse(at(1)), shape);
  const kind: Landing = stream.read.kind === "log" ? { kind: "append" } : landing;
  await warehouse.commit(
    prefix,
    { table: stream.table, pages: [page], landing: kind, gone: [], gaps: [], checkpoint: checkpoint(1) },
    never,
  );
}

/** Every column; of the profile the content, as the order of its names may differ. */
const content = async (warehouse: Warehouse, prefix: string, table: string) => {
  const rows = await rowsOf(warehouse, `SELECT * FROM ${prefix}.${table} ORDER BY id`);
  return rows.map((row) =>
    row.map((value) => (typeof value === "string" && value.startsWith("{") ? JSON.parse(value) : value)),
  );
};

describe("treating stored rows", () => {
  for (const stream of [people, events]) {
    it(`${stream.table}: are then what they would have been, treated on their way in`, async () => {
      let differed = 0;
      await withWarehouse(async (warehouse) => {
        let n = 0;
        await fc.assert(
          fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 4 }), treatments, async (persons, treatment) => {
            n += 1;
            const rows = persons.map((each, index) => ({ ...each, id: `i${index}`, lastUpdated: at(index + 1) }));
            await store(warehouse, `stored${n}`, stream, rows, {});
            await store(warehouse, `streamed${n}`, stream, rows, treatment);
            const before = await content(warehouse, `stored${n}`, stream.table);
            assert.deepEqual(await warehouse.treat(`stored${n}`, stream, treatment, KEY), {
              changed: true,
              reread: false,
            });
            const after = await content(warehouse, `stored${n}`, stream.table);
            assert.deepEqual(after, await content(warehouse, `streamed${n}`, stream.table), JSON.stringify(rows));
            if (JSON.stringify(before) !== JSON.stringify(after)) differed += 1;
            assert.deepEqual(await warehouse.treat(`stored${n}`, stream, treatment, KEY), {
              changed: false,
              reread: false,
            });
            assert.deepEqual((await warehouse.treatment(`stored${n}`, stream.table)).treatment, treatment);
            await warehouse.dropPrefix(`stored${n}`);
            await warehouse.dropPrefix(`streamed${n}`);
            assert.deepEqual((await warehouse.treatment(`stored${n}`, stream.table)).treatment, {});
          }),
          { numRuns: 25 },
        );
      });
      assert.ok(differed > 5, `only ${differed} treatments changed anything: the property says little`);
    });
  }

  const row = { id: "1", lastUpdated: at(1), login: "ada", profile: { email: "ada@x.test", badge: 7 }, novel: 1 };

  it("a column that is kept again is read again, and only then is it back", () =>
    withWarehouse(async (warehouse) => {
      await store(warehouse, "okta", people, [row], { login: "drop" });
      await warehouse.treat("okta", people, { login: "drop" }, null);
      assert.equal((await warehouse.checkpoints("okta")).size, 1);
      assert.deepEqual(await warehouse.treat("okta", people, {}, null), { changed: true, reread: true });
      assert.equal((await warehouse.checkpoints("okta")).size, 0, "the next run reads all of it");
      assert.deepEqual(await rowsOf(warehouse, "SELECT login FROM okta.people"), [[null]]);
      await store(warehouse, "okta", people, [row], {});
      assert.deepEqual(await rowsOf(warehouse, "SELECT login FROM okta.people"), [["ada"]]);
    }));

  it("another key reads a list again, and what is added leaves the other hashes as they are", () =>
    withWarehouse(async (warehouse) => {
      await store(warehouse, "okta", people, [row], {});
      await warehouse.treat("okta", people, { login: "hash" }, KEY);
      const hashed = await rowsOf(warehouse, "SELECT login FROM okta.people");
      assert.deepEqual(await warehouse.treat("okta", people, { login: "hash", profile_email: "hash" }, KEY), {
        changed: true,
        reread: false,
      });
      assert.deepEqual(await rowsOf(warehouse, "SELECT login FROM okta.people"), hashed);
      const other = new Uint8Array(32).fill(1);
      assert.deepEqual(await warehouse.treat("okta", people, { login: "hash", profile_email: "hash" }, other), {
        changed: true,
        reread: true,
      });
    }));

  it("of an archive nothing is read again, and a column hashed twice is hashed once", () =>
    withWarehouse(async (warehouse) => {
      await store(warehouse, "okta", events, [row], {});
      await warehouse.treat("okta", events, { login: "hash" }, KEY);
      const hashed = await rowsOf(warehouse, "SELECT login FROM okta.events");
      assert.deepEqual(await warehouse.treat("okta", events, {}, KEY), { changed: true, reread: false });
      await store(warehouse, "okta", events, [row, { ...row, id: "2" }], {});
      await warehouse.treat("okta", events, { login: "hash" }, KEY);
      assert.deepEqual(await rowsOf(warehouse, "SELECT login FROM okta.events"), [...hashed, ...hashed]);
    }));

  it("rows held back by a reading under way are forgotten, to be read again", () =>
    withWarehouse(async (warehouse) => {
      await store(warehouse, "okta", people, [row], {}, { kind: "stage", reading: "r1" });
      assert.deepEqual(await warehouse.treat("okta", people, { login: "drop" }, null), { changed: true, reread: true });
      const staged = await rowsOf(warehouse, "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'staged:%'");
      assert.deepEqual(staged, []);
    }));

  it("before the first sync it is only remembered, and no schema is made", () =>
    withWarehouse(async (warehouse) => {
      assert.deepEqual(await warehouse.treat("okta", people, { login: "drop" }, null), {
        changed: true,
        reread: false,
      });
      await warehouse.claim("okta", { id: "00o1", host: "acme.test" });
      assert.deepEqual((await warehouse.treatment("okta", "people")).treatment, { login: "drop" });
    }));

  it("what cannot be done changes nothing", () =>
    withWarehouse(async (warehouse) => {
      await store(warehouse, "okta", people, [row], {});
      for (const treatment of [{ id: "drop" }, { nothing: "drop" }, { login: "hash" }] as const)
        await assert.rejects(warehouse.treat("okta", people, treatment, null), { code: "TREATMENT_INVALID" });
      assert.deepEqual((await warehouse.treatment("okta", "people")).treatment, {});
      assert.deepEqual(await rowsOf(warehouse, "SELECT login FROM okta.people"), [["ada"]]);
    }));
});
