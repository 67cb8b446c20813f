import concepts from "../../../config/safety/concepts.json" with { type: "json" };
import further from "../../../config/safety/further.json" with { type: "json" };
import ordinary from "../../../config/safety/ordinary.json" with { type: "json" };
import { fold } from "../decode/fold.ts";
import { isWithin } from "../terms/fuzzy-terms.ts";

/** Concepts whose words are looked for with mistakes in them. */
const TELLING =
  "kill murder weapon gunlaw explosive bombmake poison cbrn hardcbrn suicide endlife selfharm sexact rape sexual porn slur drug harddrug malware hardmal hack extremism crime theft fraud forgery hateverb".split(
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
  const known = new Set<string>([words, ...Object.values<string>(further)].flatMap((list) => list.split(" ")));
  const byLetter = new Map<string, { readonly term: string; readonly letters: number }[]>();
  for (const [concept, list] of Object.entries<string>(concepts)) {
    for (const entry of fold(list).text.toLowerCase().split(" ")) {
      const word = entry.replace("*", "");
      known.add(word);
      if (!TELLING.includes(concept) || word.length < SHORTEST || !/^[a-z]+$/.test(word)) continue;
      const group = `${word[0]}${word.length}`;
      const same = byLetter.get(group) ?? [];
      same.push({ term: word, letters: lettersOf(word) });
      byLetter.set(group, same);
    }
  }
  const nearest = (word: string): string | undefined => {
    const most = Math.min(maxDistance, Math.floor(word.length / 3));
    const letters = lettersOf(word);
    for (let length = word.length - most; length <= word.length + most; length++) {
      const limit = Math.min(most, Math.floor(length / 3));
      if (limit === 0) continue;
      const found = byLetter
        .get(`${word[0]}${length}`)
        ?.find(({ term, letters: own }) => !differsBy(own ^ letters, 2 * limit) && isWithin(word, term, limit));
      if (found !== undefined) return found.term;
    }
    return undefined;
  };
  const remembered = new Map<string, string>();
  const mend = (word: string): string => {
    const lower = word.toLowerCase();
    if (known.has(lower)) return word;
    const before = remembered.get(lower);
    if (before !== undefined) return before;
    const near = nearest(lower);
    // a longer word that begins like a term is another form of it, which the vocabulary knows as a stem
    const mended = near === undefined || lower.startsWith(near) ? word : near;
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(lower, mended);
    return mended;
  };
  return (sentence) => sentence.replaceAll(WORD, mend);
}

/** Which letters stand in a word, one bit each. */
function lettersOf(word: string): number {
  let letters = 0;
  for (let at = 0; at < word.length; at++) letters |= 1 << (word.charCodeAt(at) - 97);
  return letters;
}

/** Whether more bits are set than that. */
function differsBy(bits: number, most: number): boolean {
  let rest = bits;
  for (let count = 0; rest !== 0; rest &= rest - 1) if (++count > most) return true;
  return false;
}
