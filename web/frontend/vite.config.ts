import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { iconSprite } from "./build/icon_sprite.ts";
import { unaccentedChoices } from "./build/unaccented_choices.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Builds three entries and the icon sprite into web/static/built, with a manifest that web/assets.py reads. */
export default defineConfig({
  root: here("."),
  base: "/static/built/",
  publicDir: false,
  plugins: [
    iconSprite(here(".."), here("node_modules/@tabler/icons/icons/outline")),
    unaccentedChoices(here("src/form/choices.ts")),
  ],
  build: {
    outDir: here("../static/built"),
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      // Who starts the system for the first time reads what the build says: htmx's eval is there but never allowed
      // (main.ts, and the content security policy), and how long Vite's plugins took helps nobody.
      checks: { eval: false, bundlerTimings: false },
      input: { main: here("src/main.ts"), diagram: here("src/diagram.ts"), form: here("src/form.ts") },
    },
  },
});
