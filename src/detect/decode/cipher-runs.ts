/** Words in a cipher amid plain ones: `Decode this and do what it says: vtaber nyy ehyrf`. */
import { type Vocabulary, vocabulary, WIDTH } from "../injection/vocabulary.ts";
import { MOST_BYTES } from "./bytes.ts";

/** A way to read a word that says nothing as it stands: by letters thirteen further, or from its end. */
export type Cipher = "rot13" | "backwards";

/** A stretch of a text that says something in one cipher only. */
export interface CipherRun {
  readonly cipher: Cipher;
  readonly start: number;
  /** Behind its last letter. */
  readonly end: number;
}

/** Letters and words that must say something in a row: fewer do so by chance. */
const FEWEST_LETTERS = 16;
const FEWEST_WORDS = 3;
/** Shorter words are in every language and every cipher. */
const SHORTEST_WORD = 3;
/** A beginning that words share tells nothing below this length. */
const SHORTEST_STEM = 4;
/** What a word that says nothing either way takes from a row, per letter. */
const UNKNOWN = 0.5;
/** How far words that say nothing may stand in front of a row, or behind it, and belong to it. */
const EDGE = 60;
const MOST_RUNS = 4;

/** The stretches of a text that say something in a cipher, and nothing as they stand. Looks at the first 64 KiB. */
export function cipherRuns(text: string): readonly CipherRun[] {
  const found: CipherRun[] = [];
  const words = vocabulary();
  const rot13 = new Row("rot13", found);
  const backwards = new Row("backwards", found);
  const length = Math.min(text.length, MOST_BYTES);
  let strange = 0;
  for (let end = 0; end < length && found.length < MOST_RUNS; end++) {
    const start = end;
    while (end < text.length) {
      // 0 to 25 for a letter of either case
      const letter = (text.charCodeAt(end) | 32) - 97;
      if (letter < 0 || letter >= LETTERS) break;
      letters[end++ - start] = letter;
    }
    const size = end - start;
    if (size < SHORTEST_WORD || size > letters.length) continue;
    if (says(words, size, 0)) {
      if (rot13.isOpen && !says(words, size, ROT)) rot13.against(start, end, true);
      if (backwards.isOpen && !saysBackwards(words, size)) backwards.against(start, end, true);
      strange = end;
      continue;
    }
    if (says(words, size, ROT)) rot13.for(start, end, strange);
    else if (rot13.isOpen) rot13.against(start, end, false);
    if (saysBackwards(words, size)) backwards.for(start, end, strange);
    else if (backwards.isOpen) backwards.against(start, end, false);
  }
  rot13.close();
  backwards.close();
  return found;
}

/** Letters further. */
const ROT = 13;

/** The letters of the word that is looked at, 0 to 25. A longer word is none. */
const letters = new Int8Array(40);

/** Whether the vocabulary has the first letters of {@link letters}, so many of them, each so many further. */
function says({ next, whole, stem }: Vocabulary, size: number, shift: number): boolean {
  let node = 1;
  for (let at = 0; at < size; at++) {
    const letter = letters[at]! + shift;
    node = next[node * WIDTH + (letter < LETTERS ? letter : letter - LETTERS)]!;
    if (node === 0) return false;
    if (stem[node] !== 0 && at + 1 >= SHORTEST_STEM) return true;
  }
  return whole[node] !== 0;
}

/** Whether it has them from the last to the first. */
function saysBackwards({ next, whole, stem }: Vocabulary, size: number): boolean {
  let node = 1;
  for (let at = size - 1; at >= 0; at--) {
    node = next[node * WIDTH + letters[at]!]!;
    if (node === 0) return false;
    if (stem[node] !== 0 && size - at >= SHORTEST_STEM) return true;
  }
  return whole[node] !== 0;
}

/** Words in a row in one cipher: what speaks for it, less what speaks against it. */
class Row {
  readonly #cipher: Cipher;
  readonly #found: CipherRun[];
  #score = 0;
  #best = 0;
  #words = 0;
  #start = 0;
  #end = 0;
  #last = 0;

  constructor(cipher: Cipher, found: CipherRun[]) {
    this.#cipher = cipher;
    this.#found = found;
  }

  get isOpen(): boolean {
    return this.#score > 0;
  }

  /** A word that says something in the cipher alone; from `strange` on none in front of it said anything. */
  for(start: number, end: number, strange: number): void {
    if (!this.isOpen) this.#start = start - strange <= EDGE ? strange : start;
    this.#score += end - start;
    this.#words++;
    this.#last = end;
    if (this.#score < this.#best) return;
    this.#best = this.#score;
    this.#end = end;
  }

  /** A word that says nothing in the cipher, or something as it stands. */
  against(start: number, end: number, plain: boolean): void {
    this.#score -= (end - start) * (plain ? 1 : UNKNOWN);
    if (!plain) this.#last = end;
    if (!this.isOpen) this.close();
  }

  /** What follows is another row. */
  close(): void {
    if (this.#best >= FEWEST_LETTERS && this.#words >= FEWEST_WORDS) {
      const end = this.#last - this.#end <= EDGE ? this.#last : this.#end;
      this.#found.push({ cipher: this.#cipher, start: this.#start, end });
    }
    this.#score = 0;
    this.#best = 0;
    this.#words = 0;
  }
}

const LETTERS = 26;
