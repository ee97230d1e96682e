/** Copies of the warehouse for other programs: a DuckDB file, Parquet files, where and when an admin said, each switched whole. */
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { z } from "zod";
import type { Publication as PublicationWords } from "../api/contract/warehouse.ts";
import { report, RollcallError } from "../core/error.ts";
import { isDue, nextDue_ms, Schedule } from "../core/schedule.ts";
import { record } from "../store/audit.ts";
import { isDuckdb } from "../warehouse/file-mark.ts";
import type { TableName } from "../warehouse/warehouse.ts";
import { type Actor, ROLLCALL, type ServiceContext } from "./context.ts";
import { instant } from "./words.ts";

export type Publication = z.infer<typeof PublicationWords>;
export type PublicationWish = Omit<Publication, "lastAt" | "lastError">;

const Stored = z.object({
  schedule: Schedule.nullable(),
  file: z.string().nullable(),
  directory: z.string().nullable(),
  tables: z.array(z.string()),
  set_ms: z.number(),
  /** Begun, whatever came of it: what the schedule counts from. */
  tried_ms: z.number().nullable(),
  published_ms: z.number().nullable(),
  error: z.string().nullable(),
});
type Stored = z.infer<typeof Stored>;

const KEY = "publication";
const SEED = "publication";
const OBJECT = { kind: "publication", id: null } as const;
const NOTHING: Stored = {
  schedule: null,
  file: null,
  directory: null,
  tables: [],
  set_ms: 0,
  tried_ms: null,
  published_ms: null,
  error: null,
};

export async function getPublication(context: ServiceContext): Promise<Publication> {
  return publicationOf(await stored(context));
}

/** Throws REQUEST_INVALID for a place that may not be written to, TABLE_UNKNOWN. */
export async function setPublication(
  context: ServiceContext,
  wish: PublicationWish,
  actor: Actor,
): Promise<Publication> {
  const schedule = scheduleOf(wish.schedule);
  const { file, directory, tables } = wish;
  if (file === null && directory === null && schedule !== null)
    throw invalid("A schedule needs a file or a directory to publish to.");
  if (directory !== null && tables.length === 0) throw invalid("Choose the tables to publish as Parquet.");
  if (file !== null) await mayBeFile(context, file);
  if (directory !== null) await mayBeDirectory(context, directory);
  await namesOf(context, tables);
  const before = await stored(context);
  const after: Stored = { ...before, schedule, file, directory, tables, set_ms: context.now_ms(), error: null };
  await context.store.db.transaction().execute(async (trx) => {
    await keep(trx, after);
    const detail = { schedule, file, directory, tables };
    await record(trx, actor, { action: "publication.changed", object: OBJECT, detail }, after.set_ms);
  });
  return publicationOf(after);
}

function scheduleOf(value: unknown): Schedule | null {
  if (value === null || value === undefined) return null;
  const parsed = Schedule.safeParse(value);
  if (!parsed.success) throw invalid("The schedule is none.");
  return parsed.data;
}

/** Publishes what was set, now. Throws REQUEST_INVALID where nothing is set, COPY_FAILED, TABLE_UNKNOWN, CANCELLED; what was published before stays then. */
export async function publish(context: ServiceContext, actor: Actor, signal: AbortSignal): Promise<Publication> {
  const wish = await stored(context);
  if (wish.file === null && wish.directory === null) throw invalid("No place to publish to is set.");
  const now_ms = context.now_ms();
  await change(context, { tried_ms: now_ms });
  try {
    if (wish.file !== null) {
      await mayBeFile(context, wish.file);
      await context.warehouse.snapshot(wish.file, signal);
    }
    if (wish.directory !== null) {
      await mayBeDirectory(context, wish.directory);
      await context.warehouse.exportTables(await namesOf(context, wish.tables), wish.directory, signal);
    }
  } catch (error) {
    if (!signal.aborted) await change(context, { error: report(error).message });
    throw error;
  }
  const after = await change(context, { published_ms: now_ms, error: null });
  if (actor.kind !== "rollcall")
    await record(context.store.db, actor, { action: "publication.published", object: OBJECT }, now_ms);
  return publicationOf(after);
}

