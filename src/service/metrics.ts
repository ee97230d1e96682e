/**
 * What Prometheus may know: counters of what this process saw happen, gauges read from the rows when they are asked for. Labels are
 * prefixes, tables, buckets and words of ours: nothing that a person typed, and no secret. `docs/metrics.md` lists them.
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Outcome } from "./asking.ts";
import type { ServiceContext } from "./context.ts";
import { isStale } from "./due.ts";
import type { LiveEvent } from "./live.ts";
import { ATTEMPTS_MAX } from "./notifications.ts";
import { momentOf } from "./watchdog.ts";

type Run = Extract<LiveEvent, { type: "run" }>["run"];

const QUERY_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];
/** Runs are told of more than once; how many ends are remembered. */
const ENDS_REMEMBERED = 1000;
/** A bucket that nobody asked for so long is no longer shown. */
const BUCKET_AGE_MS = 3_600_000;

export class Metrics {
  readonly #context: ServiceContext;
  readonly #registry = new Registry();
  readonly #ended = new Set<string>();
  readonly #counters;
  readonly #gauges;

  constructor(context: ServiceContext) {
    this.#context = context;
    this.#counters = countersIn(this.#registry);
    this.#gauges = gaugesIn(this.#registry);
    context.live.watch((event) => {
      if (event.type === "run") this.#runTold(event.run);
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** For `Asking.watch`. */
  readonly queryEnded = (outcome: Outcome, duration_ms: number): void => {
    this.#counters.queries.inc({ outcome });
    this.#counters.querySeconds.observe(duration_ms / 1000);
  };

  async text(): Promise<string> {
    await this.#read();
    return this.#registry.metrics();
  }

  #runTold(run: Run): void {
    if (run.finishedAt === null || this.#ended.has(run.id)) return;
    this.#ended.add(run.id);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= ENDS_REMEMBERED) break;
      this.#ended.delete(oldest);
    }
    const { runs, rows, requests, rateLimited } = this.#counters;
    runs.inc({ status: run.status });
    requests.inc(run.requests);
    rateLimited.inc(run.rateLimited);
    for (const table of run.tables) {
      for (const operation of OPERATIONS) rows.inc({ operation }, table[operation]);
    }
  }

  async #read(): Promise<void> {
    for (const gauge of Object.values(this.#gauges)) gauge.reset();
    const { db } = this.#context.store;
    const moment = await momentOf(this.#context);
    const { now_ms } = moment;
    const sources = await db.selectFrom("source").selectAll().execute();
    const tables = await db.selectFrom("source_table").selectAll().where("enabled", "=", 1).execute();
    for (const source of sources) {
      const label = { source: source.prefix };
      this.#gauges.paused.set(label, source.paused_json === null ? 0 : 1);
      for (const table of tables.filter(({ source_id }) => source_id === source.id)) {
        const labels = { ...label, table: table.table_name };
        const since_ms = table.last_completed_ms ?? source.created_ms;
        this.#gauges.lag.set(labels, Math.max(0, now_ms - since_ms) / 1000);
        this.#gauges.stale.set(labels, isStale(source, table, moment) ? 1 : 0);
        this.#gauges.stored.set(labels, table.rows_stored);
      }
    }
    await this.#readBuckets(new Map(sources.map(({ id, prefix }) => [id, prefix])), now_ms);
    const count = (column: "id") => db.fn.count<number>(column);
    const active = await db
      .selectFrom("run")
      .select(count("id").as("runs"))
      .where("status", "in", ["queued", "running"])
      .executeTakeFirst();
    this.#gauges.active.set(active?.runs ?? 0);
    const unsent = db.selectFrom("notification").select(count("id").as("rows")).where("sent_ms", "is", null);
    const waiting = await unsent.where("attempts", "<", ATTEMPTS_MAX).executeTakeFirst();
    const lost = await unsent.where("attempts", ">=", ATTEMPTS_MAX).executeTakeFirst();
    this.#gauges.messages.set({ state: "waiting" }, waiting?.rows ?? 0);
    this.#gauges.messages.set({ state: "given_up" }, lost?.rows ?? 0);
    const { rss, heapUsed } = process.memoryUsage();
    this.#gauges.memory.set({ kind: "resident" }, rss);
    this.#gauges.memory.set({ kind: "heap" }, heapUsed);
  }

  async #readBuckets(prefixes: ReadonlyMap<string, string>, now_ms: number): Promise<void> {
    const samples = await this.#context.store.db
      .selectFrom("bucket_sample")
      .selectAll()
      .where("at_ms", ">=", now_ms - BUCKET_AGE_MS)
      .orderBy("at_ms")
      .execute();
    // The latest of each bucket stays.
    for (const { source_id, bucket, limit_per_window, remaining } of samples) {
      const labels = { source: prefixes.get(source_id) ?? source_id, bucket };
      if (limit_per_window !== null) this.#gauges.limit.set(labels, limit_per_window);
      if (remaining !== null) this.#gauges.remaining.set(labels, remaining);
    }
  }
}

const OPERATIONS = ["read", "inserted", "updated", "unchanged", "deleted", "rejected"] as const;

function countersIn(registry: Registry) {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name, help, labelNames, registers });
  return {
    runs: counter("rollcall_runs_total", "Runs that ended, by status.", ["status"]),
    rows: counter("rollcall_rows_total", "Rows of the runs that ended, by what became of them.", ["operation"]),
    requests: counter("rollcall_okta_requests_total", "Requests sent to Okta by the runs that ended."),
    rateLimited: counter("rollcall_okta_rate_limited_total", "Answers with status 429 in the runs that ended."),
    queries: counter("rollcall_queries_total", "Statements of people and API keys, by how they ended.", ["outcome"]),
    querySeconds: new Histogram({
      name: "rollcall_query_duration_seconds",
      help: "How long statements took, waiting for their turn included.",
      buckets: QUERY_SECONDS,
      registers,
    }),
  };
}

function gaugesIn(registry: Registry) {
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const ofTable = ["source", "table"];
  const ofBucket = ["source", "bucket"];
  return {
    active: gauge("rollcall_runs_active", "Runs that are queued or running."),
    lag: gauge(
      "rollcall_table_lag_seconds",
      "Time since the table was last completed; before the first time, since its source was linked.",
      ofTable,
    ),
    stale: gauge("rollcall_table_stale", "1 when the table was not completed for twice its interval.", ofTable),
    stored: gauge("rollcall_table_rows", "Rows stored after the last run.", ofTable),
    paused: gauge("rollcall_source_paused", "1 when nothing of the source runs until somebody resumes it.", ["source"]),
    limit: gauge("rollcall_bucket_limit_requests", "Okta's limit of a bucket per window, as it last said.", ofBucket),
    remaining: gauge(
      "rollcall_bucket_remaining_requests",
      "Requests left in a bucket's window, as Okta last said.",
      ofBucket,
    ),
    messages: gauge("rollcall_notifications", "Notifications not delivered: waiting, or given up.", ["state"]),
    memory: gauge("rollcall_memory_bytes", "Memory of the server's process: resident, or JavaScript's heap in use.", [
      "kind",
    ]),
  };
}
