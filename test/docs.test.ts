/**
 * The papers say what is: files and tests that docs/invariants.md names exist, links lead somewhere, and the commands and flags in
 * the README are the command line's own.
 * Seen to fail for: a test renamed, a source file moved, a link to a page that is not there, a heading that is not there, a flag
 * misspelled in the README, a command that does not exist.
 */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import type { Command } from "commander";
import { program } from "../src/cli/program.ts";

const root = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const pages = globSync(["*.md", "docs/**/*.md"], { cwd: root });

describe("docs/invariants.md", () => {
  const rows = read("docs/invariants.md").split("\n");

  it("names files that exist", () => {
    const files = rows.flatMap((row) =>
      [...row.matchAll(/`((?:src|test|fake-okta|scripts)\/[\w./-]+\.ts)`/g)].map(([, file]) => file!),
    );
    assert.ok(files.length > 50, `${files.length} files are named`);
    assert.deepEqual(
      files.filter((file) => !existsSync(join(root, file))),
      [],
    );
  });

  it("names tests that exist, in the file it says", () => {
    const named = rows.flatMap((row) =>
      [...row.matchAll(/`(test\/[\w./-]+\.ts)` › (“[^”]+”(?:, “[^”]+”)*)/g)].flatMap(([, file, names]) =>
        [...names!.matchAll(/“([^”]+)”/g)].map(([, name]) => ({ file: file!, name: name! })),
      ),
    );
    assert.ok(named.length > 50, `${named.length} tests are named`);
    assert.deepEqual(
      named.filter(({ file, name }) => !holds(file, name)),
      [],
    );
  });

  it("has a test for every invariant", () => {
    const invariants = rows.filter((row) => row.startsWith("| ") && !/^\| (?:---|#|Invariant)/.test(row));
    assert.deepEqual(
      invariants.filter((row) => !row.includes("` › “")),
      [],
    );
  });
});

/** Whether a name stands in the file as a text; `…` in it is whatever a loop puts there. */
function holds(file: string, name: string): boolean {
  const pattern = name
    .split("…")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("\\$\\{[^}]+\\}");
  return existsSync(join(root, file)) && new RegExp(`["\`]${pattern}["\`]`).test(read(file));
}

it("relative links in the papers lead somewhere", () => {
  const broken = pages.flatMap((page) =>
    [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target!)
      .filter((target) => !/^[a-z]+:/.test(target) && !leads(page, target))
      .map((target) => `${page}: ${target}`),
  );
  assert.deepEqual(broken, []);
});

function leads(page: string, target: string): boolean {
  const [path, anchor] = target.split("#") as [string, string | undefined];
  const file = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(root, file))) return false;
  if (anchor === undefined) return true;
  const headings = [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => slug(heading!));
  return headings.includes(anchor);
}

/** As GitHub makes anchors. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

const withoutCode = (text: string) => text.replaceAll(/^\s*```[\s\S]*?^\s*```/gm, "").replaceAll(/`[^`\n]*`/g, "");

/** A command's flags, with those of the commands below it. */
function flagsOf(command: Command): readonly string[] {
  return ["--help", ...command.options.flatMap(({ long }) => long ?? []), ...command.commands.flatMap(flagsOf)];
}

const cli = program("0", () => async () => {});
const flags = new Map(cli.commands.map((command) => [command.name(), flagsOf(command)]));

for (const page of ["README.md", "docs/operators.md", "docs/link-okta.md"]) {
  describe(page, () => {
    const lines = [...read(page).matchAll(/(?:\.\/|^\s*|`)rollcall ([a-z][a-z-]*)([^\n`]*)/gm)];

    it("uses commands and flags that exist", () => {
      assert.ok(lines.length > 1, `${lines.length} commands are shown`);
      const wrong = lines.flatMap(([, command, rest]) => {
        const known = flags.get(command!);
        if (known === undefined) return [`there is no command ${command}`];
        return (rest!.match(/--[a-z-]+/g) ?? [])
          .filter((flag) => !known.includes(flag))
          .map((flag) => `${command} has no ${flag}`);
      });
      assert.deepEqual(wrong, []);
    });
  });
}

describe("README.md", () => {
  it("names no flag that no command has", () => {
    const every = new Set([...flags.values()].flat());
    const named = [...read("README.md").matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([flag]) => flag);
    assert.deepEqual(
      named.filter((flag) => !every.has(flag)),
      [],
    );
  });

  it("lists every exit code and every table", async () => {
    const { EXIT_MEANINGS } = await import("../src/cli/exit.ts");
    const { STREAMS } = await import("../src/okta/streams.ts");
    const text = read("README.md");
    assert.deepEqual(
      EXIT_MEANINGS.filter(([code]) => !text.includes(`\n| ${code} | `)),
      [],
    );
    for (const { table, permission } of STREAMS) {
      const row = text.split("\n").find((line) => line.startsWith(`| \`${table}\` | \`okta.`));
      assert.ok(row?.includes(permission.scope) && row.includes(permission.role), `${table}: ${row}`);
    }
  });
});
