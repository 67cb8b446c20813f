import { fold } from "../decode/fold.ts";
import { unmaskHomoglyphs } from "../decode/homoglyphs.ts";

const LEET: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

/** A run of what a word in disguise may be made of. */
const RUN = /[\p{L}\d@$!]+/gu;
/** What may stand for a letter. */
const SIGN = /[0134571@$!]/;
/** Such a sign between letters, or a digit in front of three of them. */
const DISGUISED = /\p{L}[0134571@$!]+\p{L}|(?<![\p{L}\d])[01345]\p{L}{3}/u;
/** Of these the ones that are read as letters. */
const UNMASKED = /[0134571@$!](?=[\p{L}\d@$!])|(?<=\p{L})[0134571@$]/gu;
/** Letters that stand apart. */
const SPACED = /(?<![\p{L}\d'’])\p{L}(?:[ .*_-]\p{L}){3,}(?![\p{L}\d'’])/gu;
/** Letters of a word that are starred out. */
const PARTED = /[ .*_-]/g;
/** What every run of letters that stand apart holds. */
const APART = /[ .*_-]\p{L}[ .*_-]\p{L}[ .*_-]/u;

/** A sentence as the model reads it: folded, look-alikes, digits in the place of letters and letters set apart undone. */
export function plainSentence(sentence: string): string {
  const { text } = unmaskHomoglyphs(fold(sentence).text);
  const joined = APART.test(text) ? text.replace(SPACED, (letters) => letters.replace(PARTED, "")) : text;
  // word by word, so that no long run is looked at from each of its letters
  return SIGN.test(joined) ? joined.replace(RUN, unmasked) : joined;
}

function unmasked(word: string): string {
  return SIGN.test(word) && DISGUISED.test(word) ? word.replaceAll(UNMASKED, (sign) => LEET[sign]!) : word;
}
