import { COMMON, columnOf, DIGIT, GAP, INTENT_BITS, INTENT_MASK, INTENTS, lookUp, vocabulary } from "./vocabulary.ts";

/** Characters of a block; a window is two blocks. */
export const BLOCK = 200;
/** Buckets of hashed words and characters. */
export const BUCKETS = 1 << 17;

const K = INTENTS.length;
/** Where the features of intents begin: alone (anywhere, at the beginning of a sentence), ordered pairs, unordered pairs. */
const ALONE = BUCKETS;
const ORDERED = ALONE + 2 * K;
const UNORDERED = ORDERED + 2 * K * K;
/** Number of features that a block can have. */
export const FEATURES = UNORDERED + K * K;

/** The intents that a feature at or above {@link BUCKETS} is about: one, or the two of a pair. */
export function intentsOf(index: number): readonly number[] {
  if (index < ORDERED) return [(index - ALONE) >> 1];
  const pair = index < UNORDERED ? (index - ORDERED) >> 1 : index - UNORDERED;
  return [Math.floor(pair / K), pair % K];
}

/** What is counted of every block, by place in its row of numbers. */
export const COUNTS = [
  "characters",
  "words",
  "known",
  "capitals",
  "digits",
  "punctuation",
  "lines",
  "sentences",
  "questions",
  "quotes",
  "brackets",
  "markup",
  "foreign",
  "odd_case",
  "glued",
  "hard_words",
  "long_words",
  "repeats",
] as const;
export const ROW = COUNTS.length;
const [CHARACTERS, WORDS, KNOWN, CAPITALS, DIGITS, PUNCTUATION, LINES, SENTENCES, QUESTIONS] = COUNTS.map(
  (_, at) => at,
) as number[];
const [QUOTES, BRACKETS, MARKUP, FOREIGN, ODD_CASE, GLUED, HARD, LONG, REPEATS] = COUNTS.map((_, at) => at).slice(
  9,
) as number[];

/** Kinds of the features of a block, in the order they stand in. */
export type Lane = 0 | 1;

const STEP = 0x9e3779b1;
/** Words further apart than this make no pair. */
const REACH = 8;
const NEAR = 2;
const RING = 16;

/** The features of one text, block by block. Reused: valid until the next call of {@link FeatureReader.read}. */
export class FeatureReader {
  /** Number of blocks; 0 for an empty text. */
  blocks = 0;
  /** Indices of word and intent features, then of character features; a block's begin at `starts[2 * block]`. */
  words: Int32Array = new Int32Array(1024);
  letters: Int32Array = new Int32Array(4096);
  /** Where each block's features end in `words` and in `letters`. */
  wordEnds: Int32Array = new Int32Array(64);
  letterEnds: Int32Array = new Int32Array(64);
  /** Rows of {@link COUNTS}. */
  counts: Float64Array = new Float64Array(64 * ROW);
  /** Which intents each block has: two words of bits... */
  #columns: Int8Array = new Int8Array(4096);
  #seen: Uint32Array = new Uint32Array(FEATURES);
  #stamp = 0;
  #wordCount = 0;
  #letterCount = 0;
  #ringIntent: Int32Array = new Int32Array(RING);
  #ringAt: Int32Array = new Int32Array(RING);
  #ringNext = 0;

