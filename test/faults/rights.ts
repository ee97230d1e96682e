/** Rows of the fault table about credentials, rights and clocks. */
import assert from "node:assert/strict";
import type { FakeOkta } from "../../fake-okta/server.ts";
import { APPS, COMPLETED, failing, type Row, striking } from "./row.ts";

const two = ["users", "groups"];
const HOUR_MS = 3_600_000;
const restoreRights = ({ access }: FakeOkta): void => {
  access.adminRole = true;
  access.tokenRevoked = false;
};
const tokensAsked = ({ requests }: FakeOkta) =>
  requests.count(({ path, status }) => path === "/oauth2/v1/token" && status === 200);
const refused = { run: "failed", exit: 3, tables: "failed CREDENTIAL_REFUSED" } as const;

export const RIGHTS: readonly Row[] = [
  {
    name: "a revoked token",
    tables: two,
    arrange: ({ access }) => void (access.tokenRevoked = true),
    expect: refused,
    restore: restoreRights,
  },
  {
    name: "a token revoked mid-run ends every table",
    tables: [...two, "logs"],
    during: { request: 4, act: ({ access }) => void (access.tokenRevoked = true) },
    expect: refused,
    restore: restoreRights,
  },
  {
    name: "403 E0000006: only that table fails",
    tables: ["users", "applications"],
    arrange: striking(APPS, { kind: "status", code: "E0000006" }),
    expect: { run: "partial", exit: 4, tables: { users: "completed", applications: "failed ROLE_MISSING" } },
  },
  {
    name: "403 insufficient_scope: only that table fails",
    tables: ["users", "applications"],
    auth: "oauth",
    arrange: striking(APPS, { kind: "insufficientScope" }),
    expect: { run: "partial", exit: 4, tables: { users: "completed", applications: "failed SCOPE_MISSING" } },
  },
  {
    name: "200 [] from /users on a first sync",
    tables: ["users"],
    auth: "oauth",
    arrange: ({ access }) => void (access.adminRole = false),
    expect: failing("SILENTLY_EMPTY"),
    restore: restoreRights,
  },
  {
    name: "the admin role lost later: held, nothing deleted",
    tables: ["users"],
    auth: "oauth",
    synced: true,
    arrange: ({ access }) => void (access.adminRole = false),
    expect: { run: "held", exit: 5, tables: "held HELD_MASS_DELETE" },
    check: async (scene) =>
      assert.deepEqual(await scene.query("SELECT count(*) FROM okta.users"), [scene.fake.org.truth("users").length]),
    restore: restoreRights,
  },
  {
    name: "the admin role lost later, and a person who allows it all the same: the second look deletes nothing",
    tables: ["users"],
    auth: "oauth",
    synced: true,
    allowMassDelete: true,
    arrange: ({ access }) => void (access.adminRole = false),
    expect: failing("ROLE_MISSING"),
    check: async (scene) =>
      assert.deepEqual(await scene.query("SELECT count(*) FROM okta.users"), [scene.fake.org.truth("users").length]),
    restore: restoreRights,
  },
  {
    name: "one scope not granted: only its table fails",
    tables: ["users", "logs"],
    auth: "oauth",
    org: { scopes: ["okta.users.read", "okta.schemas.read", "okta.userTypes.read"] },
    expect: { run: "partial", exit: 4, tables: { users: "completed", logs: "failed SCOPE_MISSING" } },
    restore: false,
  },
  {
    name: "the usual scopes: users with base attributes, only user_types fails",
    tables: ["users", "groups", "applications", "logs", "user_types"],
    auth: "dpop",
    org: { scopes: ["okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read"] },
    expect: {
      run: "partial",
      exit: 4,
      tables: {
        users: "completed",
        groups: "completed",
        applications: "completed",
        logs: "completed",
        user_types: "failed SCOPE_MISSING",
      },
      notice: "PROFILE_SCHEMA_UNREADABLE",
    },
    restore: false,
  },
  {
    name: "no scope granted at all",
    tables: ["users", "logs"],
    auth: "oauth",
    org: { scopes: [] },
    expect: failing("SCOPE_MISSING"),
    restore: false,
  },
  {
    name: "a token that ended mid-run is renewed, once",
    tables: two,
    auth: "oauth",
    during: { request: 6, act: ({ tokens }) => tokens.expireTokens() },
    expect: COMPLETED,
    check: async ({ fake }) => assert.equal(tokensAsked(fake), 2),
  },
  {
    name: "a token that lives for seconds is renewed before it ends",
    tables: ["users"],
    auth: "oauth",
    org: { accessTokenLifetime_s: 20, tick_ms: 3_000 },
    expect: COMPLETED,
    check: async ({ fake }) => assert.equal(fake.requests.byStatus.get(401), undefined),
  },
  {
    name: "an OAuth token refused for good",
    tables: two,
    auth: "oauth",
    arrange: striking("/api/v1/*", { kind: "invalidToken" }),
    expect: refused,
  },
  {
    name: "DPoP: the nonce is rotated mid-run",
    tables: two,
    auth: "dpop",
    during: { request: 6, act: ({ tokens }) => (tokens.rotateNonce(), tokens.expireTokens()) },
    expect: COMPLETED,
  },
  {
    name: "DPoP: no proof is used twice, also on retries",
    tables: two,
    auth: "dpop",
    arrange: striking("/api/v1/*", { kind: "status", status: 503, code: "E0000010" }, 5),
    expect: COMPLETED,
    check: async ({ fake }) =>
      assert.equal(
        fake.requests.count(({ path, status }) => path.startsWith("/api/") && status === 400),
        0,
      ),
  },
  ...[-7 * HOUR_MS, 7 * HOUR_MS].flatMap((local_ms): Row[] =>
    (["token", "dpop"] as const).map((auth) => ({
      name: `the machine's clock is off by ${local_ms / HOUR_MS} hours (${auth})`,
      tables: ["users", "logs"],
      auth,
      local_ms,
      expect: COMPLETED,
      check: async (scene) => {
        const [cursor] = await scene.query(
          "SELECT json_extract_string(state, '$.cursor') FROM rollcall.checkpoints WHERE table_name = 'users'",
        );
        const behind_ms = scene.fake.org.clock.now() - Date.parse(String(cursor));
        assert.ok(behind_ms >= 5 * 60_000 && behind_ms < HOUR_MS, `the cursor is ${behind_ms} ms behind the org`);
      },
    })),
  ),
];
