/** From what was typed to an open client: the org says who it is before it is shown a credential. */
import { openClient } from "./client.ts";
import { systemClock } from "./clock.ts";
import type { Credential } from "./credential.ts";
import { resolveOrg, type Org, type OrgAddress } from "./org.ts";
import type { OktaClient } from "./seam.ts";
import { openTransport } from "./transport.ts";

/** An org and the credential for it. */
export interface LinkConfig {
  readonly org: OrgAddress;
  readonly credential: Credential;
  /** How much of each rate limit may be used. */
  readonly sharePercent: number;
}

/** Opens the client; `tell` gets one sentence about what the address was understood to mean. */
export async function openLink(
  config: LinkConfig,
  scopes: readonly string[],
  signal: AbortSignal,
  tell: (understood: string) => void,
): Promise<OktaClient> {
  const org = await ask(config, signal);
  tell(understood(org));
  const { credential, sharePercent: share_percent } = config;
  return openClient({ org, credential, share_percent, scopes: [...new Set(scopes)], clock: systemClock });
}

async function ask({ org }: LinkConfig, signal: AbortSignal): Promise<Org> {
  await using transport = openTransport({ clock: systemClock, connections: 1, loopback: org.loopback });
  return await resolveOrg(org, transport, signal);
}

function understood({ origin, host, id, canonicalHost }: Org): string {
  const alias = canonicalHost === host ? "" : `, which Okta calls ${canonicalHost}`;
  return `Understood the org as ${origin} (${id})${alias}.`;
}
