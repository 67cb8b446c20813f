import { fold } from "../decode/fold.ts";
import { unmaskHomoglyphs } from "../decode/homoglyphs.ts";
import { LEET_SIGNS } from "../decode/leet-signs.ts";

/** A run of what a word in disguise may be made of. */
const RUN = /[\p{L}\d@$!]+/gu;
/** What may stand for a letter. */
const SIGN = /[0134571@$!]/;
/** Such a sign between letters, or a digit in front of three of them. */
const DISGUISED = /\p{L}[0134571@$!]+\p{L}|(?<![\p{L}\d])[01345]\p{L}{3}/u;
/** Of these the ones that are read as letters. */
const UNMASKED = /[0134571@$!](?=[\p{L}\d@$!])|(?<=\p{L})[0134571@$]/gu;
/** A one that is an l: behind a vowel, or before an i ("mus1im", "he1p"). */
const ELL = /(?<=[aeou34@0])1(?=\p{L})|(?<=\p{L})1(?=i)/giu;
/** A letter of a word more than twice in a row. */
const STRETCHED = /(?<=[a-z])([a-z])\1{2,}|([a-z])\2{2,}(?=[a-z])/gi;
/** What every such word holds. */
const THRICE = /([a-z])\1\1/i;
/** A letter of a word that is starred out. */
const STARRED = /(?<=[a-z])[*]{1,2}(?=[a-z])/gi;
/** Letters that stand apart. */
const SPACED = /(?<![\p{L}\d'’])\p{L}(?:[ .*_-]\p{L}){3,}(?![\p{L}\d'’])/gu;
/** Letters of a word that are starred out. */
const PARTED = /[ .*_-]/g;
/** What every run of letters that stand apart holds. */
const APART = /[ .*_-]\p{L}[ .*_-]\p{L}[ .*_-]/u;

/** A sentence as the model reads it: folded, look-alikes, digits in the place of letters and letters set apart undone. */
export function plainSentence(sentence: string): string {
  const { text } = unmaskHomoglyphs(fold(sentence).text);
  const apart = APART.test(text) ? text.replace(SPACED, (letters) => letters.replace(PARTED, "")) : text;
  const short = THRICE.test(apart) ? apart.replace(STRETCHED, "$1$2") : apart;
  const joined = short.includes("*") ? short.replace(STARRED, "") : short;
  // word by word, so that no long run is looked at from each of its letters
  return SIGN.test(joined) ? joined.replace(RUN, unmasked) : joined;
}

function unmasked(word: string): string {
  return SIGN.test(word) && DISGUISED.test(word)
    ? word.replaceAll(ELL, "l").replaceAll(UNMASKED, (sign) => LEET_SIGNS[sign]!)
    : word;
}
