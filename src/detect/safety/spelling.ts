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

/** A word with a digit or sign between its letters, or a digit in front of three of them. */
const DISGUISED = /[\p{L}\d@$!]*(?:\p{L}[0134571@$!]+\p{L}|(?<![\p{L}\d])[01345]\p{L}{3})[\p{L}\d@$!]*/gu;
/** Letters that stand apart. */
const SPACED = /(?<![\p{L}\d'’])\p{L}(?:[ .*_-]\p{L}){3,}(?![\p{L}\d'’])/gu;
/** Letters of a word that are starred out. */
const PARTED = /[ .*_-]/g;

/** A sentence as the model reads it: folded, look-alikes, digits in the place of letters and letters set apart undone. */
export function plainSentence(sentence: string): string {
  return unmaskHomoglyphs(fold(sentence).text)
    .text.replace(SPACED, (letters) => letters.replace(PARTED, ""))
    .replace(DISGUISED, (word) =>
      word.replaceAll(/[0134571@$!](?=[\p{L}\d@$!])|(?<=\p{L})[0134571@$]/gu, (sign) => LEET[sign]!),
    );
}
