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

// The last code in front, and behind it the name of another member of a form or an object, with the head of its value perhaps.
const CODE = /\d(?:[ ./A-Z-]{0,2}\d){3,18}[A-Z]{0,3}((?:[^\p{L}\d]|\p{L})*[:=]\W{0,3})(?:\d{1,4}[./-]){0,2}$/u;

/**
 * The same of a label whose codes have no check digits, where another name stands in between:
 * `"passport": "C01X00T47", "seat": `.
 */
export function isOfOther(before: string, own: Labels): boolean {
  const behind = CODE.exec(before)?.[1];
  return behind !== undefined && /\p{L}/u.test(behind) && !labelled(behind, own);
}
