import { complement } from "./char-set.ts";
import { choice, type PatternTree, sequence } from "./tree.ts";
import { LINE_ENDS } from "./unicode.ts";

const LINE = complement(LINE_ENDS).join();
const EVERYTHING = complement([]).join();

/**
 * The pattern without `.*` at its ends, for what is only to be found: `.*secret.*` finds what `secret` finds, and would
 * otherwise hold every text from its first character.
 */
export function trimmed(tree: PatternTree): PatternTree {
  if (tree.is === "choice") return choice(tree.options.map(trimmed));
  if (tree.is !== "sequence") return tree;
  const parts = [...headless(tree.parts)];
  while (parts.length > 1) {
    if (isPadding(parts.at(-1)!)) parts.pop();
    else if (isAnchor(parts.at(-1)!) && parts.length > 2 && isPadding(parts.at(-2)!)) parts.splice(-2);
    else break;
  }
  return sequence(...parts);
}

/**
 * The pattern without `.*` at its beginning, for what is to be taken out: of `token: .*` the token goes with its label.
 * In front of `.*secret` nothing does: whatever stands there would have to wait for what might follow.
 */
export function trimmedHead(tree: PatternTree): PatternTree {
  if (tree.is === "choice") return choice(tree.options.map(trimmedHead));
  return tree.is === "sequence" ? sequence(...headless(tree.parts)) : tree;
}

function headless(all: readonly PatternTree[]): readonly PatternTree[] {
  const parts = [...all];
  while (parts.length > 1) {
    if (isPadding(parts[0]!)) parts.shift();
    else if (isAnchor(parts[0]!) && parts.length > 2 && isPadding(parts[1]!)) parts.splice(0, 2);
    else break;
  }
  return parts;
}

function isPadding(tree: PatternTree): boolean {
  if (tree.is !== "repeat" || tree.least !== 0 || tree.most !== null || tree.body.is !== "chars") return false;
  const set = tree.body.set.join();
  return set === LINE || set === EVERYTHING;
}

function isAnchor(tree: PatternTree): boolean {
  return tree.is === "assertion" && /^(?:text|line)-/.test(tree.assertion);
}
