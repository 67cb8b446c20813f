import { type CharSet, has } from "../pattern/char-set.ts";
import type { PatternTree } from "../pattern/tree.ts";
import { UNSEEN_SIGNS } from "../terms/written-forms.ts";
import type { ScanRule } from "./rules.ts";

/** What is in the sets of "everything" and of "everything but", and in hardly any other. */
const ANY_CHARACTER = 0xe000;

/**
 * Whether a rule looks for a character that takes no place: then none may be left out of the text. Rules that only pass
 * over them do not count.
 */
export function namesUnseen(rules: readonly ScanRule[]): boolean {
  const known = new Set<CharSet>();
  return rules.some(({ trees, passesUnseen }) => passesUnseen !== true && trees.some((tree) => isIn(tree, known)));
}

/** `known`: sets that were looked at. */
function isIn(tree: PatternTree, known: Set<CharSet>): boolean {
  const isNamed = (set: CharSet): boolean => {
    if (known.has(set)) return false;
    known.add(set);
    return !has(set, ANY_CHARACTER) && UNSEEN_SIGNS.some((sign) => has(set, sign));
  };
  switch (tree.is) {
    case "chars":
      return isNamed(tree.set);
    case "until":
      return isNamed(tree.set) || tree.stop.some(isNamed);
    case "sequence":
      return tree.parts.some((part) => isIn(part, known));
    case "choice":
      return tree.options.some((option) => isIn(option, known));
    case "repeat":
      return isIn(tree.body, known);
    case "assertion":
      return false;
  }
}
