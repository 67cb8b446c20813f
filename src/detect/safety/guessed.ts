import { nextNode, type Vocabulary } from "../injection/vocabulary.ts";

/** Words that are shorter are not taken apart. */
const SHORTEST = 9;
/** Parts of a word that say anything have so many letters. */
const PART = 5;
/** So much of a word its parts must make. */
const COVERED = 0.66;
/** Letters of a word in which slips are looked for. */
const SLIPPED = { shortest: 4, longest: 16 };

/** Where a word stands among the columns of a text. */
export interface WordSpan {
  readonly start: number;
  readonly end: number;
}

/** Packed sets of what a word that is in no vocabulary is put together from: compounds, and words without their gap. */
export function partsOf(vocabulary: Vocabulary, columns: Int8Array, { start, end }: WordSpan): readonly number[] {
  const { whole, stem } = vocabulary;
  const sets: number[] = [];
  if (end - start < SHORTEST) return sets;
  let covered = 0;
  for (let from = start; from <= end - PART; ) {
    let node = 1;
    let set = 0;
    let reached = from;
    for (let at = from; at < end && node !== 0; at++) {
      node = nextNode(vocabulary, node, columns[at]!);
      if (node === 0 || at - from + 1 < PART) continue;
      const found = whole[node]! || stem[node]!;
      if (found === 0) continue;
      set = found;
      reached = at + 1;
    }
    if (set === 0) {
      from++;
      continue;
    }
    sets.push(set);
    covered += reached - from;
    from = reached;
  }
  return covered >= COVERED * (end - start) ? sets : [];
}

/** What every letter adds to the key of a word, whatever its place. */
const LETTER = Int32Array.from(
  { length: 28 },
  (_, column) => Math.imul(column + 1, 0x9e3779b1) ^ Math.imul(column + 7, 0x85ebca6b),
);
const FIRST = 0xc2b2ae35;
const A = 97;

/** Telling words by their letters: to find what was written with two letters in each other's place, or with one missing. */
export class Slips {
  readonly #terms = new Map<number, { readonly term: string; readonly set: number }>();

  readonly #ordinary: ReadonlySet<string>;

  /** `terms`: plain lower-case words with the packed set of each; `ordinary`: words that mean what they say. */
  constructor(terms: Iterable<readonly [string, number]>, ordinary: Iterable<string>) {
    this.#ordinary = new Set(ordinary);
    for (const [term, set] of terms) {
      const { length } = term;
      if (length <= SLIPPED.shortest || length > SLIPPED.longest) continue;
      let sum = Math.imul(term.charCodeAt(0) - A + 1, FIRST);
      for (let at = 0; at < length; at++) sum = (sum + LETTER[term.charCodeAt(at) - A]!) | 0;
      const known = { term, set };
      this.#terms.set(sum, known);
      if (length === SLIPPED.shortest + 1) continue;
      for (let at = 1; at < length; at++) {
        const key = (sum - LETTER[term.charCodeAt(at) - A]!) | 0;
        if (!this.#terms.has(key)) this.#terms.set(key, known);
      }
    }
  }

  /** The packed set of the word of `text` that is meant; 0: none. */
  setOf(text: string, columns: Int8Array, { start, end }: WordSpan): number {
    const length = end - start;
    if (length < SLIPPED.shortest || length > SLIPPED.longest) return 0;
    let sum = Math.imul(columns[start]! + 1, FIRST);
    for (let at = start; at < end; at++) sum = (sum + LETTER[columns[at]!]!) | 0;
    const found = this.#terms.get(sum);
    if (found === undefined) return 0;
    const word = text.slice(start, end).toLowerCase();
    return isSlip(found.term, word) && !this.#ordinary.has(word) ? found.set : 0;
  }
}

/** Whether a word is the term but for two neighbours in each other's place, or but for one letter that is missing. */
function isSlip(term: string, word: string): boolean {
  let at = 0;
  while (at < word.length && word[at] === term[at]) at++;
  if (word.length + 1 === term.length) return word.slice(at) === term.slice(at + 1);
  const swapped = word[at] === term[at + 1] && word[at + 1] === term[at];
  return word.length === term.length && swapped && word.slice(at + 2) === term.slice(at + 2);
}