  /** Reads a folded text. */
  read(text: string): void {
    this.#begin(text);
    const columns = this.#columns;
    let block = -1;
    let wordIndex = 0;
    let previous = 0;
    let fresh = true;
    let lastIntents = 0;
    const { length } = text;
    for (let at = 0; at < length; ) {
      if (at >= (block + 1) * BLOCK) {
        while (at >= (block + 1) * BLOCK) this.#nextBlock(++block);
      }
      const column = columns[at]!;
      const code = text.charCodeAt(at);
      if (column >= 0 && column !== GAP) {
        const start = at;
        let hash = 0;
        let three = 0;
        const row = block * ROW;
        let capitals = 0;
        let digits = 0;
        let vowels = 0;
        let flips = 0;
        let lastUpper = true;
        while (at < length && columns[at]! >= 0 && columns[at] !== GAP) {
          const here = columns[at]! + 1;
          const raw = text.charCodeAt(at);
          const upper = raw >= 65 && raw <= 90;
          if (upper) {
            capitals++;
            if (!lastUpper) flips++;
          }
          lastUpper = upper;
          const symbol = here === DIGIT + 1 ? raw : here;
          if (symbol > 32) digits++;
          else if (here === 1 || here === 5 || here === 9 || here === 15 || here === 21 || here === 25) vowels++;
          hash = Math.imul(hash ^ symbol, STEP) ^ (hash >>> 15);
          if (at - start < 20) {
            const four = (three << 6) | symbol;
            three = ((three << 6) | symbol) & 0x3ffff;
            if (at > start) this.#letter(Math.imul(four ^ 0x5bd1e995, STEP) >>> 15);
          }
          at++;
        }
        if (at - start < 20) this.#letter(Math.imul((three << 6) ^ 0x5bd1e995, STEP) >>> 15);
        const size = at - start;
        hash = Math.imul(hash ^ size, STEP);
        const counts = this.counts;
        counts[row + WORDS!]! += 1;
        counts[row + CAPITALS!]! += capitals;
        counts[row + DIGITS!]! += digits;
        if (flips > 0 && capitals < size) counts[row + ODD_CASE!]! += 1;
        if (size > 14) counts[row + LONG!]! += 1;
        if (digits === 0 && size >= 4 && vowels * 5 < size) counts[row + HARD!]! += 1;
        if (hash === previous) counts[row + REPEATS!]! += 1;
        this.#word((hash >>> 15) & (BUCKETS - 1));
        this.#word(Math.imul(hash ^ Math.imul(previous, 0x85ebca6b), STEP) >>> 15);
        const set = lookUp(vocabulary(), columns, { start, end: length });
        if (set !== 0) {
          counts[row + KNOWN!]! += 1;
          const only = set & ~COMMON;
          if (only !== 0) lastIntents = this.#intents(only, { wordIndex, fresh, last: lastIntents });
        }
        previous = hash;
        fresh = false;
        wordIndex++;
      } else {
        const row = block * ROW;
        if (code === 10) {
          this.counts[row + LINES!]! += 1;
          fresh = true;
        } else if (code > 32) {
          const symbol = symbolOf(code);
          if (symbol === 1) {
            fresh = true;
            this.counts[row + SENTENCES!]! += 1;
            if (code === 63) this.counts[row + QUESTIONS!]! += 1;
          } else if (symbol > 0) {
            const slot = symbol === 2 ? QUOTES! : symbol === 3 ? BRACKETS! : symbol === 4 ? MARKUP! : FOREIGN!;
            this.counts[row + slot]! += 1;
            if (symbol === 2 || symbol === 4) fresh = true;
          }
          if (symbol < 5) {
            this.counts[row + PUNCTUATION!]! += 1;
            const before = columns[at - 1] ?? -1;
            const after = columns[at + 1] ?? -1;
            if (code !== 39 && before >= 0 && before < GAP && after >= 0 && after < GAP)
              this.counts[row + GLUED!]! += 1;
            const next = text.charCodeAt(at + 1) || 0;
            this.#letter(Math.imul((code << 8) ^ next ^ 0x27d4eb2d, STEP) >>> 15);
          } else {
            const next = text.charCodeAt(at + 1) || 0;
            this.#letter(Math.imul((code << 16) ^ next ^ 0x165667b1, STEP) >>> 15);
          }
        }
        at++;
      }
    }
    if (length > 0) {
      this.counts.fill(BLOCK, 0, 0);
      for (let each = 0; each <= block; each++) {
        this.counts[each * ROW + CHARACTERS!] = Math.min(BLOCK, length - each * BLOCK);
      }
      this.#close(block);
    }
    this.blocks = block + 1;
  }

