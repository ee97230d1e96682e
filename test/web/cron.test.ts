/** What the form says of a cron expression, against what the server says of it: the form must never refuse what the server takes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cronProblem } from "../../src/core/cron.ts";
import { scheduleProblem } from "../../web/src/parts/cron.ts";

const zone = "UTC";
const problem = (expression: string) => scheduleProblem({ kind: "cron", expression, zone });

describe("a cron expression in a form", () => {
  for (const expression of [
    "0 2 * * *",
    "*/15 * * * *",
    "0,30 8-18/2 * * MON-FRI",
    "0 6 1 JAN,jul *",
    " 5 4 * * 7 ",
    "0 0 L * *",
    "0 9 * * MON#1",
    "@daily",
  ])
    it(`takes ${expression}, as the server does`, () => {
      assert.equal(cronProblem({ expression, zone }), null);
      assert.equal(problem(expression), null);
    });

  for (const expression of [
    "",
    "nonsense",
    "every day at 5 pm",
    "61 * * * *",
    "0 24 * * *",
    "0 0 * * * *",
    "*/0 * * * *",
    "? 1 * * *",
  ])
    it(`refuses ${JSON.stringify(expression)}, as the server does`, () => {
      assert.notEqual(cronProblem({ expression, zone }), null);
      assert.notEqual(problem(expression), null);
    });

  it("says which part is wrong", () => {
    assert.equal(problem("0 25 * * *"), "The hour is not understood: 25.");
  });
});
