/**
 * A statement that hears no interrupt, and a process that grows: whoever asked is answered, nobody else waits for it, and its place stays taken.
 *
 * Breaks seen to fail here: the engine waited for without patience · its place given away while it is in there · the turnstile waiting for ever ·
 * the process not looked at.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { DuckDBConnection } from "@duckdb/node-api";
import { hasCode } from "../../src/core/error.ts";
import { Ceiling } from "../../src/warehouse/duckdb/ceiling.ts";
import { Sitting } from "../../src/warehouse/duckdb/query.ts";
import { Turnstile } from "../../src/warehouse/duckdb/turnstile.ts";

const never = new AbortController().signal;

/** A desk with one place, whose engine does not hear. */
function desk(resident: () => number = () => 0) {
  const interrupted: number[] = [];
  const connection = {
    interrupt: () => void interrupted.push(1),
    run: () => Promise.resolve(),
    closeSync: () => undefined,
  } as unknown as DuckDBConnection;
  const turnstile = new Turnstile(1);
  const connect = () => Promise.resolve(connection);
  const judge = () => assert.fail("nothing is judged here");
  return { desk: { connect, turnstile, ceiling: new Ceiling(resident), guarded: true, judge }, turnstile, interrupted };
}

test("whoever asked is answered; the place is free when the engine has come back, and not before", async () => {
  const { desk: held, turnstile, interrupted } = desk();
  const sitting = await Sitting.take(held, { timeout_ms: 20 }, never);
  const engine = Promise.withResolvers<void>();
  await assert.rejects(
    sitting.run(() => engine.promise),
    (error) => hasCode(error, "QUERY_TIMEOUT"),
  );
  assert.ok(interrupted.length > 1, "an interrupt is repeated");
  assert.equal(turnstile.isEmpty, false);
  // An import that needs the memory goes on without it.
  using _ = await turnstile.clear();
  assert.equal(turnstile.isEmpty, false);
  engine.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(turnstile.isEmpty, true);
});

test("what makes the process too large is stopped", async () => {
  let resident = 100e6;
  const { desk: held, turnstile } = desk(() => resident);
  const sitting = await Sitting.take(held, {}, never);
  const engine = Promise.withResolvers<void>();
  const running = assert.rejects(
    sitting.run(() => engine.promise),
    (error) => hasCode(error, "QUERY_TOO_LARGE"),
  );
  resident = 1_199e6;
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(turnstile.isEmpty, false);
  resident = 1_201e6;
  await new Promise((resolve) => setTimeout(resolve, 150));
  engine.resolve();
  await running;
});

test("where the process is large already, it may grow by as much as a query needs", async () => {
  let resident = 1_500e6;
  const { desk: held } = desk(() => resident);
  const sitting = await Sitting.take(held, {}, never);
  resident = 2_000e6;
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(await sitting.run(() => Promise.resolve(7)), 7);
  await sitting.end();
});
