/** Each command's name bound to what it does. A command is loaded when it is called: `--help` waits for no database. */
import * as config from "../config.ts";
import type { Context } from "./context.ts";
import type { CommandName } from "./program.ts";

/** Runs with what the parser made of the arguments, in the order and the shape that `program.ts` declares; gives the exit code. */
type Run = (parsed: readonly never[], context: Context) => Promise<number>;

export const COMMANDS: Readonly<Record<CommandName, Run>> = {
  serve: async ([words], context) => {
    const settings = config.serveConfig(words!);
    return (await import("./serve.ts")).serveCommand(settings, context);
  },
  check: async ([org, words], context) => {
    const settings = config.checkConfig(org, words!, context.env);
    return (await import("./check.ts")).checkCommand(settings, context);
  },
  sync: async ([org, words], context) => {
    const settings = config.syncConfig(org, words!, context.env);
    return (await import("./sync.ts")).syncCommand(settings, context);
  },
  query: async ([sql, words], context) => {
    const settings = config.queryConfig(sql!, words!, context.env);
    return (await import("./query.ts")).queryCommand(settings, context);
  },
  tables: async ([words], context) => {
    const settings = config.tablesConfig(words!);
    return (await import("./tables.ts")).tablesCommand(settings, context);
  },
  snapshot: async ([file, words], context) => {
    const settings = config.snapshotConfig(file!, words!, context.env);
    return (await import("./snapshot.ts")).snapshotCommand(settings, context);
  },
  export: async ([directory, words], context) => {
    const settings = config.exportConfig(directory!, words!, context.env);
    return (await import("./export.ts")).exportCommand(settings, context);
  },
  backup: async ([directory, words], context) => {
    const settings = config.backupConfig(directory!, words!, context.env);
    return (await import("./backup.ts")).backupCommand(settings, context);
  },
  reseal: async ([words], context) => {
    const settings = config.resealConfig(words!);
    return (await import("./reseal.ts")).resealCommand(settings, context);
  },
  "sources list": async ([words], context) => {
    const settings = config.sourcesConfig("", words!, context.env);
    return (await import("./sources.ts")).listSources(settings, context);
  },
  "sources show": async ([source, words], context) => {
    const settings = config.sourcesConfig(source!, words!, context.env);
    return (await import("./sources.ts")).showSource(settings, context);
  },
  "sources sync": async ([source, words], context) => {
    const settings = config.sourcesConfig(source!, words!, context.env);
    return (await import("./sources.ts")).syncSource(settings, context);
  },
  "sources pause": async ([source, words], context) => {
    const settings = config.sourcesConfig(source!, words!, context.env);
    return (await import("./sources.ts")).pauseSource(settings, context);
  },
  "sources resume": async ([source, words], context) => {
    const settings = config.sourcesConfig(source!, words!, context.env);
    return (await import("./sources.ts")).resumeSource(settings, context);
  },
  "runs list": async ([words], context) => {
    const settings = config.runsConfig("", words!, context.env);
    return (await import("./runs.ts")).listRuns(settings, context);
  },
  "runs show": async ([id, words], context) => {
    const settings = config.runsConfig(id!, words!, context.env);
    return (await import("./runs.ts")).showRun(settings, context);
  },
  "runs log": async ([id, words], context) => {
    const settings = config.runsConfig(id!, words!, context.env);
    return (await import("./runs.ts")).logOfRun(settings, context);
  },
  "runs cancel": async ([id, words], context) => {
    const settings = config.runsConfig(id!, words!, context.env);
    return (await import("./runs.ts")).cancelRun(settings, context);
  },
  "fake-okta": async ([words], context) => {
    const settings = config.fakeOktaConfig(words!);
    return (await import("./fake-okta.ts")).fakeOktaCommand(settings, context);
  },
  demo: async (_, context) => (await import("./demo.ts")).demoCommand(context),
};
