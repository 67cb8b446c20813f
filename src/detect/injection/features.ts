import { columnsOf, signOf } from "./columns.ts";
import { Rounds } from "./rounds.ts";
import { blockEnd, blockRoom, segmentEnds, segmentRoom } from "./segments.ts";
import { slipOf } from "./slips.ts";
import { COMMON, DIGIT, GAP, INTENT_BITS, INTENT_MASK, INTENTS, lookUp, vocabulary } from "./vocabulary.ts";

/** Buckets of hashed words and characters. */
export const BUCKETS: number = 1 << 17;

const K = INTENTS.length;
/** Where the features of intents begin: alone (anywhere, at the beginning of a sentence), ordered pairs, unordered pairs. */
const ALONE = BUCKETS;
const ORDERED = ALONE + 2 * K;
const UNORDERED = ORDERED + 2 * K * K;
/** Number of features that a block can have. */
export const FEATURES: number = UNORDERED + K * K;

/** The intents that a feature at or above {@link BUCKETS} is about: one, or the two of a pair. */
export function intentsOf(index: number): readonly number[] {
  if (index < ORDERED) return [(index - ALONE) >> 1];
  const pair = index < UNORDERED ? (index - ORDERED) >> 1 : index - UNORDERED;
  return [Math.floor(pair / K), pair % K];
}

/** What is counted of every block, by place in its row of numbers. */
const SLOT = {
  characters: 0,
  words: 1,
  known: 2,
  capitals: 3,
  digits: 4,
  punctuation: 5,
  lines: 6,
  sentences: 7,
  questions: 8,
  quotes: 9,
  brackets: 10,
  markup: 11,
  foreign: 12,
  oddCase: 13,
  glued: 14,
  hardWords: 15,
  longWords: 16,
  repeats: 17,
} as const;
/** What is counted, in the order of a row. */
export const COUNTS: readonly (keyof typeof SLOT)[] = Object.keys(SLOT) as (keyof typeof SLOT)[];
/** Numbers of a row. */
export const ROW: number = COUNTS.length;

/** Knuth's multiplier: spreads what differs in few bits over all of them. */
const STEP = 0x9e3779b1;
/** Letters of a longer word hardly tell more. */
const LONGEST_WORD = 20;
/** Words further apart than this make no pair, and nearer than NEAR they are close. */
const REACH = 8;
const NEAR = 2;
/** Intents that are remembered. */
const RING = 16;

/** Reads texts into features, block by block. Reused: what it holds is valid until the next {@link FeatureReader.read}. */
export class FeatureReader {
  /** Number of blocks; 0 for an empty text. */
  blocks = 0;
  /** Indices of word and intent features, block after block. */
  words: Int32Array = new Int32Array(4096);
  /** Indices of letter features, block after block. */
  letters: Int32Array = new Int32Array(4096);
  /** Where each block's features end in `words` and in `letters`. */
  wordEnds: Int32Array = new Int32Array(64);
  letterEnds: Int32Array = new Int32Array(64);
  /** Rows of {@link COUNTS}. */
  counts: Float64Array = new Float64Array(64 * ROW);
  readonly #vocabulary = vocabulary();
  #columns: Int8Array = new Int8Array(4096);
  readonly #rounds = new Rounds();
  readonly #seen: Uint32Array = new Uint32Array(FEATURES);
  #ends: Int32Array = new Int32Array(64);
  #stamp = 0;
  #wordCount = 0;
  #letterCount = 0;
  readonly #ringIntent: Int32Array = new Int32Array(RING);
  readonly #ringAt: Int32Array = new Int32Array(RING);
  #ringNext = 0;
  #row = 0;
  /** Hash and number of the last word, the last two intents, and whether a sentence begins. */
  #previous = 0;
  #wordNumber = 0;
  #lastIntents = 0;
  #fresh = true;

  /** Reads a folded text, in blocks of fifty characters or, `bySentence`, in one block per sentence. */
  read(text: string, bySentence = false): void {
    const { length } = text;
    this.#begin(text, bySentence);
    const columns = this.#columns;
    let block = -1;
    let end = 0;
    for (let at = 0; at < length; ) {
      while (at >= end) {
        const start = end;
        end = bySentence ? this.#ends[block + 1]! : blockEnd(text, start);
        this.#openBlock(++block, end - start);
        if (bySentence) this.#forget();
      }
      const column = columns[at]!;
      if (column >= 0 && column !== GAP) at = this.#readWord(text, at);
      else this.#readSign(text, at++);
    }
    if (block >= 0) this.#closeBlock(block);
    this.blocks = block + 1;
  }

