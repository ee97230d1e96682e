/** SQL names of Okta's fields. Break seen to fail: an expression that looks at every run of capitals from each of its letters. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { snakeCase } from "../../src/core/column.ts";

test("the words of a name, whatever its case", () => {
  const names = ["lastUpdated", "_links", "SAMLRole2", "userPINs", "ABcDe", "a1B", "Ä-b"];
  assert.deepEqual(names.map(snakeCase), [
    "last_updated",
    "_links",
    "saml_role2",
    "user_pi_ns",
    "a_bc_de",
    "a1_b",
    "__b",
  ]);
});

test("a long name takes no longer than its length", () => {
  const began_ms = performance.now();
  for (const name of ["A".repeat(100_000), "Ab".repeat(50_000)]) snakeCase(name);
  assert.ok(performance.now() - began_ms < 2000);
});