/** Publishes when it is due; gives when to look again, epoch ms, null: not by itself. A failure is kept for the page, and tried again when it is due next. */
export async function publishIfDue(
  context: ServiceContext,
  now_ms: number,
  signal: AbortSignal,
): Promise<number | null> {
  const of = await stored(context);
  const { schedule, set_ms, tried_ms } = of;
  if (schedule === null) return null;
  const due = isDue({ schedule, seed: SEED, lastBegun_ms: tried_ms ?? set_ms, retryAt_ms: null, now_ms });
  if (due || wasCutOff(of, context.started_ms)) {
    await publish(context, ROLLCALL, signal).catch((error: unknown) => {
      if (!signal.aborted) context.log.warn({ failure: report(error) }, "publication failed");
    });
  }
  return nextDue_ms(schedule, SEED, now_ms);
}

/** Begun by a process before this one, for what is still set, and neither published nor failed: the server's end cut it off. */
function wasCutOff({ set_ms, tried_ms, published_ms, error }: Stored, started_ms: number): boolean {
  if (tried_ms === null || error !== null) return false;
  return tried_ms < started_ms && tried_ms >= set_ms && tried_ms > (published_ms ?? -Infinity);
}

type Db = ServiceContext["store"]["db"];

async function stored({ store: { db } }: Pick<ServiceContext, "store">): Promise<Stored> {
  const row = await db.selectFrom("setting").select("value_json").where("key", "=", KEY).executeTakeFirst();
  return row === undefined ? NOTHING : Stored.parse(JSON.parse(row.value_json));
}

async function keep(db: Db, value: Stored): Promise<void> {
  const value_json = JSON.stringify(value);
  await db
    .insertInto("setting")
    .values({ key: KEY, value_json })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value_json }))
    .execute();
}

/** What an admin sets meanwhile stays. */
function change(context: ServiceContext, part: Partial<Stored>): Promise<Stored> {
  return context.store.db.transaction().execute(async (trx) => {
    const after = { ...(await stored({ store: { ...context.store, db: trx } })), ...part };
    await keep(trx, after);
    return after;
  });
}

function publicationOf({ schedule, file, directory, tables, published_ms, error }: Stored): Publication {
  return { schedule, file, directory, tables, lastAt: instant(published_ms), lastError: error };
}

/** Throws TABLE_UNKNOWN. */
async function namesOf({ warehouse }: ServiceContext, tables: readonly string[]): Promise<TableName[]> {
  if (tables.length === 0) return [];
  const known = new Map(
    (await warehouse.catalog("all")).map(({ schema, name }) => [`${schema}.${name}`, { schema, name }]),
  );
  return tables.map((table) => {
    const name = known.get(table);
    if (name === undefined) throw new RollcallError("TABLE_UNKNOWN", `There is no table ${table}.`);
    return name;
  });
}

/** Outside the data directory, and nothing that is not a DuckDB file is ever replaced: the server may be allowed to write more than an admin of Rollcall. */
async function mayBeFile(context: ServiceContext, file: string): Promise<void> {
  if (!isAbsolute(file)) throw invalid(`${file} is no absolute path.`);
  const place = await outside(context, dirname(file), "The directory of the file");
  const target = join(place, basename(file));
  const found = await stat(target).catch(() => null);
  if (found === null) return;
  if (!found.isFile()) throw invalid(`${file} is there and is no file.`);
  if (!(await isDuckdb(target))) throw invalid(`${file} is there and is no DuckDB file: it is not replaced.`);
}

async function mayBeDirectory(context: ServiceContext, directory: string): Promise<void> {
  if (!isAbsolute(directory)) throw invalid(`${directory} is no absolute path.`);
  await outside(context, directory, "The directory");
}

/** The directory with its links followed. */
async function outside({ dataDir }: ServiceContext, directory: string, what: string): Promise<string> {
  const found = await realpath(directory).catch(() => null);
  if (found === null || !(await stat(found)).isDirectory())
    throw invalid(`${what}, ${directory}, does not exist on the server.`);
  const inside = relative(await realpath(dataDir), found);
  if (inside === "" || !(inside === ".." || inside.startsWith(`..${sep}`)))
    throw invalid(`${what} is in Rollcall's own data directory: choose another.`);
  return found;
}

function invalid(message: string): RollcallError {
  return new RollcallError("REQUEST_INVALID", message);
}
