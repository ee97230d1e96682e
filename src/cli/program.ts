/** The command line's grammar: commands, flags and their help, as data for commander. What they mean is `config.ts`'s. */
import { Command, Option } from "commander";
import { AUTHS, DEFAULT_SHARE_PERCENT, DEFAULT_WAREHOUSE, FORMATS, LOG_LEVELS, RATE_LIMITS } from "../config.ts";
import { HELP } from "./help.ts";
import { DEFAULT_SERVER } from "./server.ts";

export type CommandName =
  | "serve"
  | "sources list"
  | "sources show"
  | "sources sync"
  | "sources pause"
  | "sources resume"
  | "runs list"
  | "runs show"
  | "runs log"
  | "runs cancel"
  | "backup"
  | "reseal"
  | "check"
  | "sync"
  | "query"
  | "tables"
  | "snapshot"
  | "export"
  | "demo"
  | "fake-okta";

/** What commander calls when a command was named: with its arguments, its options and itself. */
type Action = (...parsed: unknown[]) => Promise<void>;

/** Makes the action of a command. */
export type Act = (command: CommandName) => Action;

const WAREHOUSE = ["--warehouse <url>", "where the tables are: duckdb:PATH", DEFAULT_WAREHOUSE] as const;
const TABLES = ["--tables <a,b>", "only these tables"] as const;
const JSON_OUTPUT = ["--json", "print one JSON object on stdout, nothing else"] as const;
const DATA_DIR = ["--data-dir <path>", "the server's data directory", "./data"] as const;
const SERVER = ["--server <url>", "the running server; its API key is in ROLLCALL_API_KEY", DEFAULT_SERVER] as const;
const collect = (value: string, before: readonly string[] | undefined) => [...(before ?? []), value];

/** The whole grammar, bound to what the commands do. */
export function program(version: string, act: Act): Command {
  const root = new Command("rollcall");
  root
    .description("Copies an Okta org into a SQL warehouse and keeps it there: complete, current and provable.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this, or the help of a command")
    .commandsGroup("Help:")
    .helpCommand("help [command]", "print the help of a command")
    .showSuggestionAfterError(true)
    .addHelpText("after", HELP.rollcall);
  root.commandsGroup("With a web page:");
  serving(root, act);
  remoteSources(root, act);
  remoteRuns(root, act);
  keeping(root, act);
  root.commandsGroup("Your org:");
  link(root, act);
  root.commandsGroup("The warehouse:");
  reading(root, act);
  root.commandsGroup("Without an org:");
  simulated(root, act);
  return root;
}

function serving(root: Command, act: Act): void {
  root
    .command("serve")
    .summary("link orgs on a web page, keep them current, query them")
    .description(
      "Serves the web page and the HTTP API, and keeps the linked orgs current by their schedules, until you end it (Ctrl-C). Everything is in one data directory.",
    )
    .optionsGroup("Where:")
    .option(
      "--host <address>",
      "address to listen on; any but this machine's own needs log-in to be set up first",
      "127.0.0.1",
    )
    .option("--port <n>", "port; 0 for any free one", "8080")
    .option("--data-dir <path>", "where everything is kept", "./data")
    .optionsGroup("How:")
    .option("--demo", "run a simulated org beside it, to try everything without Okta")
    .option("--demo-events <n>", "log events of the simulated org over the last 90 days", "60000")
    .option("--trust-proxy", "believe a proxy in front about TLS and client addresses (x-forwarded-proto, -for)")
    .option("--log-level <level>", LOG_LEVELS.join(" | "), "info")
    .addHelpText("after", HELP.serve)
    .action(act("serve"));
}

