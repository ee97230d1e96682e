/**
 * Every wrong use ends with exit code 2, the stable code, what was wrong and what to do, before anything is opened or asked.
 * Breaks seen to fail here: exit 2 → 1 in exit.ts · nearest() always null · a mode looked up in all modes instead of the stream's ·
 * refuseSecrets not called · "Did you mean" cut from commander's message · dates taken by Date.parse alone.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { redactor } from "../../src/cli/secrets.ts";
import { rollcall } from "./command.ts";

const TOKEN = "00AbCdEfGhIjKlMnOpQrStUvWxYz0123456789_-xy";
const ENV = { OKTA_CLIENT_TOKEN: TOKEN };
const PLAIN = "acme.okta.com";

/** argv · environment · what stderr must say. */
const WRONG: readonly (readonly [argv: readonly string[], env: Readonly<Record<string, string>>, says: RegExp])[] = [
  [["snyc"], ENV, /Unknown command 'snyc'.*Did you mean sync\?.*\[USAGE\]\n next: See `rollcall --help`/],
  [
    ["sync", PLAIN, "--tabels", "users"],
    ENV,
    /--tabels.*Did you mean --tables\?.*\[USAGE\]\n next: See `rollcall sync --help`/,
  ],
  [["sync", PLAIN, "extra"], ENV, /[Tt]oo many arguments/],
  [["query"], ENV, /[Mm]issing required argument 'sql'/],
  [["query", "  "], ENV, /SQL is empty/],
  [["query", "select 1", "--format", "xml"], ENV, /--format takes one of table, json, ndjson, csv, not "xml"/],
  [["query", "select 1", "--format", "jsn"], ENV, /Did you mean json\?/],
  [["query", "select 1", "--max-rows", "0"], ENV, /--max-rows takes a whole number from 1/],
  [["query", "select 1", "--max-rows", "1e3"], ENV, /--max-rows/],
  [["sync"], ENV, /No org was named.*\n next: .*OKTA_CLIENT_ORGURL/],
  [["check"], ENV, /No org was named/],
  [["sync", "acme"], ENV, /\[ORG_INVALID\]\n next: .*acme\.okta\.com/],
  [["sync", "https://acme.okta.com.com"], ENV, /\[ORG_INVALID\]/],
  [["sync", PLAIN], {}, /\[CREDENTIAL_MISSING\]/],
  [["check", PLAIN], {}, /\[CREDENTIAL_MISSING\]/],
  [["sync", PLAIN], { ...ENV, OKTA_CLIENT_CLIENTID: "0oa1" }, /\[CREDENTIAL_AMBIGUOUS\]/],
  [
    ["sync", PLAIN, "--tables", "user"],
    ENV,
    /there is no table "user"\. Did you mean users\?.*\n next: The tables are users, groups/,
  ],
  [["sync", PLAIN, "--tables", ""], ENV, /--tables names no table/],
  [["sync", PLAIN, "--tables", "users,,groups"], ENV, /--tables names no table/],
  [["check", PLAIN, "--tables", "gruops"], ENV, /Did you mean groups\?/],
  [["sync", PLAIN, "--mode", "users"], ENV, /--mode takes TABLE=MODE, not "users"/],
  [
    ["sync", PLAIN, "--mode", "users=ful_refresh"],
    ENV,
    /users has no mode "ful_refresh"\. Did you mean full_refresh\?.*\n next: Its modes are incremental, full_refresh/,
  ],
  [["sync", PLAIN, "--mode", "users=append"], ENV, /users has no mode "append"/],
  [
    ["sync", PLAIN, "--mode", "group_rules=incremental"],
    ENV,
    /group_rules has no mode "incremental".*\n next: Its modes are full_refresh/,
  ],
  [
    ["sync", PLAIN, "--mode", "logs=incremental", "--mode", "logs=full_refresh"],
    ENV,
    /two modes: append and full_refresh/,
  ],
  [
    ["sync", PLAIN, "--tables", "users", "--mode", "groups=full_refresh"],
    ENV,
    /--mode names groups, which --tables leaves out/,
  ],
  [["sync", PLAIN, "--share", "0"], ENV, /--share takes a whole number from 1 to 100, not "0"/],
  [["sync", PLAIN, "--share", "101"], ENV, /--share/],
  [["sync", PLAIN, "--share", "75%"], ENV, /--share/],
  [
    ["sync", PLAIN, "--logs-since", "yesterday"],
    ENV,
    /--logs-since takes an ISO 8601 date or date-time, not "yesterday"/,
  ],
  [["sync", PLAIN, "--logs-since", "2026-02-30"], ENV, /--logs-since/],
  [["sync", PLAIN, "--complete-every", "24"], ENV, /--complete-every takes a duration such as 90m, 24h or 7d, or 0/],
  [["sync", PLAIN, "--complete-every", "-1h"], ENV, /--complete-every/],
  [["sync", PLAIN, "--prefix", "1st"], ENV, /--prefix "1st" is not a letter followed by.*\[PREFIX_INVALID\]/],
  [["sync", PLAIN, "--prefix", "my-org"], ENV, /\[PREFIX_INVALID\]/],
  [["sync", PLAIN, "--prefix", "Main"], ENV, /keeps for itself.*\[PREFIX_INVALID\]/],
  [["sync", PLAIN, "--prefix", "pg_catalog"], ENV, /\[PREFIX_INVALID\]/],
  [["fake-okta", "--port", "70000"], ENV, /--port takes a whole number from 0 to 65535/],
  [["fake-okta", "--auth", "basic"], ENV, /--auth takes one of token, oauth, dpop/],
  [["fake-okta", "--rate-limits", "workfroce"], ENV, /Did you mean workforce\?/],
  [["demo", "now"], ENV, /[Tt]oo many arguments/],
];

