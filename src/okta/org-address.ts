/** Reads an org's address as people paste it (fact sheet, section 6). Pure: nothing is looked up. */
import { isIP } from "node:net";
import { RollcallError } from "../core/error.ts";

export interface OrgAddress {
  /** Lower case, punycode; with the port on loopback only. */
  readonly host: string;
  /** `https://host`; `http://` on loopback only. */
  readonly origin: string;
  /** This machine: the simulator. */
  readonly loopback: boolean;
}

/** [DOC] and Okta's own ConfigurationValidator: production, preview, EMEA, government, military, internal test cells. */
const OKTA_SUFFIXES = [
  "okta.com",
  "oktapreview.com",
  "okta-emea.com",
  "okta-gov.com",
  "okta.mil",
  "okta-miltest.com",
  "trex-gov.com",
  "trexcloud.com",
] as const;

/** Names under an Okta suffix that are no org. */
const OKTA_OWN: ReadonlySet<string> = new Set([
  "www",
  "login",
  "developer",
  "support",
  "help",
  "status",
  "trust",
  "admin",
]);

/** Endings that never lead to the public internet (RFC 2606, 6761, 6762, 8375, ICANN's reserved names, and common habit). */
const PRIVATE_ENDINGS: ReadonlySet<string> = new Set(
  "local localhost localdomain internal intranet lan home corp private arpa test invalid example onion".split(" "),
);

const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

const PLACEHOLDER =
  /[{}<>$]|(^|[/.])(your[-_]?(okta)?[-_]?(org|domain|company|subdomain|tenant)?|yourokta\w*|my[-_]?okta[-_]?domain|(dev|trial|integrator)-x+)\./i;

/** Throws ORG_INVALID with the reason and what to give instead. */
export function parseOrg(text: string): OrgAddress {
  const pasted = text
    .trim()
    .replace(/^(["'`])(.*)\1$/, "$2")
    .trim();
  if (pasted === "") throw invalid("No org address was given");
  if (PLACEHOLDER.test(`${pasted}.`)) throw invalid(`“${shown(pasted)}” is a placeholder from documentation`);
  const { scheme, authority } = split(pasted);
  if (authority.includes("@"))
    throw invalid("The address contains a user name or password", "Give only the host, such as acme.okta.com.");
  if (/[\s\\%\p{Cc}\p{Cf}]/u.test(authority)) {
    throw invalid(`“${shown(pasted)}” is not an address`);
  }
  const [, name = "", port = null] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority) ?? [];
  if (isIP(authority) === 6) throw invalid(`“${authority}” is an IP address`);
  const url = URL.parse(`https://${name}${port === null || port === "" ? "" : `:${port}`}/`);
  if (url === null || name === "") throw invalid(`“${shown(authority)}” is not a host name`);
  if (LOOPBACK.has(name.toLowerCase())) return loopback(scheme, name.toLowerCase(), port);
  if (url.hostname.startsWith("[") || isIP(url.hostname) !== 0)
    throw invalid(`“${shown(name)}” is an IP address, which no Okta org has`);
  const host = named(url.hostname.replace(/\.$/, ""), name);
  if (port !== null)
    throw invalid(`A port is only allowed on this machine (localhost)`, `Give ${host} without “:${shown(port)}”.`);
  if (scheme === "http") throw invalid("An org is never asked over http", `Give https://${host}.`);
  return { host, origin: `https://${host}`, loopback: false };
}

function split(pasted: string): { readonly scheme: string | null; readonly authority: string } {
  const [, scheme = null, rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(pasted) ?? [];
  const known = scheme?.toLowerCase() ?? null;
  if (known !== null && known !== "http" && known !== "https")
    throw invalid(`“${shown(known)}://” is not the address of an org`);
  return { scheme: known, authority: rest.split(/[/?#]/, 1)[0] ?? "" };
}

function loopback(scheme: string | null, name: string, port: string | null): OrgAddress {
  const origin = URL.parse(`${scheme ?? "http"}://${name}${port === null ? "" : `:${port}`}`);
  if (origin === null) throw invalid(`“${shown(port ?? "")}” is not a port`);
  return { host: origin.host, origin: origin.origin, loopback: true };
}

/** The org's host from any host that its people see. `host` is normalised, `pasted` is what was read. */
function named(host: string, pasted: string): string {
  const labels = host.split(".");
  const ending = labels.at(-1) ?? "";
  if (labels.length === 1 && !PRIVATE_ENDINGS.has(ending)) {
    throw invalid(
      `“${shown(pasted)}” is not a whole address`,
      `If the org is ${host}.okta.com, give that; some orgs are at oktapreview.com or okta-emea.com.`,
    );
  }
  if (PRIVATE_ENDINGS.has(ending)) throw invalid(`“${shown(pasted)}” is a private name, which no Okta org has`);
  if (host.endsWith(".com.com"))
    throw invalid(`“${shown(pasted)}” ends in .com twice`, `Give ${host.replace(/\.com$/, "")}.`);
  if (host.length > 253 || !labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))) {
    throw invalid(`“${shown(pasted)}” is not a host name`);
  }
  const suffix = OKTA_SUFFIXES.find((each) => host === each || host.endsWith(`.${each}`));
  if (suffix === undefined) return host;
  const own = host
    .slice(0, -suffix.length - 1)
    .replace(/\.(mtls|kerberos)$/, "")
    .replace(/-admin$/, "");
  if (own === "" || OKTA_OWN.has(own)) throw invalid(`“${shown(pasted)}” is Okta's own site, not an org`);
  return `${own}.${suffix}`;
}

function invalid(reason: string, fix?: string): RollcallError {
  return new RollcallError("ORG_INVALID", `${reason}.`, fix === undefined ? {} : { fix });
}

/** What was pasted, short: somebody may have pasted something else. */
function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
