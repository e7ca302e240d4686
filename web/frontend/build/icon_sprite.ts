/** Gathers the Tabler icons that the templates name into one SVG sprite. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** Every template below `folder`, leaving out what is built or installed. */
function templates(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["node_modules", "static"].includes(entry.name) ? [] : templates(path);
    return entry.name.endsWith(".html") ? [path] : [];
  });
}

/** The names in every `icon("name")` of the templates below `web`. */
function iconsUsed(web: string): string[] {
  const names = new Set<string>();
  for (const file of templates(web)) {
    for (const match of readFileSync(file, "utf8").matchAll(/\bicon\(["']([a-z0-9-]+)["']/g)) {
      names.add(match[1]);
    }
  }
  return [...names].sort();
}

function symbol(icons: string, name: string): string {
  const source = readFileSync(join(icons, `${name}.svg`), "utf8");
  const drawing = source.slice(source.indexOf(">", source.indexOf("<svg")) + 1, source.lastIndexOf("</svg>"));
  return `<symbol id="${name}" viewBox="0 0 24 24">${drawing.trim()}</symbol>`;
}

/** Emits `icons.svg`; an icon that Tabler does not have stops the build with its name. */
export function iconSprite(web: string, icons: string): Plugin {
  return {
    name: "icon-sprite",
    generateBundle() {
      const symbols = iconsUsed(web).map((name) => symbol(icons, name)).join("");
      this.emitFile({
        type: "asset",
        name: "icons.svg",
        originalFileName: "icons.svg",
        source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols}</svg>`,
      });
    },
  };
}
