// Node refuses to strip types below node_modules, where an installed Rollcall lives. This hook does it for Rollcall's own
// files and no others. Plain CommonJS, because it runs before any type could be stripped, and `--require` takes a path as
// it is, whatever characters are in it.
const { readFileSync } = require("node:fs");
const { registerHooks, stripTypeScriptTypes } = require("node:module");
const { dirname } = require("node:path");
const { fileURLToPath, pathToFileURL } = require("node:url");

const home = `${pathToFileURL(dirname(__dirname)).href}/`;

registerHooks({
  load(url, context, nextLoad) {
    const own = url.startsWith(home) && url.endsWith(".ts") && !url.slice(home.length).startsWith("node_modules/");
    if (!own) return nextLoad(url, context);
    const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), "utf8"));
    return { format: "module", source, shortCircuit: true };
  },
});
