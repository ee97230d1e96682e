/** Linking an org, changing it, and letting it go. */
import type { z } from "@hono/zod-openapi";
import type { API } from "../api/contract/api.ts";
import { RollcallError } from "../core/error.ts";
import { prefixOf } from "../core/prefix.ts";
import { checkTreatment, TREATMENT_NOTE } from "../core/treatment.ts";
import { Secret } from "../core/secret.ts";
import { defaultSchedule } from "../core/schedule.ts";
import { type Attribute, scopesOf, type Stream } from "../core/stream.ts";
import { check } from "../engine/check.ts";
import { openLink } from "../okta/open.ts";
import { parseOrg } from "../okta/org.ts";
import { STREAMS } from "../okta/streams.ts";
import { newId } from "../store/id.ts";
import { seal, unseal, type Place } from "../store/seal.ts";
import type { SourceTableRow, SourceRow, Tables } from "../store/schema.ts";
import type { Kysely, Selectable } from "kysely";
import { record, type Actor } from "../store/audit.ts";
import { demandName } from "./confirmation.ts";
import type { ServiceContext } from "./context.ts";
import { attributesOf, credentialOf, preflight, readForm, type Linked } from "./linking.ts";
import { offerOf } from "./offers.ts";
import { goOn } from "./pausing.ts";
import { requestRun, stopRun } from "./requests.ts";
import { getSource, sourceRow, type Source } from "./source-view.ts";
import { checkChoice, nothingStored, streamOf, type TableChoice } from "./tables.ts";

type BodyOf<O> = O extends {
  request: { body: { content: { "application/json": { schema: infer S extends z.ZodType } } } };
}
  ? z.output<S>
  : never;
export type NewSource = BodyOf<typeof API.sources.create>;
export type SourceChange = BodyOf<typeof API.sources.change>;
export type Preflight = z.infer<
  (typeof API.sources.preflight)["responses"][200]["content"]["application/json"]["schema"]
>;

/** How old a complete reading may become, unless a person says otherwise. */
const COMPLETE_EVERY_MS = 86_400_000;

/** The column of a source that is sealed, as associated data. */
const placeOf = (id: string): Place => ({ column: "source.sealed_credential", row: id });

