import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** What is between `<svg …>` and `</svg>` of one icon, on one line. */
function drawing(path: string): string {
  const text = readFileSync(path, "utf8").replace(/<!--[\s\S]*?-->/g, "");
  return text.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
}

/** The names in `list`: one a line, `filled/name` for a filled drawing, `#` starts a note. */
function names(list: string): string[] {
  const lines = readFileSync(list, "utf8").split("\n").map((line) => line.replace(/#.*/, "").trim());
  return lines.filter(Boolean);
}

/** Writes `icons.json`: the drawing of each icon the pages use, by name. The template tag `icon` puts it in the page. */
export function iconSet({ list, from }: { list: string; from: string }): Plugin {
  return {
    name: "crosscut-icons",
    generateBundle() {
      const drawings = Object.fromEntries(
        names(list).map((name) => [name, drawing(join(from, name.includes("/") ? "" : "outline", `${name}.svg`))]),
      );
      this.addWatchFile(list);
      this.emitFile({ type: "asset", fileName: "icons.json", source: JSON.stringify(drawings) });
    },
  };
}
