/** From arguments to an exit code: parses them, runs the command, tells of failures. Exits nothing itself. */
import { CommanderError, type Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { EXIT } from "../core/run.ts";
import { COMMANDS } from "./commands.ts";
import type { Context } from "./context.ts";
import { exitOfError } from "./exit.ts";
import { tellFailure } from "./failure.ts";
import { program } from "./program.ts";
import { refuseSecrets } from "./secrets.ts";
import { usage } from "./value.ts";

/** Runs one command line; resolves to the exit code of the process. */
export async function run(argv: readonly string[], context: Context): Promise<number> {
  let code: number = EXIT.completed;
  const root = program(manifest.version, (command) => async (...parsed) => {
    code = await COMMANDS[command](parsed as never[], context);
  });
  for (const command of [root, ...root.commands]) quieten(command, context);
  try {
    refuseSecrets(argv, context.env);
    await root.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.completed;
    if (error instanceof CommanderError && error.code === "commander.help") return EXIT.usage;
    const ours = error instanceof CommanderError ? usageOf(error, argv) : error;
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

function usageOf(error: CommanderError, argv: readonly string[]): Error {
  const said = error.message.replace(/^error: /, "").replace(/\n\(([^)]*)\)/, ". $1");
  const command = argv.find((argument) => !argument.startsWith("-"));
  const known = command !== undefined && error.code !== "commander.unknownCommand";
  const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1)}`.replace(/\.?$/, (end) =>
    said.endsWith("?") ? "" : end || ".",
  );
  return usage(sentence, `See \`rollcall ${known ? `${command} ` : ""}--help\`.`);
}
