import { nextStamp } from "../stamps.ts";
import { columnsOf, signOf } from "./columns.ts";
import { FRESHENING, isBelow, isSame, ROW, SIGN_SLOTS, SLOT, VOWELS } from "./counting.ts";
import { Homographs } from "./homographs.ts";
import { Rounds } from "./rounds.ts";
import { blockEnd, blockRoom, segmentEnds, segmentRoom } from "./segments.ts";
import { slipOf } from "./slips.ts";
import {
  DIGIT,
  GAP,
  INTENT_BITS,
  INTENT_MASK,
  INTENT_SET,
  INTENTS,
  lookUp,
  ORDINARY_IN,
  vocabulary,
} from "./vocabulary.ts";

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
  readonly #homographs = new Homographs();
  readonly #rounds = new Rounds();
  /** By feature the stamp of the block that had it last. */
  readonly #seen: Uint8Array = new Uint8Array(FEATURES);
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
  #fresh = 1;

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
    this.#homographs.begin();
    this.#forget();
  }

  /** Nothing was said before. */
  #forget(): void {
    this.#ringNext = 0;
    this.#previous = 0;
    this.#lastIntents = 0;
    this.#fresh = 1;
  }

  #openBlock(block: number, characters: number): void {
    if (block > 0) this.#closeBlock(block - 1);
    this.#stamp = nextStamp(this.#seen, this.#stamp);
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
    const { counts, letters } = this;
    const seen = this.#seen;
    const stamp = this.#stamp;
    // kept out of the object: this runs for every character
    const lettersBefore = this.#letterCount;
    let letterCount = lettersBefore;
    let hash = 0;
    let three = 0;
    let capitals = 0;
    let digits = 0;
    let vowels = 0;
    let flips = 0;
    let lastUpper = 1;
    let at = start;
    // without branches: what nobody can guess, as in text by lot, costs more than to count it
    for (let column = columns[at]!; column >= 0 && column !== GAP; column = columns[++at]!) {
      const code = text.charCodeAt(at);
      const upper = (~code >> 5) & 1;
      const digit = (column + 32 - DIGIT) >> 5;
      flips += upper & ~lastUpper;
      capitals += upper;
      lastUpper = upper;
      digits += digit;
      vowels += (VOWELS >> column) & 1;
      const symbol = column + 1 + digit * (code - DIGIT - 1);
      hash = Math.imul(hash ^ symbol, STEP) ^ (hash >>> 15);
      if (at - start >= LONGEST_WORD) continue;
      const four = (three << 6) | symbol;
      three = four & 0x3ffff;
      if (at === start) continue;
      const index = fourLetters(four);
      if (seen[index] === stamp) continue;
      seen[index] = stamp;
      letters[letterCount++] = index;
    }
    const size = at - start;
    this.#letterCount = letterCount;
    if (size < LONGEST_WORD) this.#addLetter(fourLetters(three << 6));
    const row = this.#row;
    counts[row + SLOT.words]! += 1;
    counts[row + SLOT.capitals]! += capitals;
    counts[row + SLOT.digits]! += digits;
    counts[row + SLOT.oddCase]! += isBelow(0, flips) & isBelow(capitals, size);
    counts[row + SLOT.longWords]! += isBelow(14, size);
    counts[row + SLOT.hardWords]! += isBelow(digits, 1) & isBelow(3, size) & isBelow(5 * vowels, size);
    const word = Math.imul(hash ^ size, STEP);
    // lines that are only numbered differ in nothing
    if (this.#rounds.goesRound(digits > 0 ? DIGIT : word)) this.#letterCount = lettersBefore;
    else this.#addWord(word, { start, end: text.length, last: at });
    return at;
  }

  #addWord(hash: number, span: { start: number; end: number; last: number }): void {
    const { counts } = this;
    if (this.#fresh === 1) this.#homographs.sentenceAt(span.start);
    if (hash === this.#previous) counts[this.#row + SLOT.repeats]! += 1;
    this.#add(hash >>> 15);
    this.#add(Math.imul(hash ^ Math.imul(this.#previous, 0x85ebca6b), STEP) >>> 15);
    const known = lookUp(this.#vocabulary, this.#columns, span);
    const set = known !== 0 ? known : slipOf(this.#columns, span.start, span.last);
    if (set !== 0) {
      counts[this.#row + SLOT.known]! += 1;
      const isOne = (set & ORDINARY_IN) === 0 || !this.#homographs.isOrdinary(set, this.#columns, span.end);
      if (isOne && (set & INTENT_SET) !== 0) this.#addIntents(set & INTENT_SET);
    }
    this.#previous = hash;
    this.#fresh = 0;
    this.#wordNumber++;
  }

  /** Notes the intents of one word, and the pairs they make with those before. */
  #addIntents(set: number): void {
    const first = this.#ringNext;
    for (let rest = set; rest !== 0; rest >>= INTENT_BITS) {
      const intent = (rest & INTENT_MASK) - 1;
      this.#add(ALONE + 2 * intent);
      if (this.#fresh === 1) this.#add(ALONE + 2 * intent + 1);
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
      this.#fresh = 1;
    }
    if (code <= 32) return;
    const sign = signOf(code);
    const next = at + 1 < text.length ? text.charCodeAt(at + 1) : 0;
    const { counts } = this;
    if (sign === 5) {
      counts[row + SLOT.foreign]! += 1;
      this.#addLetter(Math.imul((code << 16) ^ next ^ 0x165667b1, STEP) >>> 15);
      return;
    }
    // without branches, as in a word
    counts[row + SLOT.punctuation]! += 1;
    counts[row + SIGN_SLOTS[sign]!]! += isBelow(0, sign);
    counts[row + SLOT.questions]! += isSame(code, QUESTION_MARK);
    const within = this.#isLetter(at - 1) & this.#isLetter(at + 1);
    this.#fresh |= (FRESHENING >> sign) & (1 - (isSame(code, APOSTROPHE) & within));
    counts[row + SLOT.glued]! += (1 - isSame(code, APOSTROPHE)) & within;
    this.#addLetter(Math.imul((code << 8) ^ next ^ 0x27d4eb2d, STEP) >>> 15);
  }

  #isLetter(at: number): number {
    const column = at < 0 ? -1 : this.#columns[at]!;
    return isBelow(-1, column) & isBelow(column, GAP);
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

/** The bucket of four letters in a row, six bits each. */
const fourLetters = (four: number): number => Math.imul(four ^ 0x5bd1e995, STEP) >>> 15;

const QUESTION_MARK = 63;
const APOSTROPHE = 39;
