/**
 * Recorded answers of real orgs, beside the repository on the machines that build it (see its README); nothing of it is copied.
 * Each answer is what one request of a table's endpoint got, body and `Link` as they were.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";

const FOLDER = new URL("../../../shared/data/okta-recorded/", import.meta.url);
export const ABSENT = existsSync(FOLDER) ? false : "recorded responses are not beside this repository (../shared)";

export interface Recorded {
  readonly path: string;
  readonly body: unknown;
  /** As Okta sent it; null where the recording lost it or there was none. */
  readonly link: string | null;
}

type Json = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const record = (value: unknown, name: string): Json => {
  const inner = isRecord(value) ? value[name] : undefined;
  return isRecord(inner) ? inner : {};
};

/** A workforce org of July 2026, one answer a file: `api.get.<path>` → `{response, status, headers}`. */
export function nango(name: string): readonly Recorded[] {
  const file: unknown = JSON.parse(readFileSync(new URL(`nango-okta/${name}.test.json`, FOLDER), "utf8"));
  return Object.entries(record(record(file, "api"), "get")).flatMap(([path, answer]) => {
    const link = record(answer, "headers")["link"];
    const body = isRecord(answer) ? answer["response"] : undefined;
    return [{ path, body, link: typeof link === "string" ? link : null }];
  });
}

/** What the tapes of Okta's Python SDK hold of some paths: answers of many orgs and years. Their `Link` headers are not whole. */
export function cassettes(paths: RegExp): readonly Recorded[] {
  const at = new URL("okta-sdk-python-cassettes/", FOLDER);
  return readdirSync(at)
    .filter((name) => /^test_(?:users|groups|applications|user_types|application_sso)_it$/.test(name))
    .flatMap((name) => readdirSync(new URL(`${name}/`, at)).map((tape) => new URL(`${name}/${tape}`, at)))
    .flatMap((tape) => {
      const interactions: unknown = parse(readFileSync(tape, "utf8"), { maxAliasCount: -1 })?.interactions;
      return (Array.isArray(interactions) ? interactions : []).flatMap((interaction) => taped(interaction, paths));
    });
}

function taped(interaction: unknown, paths: RegExp): readonly Recorded[] {
  const path = new URL(String(record(interaction, "request")["uri"])).pathname.replace("//", "/");
  const response = record(interaction, "response");
  const code = Number(record(response, "status")["code"]);
  if (!paths.test(path) || code < 200 || code > 299) return [];
  try {
    return [{ path, body: JSON.parse(String(record(response, "body")["string"])), link: null }];
  } catch {
    return [];
  }
}
