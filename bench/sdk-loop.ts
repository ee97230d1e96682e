/**
 * The peer of `users.ts`, as a process: `node sdk-loop.ts URL FILE` does what a careful first script does. It lists users with the
 * official SDK, one object after the other, and inserts each by a prepared statement; it commits every 1,000 rows. Only the
 * main columns, and the profile as JSON. Prints JSON: rows, and ms from the first request until the file is closed.
 */
import { DuckDBInstance, VARCHAR } from "@duckdb/node-api";
import okta from "@okta/okta-sdk-nodejs";

const COMMIT_ROWS = 1000;

const [orgUrl = "", file = ""] = process.argv.slice(2);
const client = new okta.Client({ orgUrl, token: process.env["OKTA_CLIENT_TOKEN"]! });
const instance = await DuckDBInstance.create(file);
const connection = await instance.connect();
await connection.run(`CREATE TABLE users (id VARCHAR PRIMARY KEY, status VARCHAR, created TIMESTAMPTZ, activated TIMESTAMPTZ,
  status_changed TIMESTAMPTZ, last_login TIMESTAMPTZ, last_updated TIMESTAMPTZ, password_changed TIMESTAMPTZ,
  login VARCHAR, email VARCHAR, type VARCHAR, profile JSON)`);
const insert = await connection.prepare("INSERT INTO users VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
const types = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [at + 1, VARCHAR]));
const time = (value: Date | null | undefined) => value?.toISOString() ?? null;

const began_ms = performance.now();
let rows = 0;
await connection.run("BEGIN");
const users = await client.userApi.listUsers({ limit: 200 });
for await (const user of users) {
  if (user === null) continue;
  const values = [
    user.id ?? null,
    user.status ?? null,
    ...[user.created, user.activated, user.statusChanged, user.lastLogin, user.lastUpdated, user.passwordChanged].map(
      time,
    ),
    user.profile?.login ?? null,
    user.profile?.email ?? null,
    user.type?.id ?? null,
    JSON.stringify(user.profile),
  ];
  insert.bind(Object.fromEntries(values.map((value, at) => [at + 1, value])), types);
  await insert.run();
  rows += 1;
  if (rows % COMMIT_ROWS === 0) {
    await connection.run("COMMIT");
    await connection.run("BEGIN");
  }
}
await connection.run("COMMIT");
connection.closeSync();
instance.closeSync();
console.log(JSON.stringify({ rows, busy_ms: performance.now() - began_ms }));
