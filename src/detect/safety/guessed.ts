import { nextNode, type Vocabulary } from "../injection/vocabulary.ts";
import { HashedSets } from "./hashed-sets.ts";

/** Words that are shorter are not taken apart. */
const SHORTEST = 9;
/** The fewest letters of a part of a compound that says anything, and how much of the compound such parts must make up. */
const COMPOUND = { letters: 5, covered: 0.66, parts: 1 };
/** Words without gaps of this length and more are sentences, of which not every word says something. */
const SENTENCE = { letters: 4, covered: 0.45, parts: 2, from: 14 };
/** Letters of a word in which slips are looked for. */
const SLIPPED = { shortest: 4, longest: 16 };

/** Where a word stands among the columns of a text. */
export interface WordSpan {
  readonly start: number;
  readonly end: number;
}

/** Packed sets of what a word that is in no vocabulary is put together from: compounds, and words without their gaps. */
export function partsOf(vocabulary: Vocabulary, columns: Int8Array, span: WordSpan): readonly number[] {
  if (span.end - span.start < SHORTEST) return [];
  const parts = splitInto(COMPOUND, vocabulary, { columns, span });
  if (parts.length > 0) return parts;
  return span.end - span.start < SENTENCE.from ? [] : splitInto(SENTENCE, vocabulary, { columns, span });
}

interface Place {
  readonly columns: Int8Array;
  readonly span: WordSpan;
}

function splitInto(how: typeof COMPOUND, vocabulary: Vocabulary, { columns, span }: Place): readonly number[] {
  const { whole, stem } = vocabulary;
  const { start, end } = span;
  const sets: number[] = [];
  const enough = how.covered * (end - start);
  let covered = 0;
  // no further than the letters that are left can make it enough
  for (let from = start; from <= end - how.letters && covered + end - from >= enough; ) {
    let node = 1;
    let set = 0;
    let reached = from;
    for (let at = from; at < end && node !== 0; at++) {
      node = nextNode(vocabulary, node, columns[at]!);
      if (node === 0 || at - from + 1 < how.letters) continue;
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
  return sets.length >= how.parts && covered >= enough ? sets : [];
}

/** What every letter adds to the key of a word, whatever its place. */
const LETTER = Int32Array.from(
  { length: 28 },
  (_, column) => Math.imul(column + 1, 0x9e3779b1) ^ Math.imul(column + 7, 0x85ebca6b),
);
const FIRST = 0xc2b2ae35;
const A = 97;

/** A telling word, or with `stem` the beginning of one. */
export interface Term {
  readonly term: string;
  readonly set: number;
  readonly stem: boolean;
}

/** A beginning has so many letters, and a word that goes on with it at most so many more; what is written wrong is not its end. */
const STEM = { shortest: 7, more: 3, end: 2 };

/** Telling words by their letters: to find what was written with two letters in each other's place, or with one missing. */
export class Slips {
  readonly #terms: HashedSets<Term>;
  readonly #ordinary: ReadonlySet<string>;

  /** `terms`: plain and in lower case, with the packed set of each; `ordinary`: words that mean what they say. */
  constructor(terms: Iterable<Term>, ordinary: Iterable<string>) {
    this.#ordinary = new Set(ordinary);
    const byKey = new Map<number, Term>();
    for (const known of terms) {
      const { term } = known;
      const { length } = term;
      if (length <= SLIPPED.shortest || length > SLIPPED.longest) continue;
      let sum = Math.imul(term.charCodeAt(0) - A + 1, FIRST);
      for (let at = 0; at < length; at++) sum = (sum + LETTER[term.charCodeAt(at) - A]!) | 0;
      byKey.set(sum, known);
      if (length === SLIPPED.shortest + 1) continue;
      for (let at = 1; at < length; at++) {
        const key = (sum - LETTER[term.charCodeAt(at) - A]!) | 0;
        if (!byKey.has(key)) byKey.set(key, known);
      }
    }
    this.#terms = new HashedSets(byKey);
  }

  /** The packed set of the word of `text` that is meant; 0: none. */
  setOf(text: string, columns: Int8Array, { start, end }: WordSpan): number {
    const length = end - start;
    if (length < SLIPPED.shortest || length > SLIPPED.longest) return 0;
    let sum = Math.imul(columns[start]! + 1, FIRST);
    for (let at = start; at < end; at++) sum = (sum + LETTER[columns[at]!]!) | 0;
    for (let left = length, cut = 0; cut <= STEM.more && left > SLIPPED.shortest; cut++) {
      const found = this.#terms.get(sum);
      if (found !== undefined && (cut === 0 || (found.stem && left >= STEM.shortest))) {
        const word = text.slice(start, end).toLowerCase();
        const slip = slipAt(found.term, word.slice(0, left));
        const isMeant = cut === 0 ? slip >= 0 : slip >= 0 && slip < left - STEM.end;
        if (isMeant) return this.#ordinary.has(word) ? 0 : found.set;
      }
      left--;
      sum = (sum - LETTER[columns[start + left]!]!) | 0;
    }
    return 0;
  }
}

/** Where two neighbours of a word are in each other's place, or one letter is missing, against the term; -1: it is another word. */
function slipAt(term: string, word: string): number {
  let at = 0;
  while (at < word.length && word[at] === term[at]) at++;
  const missing = word.length + 1 === term.length && word.slice(at) === term.slice(at + 1);
  const swapped =
    word.length === term.length &&
    word[at] === term[at + 1] &&
    word[at + 1] === term[at] &&
    word.slice(at + 2) === term.slice(at + 2);
  return missing || swapped ? at : -1;
}
