/** What the SQL editor offers: tables behind FROM, columns of the tables that the statement reads, fields of structs. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { offersAt, type Known } from "../../web/src/query/completion.ts";
import { statementAt, statements } from "../../web/src/query/sql-tokens.ts";
import { fieldsOf } from "../../web/src/query/struct.ts";

const column = (name: string, type = "VARCHAR") => ({ name, type, about: null });
const CATALOGUE: readonly Known[] = [
  { schema: "okta", name: "users", about: "People.", columns: [column("id"), column("status"), column("order")] },
  {
    schema: "okta",
    name: "logs",
    about: null,
    columns: [column("uuid"), column("client", 'STRUCT("ipAddress" VARCHAR, geo STRUCT(city VARCHAR, lat DOUBLE))')],
  },
  { schema: "okta.acme", name: "groups", about: null, columns: [column("name")] },
];

/** `|` is the cursor. */
function offered(text: string): readonly string[] | null {
  const at = text.indexOf("|");
  return offersAt(text.replace("|", ""), at, CATALOGUE)?.offers.map(({ apply }) => apply) ?? null;
}

describe("completion", () => {
  for (const [text, wanted, not] of [
    ["SELECT * FROM |", ["okta.users", "okta.logs", '"okta.acme".groups'], ["id"]],
    ["SELECT * FROM us|", ["okta.users"], ["id"]],
    ["SELECT * FROM okta.|", ["users", "logs"], ["id", "groups"]],
    ["SELECT | FROM okta.users", ["id", "status", '"order"'], ["uuid"]],
    ["SELECT st| FROM okta.users u JOIN okta.logs l ON true", ["status", "uuid", "u", "l"], ["name"]],
    ["SELECT l.| FROM okta.users u, okta.logs AS l", ["uuid", "client"], ["status"]],
    ["SELECT client.| FROM okta.logs", ["ipAddress", "geo"], ["uuid"]],
    ["SELECT l.client.geo.| FROM okta.logs l", ["city", "lat"], ["uuid"]],
    ["SELECT users.| FROM okta.users", ["id"], ["uuid"]],
    ["WITH recent AS (SELECT 1) SELECT * FROM r|", ["recent", "okta.users"], []],
    ["SELECT 1; SELECT | FROM okta.logs", ["uuid"], ["status"]],
    ["SELECT * FROM okta.users, |", ["okta.logs"], ["id"]],
    ["SELECT id, | FROM okta.users", ["status"], []],
    ['SELECT * FROM "okta"."users" WHERE |', ["status"], ["uuid"]],
    ["select * from okta.acme.groups where |", ["name"], ["uuid"]],
  ] as const) {
    it(text, () => {
      const offers = offered(text) ?? [];
      for (const name of wanted) assert.ok(offers.includes(name), `${name} is missing from ${offers.join(", ")}`);
      for (const name of not) assert.ok(!offers.includes(name), `${name} is out of place`);
    });
  }

  for (const text of ["SELECT 'okta.|'", "SELECT 1 -- okta.|", "/* okta.| */ SELECT 1", "SELECT 'open |", "SELECT 12|"])
    it(`nothing in ${text}`, () => assert.equal(offered(text), null));
});

describe("statements", () => {
  it("are cut at semicolons, except in strings and comments", () => {
    const sql = "SELECT ';' -- ;\n, 2;\n\n/* ; */ SELECT $$;$$; -- end";
    assert.deepEqual(
      statements(sql).map(({ text }) => text),
      ["SELECT ';' -- ;\n, 2", "SELECT $$;$$"],
    );
  });

  it("the one at the cursor, also right behind its semicolon", () => {
    const sql = "SELECT 1;\nSELECT 2;";
    assert.equal(statementAt(sql, 0)?.text, "SELECT 1");
    assert.equal(statementAt(sql, 9)?.text, "SELECT 1");
    assert.equal(statementAt(sql, 12)?.text, "SELECT 2");
    assert.equal(statementAt(sql, sql.length)?.text, "SELECT 2");
    assert.equal(statementAt("  -- nothing", 3), null);
  });
});

it("fields of a struct", () => {
  assert.deepEqual(fieldsOf('STRUCT("a, b" VARCHAR, c STRUCT(d INTEGER, e DECIMAL(9,2))[], f MAP(VARCHAR, BIGINT))'), [
    { name: "a, b", type: "VARCHAR" },
    { name: "c", type: "STRUCT(d INTEGER, e DECIMAL(9,2))[]" },
    { name: "f", type: "MAP(VARCHAR, BIGINT)" },
  ]);
  assert.deepEqual(fieldsOf("VARCHAR"), []);
});
