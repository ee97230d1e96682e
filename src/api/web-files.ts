/** The built page. What exists is listed once, at the start: a path that is not on the list is never looked for on disk. */
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import type { Context } from "hono";
import type { Env } from "./bind.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".json": "application/json",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

/** Files beside the plain one that `vite build` compressed; the best first. */
const ENCODINGS = [
  { name: "br", suffix: ".br" },
  { name: "gzip", suffix: ".gz" },
] as const;

/** Named by their content: what is behind the name never changes. */
const FOR_EVER = "public, max-age=31536000, immutable";
/** Asked for each time; the answer is short when nothing changed. */
const EACH_TIME = "no-cache";

interface WebFile {
  readonly file: string;
  readonly type: string;
  readonly etag: string;
  readonly isHashed: boolean;
  readonly encodings: readonly (typeof ENCODINGS)[number][];
}

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Rollcall</title>
<p>The web page is not built in this checkout. <code>npm start</code> builds it; the API answers already.</p></html>`;

export class WebFiles {
  readonly #files: ReadonlyMap<string, WebFile>;

  private constructor(files: ReadonlyMap<string, WebFile>) {
    this.#files = files;
  }

  static of(directory: string): WebFiles {
    const names = globSync("**/*", { cwd: directory }).filter((name) => extname(name) in TYPES);
    return new WebFiles(
      new Map(
        names
          .filter((name) => statSync(join(directory, name)).isFile())
          .map((name) => [`/${name.split(sep).join("/")}`, describe(join(directory, name))]),
      ),
    );
  }

  /** The file of that name; the page itself for the addresses that it draws; null where a file is missing. */
  answer(context: Context<Env>): Promise<Response> | Response | null {
    const { path } = context.req;
    const file = this.#files.get(path);
    if (file !== undefined) return send(file, context);
    if (path.startsWith("/assets/")) return null;
    const page = this.#files.get("/index.html");
    return page === undefined ? context.html(NOT_BUILT, 503) : send(page, context);
  }
}

function describe(file: string): WebFile {
  return {
    file,
    type: TYPES[extname(file)] ?? "application/octet-stream",
    etag: `"${createHash("sha256").update(readFileSync(file)).digest("base64url").slice(0, 22)}"`,
    isHashed: file.includes(`${sep}assets${sep}`),
    encodings: ENCODINGS.filter(({ suffix }) => existsSync(file + suffix)),
  };
}

async function send(file: WebFile, context: Context<Env>): Promise<Response> {
  context.header("cache-control", file.isHashed ? FOR_EVER : EACH_TIME);
  context.header("vary", "accept-encoding");
  context.header("etag", file.etag);
  if (context.req.header("if-none-match")?.includes(file.etag) === true) return context.body(null, 304);
  const accepted = context.req.header("accept-encoding") ?? "";
  const encoding = file.encodings.find(({ name }) =>
    new RegExp(`\\b${name}\\b(?!;\\s*q=0(?:\\.0*)?(?:,|$))`).test(accepted),
  );
  if (encoding !== undefined) context.header("content-encoding", encoding.name);
  context.header("content-type", file.type);
  return context.body(await readFile(file.file + (encoding?.suffix ?? "")));
}
