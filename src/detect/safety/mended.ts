import concepts from "../../../config/safety/concepts.json" with { type: "json" };
import ordinary from "../../../config/safety/ordinary.json" with { type: "json" };
import { fold } from "../decode/fold.ts";
import { isWithin } from "../fuzzy-terms.ts";

/** Concepts whose words are looked for with mistakes in them. */
const TELLING =
  "kill weapon explosive poison cbrn suicide selfharm sexact sexual slur drug malware hack extremism crime hateverb".split(
    " ",
  );
const SHORTEST = 4;
const WORD = /[a-z]{4,24}/gi;
const MAX_REMEMBERED = 4_096;

/**
 * Mends the words of a sentence that are at most `maxDistance` letters off a telling word which begins with the same
 * letter, and never more than a third of either. Words that are in the vocabulary stay, and those of `words` that stand
 * near a telling one and mean something else.
 */
export function wordMender(maxDistance: number, words = ordinary.words): (sentence: string) => string {
  const known = new Set<string>(words.split(" "));
  const byLetter = new Map<string, string[]>();
  for (const [concept, list] of Object.entries<string>(concepts)) {
    for (const entry of fold(list).text.toLowerCase().split(" ")) {
      const word = entry.replace("*", "");
      known.add(word);
      if (!TELLING.includes(concept) || word.length < SHORTEST || !/^[a-z]+$/.test(word)) continue;
      const same = byLetter.get(word[0]!) ?? [];
      same.push(word);
      byLetter.set(word[0]!, same);
    }
  }
  const remembered = new Map<string, string>();
  const mend = (word: string): string => {
    const lower = word.toLowerCase();
    if (known.has(lower)) return word;
    const before = remembered.get(lower);
    if (before !== undefined) return before;
    const near = (byLetter.get(lower[0]!) ?? []).find((term) => {
      const limit = Math.min(maxDistance, Math.floor(Math.min(lower.length, term.length) / 3));
      return limit > 0 && isWithin(lower, term, limit);
    });
    // a longer word that begins like a term is another form of it, which the vocabulary knows as a stem
    const mended = near === undefined || lower.startsWith(near) ? word : near;
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(lower, mended);
    return mended;
  };
  return (sentence) => sentence.replaceAll(WORD, mend);
}
