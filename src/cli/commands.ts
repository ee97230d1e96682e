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
    const settings = config.queryConfig(sql!, words!);
    return (await import("./query.ts")).queryCommand(settings, context);
  },
  tables: async ([words], context) => {
    const settings = config.tablesConfig(words!);
    return (await import("./tables.ts")).tablesCommand(settings, context);
  },
  "fake-okta": async ([words], context) => {
    const settings = config.fakeOktaConfig(words!);
    return (await import("./fake-okta.ts")).fakeOktaCommand(settings, context);
  },
  demo: async (_, context) => (await import("./demo.ts")).demoCommand(context),
};
