/** From what a person pasted to the org it means: first by its text alone, then by asking the host, without the credential. */
import { z } from "zod";
import { RollcallError } from "../core/error.ts";
import type { OrgAddress } from "./org-address.ts";
import { dateOf } from "./rate.ts";
import { header, type Response, type Transport } from "./transport.ts";
import { agent_name } from "./version.ts";

export { parseOrg, type OrgAddress } from "./org-address.ts";

/** An org that answered for itself. */
export interface Org {
  /** `00o…`: the org's identity, whatever host it is reached by. */
  readonly id: string;
  /** The host that the person named: the only one that ever receives the credential. */
  readonly host: string;
  readonly origin: string;
  readonly loopback: boolean;
  /** The host that Okta calls the org by, such as `acme.okta.com` for a custom domain. */
  readonly canonicalHost: string;
  /** Every host that links of this org may name, with their `-admin` twins. */
  readonly hosts: ReadonlySet<string>;
  /** When it answered, by its own `Date` and by the local clock: a client knows Okta's time before its first request. */
  readonly answered: { readonly date_ms: number; readonly sent_ms: number; readonly received_ms: number };
}

const WELL_KNOWN = "/.well-known/okta-organization";

/** [SPEC, REC:tf] fact sheet 1.4: `id`, `_links.organization.href` (canonical), `_links.alternate` (custom domain). */
const Link = z.object({ href: z.string() });
const WellKnown = z.object({
  id: z.string().regex(/^00o\w+$/),
  _links: z.object({ organization: Link.optional(), alternate: z.union([Link, z.array(Link)]).optional() }).optional(),
});

/** Tries at the first contact, each at once after the last: a person is waiting. */
const tries_max = 3;

/**
 * Asks the host who it is. Throws RollcallError: ORG_UNREACHABLE (no answer, 429, 5xx), ORG_NOT_OKTA (another answer, a redirect),
 * ORG_INVALID (its name resolves to a private address), CANCELLED.
 */
export async function resolveOrg(address: OrgAddress, transport: Transport, signal: AbortSignal): Promise<Org> {
  for (let tried = 1; ; tried += 1) {
    try {
      const response = await transport.send(
        {
          method: "GET",
          origin: address.origin,
          path: WELL_KNOWN,
          headers: { accept: "application/json", "user-agent": agent_name },
        },
        signal,
      );
      if (response.status < 500 && response.status !== 429) return orgOf(address, response);
      if (tried === tries_max) throw unreachable(address, `answered ${response.status}`);
    } catch (error) {
      if (!(error instanceof RollcallError) || error.code !== "NETWORK") throw error;
      if (tried === tries_max) throw unreachable(address, "did not answer", error);
    }
  }
}

function orgOf(address: OrgAddress, response: Response): Org {
  if (response.status >= 300 && response.status < 400) {
    const to = URL.parse(header(response.headers, "location") ?? "")?.host ?? "another place";
    throw notOkta(address, `redirects to ${to}; redirects are not followed`);
  }
  if (response.status !== 200) throw notOkta(address, `answers ${response.status} where an Okta org says who it is`);
  const parsed = WellKnown.safeParse(json(response.bytes));
  if (!parsed.success) throw notOkta(address, "answers, but not as an Okta org");
  const date_ms = dateOf(response.headers);
  if (date_ms === null) throw notOkta(address, "answers without a date");
  const { id, _links } = parsed.data;
  const alternates = _links?.alternate === undefined ? [] : [_links.alternate].flat();
  const canonicalHost = hostOf(_links?.organization) ?? address.host;
  const named = [address.host, canonicalHost, ...alternates.map(hostOf).filter((host) => host !== null)];
  return {
    id,
    host: address.host,
    origin: address.origin,
    loopback: address.loopback,
    canonicalHost,
    hosts: new Set(named.flatMap((host) => [host, adminTwin(host)])),
    answered: { date_ms, sent_ms: response.sent_ms, received_ms: response.received_ms },
  };
}

/** `acme.okta.com` → `acme-admin.okta.com`: API links of some endpoints name it (fact 11). The simulator's address gets it at its end. */
function adminTwin(host: string): string {
  return LOOPBACK_ADDRESS.test(host) ? host.replace(LOOPBACK_ADDRESS, "$&-admin") : host.replace(/^[^.:]+/, "$&-admin");
}

const LOOPBACK_ADDRESS = /^127\.0\.0\.1/;

function hostOf(link: { readonly href: string } | undefined): string | null {
  return link === undefined ? null : (URL.parse(link.href)?.host ?? null);
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

function unreachable({ host }: OrgAddress, what: string, cause?: unknown): RollcallError {
  const why = cause instanceof Error ? ` (${cause.message})` : "";
  return new RollcallError("ORG_UNREACHABLE", `${host} ${what}${why}.`, { cause });
}

function notOkta({ host }: OrgAddress, what: string): RollcallError {
  return new RollcallError("ORG_NOT_OKTA", `Understood the org as ${host}, but it ${what}.`);
}