/** Asks the org with the form's credential. Throws what is wrong with either. */
export async function preflightForm(
  context: ServiceContext,
  values: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Preflight> {
  return preflightOf(context, readForm(values, context.demo), signal);
}

/** The same with what is stored. */
export async function preflightSource(context: ServiceContext, id: string, signal: AbortSignal): Promise<Preflight> {
  return preflightOf(context, linkedOf(context, await sourceRow(context, id)), signal);
}

async function preflightOf(context: ServiceContext, linked: Linked, signal: AbortSignal): Promise<Preflight> {
  const credential = credentialOf(linked.auth, linked.clientId, linked.secret);
  const { org, understood, result, expected, attributes } = await preflight({ org: linked.org, credential }, signal);
  const { db } = context.store;
  const known = await db.selectFrom("source").select(["id", "name"]).where("org_id", "=", org.id).executeTakeFirst();
  const prefixes = await db.selectFrom("source").select("prefix").execute();
  return {
    org,
    credential: result.credential.kind,
    understood,
    tables: STREAMS.map((stream) =>
      offerOf(
        stream,
        result.tables[stream.table] ?? null,
        expected.get(stream.table) ?? null,
        attributes.get(stream.table),
      ),
    ),
    rateLimits: Object.entries(result.rateLimits).map(([bucket, { limit, remaining }]) => ({
      bucket,
      limit,
      remaining,
    })),
    linkedAs: known ?? null,
    suggestedPrefix: freePrefix(org.canonicalHost, new Set(prefixes.map(({ prefix }) => prefix.toLowerCase()))),
    personalDataNote: TREATMENT_NOTE,
  };
}

/** `okta` for the first org, then the org's own name. */
function freePrefix(host: string, taken: ReadonlySet<string>): string {
  if (!taken.has("okta")) return "okta";
  const own = (host.split(".")[0] ?? "").toLowerCase().replace(/[^a-z0-9]+/g, "_");
  const base = /^[a-z]/.test(own) ? own : `okta_${own}`;
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}_${number}`;
    if (!taken.has(name)) return name;
  }
}

/** What a stored source's form would say. Throws ORG_UNREACHABLE for the demo's org where there is no demo. */
export function linkedOf({ keys, demo }: ServiceContext, row: Selectable<SourceRow>): Linked {
  if (row.kind === "simulated" && demo === null) {
    throw new RollcallError("ORG_UNREACHABLE", "The simulated org runs only while the server is started with --demo.", {
      fix: "Start the server with --demo, or delete this source.",
    });
  }
  return {
    org: parseOrg(row.origin),
    auth: row.auth,
    clientId: row.client_id,
    secret: unseal(keys, row.sealed_credential, placeOf(row.id)).reveal(),
  };
}

/**
 * Links an org. Throws ALREADY_LINKED (the org's id decides), NAME_TAKEN (the prefix), what the form or the org's answer is wrong
 * with, and what the tables' settings are.
 */
export async function createSource(
  context: ServiceContext,
  wanted: NewSource,
  actor: Actor,
  signal: AbortSignal,
): Promise<Source> {
  const linked = readForm(wanted.fields, context.demo);
  const tables = wanted.tables.map(checkChoice);
  const treated = tables.filter(({ treatment }) => Object.keys(treatment).length > 0);
  const { org, attributes } = await identify(
    linked,
    treated.map(({ table }) => streamOf(table)),
    signal,
  );
  for (const { table, treatment } of treated) checkTreatment(streamOf(table), attributes.get(table) ?? [], treatment);
  const now_ms = context.now_ms();
  const id = newId("source", now_ms);
  const row: SourceRow = {
    id,
    kind: linked.org.loopback ? "simulated" : "okta",
    name: wanted.name ?? org.canonicalHost,
    description: wanted.description,
    prefix: prefixOf(wanted.prefix, "The prefix"),
    origin: linked.org.origin,
    org_id: org.id,
    canonical_host: org.canonicalHost,
    auth: linked.auth,
    client_id: linked.clientId,
    sealed_credential: seal(context.keys, new Secret(linked.secret ?? ""), placeOf(id)),
    share_percent: wanted.sharePercent,
    complete_every_ms: COMPLETE_EVERY_MS,
    logs_since_ms: wanted.logsSince === null ? null : Date.parse(wanted.logsSince),
    takes_new_tables: wanted.takesNewTables ? 1 : 0,
    paused_json: null,
    paused_ms: null,
    created_ms: now_ms,
    updated_ms: now_ms,
  };
  await context.store.db.transaction().execute(async (trx) => {
    await refuseTwins(trx, row);
    await trx.insertInto("source").values(row).execute();
    const rows = completed(id, tables, now_ms);
    // Without an import the schedule counts from now: what was never begun would be due at once.
    const begun = wanted.import ? {} : { last_begun_ms: now_ms };
    await trx
      .insertInto("source_table")
      .values(rows.map((each) => ({ ...each, ...(each.enabled === 1 ? begun : {}) })))
      .execute();
    await record(
      trx,
      actor,
      {
        action: "source.created",
        object: { kind: "source", id },
        detail: { name: row.name, origin: row.origin, prefix: row.prefix },
      },
      now_ms,
    );
  });
  if (wanted.import) await requestRun(context, id, { cause: "import", by: actor });
  context.live.tell({ type: "source", sourceId: id });
  return getSource(context, id);
}

interface Identified {
  readonly org: { readonly id: string; readonly canonicalHost: string };
  /** The org's own, of the `treated` tables that have a profile. */
  readonly attributes: ReadonlyMap<string, readonly Attribute[]>;
}

/** Who the org is, by its own word, and that it takes the credential: one request of one table. Throws CREDENTIAL_REFUSED. */
async function identify(linked: Linked, treated: readonly Stream[], signal: AbortSignal): Promise<Identified> {
  const credential = credentialOf(linked.auth, linked.clientId, linked.secret);
  const asked = STREAMS.slice(0, 1);
  const link = { org: linked.org, credential, sharePercent: 50 };
  await using okta = await openLink(link, scopesOf([...asked, ...treated]), signal, () => undefined);
  await check(okta, asked, signal);
  return { org: okta.org, attributes: await attributesOf(okta, treated, signal) };
}

async function refuseTwins(db: Kysely<Tables>, { org_id, prefix }: SourceRow): Promise<void> {
  const same = await db.selectFrom("source").select(["name", "prefix", "org_id"]).execute();
  const twin = same.find((source) => source.org_id === org_id);
  if (twin !== undefined) throw new RollcallError("ALREADY_LINKED", `This org is linked already, as “${twin.name}”.`);
  const taken = same.find((source) => source.prefix.toLowerCase() === prefix.toLowerCase());
  if (taken !== undefined)
    throw new RollcallError("NAME_TAKEN", `The prefix ${prefix} belongs to the source “${taken.name}”.`);
}

/** A row for every table there is: those that were not chosen are off. */
function completed(sourceId: string, chosen: readonly TableChoice[], now_ms: number): SourceTableRow[] {
  return STREAMS.map((stream) => {
    const choice = chosen.find(({ table }) => table === stream.table);
    return {
      source_id: sourceId,
      table_name: stream.table,
      enabled: choice?.enabled === true ? 1 : 0,
      mode: choice?.mode ?? stream.modes[0],
      schedule_json: JSON.stringify(choice?.schedule ?? defaultSchedule(stream.modes[0])),
      look_back_ms: (choice?.lookBack_s ?? 0) * 1000,
      treatment_json: JSON.stringify(choice?.treatment ?? {}),
      last_begun_ms: null,
      last_completed_ms: null,
      last_status: null,
      last_run_id: null,
      last_error_json: null,
      failures_in_a_row: 0,
      retry_at_ms: null,
      rows_stored: 0,
      wish: null,
      kept_since_ms: now_ms,
    };
  });
}

/** Throws CREDENTIAL_NEEDED when the host changes without a credential, ALREADY_LINKED when it leads to another org. */
export async function changeSource(
  context: ServiceContext,
  id: string,
  change: SourceChange,
  actor: Actor,
  signal: AbortSignal,
): Promise<Source> {
  const row = await sourceRow(context, id);
  const now_ms = context.now_ms();
  const link = change.fields === undefined ? {} : await relinked(context, row, change.fields, signal);
  const set = {
    ...link,
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.description === undefined ? {} : { description: change.description }),
    ...(change.sharePercent === undefined ? {} : { share_percent: change.sharePercent }),
    ...(change.completeEvery_s === undefined ? {} : { complete_every_ms: change.completeEvery_s * 1000 }),
    ...(change.logsSince === undefined
      ? {}
      : { logs_since_ms: change.logsSince === null ? null : Date.parse(change.logsSince) }),
    ...(change.takesNewTables === undefined
      ? {}
      : { takes_new_tables: change.takesNewTables ? (1 as const) : (0 as const) }),
  };
  await context.store.db.transaction().execute(async (trx) => {
    await trx
      .updateTable("source")
      .set({ ...set, updated_ms: now_ms })
      .where("id", "=", id)
      .execute();
    if ("sealed_credential" in link) await goOn(trx, id, now_ms);
    const { sealed_credential: secret, ...told } = set as typeof set & { sealed_credential?: string };
    await record(
      trx,
      actor,
      {
        action: "source.changed",
        object: { kind: "source", id },
        detail: { ...told, ...(secret === undefined ? {} : { credential: "replaced" }) },
      },
      now_ms,
    );
  });
  context.orders.emit("wake");
  context.live.tell({ type: "source", sourceId: id });
  return getSource(context, id);
}

/** The columns that another address or credential changes; a credential that works lifts the pause that its refusal caused. */
async function relinked(
  context: ServiceContext,
  row: Selectable<SourceRow>,
  fields: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Partial<SourceRow>> {
  const linked = readForm(
    { domain: row.origin, auth: row.auth, clientId: row.client_id ?? "", ...fields },
    context.demo,
  );
  const moved = linked.org.origin !== row.origin;
  if (linked.secret === null) {
    if (moved || linked.auth !== row.auth)
      throw new RollcallError(
        "CREDENTIAL_NEEDED",
        `The credential of ${row.origin} is not sent to ${linked.org.origin}.`,
      );
    return { client_id: linked.clientId };
  }
  const { org, result } = await preflight(
    { org: linked.org, credential: credentialOf(linked.auth, linked.clientId, linked.secret) },
    signal,
  );
  if (org.id !== row.org_id) {
    throw new RollcallError(
      "ALREADY_LINKED",
      `${linked.org.host} is another org (${org.id}) than this source's (${row.org_id}).`,
      {
        fix: "Link it as a new source: this one's tables belong to its org.",
      },
    );
  }
  return {
    origin: linked.org.origin,
    canonical_host: org.canonicalHost,
    auth: linked.auth,
    client_id: result.credential.kind === "token" ? null : linked.clientId,
    sealed_credential: seal(context.keys, new Secret(linked.secret), placeOf(row.id)),
    paused_json: null,
    paused_ms: null,
  };
}

