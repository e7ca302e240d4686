/** Searching the choices of a list. */

/** Whether a choice is meant by what was typed: case and accents do not matter, `nguyen` finds `Nguyễn`. */
export function isMeant(label: string, typed: string): boolean {
  return folded(label).includes(folded(typed));
}

/** As engine/identities/names.py folds names: no marks, đ as d, lower case. */
function folded(text: string): string {
  return text.toLowerCase().replaceAll("đ", "d").normalize("NFKD").replace(/\p{M}/gu, "");
}