for (const [argv, env, says] of WRONG) {
  test(`wrong use: ${argv.join(" ")}${env === ENV ? "" : ` with ${Object.keys(env).join(", ") || "no credential"}`}`, async () => {
    const { code, stdout, stderr } = await rollcall(argv, env);
    assert.match(stderr, says);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.ok(!stderr.includes(TOKEN), "the credential is in the output");
  });
}

const SECRETS = [
  ["sync", PLAIN, "--token", TOKEN],
  ["sync", PLAIN, `--token=${TOKEN}`],
  ["check", PLAIN, "--api-token", TOKEN],
  ["sync", PLAIN, "--client-secret=hunter2hunter2"],
  ["sync", PLAIN, "--private-key", "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----"],
  ["sync", PLAIN, TOKEN],
  [TOKEN],
  ["sync", `SSWS ${TOKEN}`],
  ["sync", PLAIN, '{"kty":"RSA","d":"abcdefghijkl"}'],
  ["--client-id", "0oa1234567890", "sync", PLAIN],
];

for (const argv of SECRETS) {
  test(`a credential on the command line is refused and not repeated: ${argv.join(" ").slice(0, 40)}`, async () => {
    for (const env of [{}, ENV]) {
      const { code, stdout, stderr } = await rollcall(argv, env);
      assert.equal(code, 2);
      assert.match(stderr, /never taken from the command line/);
      assert.match(stderr, /next: Set OKTA_CLIENT_TOKEN/);
      for (const secret of [TOKEN, "hunter2", "MIIEvQ", "abcdefghijkl", "0oa1234567890"]) {
        assert.ok(!(stdout + stderr).includes(secret), `${secret} was repeated`);
      }
    }
  });
}

test("the last net: no credential of the environment is in any text, whoever wrote it", () => {
  const pem = `-----BEGIN PRIVATE KEY-----\n${"M".repeat(64)}\n-----END PRIVATE KEY-----`;
  const jwk = JSON.stringify({ kty: "EC", d: "d".repeat(43) });
  const clean = redactor({ OKTA_CLIENT_TOKEN: ` ${TOKEN} `, OKTA_API_TOKEN: "short", OKTA_CLIENT_PRIVATEKEY: pem });
  assert.equal(clean(`a ${TOKEN} b`), "a [credential] b");
  assert.equal(clean(`{"key":${JSON.stringify(pem)}}`), '{"key":"[credential]"}');
  assert.ok(!clean(`line ${"M".repeat(64)}`).includes("MMMM"));
  assert.equal(clean("a short word"), "a short word");
  assert.ok(!redactor({ OKTA_CLIENT_PRIVATEKEY: jwk })(`d is ${"d".repeat(43)}`).includes("ddd"));
});

test("no command at all: the help on stderr, exit 2", async () => {
  const { code, stdout, stderr } = await rollcall([]);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /Usage: rollcall/);
});
