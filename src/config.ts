/**
 * The environment and the command line's words become one frozen value per command, here and once. What cannot be
 * meant is refused here, before anything is opened or asked.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Environment } from "./cli/context.ts";
import { serverConfig } from "./cli/server.ts";
import { duration_ms, modes, oneOf, tableNames, tables, time_ms, usage, wholeNumber } from "./cli/value.ts";
import { prefixOf } from "./core/prefix.ts";
import type { Secret } from "./core/secret.ts";
import type { Stream, SyncMode } from "./core/stream.ts";
import { credentialFromEnvironment } from "./okta/credential.ts";
import type { LinkConfig } from "./okta/open.ts";
import { parseOrg } from "./okta/org.ts";
import { STREAMS } from "./okta/streams.ts";

/** Where the warehouse is when nobody says. */
export const DEFAULT_WAREHOUSE = "duckdb:./rollcall.duckdb";

export interface CheckConfig extends LinkConfig {
  readonly streams: readonly Stream[];
  readonly json: boolean;
}

export interface SyncConfig extends LinkConfig {
  readonly warehouse: string;
  readonly prefix: string;
  readonly tables: readonly { readonly stream: Stream; readonly mode: SyncMode }[];
  readonly logsSince_ms: number | null;
  readonly completeEvery_ms: number;
  readonly allowMassDelete: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

export const FORMATS = ["table", "json", "ndjson", "csv"] as const;

/** A running server, and the key that lets this command in. */
export interface ServerConfig {
  /** Without a slash at its end. */
  readonly server: string;
  readonly key: Secret;
}

/** Where a command finds the tables: in a file, or behind a running server. */
export type Place = { readonly warehouse: string; readonly server: null } | { readonly server: ServerConfig };

export interface QueryConfig {
  readonly sql: string;
  readonly place: Place;
  readonly format: (typeof FORMATS)[number];
  readonly maxRows: number;
}

export interface TablesConfig {
  readonly warehouse: string;
  readonly json: boolean;
}

export interface SourcesConfig extends ServerConfig {
  /** By id, prefix or name; empty for `list`. */
  readonly source: string;
  /** Null: all. */
  readonly tables: readonly string[] | null;
  readonly json: boolean;
}

export interface RunsConfig extends ServerConfig {
  /** Of one run; empty for `list`. */
  readonly id: string;
  readonly source: string | null;
  readonly table: string | null;
  readonly limit: number;
  readonly json: boolean;
}

export interface SnapshotConfig {
  readonly file: string;
  readonly place: Place;
}

export interface ExportConfig {
  readonly directory: string;
  readonly place: Place;
  /** As `schema.table`; null: all. */
  readonly tables: readonly string[] | null;
}

export interface BackupConfig {
  readonly directory: string;
  readonly dataDir: string;
  /** The server that holds the data directory; null: none runs. */
  readonly server: ServerConfig | null;
}

export interface ResealConfig {
  readonly dataDir: string;
}

/** `rollcall serve`. */
export interface ServeConfig {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly demo: boolean;
  /** Log events of the simulated org. */
  readonly demoEvents: number;
  /** Whether a proxy in front is believed about addresses and TLS. */
  readonly trustProxy: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

export const RATE_LIMITS = ["workforce", "integrator", "none"] as const;
export const AUTHS = ["token", "oauth", "dpop"] as const;

export interface FakeOktaConfig {
  readonly port: number;
  readonly host: string;
  readonly seed: number;
  readonly users: number;
  readonly groups: number;
  readonly apps: number;
  readonly rules: number;
  readonly events: number;
  readonly latency_ms: number;
  readonly rateLimits: (typeof RATE_LIMITS)[number];
  readonly auth: (typeof AUTHS)[number];
  readonly adminLinks: boolean;
}

/** The words after the command, as the parser hands them over: texts, lists of texts and switches. */
export interface CheckWords {
  readonly tables?: readonly string[];
  readonly json?: true;
}

export interface SyncWords extends CheckWords {
  readonly warehouse: string;
  readonly prefix: string;
  readonly mode?: readonly string[];
  readonly share: string;
  readonly logsSince?: string;
  readonly completeEvery: string;
  readonly allowMassDelete?: true;
  readonly quiet?: true;
}

/** One of the two; the parser refuses both. */
export interface PlaceWords {
  readonly warehouse: string;
  readonly server?: string;
}

export interface QueryWords extends PlaceWords {
  readonly format: string;
  readonly maxRows: string;
}

export interface ServerWords {
  readonly server: string;
  readonly json?: true;
  readonly tables?: readonly string[];
  readonly source?: string;
  readonly table?: string;
  readonly limit?: string;
}

export interface ServeWords {
  readonly host: string;
  readonly port: string;
  readonly dataDir: string;
  readonly demo?: true;
  readonly demoEvents: string;
  readonly trustProxy?: true;
  readonly logLevel: string;
}

export interface FakeOktaWords {
  readonly port: string;
  readonly host: string;
  readonly seed: string;
  readonly users: string;
  readonly groups: string;
  readonly apps: string;
  readonly rules: string;
  readonly events: string;
  readonly latencyMs: string;
  readonly rateLimits: string;
  readonly auth: string;
  readonly adminLinks?: true;
}

/** Okta's own limits are counted by credential; what we leave of it belongs to the org's other integrations. */
export const DEFAULT_SHARE_PERCENT = 75;

export function checkConfig(org: string | undefined, words: CheckWords, env: Environment): CheckConfig {
  const streams = tables(words.tables, STREAMS);
  return Object.freeze({ ...link(org, DEFAULT_SHARE_PERCENT, env), streams, json: words.json ?? false });
}

export function syncConfig(org: string | undefined, words: SyncWords, env: Environment): SyncConfig {
  const chosen = tables(words.tables, STREAMS);
  const withModes = modes(words.mode ?? [], chosen, STREAMS);
  return Object.freeze({
    warehouse: words.warehouse,
    prefix: prefixOf(words.prefix, "--prefix"),
    tables: withModes,
    logsSince_ms: words.logsSince === undefined ? null : time_ms("--logs-since", words.logsSince),
    completeEvery_ms: duration_ms("--complete-every", words.completeEvery),
    allowMassDelete: words.allowMassDelete ?? false,
    json: words.json ?? false,
    quiet: words.quiet ?? false,
    ...link(org, wholeNumber("--share", words.share, 1, 100), env),
  });
}

export function queryConfig(sql: string, words: QueryWords, env: Environment): QueryConfig {
  if (sql.trim() === "")
    throw usage("The SQL is empty.", `For example: rollcall query "select count(*) from okta.users".`);
  return Object.freeze({
    sql,
    format: oneOf("--format", words.format, FORMATS),
    maxRows: wholeNumber("--max-rows", words.maxRows, 1, words.server === undefined ? 1_000_000_000 : SERVED_ROWS_MAX),
    place: placeOf(words, env),
  });
}

export function sourcesConfig(source: string, words: ServerWords, env: Environment): SourcesConfig {
  return Object.freeze({
    source,
    tables: tableNames("--tables", words.tables),
    json: words.json ?? false,
    ...serverConfig(words.server, env),
  });
}

export function runsConfig(id: string, words: ServerWords, env: Environment): RunsConfig {
  return Object.freeze({
    id,
    source: words.source ?? null,
    table: words.table ?? null,
    limit: words.limit === undefined ? 20 : wholeNumber("--limit", words.limit, 1, 200),
    json: words.json ?? false,
    ...serverConfig(words.server, env),
  });
}

export function snapshotConfig(file: string, words: PlaceWords, env: Environment): SnapshotConfig {
  if (file.trim() === "") throw usage("The file has no name.", "For example: rollcall snapshot ./copy.duckdb");
  return Object.freeze({ file: resolve(file), place: placeOf(words, env) });
}

export function exportConfig(
  directory: string,
  words: PlaceWords & { readonly tables?: readonly string[] },
  env: Environment,
): ExportConfig {
  return Object.freeze({
    directory: resolve(directory),
    tables: tableNames("--tables", words.tables),
    place: placeOf(words, env),
  });
}

export function backupConfig(
  directory: string,
  words: { readonly dataDir: string; readonly server?: string },
  env: Environment,
): BackupConfig {
  const server = words.server === undefined ? null : serverConfig(words.server, env);
  return Object.freeze({ directory: resolve(directory), dataDir: resolve(words.dataDir), server });
}

export function resealConfig(words: { readonly dataDir: string }): ResealConfig {
  return Object.freeze({ dataDir: resolve(words.dataDir) });
}

function placeOf({ server, warehouse }: PlaceWords, env: Environment): Place {
  return server === undefined ? { warehouse, server: null } : { server: serverConfig(server, env) };
}

/** What the API takes at most: `maxRows` in src/api/contract/warehouse.ts. */
const SERVED_ROWS_MAX = 1_000_000;

export function tablesConfig(words: { readonly warehouse: string; readonly json?: true }): TablesConfig {
  return Object.freeze({ warehouse: words.warehouse, json: words.json ?? false });
}

export function serveConfig(words: ServeWords): ServeConfig {
  return Object.freeze({
    host: words.host,
    port: wholeNumber("--port", words.port, 0, 65_535),
    dataDir: resolve(words.dataDir),
    demo: words.demo ?? false,
    demoEvents: wholeNumber("--demo-events", words.demoEvents, 0, 1_000_000_000),
    trustProxy: words.trustProxy ?? false,
    logLevel: oneOf("--log-level", words.logLevel, LOG_LEVELS),
  });
}

export function fakeOktaConfig(words: FakeOktaWords): FakeOktaConfig {
  return Object.freeze({
    port: wholeNumber("--port", words.port, 0, 65_535),
    host: words.host,
    seed: wholeNumber("--seed", words.seed, 0, 4_294_967_295),
    users: wholeNumber("--users", words.users, 1, 10_000_000),
    groups: wholeNumber("--groups", words.groups, 1, 1_000_000),
    apps: wholeNumber("--apps", words.apps, 0, 1_000_000),
    rules: wholeNumber("--rules", words.rules, 0, 100_000),
    events: wholeNumber("--events", words.events, 0, 1_000_000_000),
    latency_ms: wholeNumber("--latency-ms", words.latencyMs, 0, 600_000),
    rateLimits: oneOf("--rate-limits", words.rateLimits, RATE_LIMITS),
    auth: oneOf("--auth", words.auth, AUTHS),
    adminLinks: words.adminLinks ?? false,
  });
}

/** The org: the argument, else the variable that Okta's own SDKs read. */
function link(argument: string | undefined, sharePercent: number, env: Environment): LinkConfig {
  const text = argument ?? env["OKTA_CLIENT_ORGURL"];
  if (text === undefined || text.trim() === "") {
    throw usage("No org was named.", "Give its address, such as acme.okta.com, or set OKTA_CLIENT_ORGURL.");
  }
  const org = parseOrg(text);
  return { org, credential: credentialFromEnvironment(env, (path) => readFileSync(path, "utf8")), sharePercent };
}
