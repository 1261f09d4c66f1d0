import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { iconSet } from "./frontend/bundling/icons.ts";
import { logicalDirections } from "./frontend/bundling/directions.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** One entry per kind of page: a page loads `main` and what it needs beside it. */
const entries = ["main", "calendar", "board", "counter", "uploader", "autosave", "piece", "translate", "compare", "framing", "strike", "ordering", "lightbox"];

export default defineConfig({
  root: here("frontend"),
  base: "/static/build/",
  publicDir: false,
  plugins: [iconSet({ list: here("frontend/icons.txt"), from: here("node_modules/@tabler/icons/icons") })],
  css: {
    postcss: { plugins: [logicalDirections()] },
    preprocessorOptions: { scss: { quietDeps: true, loadPaths: [here("node_modules")] } },
  },
  build: {
    outDir: here("src/crosscut/site/static/build"),
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    target: ["chrome123", "firefox121", "safari17.5"],
    assetsInlineLimit: 0, // the content security policy allows no data: addresses for fonts and scripts
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: Object.fromEntries(entries.map((name) => [name, here(`frontend/scripts/${name}.ts`)])),
    },
  },
});