function remoteSources(root: Command, act: Act): void {
  const sources = root
    .command("sources")
    .summary("what a running server has linked: list, show, sync, pause, resume")
    .description(
      "Asks a running server for its sources, or tells it what to do with one. Without a command it lists them.",
    )
    .addHelpText("after", HELP.sources);
  sources
    .command("list", { isDefault: true })
    .description("Lists the sources, with what they hold and when they run next.")
    .option(...SERVER)
    .option(...JSON_OUTPUT)
    .action(act("sources list"));
  const named = (name: string, about: string) =>
    sources
      .command(name)
      .description(about)
      .argument("<source>", "its id, prefix or name")
      .option(...SERVER)
      .option(...JSON_OUTPUT);
  named("show", "Shows one source, table by table.").action(act("sources show"));
  named("sync", "Syncs a source now, whatever its schedule says; returns at once.")
    .option(TABLES[0], TABLES[1], collect)
    .action(act("sources sync"));
  named("pause", "Lets a source run nothing until it is resumed.").action(act("sources pause"));
  named("resume", "Lets a source run by its schedule again.").action(act("sources resume"));
}

function remoteRuns(root: Command, act: Act): void {
  const runs = root
    .command("runs")
    .summary("what a running server did: list, show, log, cancel")
    .description("Asks a running server for its runs, or cancels one. Without a command it lists the latest.")
    .addHelpText("after", HELP.runs);
  runs
    .command("list", { isDefault: true })
    .description("Lists runs, the latest first.")
    .option("--source <id>", "only those of this source")
    .option("--limit <n>", "how many at most, 1 to 200", "20")
    .option(...SERVER)
    .option(...JSON_OUTPUT)
    .action(act("runs list"));
  const named = (name: string, about: string) =>
    runs
      .command(name)
      .description(about)
      .argument("<run>", "its id")
      .option(...SERVER)
      .option(...JSON_OUTPUT);
  named("show", "Shows one run, table by table.").action(act("runs show"));
  named("log", "Prints what a run said.")
    .option("--table <name>", "only what it said of this table")
    .action(act("runs log"));
  named("cancel", "Ends a run at its next batch boundary; what was read is kept.").action(act("runs cancel"));
}

function keeping(root: Command, act: Act): void {
  root
    .command("backup")
    .summary("copy a data directory, also while its server runs")
    .description(
      "Writes a copy of the data directory, its key left out: control plane and warehouse, each as of one moment. Either all of it is there at the end or nothing.",
    )
    .argument("<directory>", "where to; it must not exist, or be empty")
    .option(...DATA_DIR)
    .option("--server <url>", "the server that runs on it; an admin's key is in ROLLCALL_API_KEY")
    .addHelpText("after", HELP.backup)
    .action(act("backup"));
  root
    .command("reseal")
    .summary("seal the stored credentials under another key")
    .description(
      "Opens every stored credential with the present key and seals it under a new one, all or none. The server must be stopped.",
    )
    .option(...DATA_DIR)
    .addHelpText("after", HELP.reseal)
    .action(act("reseal"));
}

function link(root: Command, act: Act): void {
  root
    .command("check")
    .summary("which tables can this credential read?")
    .description(
      "Asks Okta once per table whether the credential may read it, and says what to grant where it may not.",
    )
    .argument("[org]", "the org's address as you would paste it (else OKTA_CLIENT_ORGURL)")
    .option(TABLES[0], TABLES[1], collect)
    .option("--json", "print one JSON object on stdout, nothing else")
    .addHelpText("after", HELP.check)
    .action(act("check"));
  root
    .command("sync")
    .summary("copy the org's tables into the warehouse, or bring them up to date")
    .description(
      "Copies the org into the warehouse. The first run reads everything; later ones read what changed. A run that was stopped, by whatever, is resumed by the same command.",
    )
    .argument("[org]", "the org's address as you would paste it (else OKTA_CLIENT_ORGURL)")
    .optionsGroup("What and where:")
    .option(...WAREHOUSE)
    .option("--prefix <name>", "the schema that holds this org's tables", "okta")
    .option(TABLES[0], TABLES[1], collect)
    .option("--mode <table=mode>", "sync a table in another mode; may be repeated", collect)
    .option("--logs-since <iso>", "begin the log's past here instead of 90 days ago (date or date-time, UTC)")
    .optionsGroup("How:")
    .option(
      "--share <percent>",
      "how much of the credential's rate limit to use, 1 to 100",
      String(DEFAULT_SHARE_PERCENT),
    )
    .option(
      "--complete-every <duration>",
      "read lists completely, to find deletions, when the last time is this long ago: 24h, 90m, 7d; 0 for now",
      "24h",
    )
    .option("--allow-mass-delete", "confirm a deletion that was held by the safety threshold")
    .optionsGroup("Output:")
    .option("--json", "print JSON lines on stdout: events first, the run last")
    .option("--quiet", "only the final table (or JSON line) and errors")
    .addHelpText("after", HELP.sync)
    .action(act("sync"));
}

