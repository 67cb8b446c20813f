import { complement } from "./char-set.ts";
import { choice, type PatternTree, sequence } from "./pattern-tree.ts";
import { LINE_ENDS } from "./unicode.ts";

const LINE = complement(LINE_ENDS).join();
const EVERYTHING = complement([]).join();

/**
 * The pattern without `.*` at its ends: `.*secret.*` finds what `secret` finds, and would otherwise take the whole line,
 * or hold every text from its first character.
 */
export function trimmed(tree: PatternTree): PatternTree {
  if (tree.is === "choice") return choice(tree.options.map(trimmed));
  if (tree.is !== "sequence") return tree;
  const parts = [...tree.parts];
  while (parts.length > 1) {
    if (isPadding(parts[0]!)) parts.shift();
    else if (isAnchor(parts[0]!) && parts.length > 2 && isPadding(parts[1]!)) parts.splice(0, 2);
    else break;
  }
  while (parts.length > 1) {
    if (isPadding(parts.at(-1)!)) parts.pop();
    else if (isAnchor(parts.at(-1)!) && parts.length > 2 && isPadding(parts.at(-2)!)) parts.splice(-2);
    else break;
  }
  return sequence(...parts);
}

function isPadding(tree: PatternTree): boolean {
  if (tree.is !== "repeat" || tree.least !== 0 || tree.most !== null || tree.body.is !== "chars") return false;
  const set = tree.body.set.join();
  return set === LINE || set === EVERYTHING;
}

function isAnchor(tree: PatternTree): boolean {
  return tree.is === "assertion" && /^(?:text|line)-/.test(tree.assertion);
}
