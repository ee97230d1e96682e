/** The laws of the org's own attributes, as columns. */
import assert from "node:assert/strict";
import { describe } from "node:test";
import type { Attribute } from "../../src/core/stream.ts";
import type { Warehouse } from "../../src/warehouse/warehouse.ts";
import { batch, type Law, never, rowsOf, UPSERT } from "./laws.ts";
import { USERS } from "./rows.ts";

const attribute = (name: string, type: Attribute["type"] = "text"): Attribute => ({
  name,
  type,
  about: `About ${name}.`,
});

export function attributeSuite(law: Law, backend: string): void {
  void describe(`${backend}: attributes`, () => {
    const people = [
      {
        id: "u1",
        profile: {
          login: "ada",
          costCenter: "1",
          cost_center: "2",
          CostCenter: "3",
          age: 36,
          tags: ["x"],
          deep: { a: 1 },
        },
      },
      { id: "u2", profile: { login: "bob", age: "many", tags: "x" } },
      { id: "u3" },
    ];
    const migrate = (warehouse: Warehouse, ...attributes: readonly Attribute[]) =>
      warehouse.migrate("okta", [{ stream: USERS, attributes }]);
    const store = (warehouse: Warehouse) => warehouse.commit("okta", batch("users", UPSERT, 1, people), never);
    const values = (warehouse: Warehouse, columns: string) =>
      rowsOf(warehouse, `SELECT ${columns} FROM okta.users ORDER BY id`);

    law("each has its column; a value that does not fit is null", async (warehouse) => {
      await migrate(
        warehouse,
        attribute("login"),
        attribute("age", "integer"),
        attribute("tags", "text[]"),
        attribute("deep", "json"),
      );
      await store(warehouse);
      assert.deepEqual(await values(warehouse, "profile_login, profile_age, profile_tags, profile_deep"), [
        ["ada", 36, ["x"], { a: 1 }],
        ["bob", null, null, null],
        [null, null, null, null],
      ]);
    });
    law(
      "one found later is filled for the rows already there, and names that collide stay apart",
      async (warehouse) => {
        await migrate(warehouse, attribute("cost_center"));
        await store(warehouse);
        const changes = await migrate(
          warehouse,
          attribute("cost_center"),
          attribute("costCenter"),
          attribute("CostCenter"),
          attribute("login"),
        );
        assert.equal(changes.length, 3);
        const registry = await rowsOf(warehouse, "SELECT attribute, column_name FROM rollcall.attributes ORDER BY ALL");
        const byName = new Map(registry.map(([name, column]) => [name, `"${String(column)}"`]));
        assert.equal(byName.get("cost_center"), '"profile_cost_center"', "a name once given stays");
        const [first] = await values(
          warehouse,
          ["cost_center", "costCenter", "CostCenter", "login"].map((name) => byName.get(name)).join(", "),
        );
        assert.deepEqual(first, ["2", "1", "3", "ada"]);
        assert.deepEqual(await migrate(warehouse), [], "one that is gone keeps its column");
        await warehouse.commit(
          "okta",
          batch("users", UPSERT, 2, [{ id: "u1", profile: { login: "eve", CostCenter: "9" } }]),
          never,
        );
        assert.deepEqual((await values(warehouse, `profile_login, ${byName.get("CostCenter")}`))[0], ["eve", "9"]);
      },
    );
    law("a changed type widens where nothing is lost, else adds a column", async (warehouse) => {
      await migrate(warehouse, attribute("age", "integer"));
      await store(warehouse);
      assert.deepEqual(await migrate(warehouse, attribute("age", "number")), [
        { table: "users", column: "profile_age", change: "widened" },
      ]);
      assert.deepEqual(await migrate(warehouse, attribute("age")), [
        { table: "users", column: "profile_age_text", change: "added" },
      ]);
      assert.deepEqual(await values(warehouse, "profile_age, profile_age_text"), [
        [36, "36"],
        [null, "many"],
        [null, null],
      ]);
    });
    law("an integer beyond 2^53 keeps its column from widening", async (warehouse) => {
      await migrate(warehouse, attribute("big", "integer"));
      const bytes = Buffer.from('[{"id":"u1","profile":{"big":9007199254740993}}]');
      await warehouse.commit(
        "okta",
        batch("users", UPSERT, 1, [], { pages: [{ bytes, rows: 1, readAt_ms: 0 }] }),
        never,
      );
      assert.deepEqual(await migrate(warehouse, attribute("big", "number")), [
        { table: "users", column: "profile_big_number", change: "added" },
      ]);
      assert.deepEqual(await values(warehouse, "profile_big, profile"), [
        ["9007199254740993", { big: "9007199254740993" }],
      ]);
    });
    law("secrets have no column", async (warehouse) => {
      await migrate(warehouse);
      const bytes = Buffer.from(
        '[{"id":"u1","credentials":{"password":{"value":"hunter2"},"provider":{"type":"OKTA"}}}]',
      );
      await warehouse.commit(
        "okta",
        batch("users", UPSERT, 1, [], { pages: [{ bytes, rows: 1, readAt_ms: 0 }] }),
        never,
      );
      assert.deepEqual(await values(warehouse, "credentials"), [[{ provider: { type: "OKTA", name: null } }]]);
    });
    law("every table and column says what it is", async (warehouse) => {
      await migrate(warehouse, attribute("login"));
      const silent = `SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE database_name = current_database() AND coalesce(comment, '') = '' AND NOT internal
        UNION ALL SELECT schema_name, table_name, NULL FROM duckdb_tables() WHERE database_name = current_database() AND coalesce(comment, '') = ''`;
      const views = (await rowsOf(warehouse, silent)).filter(([, table]) => table !== "coverage");
      assert.deepEqual(views, []);
      const [about] = await rowsOf(
        warehouse,
        "SELECT comment FROM duckdb_columns() WHERE table_name = 'users' AND column_name = 'profile_login'",
      );
      assert.deepEqual(about, ["About login."]);
    });
  });
}
