import { once } from "../../lib/once.ts";
import { type CharSet, charsOf, union } from "../pattern/char-set.ts";
import { propertySet } from "../pattern/unicode.ts";

/** Quotes as editors and keyboards set them in place of those of ASCII. */
const APOSTROPHES = "'’‘‛ʼʹˈ´`′＇";
const QUOTES = '"“”„‟«»″＂';
/** Dashes that are none by Unicode's category: the minus, and the bullet that is one in lists. */
const OTHER_DASHES = "\u2212\u2043";

/** By sign of ASCII all that is written for it. */
const groups = once(
  (): ReadonlyMap<string, CharSet> =>
    new Map([
      ["-", union(propertySet("Pd")!, charsOf(OTHER_DASHES))],
      ["'", charsOf(APOSTROPHES)],
      ['"', charsOf(QUOTES)],
    ]),
);

/** All dashes. */
export function dashes(): CharSet {
  return groups().get("-")!;
}

/** What else is written for a sign: curly quotes and apostrophes, dashes that do not break; nothing for others. */
export function signForms(sign: string): CharSet {
  return groups().get(sign) ?? [];
}

const DASH = new RegExp(`[\\p{Pd}${OTHER_DASHES}]`, "gu");
const APOSTROPHE = new RegExp(`[${APOSTROPHES}]`, "gu");
const QUOTE = new RegExp(`[${QUOTES}]`, "gu");

/** A text with the dashes, apostrophes and quotes of ASCII in place of all others. Length stays. */
export function plainSigns(text: string): string {
  return text.replace(DASH, "-").replace(APOSTROPHE, "'").replace(QUOTE, '"');
}
