/** From a form's values to an org that answered, and what its credential may read. */
import { hasCode, RollcallError } from "../core/error.ts";
import { type Attribute, scopesOf, type Stream } from "../core/stream.ts";
import { discoverAttributes } from "../engine/attributes.ts";
import { check, type CheckResult } from "../engine/check.ts";
import { expectRows } from "../engine/expect.ts";
import { credentialFromEnvironment, type Credential } from "../okta/credential.ts";
import { openLink, type LinkConfig } from "../okta/open.ts";
import { parseOrg, type OrgAddress } from "../okta/org.ts";
import type { OktaClient } from "../okta/seam.ts";
import { STREAMS } from "../okta/streams.ts";
import { FIELDS, type DemoValues } from "./form.ts";

export type FormValues = Readonly<Record<string, string>>;

/** What a form said: the address, how the credential is given, and its one secret part. */
export interface Linked {
  readonly org: OrgAddress;
  readonly auth: "token" | "oauth";
  readonly clientId: string | null;
  /** Token or private key; null where the form left it empty. */
  readonly secret: string | null;
}

/** A preflight asks once per table; a fraction of the limit is enough. */
const PREFLIGHT_SHARE_PERCENT = 50;

/**
 * Reads the form. Throws REQUEST_INVALID naming the field, ORG_INVALID, and CREDENTIAL_INVALID for a key that is none. An address on
 * this machine is refused unless it is the demo's own org.
 */
export function readForm(values: FormValues, demo: DemoValues | null): Linked {
  const auth = (values["auth"] ?? "") === "" ? "token" : values["auth"];
  if (auth !== "token" && auth !== "oauth") throw wrong("auth", "is neither token nor oauth");
  const org = addressOf(values["domain"] ?? "", demo);
  const clientId = auth === "oauth" ? (values["clientId"] ?? "").trim() : null;
  if (clientId === "") throw wrong("clientId", "is empty");
  const secret = (values[auth === "token" ? "token" : "privateKey"] ?? "").trim();
  return { org, auth, clientId, secret: secret === "" ? null : secret };
}

/** Throws ORG_INVALID. */
export function addressOf(text: string, demo: DemoValues | null): OrgAddress {
  const org = parseOrg(text);
  if (org.loopback && org.origin !== demo?.url) {
    throw new RollcallError("ORG_INVALID", "The address is on this machine, which no Okta org is.", {
      fix: "Give your org's address, or start the server with --demo to try the simulated org.",
    });
  }
  return org;
}

/** The credential of a form or of a stored source. Throws CREDENTIAL_MISSING, CREDENTIAL_INVALID. */
export function credentialOf(auth: "token" | "oauth", clientId: string | null, secret: string | null): Credential {
  if (secret === null) {
    const label = FIELDS.find(({ name }) => name === (auth === "token" ? "token" : "privateKey"))!.label;
    throw new RollcallError("CREDENTIAL_MISSING", `${label} is empty.`, { fix: `Fill in ${label}.` });
  }
  const env =
    auth === "token"
      ? { OKTA_CLIENT_TOKEN: secret }
      : { OKTA_CLIENT_CLIENTID: clientId ?? "", OKTA_CLIENT_PRIVATEKEY: secret };
  return credentialFromEnvironment(env, () => "");
}

export interface Preflighted {
  readonly org: { readonly id: string; readonly host: string; readonly origin: string; readonly canonicalHost: string };
  readonly understood: string;
  readonly result: CheckResult;
  /** Rows of a first sync, where Okta tells without being read whole. */
  readonly expected: ReadonlyMap<string, number | null>;
  /** The org's own attributes, of the tables that have a profile. */
  readonly attributes: ReadonlyMap<string, readonly Attribute[]>;
}

/** Asks each table for one row, and for its size where that is one more request. Throws what keeps the org from being asked at all. */
export async function preflight(link: Omit<LinkConfig, "sharePercent">, signal: AbortSignal): Promise<Preflighted> {
  let understood = "";
  const config = { ...link, sharePercent: PREFLIGHT_SHARE_PERCENT };
  await using okta = await openLink(config, scopesOf(STREAMS), signal, (said) => (understood = said));
  const result = await check(okta, STREAMS, signal);
  const readable = STREAMS.filter(({ table }) => result.tables[table]?.readable === true);
  const expected = await Promise.all(
    readable.map(async (stream) => [stream.table, await expectRows(okta, stream, signal)] as const),
  );
  const attributes = await attributesOf(okta, readable, signal);
  const { id, host, origin, canonicalHost } = okta.org;
  return { org: { id, host, origin, canonicalHost }, understood, result, expected: new Map(expected), attributes };
}

/** The attributes of the streams' profiles: the base ones where the schema may not be read, which the check says. */
export async function attributesOf(
  okta: OktaClient,
  streams: readonly Stream[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Attribute[]>> {
  const found = streams
    .filter(({ profile }) => profile !== undefined)
    .map(async (stream) => {
      const meter = { requests: 0, rateLimited: 0, bucket: null };
      return [stream.table, (await discoverAttributes(okta, stream, { meter, signal })).attributes] as const;
    });
  return new Map(await Promise.all(found));
}

/**
 * Opens the client of a run. An org that was linked has answered as one: what answers in its place now passes by itself, and is
 * ORG_UNREACHABLE. The credential was not shown to it.
 */
export async function openSource(
  config: LinkConfig,
  streams: readonly Stream[],
  signal: AbortSignal,
): Promise<OktaClient> {
  try {
    return await openLink(config, scopesOf(streams), signal, () => undefined);
  } catch (error) {
    if (!hasCode(error, "ORG_NOT_OKTA")) throw error;
    throw new RollcallError("ORG_UNREACHABLE", `Something else answered in the org's place. ${error.message}`, {
      fix: "Nothing to do if it passes: it is tried again by itself. If it stays, check what is between here and Okta (a proxy?), and the address.",
      cause: error,
    });
  }
}

function wrong(field: string, what: string): RollcallError {
  return new RollcallError("REQUEST_INVALID", `The form's field ${field} ${what}.`);
}
