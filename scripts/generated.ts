/** What generated papers share: a Markdown table, and a file that is written or, with `--check`, held against what would be. */
import { readFileSync, writeFileSync } from "node:fs";

export const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");

/** Writes `page` to `file`; with `--check` on the command line only looks, and fails the process when the file is stale. */
export function keep(file: string, page: string, script: string): void {
  if (!process.argv.includes("--check")) {
    writeFileSync(file, page);
  } else if (held(file) !== page) {
    console.error(`${file} is stale: run \`node ${script}\` and commit it.`);
    process.exitCode = 1;
  }
}

function held(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