  #begin(text: string, bySentence: boolean): void {
    const { length } = text;
    const blocks = bySentence ? segmentRoom(length) : blockRoom(length);
    if (bySentence) {
      if (this.#ends.length < blocks) this.#ends = new Int32Array(2 * blocks);
      segmentEnds(text, this.#ends);
    }
    if (this.#columns.length < length + 1) this.#columns = new Int8Array(2 * length);
    if (this.wordEnds.length < blocks) {
      this.wordEnds = new Int32Array(2 * blocks);
      this.letterEnds = new Int32Array(2 * blocks);
      this.counts = new Float64Array(2 * blocks * ROW);
    }
    this.counts.fill(0, 0, blocks * ROW);
    if (this.letters.length < 2 * length + 16) this.letters = new Int32Array(4 * length + 16);
    columnsOf(text, this.#columns);
    this.#wordCount = 0;
    this.#letterCount = 0;
    this.#wordNumber = 0;
    this.#rounds.begin();
    this.#forget();
  }

  /** Nothing was said before. */
  #forget(): void {
    this.#ringNext = 0;
    this.#previous = 0;
    this.#lastIntents = 0;
    this.#fresh = true;
  }

  #openBlock(block: number, characters: number): void {
    if (block > 0) this.#closeBlock(block - 1);
    this.#stamp++;
    this.#row = block * ROW;
    this.counts[this.#row + SLOT.characters] = characters;
  }

  #closeBlock(block: number): void {
    this.wordEnds[block] = this.#wordCount;
    this.letterEnds[block] = this.#letterCount;
  }

  /** Reads the word at `start`; gives where it ends. */
  #readWord(text: string, start: number): number {
    const columns = this.#columns;
    const { counts } = this;
    let hash = 0;
    let three = 0;
    let capitals = 0;
    let digits = 0;
    let vowels = 0;
    let flips = 0;
    const lettersBefore = this.#letterCount;
    let lastUpper = true;
    let at = start;
    for (let column = columns[at]!; column >= 0 && column !== GAP; column = columns[++at]!) {
      const code = text.charCodeAt(at);
      const upper = code >= 65 && code <= 90;
      if (upper && !lastUpper) flips++;
      if (upper) capitals++;
      lastUpper = upper;
      const symbol = column === DIGIT ? code : column + 1;
      if (column === DIGIT) digits++;
      else if (VOWELS & (1 << column)) vowels++;
      hash = Math.imul(hash ^ symbol, STEP) ^ (hash >>> 15);
      if (at - start < LONGEST_WORD) {
        const four = (three << 6) | symbol;
        three = four & 0x3ffff;
        if (at > start) this.#addLetter(Math.imul(four ^ 0x5bd1e995, STEP) >>> 15);
      }
    }
    const size = at - start;
    if (size < LONGEST_WORD) this.#addLetter(Math.imul((three << 6) ^ 0x5bd1e995, STEP) >>> 15);
    const row = this.#row;
    counts[row + SLOT.words]! += 1;
    counts[row + SLOT.capitals]! += capitals;
    counts[row + SLOT.digits]! += digits;
    if (flips > 0 && capitals < size) counts[row + SLOT.oddCase]! += 1;
    if (size > 14) counts[row + SLOT.longWords]! += 1;
    if (digits === 0 && size >= 4 && vowels * 5 < size) counts[row + SLOT.hardWords]! += 1;
    const word = Math.imul(hash ^ size, STEP);
    // lines that are only numbered differ in nothing
    if (this.#rounds.goesRound(digits > 0 ? DIGIT : word)) this.#letterCount = lettersBefore;
    else this.#addWord(word, { start, end: text.length, last: at });
    return at;
  }

  #addWord(hash: number, span: { start: number; end: number; last: number }): void {
    const { counts } = this;
    if (hash === this.#previous) counts[this.#row + SLOT.repeats]! += 1;
    this.#add(hash >>> 15);
    this.#add(Math.imul(hash ^ Math.imul(this.#previous, 0x85ebca6b), STEP) >>> 15);
    const known = lookUp(this.#vocabulary, this.#columns, span);
    const set = known !== 0 ? known : slipOf(this.#columns, span.start, span.last);
    if (set !== 0) {
      counts[this.#row + SLOT.known]! += 1;
      if ((set & ~COMMON) !== 0) this.#addIntents(set & ~COMMON);
    }
    this.#previous = hash;
    this.#fresh = false;
    this.#wordNumber++;
  }

  /** Notes the intents of one word, and the pairs they make with those before. */
  #addIntents(set: number): void {
    const first = this.#ringNext;
    for (let rest = set; rest !== 0; rest >>= INTENT_BITS) {
      const intent = (rest & INTENT_MASK) - 1;
      this.#add(ALONE + 2 * intent);
      if (this.#fresh) this.#add(ALONE + 2 * intent + 1);
      for (let back = 1; back <= RING && back <= first; back++) {
        const slot = (first - back) & (RING - 1);
        const distance = this.#wordNumber - this.#ringAt[slot]!;
        if (distance > REACH) break;
        // a word of three intents may have gone round the ring
        if (distance === 0) continue;
        const other = this.#ringIntent[slot]!;
        this.#add(ORDERED + 2 * (other * K + intent) + (distance <= NEAR ? 1 : 0));
        this.#add(UNORDERED + (other < intent ? other * K + intent : intent * K + other));
      }
      const slot = this.#ringNext++ & (RING - 1);
      this.#ringIntent[slot] = intent;
      this.#ringAt[slot] = this.#wordNumber;
    }
    const main = set & INTENT_MASK;
    this.#add(Math.imul((this.#lastIntents << 7) ^ main ^ 0x3c6ef372, STEP) >>> 15);
    this.#lastIntents = ((this.#lastIntents << 7) | main) & 0x3fff;
  }

  #readSign(text: string, at: number): void {
    const code = text.charCodeAt(at);
    const row = this.#row;
    if (code === 10) {
      this.counts[row + SLOT.lines]! += 1;
      this.#fresh = true;
    }
    if (code <= 32) return;
    const sign = signOf(code);
    const next = at + 1 < text.length ? text.charCodeAt(at + 1) : 0;
    if (sign === 5) {
      this.counts[row + SLOT.foreign]! += 1;
      this.#addLetter(Math.imul((code << 16) ^ next ^ 0x165667b1, STEP) >>> 15);
      return;
    }
    this.counts[row + SLOT.punctuation]! += 1;
    if (sign > 0) this.counts[row + SIGN_SLOTS[sign]!]! += 1;
    if (code === QUESTION_MARK) this.counts[row + SLOT.questions]! += 1;
    if (sign === 1 || sign === 2 || sign === 4) this.#fresh = true;
    if (code !== APOSTROPHE && this.#isLetter(at - 1) && this.#isLetter(at + 1)) this.counts[row + SLOT.glued]! += 1;
    this.#addLetter(Math.imul((code << 8) ^ next ^ 0x27d4eb2d, STEP) >>> 15);
  }

  #isLetter(at: number): boolean {
    const column = at < 0 ? -1 : this.#columns[at]!;
    return column >= 0 && column < GAP;
  }

  #add(index: number): void {
    if (this.#seen[index] === this.#stamp) return;
    this.#seen[index] = this.#stamp;
    if (this.#wordCount === this.words.length) {
      const grown = new Int32Array(2 * this.words.length);
      grown.set(this.words);
      this.words = grown;
    }
    this.words[this.#wordCount++] = index;
  }

  #addLetter(index: number): void {
    if (this.#seen[index] === this.#stamp) return;
    this.#seen[index] = this.#stamp;
    this.letters[this.#letterCount++] = index;
  }
}

const QUESTION_MARK = 63;
const APOSTROPHE = 39;
/** a e i o u y, as bits of their columns. */
const VOWELS = (1 << 0) | (1 << 4) | (1 << 8) | (1 << 14) | (1 << 20) | (1 << 24);
/** What a sign counts as, by what {@link signOf} says. */
const SIGN_SLOTS = [SLOT.punctuation, SLOT.sentences, SLOT.quotes, SLOT.brackets, SLOT.markup] as const;
