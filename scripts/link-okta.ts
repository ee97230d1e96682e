/** Writes the lists in `docs/link-okta.md` from the registry and from `ERRORS`; with `--check`, exits 1 when they are not what would be written. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type ErrorCode, ERRORS } from "../src/core/error.ts";
import { defaultSchedule, describe } from "../src/core/schedule.ts";
import type { Stream } from "../src/core/stream.ts";
import { STREAMS } from "../src/okta/streams.ts";
import { keep, table } from "./generated.ts";

const file = fileURLToPath(new URL("../docs/link-okta.md", import.meta.url));

/** What people meet while they link an org, in the order they meet it, and how it shows. */
const TROUBLE: readonly (readonly [code: ErrorCode, sign: string])[] = [
  ["ORG_INVALID", "the address cannot be an org's"],
  ["ORG_UNREACHABLE", "nobody answers at the address"],
  ["ORG_NOT_OKTA", "somebody answers, and it is not Okta"],
  ["CREDENTIAL_INVALID", "the private key cannot be read"],
  [
    "CREDENTIAL_REFUSED",
    "Okta does not take the credential: wrong, revoked, expired, or from a network that it is not for",
  ],
  ["SCOPE_MISSING", "the service app was not granted the table's scope"],
  ["ROLE_MISSING", "the owner of the token, or the service app, has no admin role for it"],
  ["SILENTLY_EMPTY", "Okta says the list is empty, and no org's is: a service app without a role"],
  ["NOT_LICENSED", "the org does not have this feature; the table is skipped"],
  ["ALREADY_LINKED", "the org is linked, perhaps by another of its names"],
  ["PREFIX_TAKEN", "the schema belongs to another org"],
  ["HELD_MASS_DELETE", "far more rows are gone than usual: often a right that shrank, not people who left"],
  ["RATE_LIMITED", "other programs use up the limit of this credential"],
];

function rights(streams: readonly Stream[]): string {
  const of = streams.map(
    ({ table: name, permission }) => `- \`${name}\`: scope \`${permission.scope}\`; ${permission.role}.`,
  );
  const profiles = streams.flatMap(({ table: name, profile, permission }) =>
    profile === undefined
      ? []
      : [
          `- A column for each profile attribute of your own, in \`${name}\`: scope \`${profile.scope}\`, and \`${profile.typesScope}\` for types other than the default; ${permission.role}.`,
        ],
  );
  return [...of, ...profiles].join("\n");
}

function tables(streams: readonly Stream[]): string {
  return table(
    ["Table", "What", "Modes, the default first", "Incremental field", "Key", "First sync", "Every"],
    streams.map((stream) => [
      `[\`${stream.table}\`](tables.md#${stream.table})`,
      stream.about,
      stream.modes.map((mode) => `\`${mode}\``).join(", "),
      stream.incrementalField === null ? "–" : `\`${stream.incrementalField}\``,
      `\`${stream.key}\``,
      stream.read.kind === "log" ? `the last ${stream.read.retention_days} days` : "everything",
      describe(defaultSchedule(stream.modes[0])).replace(/^every /, ""),
    ]),
  );
}

const trouble = () =>
  table(
    ["Code", "What it means", "What to do"],
    TROUBLE.map(([code, sign]) => [`\`${code}\``, sign, ERRORS[code].fix]),
  );

/** The page with what stands between `<!-- part…` and `<!-- /part -->` in place of what stood there. */
function filled(page: string, part: string, text: string): string {
  const [open, close] = [`<!-- ${part}`, `<!-- /${part} -->`];
  const from = page.indexOf("\n", page.indexOf(open)) + 1;
  const to = page.indexOf(close);
  if (!page.includes(open) || to < from) throw new Error(`${file} has no part ${part}`);
  return `${page.slice(0, from)}${text}\n${page.slice(to)}`;
}

const parts = { rights: rights(STREAMS), tables: tables(STREAMS), trouble: trouble() };
const page = Object.entries(parts).reduce((text, [part, now]) => filled(text, part, now), readFileSync(file, "utf8"));
keep(file, page, "scripts/link-okta.ts");