  #begin(text: string): void {
    const { length } = text;
    const blocks = Math.ceil(length / BLOCK) + 1;
    if (this.#columns.length < length + 1) this.#columns = new Int8Array(2 * length);
    if (this.wordEnds.length < blocks + 1) {
      this.wordEnds = new Int32Array(2 * blocks);
      this.letterEnds = new Int32Array(2 * blocks);
      this.counts = new Float64Array(2 * blocks * ROW);
    }
    this.counts.fill(0, 0, blocks * ROW);
    if (this.letters.length < 3 * length + 16) this.letters = new Int32Array(4 * length + 16);
    this.#wordCount = 0;
    this.#letterCount = 0;
    this.#ringNext = 0;
    this.#ringAt.fill(-1000);
    const columns = this.#columns;
    for (let at = 0; at < length; at++) {
      const code = text.charCodeAt(at);
      columns[at] = code < 128 ? ASCII[code]! : -1;
    }
    columns[length] = -1;
  }

  #nextBlock(block: number): void {
    if (block > 0) this.#close(block - 1);
    this.#stamp++;
  }

  #close(block: number): void {
    this.wordEnds[block] = this.#wordCount;
    this.letterEnds[block] = this.#letterCount;
  }

  #word(index: number): void {
    if (this.#seen[index] === this.#stamp) return;
    this.#seen[index] = this.#stamp;
    if (this.#wordCount === this.words.length) {
      const grown = new Int32Array(2 * this.words.length);
      grown.set(this.words);
      this.words = grown;
    }
    this.words[this.#wordCount++] = index;
  }

  #letter(index: number): void {
    if (this.#seen[index] === this.#stamp) return;
    this.#seen[index] = this.#stamp;
    this.letters[this.#letterCount++] = index;
  }

  /** Notes the intents of one word, with what stood before; gives the hash of the last two. */
  #intents(set: number, { wordIndex, fresh, last }: { wordIndex: number; fresh: boolean; last: number }): number {
    const first = this.#ringNext;
    for (let rest = set; rest !== 0; rest >>= INTENT_BITS) {
      const intent = (rest & INTENT_MASK) - 1;
      this.#word(ALONE + 2 * intent);
      if (fresh) this.#word(ALONE + 2 * intent + 1);
      for (let back = 1; back <= RING && back <= first; back++) {
        const slot = (first - back) & (RING - 1);
        const distance = wordIndex - this.#ringAt[slot]!;
        if (distance > REACH) break;
        if (distance === 0) continue;
        const other = this.#ringIntent[slot]!;
        this.#word(ORDERED + 2 * (other * K + intent) + (distance <= NEAR ? 1 : 0));
        this.#word(UNORDERED + (other < intent ? other * K + intent : intent * K + other));
      }
      const slot = this.#ringNext & (RING - 1);
      this.#ringIntent[slot] = intent;
      this.#ringAt[slot] = wordIndex;
      this.#ringNext++;
    }
    const main = set & INTENT_MASK;
    const three = Math.imul((last << 7) ^ main ^ 0x3c6ef372, STEP) >>> 15;
    this.#word(three & (BUCKETS - 1));
    return ((last << 7) | main) & 0x3fff;
  }
}

const ASCII = new Int8Array(128).map((_, code) =>
  code === 32 || code === 39 || code === 45 || code === 95 || code === 9 || code === 10 || code === 13
    ? GAP
    : columnOf(code),
);

/** 1 ends a sentence, 2 quotes, 3 brackets, 4 marks up, 5 is another script, 0 any other sign. */
function symbolOf(code: number): number {
  if (code >= 128) return 5;
  return SYMBOLS[code]!;
}

const SYMBOLS = new Uint8Array(128);
for (const [signs, kind] of [
  [".!?:;", 1],
  ["\"'`", 2],
  ["()[]{}", 3],
  ["<>|#*=~\\/_", 4],
] as const) {
  for (const sign of signs) SYMBOLS[sign.charCodeAt(0)] = kind;
}
