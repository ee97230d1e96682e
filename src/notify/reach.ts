/** Which addresses messages may go to: public ones only, unless the server was started with the word that private ones are meant. */
import { lookup as resolveName, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { promisify } from "node:util";
import { isPrivateAddress } from "../okta/address.ts";

/** The variable that permits private addresses and plain http, for receivers in the server's own network. */
export const PRIVATE_PERMISSION = "ROLLCALL_PRIVATE_WEBHOOKS";

export interface Reach {
  readonly privateToo: boolean;
}

export function reachOf(env: Readonly<Record<string, string | undefined>>): Reach {
  return { privateToo: env[PRIVATE_PERMISSION] === "1" };
}

/** Why a host may not be asked. Carries no more than the host. */
export class OutOfReach extends Error {
  override readonly name = "OutOfReach";
  constructor(host: string) {
    super(
      `${host} is a private address. Messages go to public addresses only, unless the server is started with ${PRIVATE_PERMISSION}=1.`,
    );
  }
}

/** Null when a message may be sent there as far as the URL tells; else why not, without the URL itself: it may be a secret. */
export function urlProblem(text: string, { privateToo }: Reach): string | null {
  const url = URL.parse(text);
  if (url === null) return "This is no address.";
  if (url.protocol !== "https:" && !(privateToo && url.protocol === "http:"))
    return "The address must begin with https://.";
  if (url.username !== "" || url.password !== "") return "The address contains a user name or password.";
  return hostProblem(url.hostname, { privateToo });
}

/** Names are looked at again when they are resolved. */
export function hostProblem(host: string, { privateToo }: Reach): string | null {
  if (privateToo) return null;
  const bare = bareHost(host);
  const isInside =
    isIP(bare) === 0
      ? /^localhost\.?$|\.(localhost|local|internal|lan|home|corp)\.?$/i.test(bare)
      : isPrivateAddress(bare);
  return isInside ? new OutOfReach(host).message : null;
}

/** Without the brackets of an IPv6 address. */
const bareHost = (host: string): string => host.replace(/^\[(.*)\]$/, "$1");

/** Resolves a name and refuses private addresses at the moment of connecting, so that a name cannot be re-pointed in between. */
export function lookupWithin({ privateToo }: Reach): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "");
      const inside = !privateToo && addresses.some(({ address }) => isPrivateAddress(address));
      if (inside) return callback(new OutOfReach(hostname), "");
      if (options.all === true) return callback(null, addresses);
      callback(null, addresses[0]?.address ?? "", addresses[0]?.family ?? 4);
    });
  };
}

const resolveAll = promisify(resolveName) as (host: string, options: { all: true }) => Promise<LookupAddress[]>;

/** The address to connect to. Throws OutOfReach, and what the resolver says. */
export async function addressWithin(host: string, reach: Reach): Promise<string> {
  const addresses = await resolveAll(bareHost(host), { all: true });
  if (!reach.privateToo && addresses.some(({ address }) => isPrivateAddress(address))) throw new OutOfReach(host);
  return addresses[0]?.address ?? host;
}
