/**
 * What a person is told to do about a missing admin role.
 *
 * Breaks seen to fail here: the service app's remedy told to the owner of a token · the same role for every table.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Preflight } from "../../src/service/sources.ts";
import { Served } from "../service/served.ts";

const REMEDY = {
  token: /^Give the token's owner (.+), or another admin role that may read this: Security → Administrators\.$/,
  oauth:
    /^Give the service app (.+), or another admin role that may read this: Applications → the app → Admin roles\.$/,
} as const;

describe("a missing admin role", () => {
  for (const auth of ["token", "oauth"] as const)
    it(`is given where a ${auth} gets it from, in a preflight and in a run`, async () => {
      await using served = await Served.start();
      const secret =
        auth === "token"
          ? { token: served.org.token }
          : { clientId: served.org.clientId, privateKey: JSON.stringify(served.org.privateKeyJwk) };
      const fields = { domain: served.org.url, auth, ...secret };
      const source = await served.link({ fields, import: false });
      const forbidden = { kind: "status", status: 403, code: "E0000006" } as const;
      for (const path of ["/api/v1/logs*", "/api/v1/groups/rules*"])
        served.org.faults.add({ match: { path }, fault: forbidden });
      served.org.faults.add({ match: { path: "/api/v1/meta/types/user" }, fault: { kind: "empty" } });
      const { body } = await served.ask<Preflight>("POST", `/api/sources/${source.id}/preflight`);
      const roleIn = (fix: string) => REMEDY[auth].exec(fix)?.[1] ?? fix;
      const offered = new Map(body.tables.map(({ table, reason, fix }) => [table, [reason, roleIn(fix)]]));
      assert.deepEqual(offered.get("logs"), ["ROLE_MISSING", "Report Administrator"]);
      assert.deepEqual(offered.get("group_rules"), ["ROLE_MISSING", "Read-only Administrator"]);
      assert.deepEqual(offered.get("user_types"), ["SILENTLY_EMPTY", "Read-only Administrator"]);
      const { body: asked } = await served.ask("POST", `/api/sources/${source.id}/sync`, {});
      const run = await served.ended(String(asked["id"]));
      const failures = new Map(run.tables.map(({ table, failure }) => [table, failure]));
      assert.equal(roleIn(failures.get("logs")!.fix), "Report Administrator");
      assert.equal(roleIn(failures.get("user_types")!.fix), "Read-only Administrator");
    });
});
