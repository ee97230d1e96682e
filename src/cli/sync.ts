/** `rollcall sync`: one run of one org into the warehouse, shown while it goes and told at the end. */
import type { SyncConfig } from "../config.ts";
import type { Notice, RunResult } from "../core/run.ts";
import { scopesOf } from "../core/stream.ts";
import { sync } from "../engine/sync.ts";
import { openWarehouse } from "../warehouse/open.ts";
import type { Context } from "./context.ts";
import { display, keepingNotices } from "./display.ts";
import { exitOfRun } from "./exit.ts";
import { openLink } from "../okta/open.ts";
import { painter } from "./paint.ts";
import { summary } from "./summary.ts";

export async function syncCommand(config: SyncConfig, context: Context): Promise<number> {
  const began_ms = performance.now();
  const { run, notices } = await runOnce(config, context);
  const seconds = (performance.now() - began_ms) / 1000;
  const lines = config.json
    ? [JSON.stringify(run)]
    : summary(run, notices, seconds, painter(context.stdout, context.env));
  context.stdout.write(`${lines.join("\n")}\n`);
  return exitOfRun(run);
}

/** The run itself. When this returns, org and warehouse are closed: whoever reads the result may open the file. */
export async function runOnce(
  config: SyncConfig,
  context: Context,
): Promise<{ readonly run: RunResult; readonly notices: readonly Notice[] }> {
  using shown = display({ ...config, tables: config.tables.map(({ stream }) => stream.table) }, context);
  const kept = keepingNotices(shown);
  const onAbort = () => shown.say("Stopping at the next batch boundary; what was read is kept. Again to end at once.");
  context.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const scopes = scopesOf(config.tables.map(({ stream }) => stream));
    await using okta = await openLink(config, scopes, context.signal, (understood) => {
      kept.emit({ type: "notice", table: null, code: "ORG_UNDERSTOOD", message: understood });
      shown.say(understood);
    });
    await using warehouse = await openWarehouse(config.warehouse, { mode: "write" });
    const run = await sync({ ...config, okta, warehouse, signal: context.signal, emit: kept.emit });
    return { run, notices: kept.notices };
  } finally {
    context.signal.removeEventListener("abort", onAbort);
  }
}
