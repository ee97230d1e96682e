/** What `npm start` runs: the web page is built where that is due, then this process becomes `rollcall serve`, with the arguments given. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isBuilt } from "./web.ts";

// In a process of its own: the bundler's memory would stay with the server.
if (!isBuilt()) {
  const builder = fileURLToPath(new URL("web.ts", import.meta.url));
  const { status } = spawnSync(process.execPath, [...process.execArgv, builder], { stdio: ["ignore", 2, 2] });
  if (status !== 0)
    process.stderr.write("rollcall: the web page could not be built (see above); the API is served without it.\n");
}
process.argv.splice(1, 1, fileURLToPath(new URL("../src/main.ts", import.meta.url)), "serve");
await import("../src/main.ts");
