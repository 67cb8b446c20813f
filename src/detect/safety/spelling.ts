import { ASCII_DIGITS, ASCII_LETTERS, asciiTable } from "../ascii-table.ts";
import { fold } from "../decode/fold.ts";
import { unmaskHomoglyphs } from "../decode/homoglyphs.ts";
import { LEET_SIGNS } from "../decode/leet-signs.ts";

/** What a character of ASCII is in a word in disguise: a letter, a sign that may stand for one, a digit that may begin one. */
const LETTER = 1;
const STANDS = 2;
const BEGINS = 4;
const FIGURE = 8;
const KINDS = asciiTable([ASCII_LETTERS, LETTER], [ASCII_DIGITS, FIGURE], ["0134571@$!", STANDS], ["01345", BEGINS]);
/** So many letters behind such a digit. */
const LETTERS_BEGUN = 3;
const BEYOND_ASCII = /[^\0-\x7f]/;
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
  if (!SIGN.test(joined)) return joined;
  // word by word, so that no long run is looked at from each of its letters
  return BEYOND_ASCII.test(joined)
    ? joined.replace(RUN, (word) => (SIGN.test(word) && DISGUISED.test(word) ? unmasked(word) : word))
    : unmaskedAscii(joined);
}

const unmasked = (word: string): string => word.replaceAll(ELL, "l").replaceAll(UNMASKED, (sign) => LEET_SIGNS[sign]!);

/** The text of ASCII with its words that are as {@link DISGUISED} says unmasked: most are not, which one look tells. */
function unmaskedAscii(text: string): string {
  const { length } = text;
  let plain = "";
  let from = 0;
  for (let at = 0; at < length; at++) {
    const start = at;
    let isDisguised = false;
    let letters = 0;
    // a letter stands in front of the signs that were last read; a digit that may begin a word in front of the letters
    let isBehindLetter = false;
    let isBegun = false;
    let before = 0;
    for (let kind = KINDS[text.charCodeAt(at)]!; kind !== 0; kind = ++at < length ? KINDS[text.charCodeAt(at)]! : 0) {
      if (kind === LETTER) {
        if (isBehindLetter && letters === 0) isDisguised = true;
        if (++letters === LETTERS_BEGUN && isBegun) isDisguised = true;
        isBehindLetter = true;
      } else {
        isBegun = (kind & BEGINS) !== 0 && (before & (LETTER | FIGURE)) === 0;
        if ((kind & STANDS) === 0) isBehindLetter = false;
        letters = 0;
      }
      before = kind;
    }
    if (!isDisguised) continue;
    plain += text.slice(from, start) + unmasked(text.slice(start, at));
    from = at;
  }
  return from === 0 ? text : plain + text.slice(from);
}
