/** Reads the org's own schema: which attributes a profile has. */
import { z } from "zod";
import { hasCode } from "../core/error.ts";
import type { Attribute, ProfileSource, Request, Stream } from "../core/stream.ts";
import { attributesOf, mergeAttributes } from "../okta/attributes.ts";
import type { GetOptions, OktaClient } from "../okta/seam.ts";

export interface Discovery {
  readonly attributes: readonly Attribute[];
  /** Why only the base attributes are known, in words; null when the schema was read. */
  readonly unreadable: string | null;
}

/** The attributes of every type's schema; the base attributes where the credential may not read schemas. Throws what else goes wrong. */
export async function discoverAttributes(
  okta: OktaClient,
  stream: Stream,
  options: Omit<GetOptions, "scope" | "body">,
): Promise<Discovery> {
  const { profile } = stream;
  if (profile === undefined) return { attributes: [], unreadable: null };
  try {
    const first = await readObject(okta, profile.schemas.first, profile, options);
    return {
      attributes: mergeAttributes([attributesOf(first), ...(await otherTypes(okta, profile, options))]),
      unreadable: null,
    };
  } catch (error) {
    if (!hasCode(error, "SCOPE_MISSING", "ROLE_MISSING", "NOT_LICENSED", "NOT_FOUND")) throw error;
    return { attributes: profile.base, unreadable: error.message };
  }
}

/** Types other than the default have schemas of their own; where types may not be read, the default's must do. */
async function otherTypes(
  okta: OktaClient,
  profile: ProfileSource,
  options: Omit<GetOptions, "scope" | "body">,
): Promise<readonly Attribute[][]> {
  let types: unknown;
  try {
    types = await readJson(okta, profile.schemas.types, { ...options, scope: profile.typesScope, body: "list" });
  } catch (error) {
    if (!hasCode(error, "SCOPE_MISSING", "ROLE_MISSING")) throw error;
    return [];
  }
  const lists: Attribute[][] = [];
  for (const path of schemaPaths(types))
    lists.push([...attributesOf(await readObject(okta, { path, query: {} }, profile, options))]);
  return lists;
}

function readObject(
  okta: OktaClient,
  request: Request,
  profile: ProfileSource,
  options: Omit<GetOptions, "scope" | "body">,
): Promise<unknown> {
  return readJson(okta, request, { ...options, scope: profile.scope, body: "object" });
}

async function readJson(okta: OktaClient, request: Request, options: GetOptions): Promise<unknown> {
  const { bytes } = await okta.get(request, options);
  return JSON.parse(new TextDecoder().decode(bytes));
}

const typeList = z.array(
  z.object({
    default: z.boolean().optional(),
    _links: z.object({ schema: z.object({ href: z.url() }).optional() }).optional(),
  }),
);

/** Where the schemas of the other types are: `_links.schema.href` is the only place that says it (fact sheet, 1.1). Only the path counts; the host is ours. */
function schemaPaths(types: unknown): readonly string[] {
  const parsed = typeList.safeParse(types);
  if (!parsed.success) return [];
  const hrefs = parsed.data.filter((type) => type.default !== true).map((type) => type._links?.schema?.href);
  return hrefs.filter((href) => href !== undefined).map((href) => new URL(href).pathname);
}
