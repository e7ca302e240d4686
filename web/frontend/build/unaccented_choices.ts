/** Lets the searchable lists of form-js find a choice typed without accents; form-js itself offers no way to say so. */
import type { Plugin } from "vite";

const LIBRARY = "/@bpmn-io/form-js-viewer/dist/index.es.js";
const COMPARISON = "option.label.toLowerCase().includes(filter.toLowerCase())";
/** In the list of one choice and in the list of several. */
const PLACES = 2;

/** Puts the function `isMeant` of `module` in place of form-js's comparison; a form-js that compares otherwise stops the build. */
export function unaccentedChoices(module: string): Plugin {
  return {
    name: "unaccented-choices",
    transform(code, id) {
      if (!id.split("?")[0].endsWith(LIBRARY)) return null;
      const found = code.split(COMPARISON).length - 1;
      if (found !== PLACES) this.error(`form-js searches its lists in ${found} places, not in ${PLACES}: look at ${LIBRARY}`);
      const searching = code.replaceAll(COMPARISON, "isMeant(option.label, filter)");
      return { code: `import { isMeant } from ${JSON.stringify(module)};\n${searching}`, map: null };
    },
  };
}
