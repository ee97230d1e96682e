/**
 * The arrows of the architecture, read from the imports: core ◀ okta, warehouse, store ◀ engine ◀ service ◀ api ◀ cli ◀ main; the page beside them.
 * Breaks this was seen to catch: core importing node:fs, the store importing okta or node:http, okta importing warehouse, the engine importing a backend.
 */
import assert from "node:assert/strict";
import { readFileSync, globSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, it } from "node:test";

const root = join(import.meta.dirname, "..");

interface Rule {
  readonly name: string;
  readonly files: string;
  /** What an import must not match: a path from the root for our own files, the package's name for others. */
  readonly never: RegExp;
  /** What it may import as types all the same: nothing of it is there at run time. */
  readonly typesOf?: RegExp;
}

const RULES: readonly Rule[] = [
  {
    name: "core is pure: no disk, network, process or clock of its own",
    files: "src/core/**/*.ts",
    never: /^node:(?!crypto$)|^undici|^@duckdb|^src\/(?!core\/)|^fake-okta|^jose/,
  },
  {
    name: "okta knows neither warehouse nor engine nor cli",
    files: "src/okta/**/*.ts",
    never: /^src\/(?!core\/|okta\/)|^@duckdb|^fake-okta/,
  },
  {
    name: "warehouse knows neither okta nor engine nor cli",
    files: "src/warehouse/**/*.ts",
    never: /^src\/(?!core\/|warehouse\/)|^undici|^jose|^fake-okta/,
  },
  {
    name: "engine knows seams, not backends, transports or the cli",
    files: "src/engine/**/*.ts",
    never:
      /^src\/(?!core\/|engine\/|okta\/seam|okta\/attributes|warehouse\/warehouse)|^undici|^jose|^@duckdb|^node:(fs|http|child_process)|^fake-okta/,
  },
  {
    name: "the store knows rows, secrets and queues, and nothing of what they are about",
    files: "src/store/**/*.ts",
    never: /^src\/(?!core\/|store\/)|^node:(?!sqlite$|fs$|path$|crypto$)|^(?!src\/|node:|kysely$|zod$)/,
  },
  {
    name: "the cli reaches a warehouse through its seam, not a backend",
    files: "src/cli/**/*.ts",
    never: /^src\/warehouse\/duckdb|^@duckdb|^src\/main/,
  },
  {
    name: "notify makes and sends messages: it knows core and which addresses are private, no rows and no warehouse",
    files: "src/notify/**/*.ts",
    never: /^src\/(?!core\/|notify\/|okta\/address)|^@duckdb|^kysely|^node:sqlite|^fake-okta/,
  },
  {
    name: "the api speaks to services, rows and the warehouse's seam, never to Okta, an engine or a backend",
    files: "src/api/**/*.ts",
    never:
      /^src\/(?!core\/|api\/|service\/|store\/|warehouse\/warehouse\.)|^@duckdb|^undici|^jose|^node:(child_process|sqlite)|^fake-okta/,
  },
  {
    name: "the cli is a client of the server: only `serve` holds one",
    files: "src/cli/!(serve).ts",
    never: /^src\/(?:api|service|notify)\/|^hono|^@hono/,
    typesOf: /^src\/api\/contract\/|^@hono\/zod-openapi$/,
  },
  {
    name: "the service knows seams, not the cli, the page or a backend; of the API its words",
    files: "src/service/**/*.ts",
    never: /^src\/(?:cli|config|main|warehouse\/duckdb)|^src\/api\/(?!contract\/)|^web\/|^@duckdb|^hono$|^fake-okta/,
    typesOf: /^src\/api\/bind\.ts$/,
  },
  {
    name: "the API's contract knows core's words and nothing that does anything",
    files: "src/api/contract/*.ts",
    never: /^src\/(?!core\/|api\/contract\/)|^node:|^@duckdb|^kysely/,
  },
  {
    name: "the page knows its own files, packages and the contract's types",
    files: "web/src/**/*.{ts,tsx}",
    never: /^(?:src|fake-okta|test|scripts)\/|^node:|^@hono|^hono/,
    typesOf: /^src\/api\/contract\/|^src\/core\/schedule\.ts$|^@hono\/zod-openapi$/,
  },
  {
    name: "the simulated org knows nothing of the product that is tested against it",
    files: "fake-okta/**/*.ts",
    never: /^src\//,
  },
];

interface Import {
  /** Of our own files the path from the root. */
  readonly target: string;
  readonly isType: boolean;
}

/** Every module that a file imports or re-exports. */
function imports(file: string): readonly Import[] {
  const source = readFileSync(join(root, file), "utf8");
  const specifiers = [
    ...source.matchAll(/^(?:import|export)\b[^;]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm),
  ];
  return specifiers.map(([words, from, bare, dynamic]) => {
    const specifier = from ?? bare ?? dynamic ?? "";
    const target = specifier.startsWith(".") ? normalize(join(dirname(file), specifier)) : specifier;
    return { target, isType: /^(?:import|export)\s+type\b/.test(words) };
  });
}

describe("layers", () => {
  for (const rule of RULES) {
    it(rule.name, () => {
      const files = globSync(rule.files, { cwd: root });
      assert.ok(files.length > 0, `no file matches ${rule.files}`);
      const broken = files.flatMap((file) =>
        imports(file)
          .filter(({ target }) => rule.never.test(target))
          .filter(({ target, isType }) => !(isType && rule.typesOf?.test(target) === true))
          .map(({ target }) => `${file} imports ${target}`),
      );
      assert.deepEqual(broken, [], rule.name);
    });
  }

  it("only main exits the process", () => {
    const files = globSync("{src,fake-okta}/**/*.ts", { cwd: root }).filter((file) => file !== "src/main.ts");
    const exits = files.filter((file) => /\bprocess\.exit\(/.test(readFileSync(join(root, file), "utf8")));
    assert.deepEqual(exits, []);
  });

  it("loops over pages exist in engine/read.ts only", () => {
    const files = globSync("src/{engine,cli,warehouse}/**/*.ts", { cwd: root }).filter(
      (file) => file !== "src/engine/read.ts",
    );
    const loops = files.filter((file) =>
      /link\s*=\s*answer\.next|while \(next\b/.test(readFileSync(join(root, file), "utf8")),
    );
    assert.deepEqual(loops, []);
  });
});
