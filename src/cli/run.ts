/** From arguments to an exit code: parses them, runs the command, tells of failures. Exits nothing itself. */
import { CommanderError, type Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { EXIT } from "../core/run.ts";
import { COMMANDS } from "./commands.ts";
import type { Context } from "./context.ts";
import { exitOfError } from "./exit.ts";
import { tellFailure } from "./failure.ts";
import { didYouMean } from "./nearest.ts";
import { program } from "./program.ts";
import { refuseSecrets } from "./secrets.ts";
import { usage } from "./value.ts";

/** Runs one command line; resolves to the exit code of the process. */
export async function run(argv: readonly string[], context: Context): Promise<number> {
  let code: number = EXIT.completed;
  const root = program(manifest.version, (command) => async (...parsed) => {
    code = await COMMANDS[command](parsed as never[], context);
  });
  for (const command of withParts(root)) quieten(command, context);
  try {
    refuseSecrets(argv, context.env);
    await root.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.completed;
    if (error instanceof CommanderError && error.code === "commander.help") return EXIT.usage;
    const ours = error instanceof CommanderError ? usageOf(error, argv, root) : error;
    tellFailure(ours, argv, context);
    return exitOfError(ours);
  }
}

/** The parser neither exits nor prints errors: those are told in one way, by `failure.ts`. */
function quieten(command: Command, context: Context): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => void context.stdout.write(text),
    writeErr: (text) => void context.stderr.write(text),
    outputError: () => {},
    getOutHelpWidth: () => Math.min(context.stdout.columns ?? 100, 130),
    getErrHelpWidth: () => Math.min(context.stderr.columns ?? 100, 130),
  });
}

/** A command and those below it. */
function withParts(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withParts)];
}

function usageOf(error: CommanderError, argv: readonly string[], root: Command): Error {
  const [first, second] = argv.filter((argument) => !argument.startsWith("-"));
  const command = root.commands.find((candidate) => candidate.name() === first);
  const next = `See \`rollcall ${command === undefined ? "" : `${first} `}--help\`.`;
  const parts = command?.commands.map((part) => part.name()) ?? [];
  // The parser takes an unknown word for an argument of the command that is meant where none is named.
  if (error.code === "commander.excessArguments" && parts.length > 0 && second !== undefined && !parts.includes(second))
    return usage(`Unknown command '${first} ${second}'.${didYouMean(second, parts)}`, next);
  const said = error.message.replace(/^error: /, "").replace(/\n\(([^)]*)\)/, ". $1");
  const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1)}`.replace(/\.?$/, (end) =>
    said.endsWith("?") ? "" : end || ".",
  );
  return usage(sentence, next);
}
