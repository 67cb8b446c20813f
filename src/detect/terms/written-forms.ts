import { once } from "../../lib/once.ts";
import { type CharSet, charSet, has, union } from "../pattern/char-set.ts";
import type { PatternTree } from "../pattern/tree.ts";
import { anyDigits } from "../pattern/unicode.ts";

/**
 * Dashes that are written where ASCII has one: hyphens that break and break not, figure, en and em dash, bar, minus,
 * small ones.
 */
const DASHES = [0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xfe58, 0xfe63];

/** Blanks of all widths: those of typesetting, of formulas, the ideographic one. */
const BLANKS = [
  0xa0,
  ...[0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a],
  ...[0x202f, 0x205f, 0x3000],
];

/**
 * What takes no place: soft hyphen, joiners and what joins not, marks of direction, variation selectors, blanks of no
 * width, fillers, invisible signs of formulas (Default_Ignorable_Code_Point, without letters).
 */
const UNSEEN_UNITS: readonly (readonly [number, number])[] = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  // The high halves of letters of formulas, of tags and of further variation selectors: their low halves decide.
  [0xd835, 0xd835],
  [0xdb40, 0xdb40],
];

/** Those of them that nobody can mean by a class of blanks, of letters or of marks. */
export const UNSEEN_SIGNS: readonly number[] = [0xad, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x202e, 0x2060];

/** In {@link unitForms}: takes no place, or is half of a character that may take none. */
export const UNSEEN = 1;

/** What each UTF-16 unit is another form of, as ASCII; {@link UNSEEN}; 0: nothing but itself. */
export const unitForms: () => Uint16Array = once(() => {
  const made = new Uint16Array(0x10000);
  for (const dash of DASHES) made[dash] = 0x2d;
  for (const blank of BLANKS) made[blank] = 0x20;
  const digits = anyDigits();
  for (let at = 0; at < digits.length && digits[at]! < 0x10000; at += 2) {
    // digits stand in runs of ten
    for (let code = digits[at]!; code <= digits[at + 1]!; code++) {
      if (code >= 0x80) made[code] = 0x30 + ((code - digits[at]!) % 10);
    }
  }
  for (let code = 0x21; code < 0x7f; code++) made[code + 0xfee0] = code;
  for (const [first, last] of UNSEEN_UNITS) made.fill(UNSEEN, first, last + 1);
  return made;
});

/**
 * The text with digits of all scripts, full-width signs, dashes and blanks as ASCII writes them: unit by unit, so that
 * every offset stays. The same string where there are none.
 */
export function plainForm(text: string): string {
  const plain = unitForms();
  let at = 0;
  while (at < text.length && plain[text.charCodeAt(at)]! <= UNSEEN) at++;
  if (at === text.length) return text;
  const units = new Uint16Array(text.length);
  for (at = 0; at < units.length; at++) {
    const unit = text.charCodeAt(at);
    const form = plain[unit]!;
    units[at] = form > UNSEEN ? form : unit;
  }
  return textOfUnits(units);
}

/** The text that so many UTF-16 units are, whatever they are. */
export function textOfUnits(units: Uint16Array): string {
  let text = "";
  for (let at = 0; at < units.length; at += PIECE) {
    text += String.fromCharCode.apply(null, units.subarray(at, at + PIECE) as never);
  }
  return text;
}

/** How many units become text at once: they are arguments of one call. */
const PIECE = 4_096;

/** The other forms of each ASCII character that has some. */
const formsByPlain = once((): ReadonlyMap<number, CharSet> => {
  const found = new Map<number, [number, number][]>();
  const plains = unitForms();
  for (let code = 0; code < plains.length; code++) {
    const plain = plains[code]!;
    if (plain <= UNSEEN) continue;
    const all = found.get(plain);
    if (all === undefined) found.set(plain, [[code, code]]);
    else all.push([code, code]);
  }
  return new Map([...found].map(([plain, ranges]) => [plain, charSet(ranges)]));
});

/** By identity, and by what is in them: most sets are written down again and again. */
const known = new WeakMap<CharSet, CharSet>();
const alike = new Map<string, CharSet>();
/** More of them than all recognisers have. */
const MOST_ALIKE = 2_048;

/** The set with all other forms of its ASCII characters. */
function withForms(set: CharSet): CharSet {
  const made = known.get(set);
  if (made !== undefined) return made;
  const key = set.join();
  const same = alike.get(key);
  const all = same ?? union(set, ...[...formsByPlain()].flatMap(([plain, other]) => (has(set, plain) ? [other] : [])));
  if (same === undefined) {
    if (alike.size >= MOST_ALIKE) alike.clear();
    alike.set(key, all);
  }
  known.set(set, all);
  return all;
}

/** The pattern that also matches the other forms of what it matches. */
export function inAllForms(tree: PatternTree): PatternTree {
  switch (tree.is) {
    case "chars":
      return { is: "chars", set: withForms(tree.set) };
    case "sequence":
      return { is: "sequence", parts: tree.parts.map(inAllForms) };
    case "choice":
      return { is: "choice", options: tree.options.map(inAllForms) };
    case "repeat":
      return { ...tree, body: inAllForms(tree.body) };
    case "until":
      return { is: "until", set: withForms(tree.set), stop: tree.stop.map(withForms) };
    case "assertion":
      return tree;
  }
}
