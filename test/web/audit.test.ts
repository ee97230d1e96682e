/** The audit trail in words: every deed that the server puts on record has its own, and no value is shown as JSON. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { deedInWords, labelOf, valueInWords } from "../../web/src/pages/settings/audit-words.ts";

const src = join(import.meta.dirname, "../../src");

it("every deed that is written out in the server's code has words", () => {
  const code = globSync("**/*.ts", { cwd: src }).map((name) => readFileSync(join(src, name), "utf8"));
  const written = code.flatMap((text) =>
    [...text.matchAll(/"((?:[a-z_]+)\.(?:[a-z_]+))"/g)].map(([, action]) => action!),
  );
  const kinds = /^(?:setup|person|api_key|settings|secret_key|source|run|warehouse|publication)\./;
  const deeds = new Set(written.filter((action) => kinds.test(action) && !action.endsWith(".ts")));
  assert.ok(deeds.has("source.created") && deeds.has("person.removed"));
  for (const deed of deeds) if (deed.split(".")[1]!.endsWith("ed")) assert.notEqual(deedInWords(deed), null, deed);
});

it("values as people read them", () => {
  const schedule = { kind: "every", frequency: "1hour", anchor: null, zone: "UTC" };
  const changes = [{ table: "users", mode: "full_refresh", schedule, lookBack_s: 120, treatment: { email: "hash" } }];
  assert.equal(
    valueInWords("changes", changes),
    "users: mode full refresh, schedule Every hour, look back 2 min, treatment email hash",
  );
  assert.equal(valueInWords("enabled", { before: true, after: false }), "yes → no");
  assert.equal(valueInWords("bytes", 1_234_567), "1,234,567");
  assert.equal(valueInWords("complete_every_ms", 86_400_000), "1 d");
  assert.equal(valueInWords("tables", []), "none");
  assert.deepEqual(["lookBack_s", "expiresAt", "share_percent"].map(labelOf), [
    "look back",
    "expires at",
    "share percent",
  ]);
});
