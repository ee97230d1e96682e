import { hash } from "../random.ts";

/** Okta's id prefixes by kind of object (fact sheet 1.6). */
export const idPrefix = {
  user: "00u",
  group: "00g",
  app: "0oa",
  rule: "0pr",
  userType: "oty",
  schema: "osc",
  org: "00o",
  system: "spr",
  apiToken: "00T",
  appUser: "0ua",
} as const;

export type IdKind = keyof typeof idPrefix;

const tailAlphabet = "0123456ABCDEFGHIJKmnopqrstuvwxy";
/** Real ids end in three characters that name the cell; all ids of one org share them. */
const cellSuffix = "5d7";

/**
 * A 20-character id. Ids of one kind sort by `sequence`, as Okta's roughly sort by time of creation; the six characters
 * before the suffix come from the seed, so that two orgs never share an id.
 */
export function oktaId(seed: number, kind: IdKind, sequence: number): string {
  let h = hash(seed, sequence, kind.length * 31 + kind.charCodeAt(0));
  let tail = "";
  for (let i = 0; i < 6; i++) {
    tail += tailAlphabet[h % tailAlphabet.length];
    h = Math.floor(h / tailAlphabet.length);
  }
  return idPrefix[kind] + "1" + sequence.toString(36).padStart(7, "0") + tail + cellSuffix;
}