function reading(root: Command, act: Act): void {
  root
    .command("query")
    .summary("ask the warehouse in SQL, read-only")
    .description("Runs one SQL statement in the warehouse's own dialect. It can read and nothing else.")
    .argument("<sql>", "the statement, in quotes")
    .option(...WAREHOUSE)
    .addOption(served())
    .option("--format <format>", FORMATS.join(" | "), "table")
    .option("--max-rows <n>", "cut the result after so many rows, and say so", "10000")
    .addHelpText("after", HELP.query)
    .action(act("query"));
  root
    .command("tables")
    .summary("what the warehouse holds, and how fresh it is")
    .description("Lists the tables in the warehouse with their rows, mode and the time of their last completed sync.")
    .option(...WAREHOUSE)
    .option("--json", "print one JSON object on stdout, nothing else")
    .addHelpText("after", HELP.tables)
    .action(act("tables"));
  root
    .command("snapshot")
    .summary("publish a copy of the warehouse as one file, for other programs")
    .description(
      "Writes a consistent copy of the warehouse as a DuckDB file and switches it into place: whoever reads the file has the old copy or the new one.",
    )
    .argument("<file>", "where to")
    .option(...WAREHOUSE)
    .addOption(served())
    .addHelpText("after", HELP.snapshot)
    .action(act("snapshot"));
  root
    .command("export")
    .summary("write tables as Parquet files")
    .description("Writes each table as <schema>.<table>.parquet into a folder, each switched into place whole.")
    .argument("<directory>", "where to; made where it is missing")
    .option("--tables <a,b>", "only these tables, such as okta.users,okta.logs (all, unless given)", collect)
    .option(...WAREHOUSE)
    .addOption(served())
    .addHelpText("after", HELP.export)
    .action(act("export"));
}

/** A running server in place of a file. */
function served(): Option {
  return new Option("--server <url>", "ask a running server instead; its API key is in ROLLCALL_API_KEY").conflicts(
    "warehouse",
  );
}

function simulated(root: Command, act: Act): void {
  root
    .command("demo")
    .summary("the whole thing on a simulated org, in about a minute")
    .description(
      "Starts a simulated Okta org, checks it, syncs it, changes it, syncs again, shows that only the changes moved, and asks three questions in SQL. Needs no account and leaves nothing behind.",
    )
    .addHelpText("after", HELP.demo)
    .action(act("demo"));
  root
    .command("fake-okta")
    .summary("serve a simulated Okta org on this machine")
    .description(
      "Serves a simulated Okta org until you end it (Ctrl-C). It behaves as Okta is recorded to, its rate limits, odd orders and late events included; a control endpoint on a port of its own changes the org and injects faults.",
    )
    .optionsGroup("Where:")
    .option("--port <n>", "port of the org; 0 for any free one", "8080")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .optionsGroup("The org:")
    .option("--seed <n>", "the same seed makes the same org", "1")
    .option("--users <n>", "users", "5000")
    .option("--groups <n>", "groups", "300")
    .option("--apps <n>", "applications", "60")
    .option("--rules <n>", "group rules", "20")
    .option("--events <n>", "log events over the last 90 days", "200000")
    .optionsGroup("Behaviour:")
    .option("--latency-ms <n>", "delay of every answer", "0")
    .option("--rate-limits <kind>", RATE_LIMITS.join(" | "), "workforce")
    .option("--auth <kind>", AUTHS.join(" | "), "token")
    .option("--admin-links", "let some links point to the -admin host, as Okta does")
    .addHelpText("after", HELP.fakeOkta)
    .action(act("fake-okta"));
}
