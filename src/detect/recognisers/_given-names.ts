import list from "../../../config/given-names.txt" with { type: "text" };
import { once } from "../../lib/once.ts";

const names = once((): ReadonlySet<string> => new Set(list.split(/\s/)));

/**
 * Whether a word, in small ASCII letters, is a given name: common ones of statistics offices' lists, and
 * rarer ones (`config/given-names.txt`), without those that are everyday words or towns where they are not common.
 */
export function isGivenName(word: string): boolean {
  return word !== "" && names().has(word);
}

// Everyday words in English or Spanish as well.
const WORDS: ReadonlySet<string> = new Set(
  "grace rose will hope faith joy dawn holly ivy olive amber pearl jade penny bill grant hunter carter cooper parker pat miles angel luz april june".split(
    " ",
  ),
);

/** Whether a word, in small letters, is an everyday word that is a given name too, where a surname follows. */
export const isWordAndName = (word: string): boolean => WORDS.has(word);
