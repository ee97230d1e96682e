/** Which addresses messages may go to: public ones only, unless the server was started with the word that private ones are meant. */
import { lookup as resolveName } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { isPrivateAddress, publicLookup } from "../okta/address.ts";

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

/** Names are looked at again when they are resolved. A number is looked at as the resolver understands it: `127.1`, `2130706433`. */
export function hostProblem(host: string, { privateToo }: Reach): string | null {
  if (privateToo) return null;
  const meant = bareHost(URL.parse(`http://${host}`)?.hostname ?? host);
  const isInside =
    isIP(meant) === 0
      ? /^localhost\.?$|\.(localhost|local|internal|lan|home|corp)\.?$/i.test(meant)
      : isPrivateAddress(meant);
  return isInside ? new OutOfReach(host).message : null;
}

/** Without the brackets of an IPv6 address. */
const bareHost = (host: string): string => host.replace(/^\[(.*)\]$/, "$1");

/** What connections within reach look names up by. Its callback is given OutOfReach, and what the resolver says. */
export function lookupWithin({ privateToo }: Reach): LookupFunction {
  return privateToo ? resolveName : publicLookup((host) => new OutOfReach(host));
}

/** The address to connect to. Throws as `lookupWithin` does. */
export function addressWithin(host: string, reach: Reach): Promise<string> {
  return new Promise((resolve, reject) => {
    lookupWithin(reach)(bareHost(host), {}, (error, address) => {
      if (error !== null) reject(error);
      else resolve(typeof address === "string" ? address : host);
    });
  });
}
