import { type Labels, labelled } from "./_context.ts";

// The last figures in front, as long as a telephone number at least, and what stands behind them.
const FIGURES = /\d(?:[ ./()\u00a0-]{0,2}\d){5,18}(\D*)$/;
const IN_BRACKETS = /\([^()]*\)/g;
// What joins one number to the next.
const JOINS = /^(?:[\s,;:/|&+()"'[\]–-]|\b(?:or|and|oder|und|bzw|ou|et|o|y|e|lub|i|of|en|eller|och|og|x|ext)\b\.?)*$/i;

/**
 * Whether a label has got its number already, and what stands behind that one is of something else:
 * `"phone": "+49 30 901820", "amount": `.
 */
export function isUsedUp(before: string, own: Labels): boolean {
  const behind = FIGURES.exec(before)?.[1];
  if (behind === undefined || behind === "") return false;
  return !JOINS.test(behind.replace(IN_BRACKETS, " ")) && !labelled(behind, own);
}
