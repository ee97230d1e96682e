/** The rules about answers that come late. Seen to fail when: answers of an earlier window are believed · all of them are ignored. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, openAccount, wait_msOf, type Account } from "../../src/okta/account.ts";

const told = (account: Account, generation: number, remaining: number, reset_s: number, now_s: number) =>
  answered(account, generation, { limit: 10, remaining, reset_ms: reset_s * 1_000 }, now_s * 1_000, now_s * 1_000);

/** The window that ended at 60 s is spent, the next was opened at 61 s without an answer yet. */
function justOpened(): Account {
  const account = openAccount("logs");
  told(account, 0, 3, 60, 30);
  assert.equal(wait_msOf(account, 75, 59_000), 2_000);
  assert.equal(wait_msOf(account, 75, 61_000), 0);
  assert.deepEqual([account.generation, account.remaining, account.reset_ms], [1, 10, null]);
  return account;
}

test("an answer of the window before tells nothing about this one", () => {
  const account = justOpened();
  told(account, 0, 2, 60, 61);
  assert.deepEqual([account.generation, account.remaining, account.reset_ms], [1, 10, null]);
});

test("a request sent in the window before and counted in this one does", () => {
  const account = justOpened();
  told(account, 0, 9, 120, 61);
  assert.deepEqual([account.generation, account.remaining, account.reset_ms], [1, 9, 120_000]);
});

test("overtaken answers never give back what is spent", () => {
  const account = justOpened();
  told(account, 1, 5, 120, 62);
  told(account, 1, 8, 120, 62);
  assert.equal(account.remaining, 5);
});
