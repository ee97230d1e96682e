/** The real client against the simulated org, on the org's own time; and how a test puts itself in between. */
import type { FakeOkta } from "../../fake-okta/server.ts";
import { scopesOf } from "../../src/core/stream.ts";
import { openClient } from "../../src/okta/client.ts";
import type { Clock } from "../../src/okta/clock.ts";
import { credentialFromEnvironment } from "../../src/okta/credential.ts";
import { parseOrg, resolveOrg } from "../../src/okta/org.ts";
import type { OktaClient } from "../../src/okta/seam.ts";
import { STREAMS } from "../../src/okta/streams.ts";
import { openTransport } from "../../src/okta/transport.ts";

/** `object` with some methods replaced; the others keep their own `this`. */
export function over<T extends object>(object: T, methods: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      if (Object.hasOwn(methods, name)) return methods[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The longest that one sleep moves the org's time. */
const SLEEP_MAX_MS = 120_000;

/** Time is the org's; sleeping moves it at once. `ahead_ms`: the machine's clock is off by so much. */
export function simulatedClock({ org }: FakeOkta, ahead_ms = 0): Clock {
  return {
    now_ms: () => org.clock.now() + ahead_ms,
    async sleep(ms, signal) {
      if (signal.aborted) return;
      org.clock.advance(Math.min(ms, SLEEP_MAX_MS));
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

export interface ClientSettings {
  readonly auth: "token" | "oauth" | "dpop";
  readonly share_percent: number;
  readonly tables?: readonly string[];
}

/** A client as the CLI opens it: the org is asked who it is, then the credential is read from an environment. */
export async function openSimulatedClient(
  fake: FakeOkta,
  clock: Clock,
  { auth, share_percent, tables = STREAMS.map(({ table }) => table) }: ClientSettings,
): Promise<OktaClient> {
  const address = parseOrg(fake.url);
  await using transport = openTransport({ clock, connections: 1, loopback: true });
  const org = await resolveOrg(address, transport, new AbortController().signal);
  const environment: Record<string, string> =
    auth === "token"
      ? { OKTA_CLIENT_TOKEN: fake.token }
      : { OKTA_CLIENT_CLIENTID: fake.clientId, OKTA_CLIENT_PRIVATEKEY: JSON.stringify(fake.privateKeyJwk) };
  const credential = credentialFromEnvironment(environment, () => "");
  const scopes = scopesOf(STREAMS.filter(({ table }) => tables.includes(table)));
  return openClient({ org, credential, share_percent, scopes, clock, random: () => 0.5 });
}