/** Throws CONFIRMATION_WRONG unless `confirm` is the source's name; stops its run first, and none begins meanwhile. */
export async function removeSource(
  context: ServiceContext,
  id: string,
  { confirm, data }: { readonly confirm: string; readonly data: "keep" | "delete" },
  actor: Actor,
): Promise<void> {
  const row = await sourceRow(context, id);
  demandName(confirm, row.name);
  using _ = context.holds.take(id, `${row.name} is being removed.`);
  if (!(await stopRun(context, id))) throw new RollcallError("RUN_UNDER_WAY", `The run of ${row.name} does not end.`);
  if (data === "delete") await context.warehouse.dropPrefix(row.prefix).catch(nothingStored);
  await context.store.db.transaction().execute(async (trx) => {
    await trx.deleteFrom("source").where("id", "=", id).execute();
    await record(
      trx,
      actor,
      {
        action: "source.removed",
        object: { kind: "source", id },
        detail: { name: row.name, prefix: row.prefix, data },
      },
      context.now_ms(),
    );
  });
  context.live.tell({ type: "source", sourceId: id });
}

/** Adds the tables that this version has and the source has not, off unless the source takes new tables. */
export async function pullTables(
  context: ServiceContext,
  id: string,
  actor: Actor,
): Promise<{ added: string[]; total: number }> {
  const source = await sourceRow(context, id);
  const { store } = context;
  const has = await store.db.selectFrom("source_table").select("table_name").where("source_id", "=", id).execute();
  const known = new Set(has.map(({ table_name }) => table_name));
  const fresh = completed(id, [], context.now_ms()).filter(({ table_name }) => !known.has(table_name));
  if (fresh.length > 0) {
    const rows = fresh.map((row) => ({ ...row, enabled: source.takes_new_tables }));
    await store.db.transaction().execute(async (trx) => {
      await trx.insertInto("source_table").values(rows).execute();
      await record(
        trx,
        actor,
        {
          action: "source.tables_added",
          object: { kind: "source", id },
          detail: { tables: rows.map(({ table_name }) => table_name) },
        },
        context.now_ms(),
      );
    });
  }
  return { added: fresh.map(({ table_name }) => table_name), total: known.size + fresh.length };
}
