/** The official SDK, which we did not write, reads the org with every kind of credential. */
import assert from "node:assert/strict";
import { test } from "node:test";
import okta from "@okta/okta-sdk-nodejs";
import { type FakeOkta, startFakeOkta } from "../../fake-okta/server.ts";

const size = { users: 430, groups: 12, apps: 24, rules: 2, events: 500, latePersistence: false } as const;
const scopes = ["okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read"];

function client(fake: FakeOkta, auth: "token" | "oauth" | "dpop"): okta.Client {
  if (auth === "token") return new okta.Client({ orgUrl: fake.url, token: fake.token });
  return new okta.Client({
    orgUrl: fake.url,
    authorizationMode: "PrivateKey",
    clientId: fake.clientId,
    scopes,
    privateKey: auth === "oauth" ? JSON.stringify(fake.privateKeyJwk) : fake.privateKeyPem,
  });
}

async function collect(
  list: Promise<{ each(visit: (item: unknown) => void): Promise<unknown> }>,
  key: "id" | "uuid",
): Promise<string[]> {
  const found: string[] = [];
  await (
    await list
  ).each((item) => {
    assert.ok(typeof item === "object" && item !== null && key in item);
    found.push(String((item as Record<string, unknown>)[key]));
  });
  return found;
}

for (const auth of ["token", "oauth", "dpop"] as const) {
  test(`the SDK lists users, groups, apps and logs (${auth})`, async () => {
    await using fake = await startFakeOkta({ ...size, auth });
    const sdk = client(fake, auth);
    const keys = (
      table: "users" | "groups" | "applications",
      keep: (row: Record<string, unknown>) => boolean,
    ): string[] =>
      fake.org
        .truth(table)
        .filter(keep)
        .map((row) => String(row.id))
        .toSorted();
    const users = await collect(sdk.userApi.listUsers({ limit: 200 }), "id");
    assert.deepEqual(
      users.toSorted(),
      keys("users", (row) => row.status !== "DEPROVISIONED"),
    );
    const groups = await collect(sdk.groupApi.listGroups({ limit: 5 }), "id");
    assert.deepEqual(
      groups.toSorted(),
      keys("groups", () => true),
    );
    const apps = await collect(sdk.applicationApi.listApplications({}), "id");
    assert.deepEqual(
      apps.toSorted(),
      keys("applications", (row) => row.status === "ACTIVE"),
    );
    const since = new Date(Date.now() - 91 * 86_400_000).toISOString();
    const logs = await collect(
      sdk.systemLogApi.listLogEvents({ since, until: new Date().toISOString(), limit: 150 }),
      "uuid",
    );
    assert.deepEqual(
      logs.toSorted(),
      fake.org
        .truth("logs")
        .map((row) => String(row.uuid))
        .toSorted(),
    );
    const schemes = new Set(
      fake.requests.recent.filter((record) => record.bucket !== "token").map((record) => record.scheme),
    );
    assert.deepEqual(schemes, new Set([{ token: "SSWS", oauth: "Bearer", dpop: "DPoP" }[auth]]));
  });
}
