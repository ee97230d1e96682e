/** The web page, built into `web/dist` when its sources are others than those it was built from; `--force` builds anyway. */
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const home = dirname(dirname(fileURLToPath(import.meta.url)));
const web = join(home, "web");
const dist = join(web, "dist");
/** Which sources the page was built from: the server does not serve it, as it has no extension. */
const STAMP = ".sources";

/** Whether `web/dist` is what these sources give. By content: a checkout of another commit leaves file times that say nothing. */
export function isBuilt(): boolean {
  const stamp = join(dist, STAMP);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint();
}

/** Everything that the page is made of; the lockfile stands for the packages, the contract is there as types only. */
function fingerprint(): string {
  const hash = createHash("sha256");
  const own = globSync("**/*", { cwd: web, withFileTypes: true, exclude: ["dist", "dist-*"] })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  for (const file of [...own, join(home, "package-lock.json"), fileURLToPath(import.meta.url)])
    if (existsSync(file))
      hash
        .update(`${file.slice(home.length)}\0`)
        .update(readFileSync(file))
        .update("\0");
  return hash.digest("hex");
}

/** Builds beside `web/dist` and then takes its place: a build that fails leaves the page that is there. */
export async function build(): Promise<void> {
  const made = join(web, `dist-${process.pid}`);
  const former = join(web, `dist-${process.pid}-former`);
  try {
    const stamp = fingerprint();
    const { build: bundle } = await import("vite");
    await bundle({
      configFile: join(web, "vite.config.ts"),
      logLevel: "error",
      build: { outDir: made, emptyOutDir: true },
    });
    writeFileSync(join(made, STAMP), stamp);
    if (existsSync(dist)) renameSync(dist, former);
    renameSync(made, dist);
  } finally {
    for (const leftover of [made, former]) rmSync(leftover, { recursive: true, force: true });
  }
}

if (import.meta.main && (process.argv.includes("--force") || !isBuilt())) {
  process.stderr.write("rollcall: building the web page …\n");
  await build();
}
