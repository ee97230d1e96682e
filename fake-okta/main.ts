import { once } from "node:events";
import { defaultSize, type FakeOktaOptions, startFakeOkta } from "./server.ts";

/**
 * Runs an org until `signal` aborts. Prints to stdout what a shell needs to reach it, one assignment a line; everything
 * for people goes to stderr. Rejects when a port is taken.
 */
export async function runFakeOkta(options: FakeOktaOptions, signal: AbortSignal): Promise<void> {
  await using fake = await startFakeOkta(options);
  const credential =
    options.auth === "oauth" || options.auth === "dpop"
      ? [`OKTA_CLIENT_CLIENTID=${fake.clientId}`, `OKTA_CLIENT_PRIVATEKEY='${JSON.stringify(fake.privateKeyJwk)}'`]
      : [`OKTA_CLIENT_TOKEN=${fake.token}`];
  const lines = [`OKTA_CLIENT_ORGURL=${fake.url}`, ...credential, `ROLLCALL_CONTROL_URL=${fake.controlUrl}`];
  process.stdout.write(lines.join("\n") + "\n");
  const size = { ...defaultSize, ...options };
  process.stderr.write(
    `A simulated Okta org (${size.users} users, ${size.groups} groups, ${size.apps} apps, ${size.events} log events) answers at ${fake.url}; ` +
      `GET ${fake.controlUrl}/ lists what can be done to it. Ctrl-C ends it.\n`,
  );
  if (!signal.aborted) await once(signal, "abort");
}
