/** The page is built into web/dist, from where the server serves it. In development, `vite web` asks the server on its default port. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { precompress } from "./precompress.ts";

/**
 * The first browsers that know `light-dark()`. For older ones the build writes it in variables that are set beside `color-scheme: light`;
 * the page's scheme is a variable itself, so those stayed undefined, and every such colour was lost.
 */
const BROWSERS = ["chrome123", "edge123", "firefox120", "safari17.5"];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precompress()],
  build: { outDir: "dist", emptyOutDir: true, target: "es2023", cssTarget: BROWSERS, reportCompressedSize: false },
  server: { host: "127.0.0.1", proxy: { "/api": "http://127.0.0.1:8080", "/metrics": "http://127.0.0.1:8080" } },
});
