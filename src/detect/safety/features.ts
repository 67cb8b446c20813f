import concepts from "../../../config/safety/concepts.json" with { type: "json" };
import { columnsOf } from "../injection/columns.ts";
import {
  buildVocabulary,
  DIGIT,
  GAP,
  INTENT_BITS,
  INTENT_MASK,
  lookUp,
  type Vocabulary,
} from "../injection/vocabulary.ts";

/** The concepts that words in eight languages stand for, in the order of their numbers. */
export const CONCEPTS: readonly string[] = Object.keys(concepts);

const K = CONCEPTS.length;
/** Buckets of hashed words and pairs of words, and of hashed letters. */
const BITS = 13;
const BUCKETS = 1 << BITS;
/** Where the features of letters, of concepts and of pairs of concepts begin. */
export const LETTERS: number = BUCKETS;
/** See {@link LETTERS}. */
export const ALONE: number = 2 * BUCKETS;
const PAIRS = ALONE + K;
const FRAMES = PAIRS + (K * (K + 1)) / 2;

/** What a sentence may be about: concepts without which it is hardly harmful, by what they are harmful for. */
const SUBJECTS = [
  "kill murder hurt torture gore death violently threat arson abduct",
  "weapon gunlaw explosive bombmake",
  "suicide endlife selfharm despair",
  "sexact rape sexbody sexual porn",
  "groom child",
  "slur dehuman inferior expel hateverb",
  "insult vile harass profanity spy",
  "drug harddrug",
  "crime theft fraud forgery damage disinfo",
  "malware hardmal hack",
  "extremism recruit glory",
  "cbrn hardcbrn poison",
];
/** What it may do with it: ask for the way, name whom it concerns, hide it, speak of oneself, or stand where it is harmless. */
const MANNERS = [
  "howto make buy write where amount",
  "person relation target you religion ethnic gender lgbt disabled child trait",
  "evade noticed",
  "me",
  "game fiction history news medical help sport food pest law study figurative counter praise romance defend own",
  "persuade deceive others mass lethal generalise joke",
];
const EACH = 1 << MANNERS.length;
/** Number of features. */
export const FEATURES: number = FRAMES + (SUBJECTS.length + 1) * EACH + 1;

const bitsOf = (lists: readonly string[]): Int32Array =>
  Int32Array.from(CONCEPTS, (concept) =>
    lists.reduce((bits, list, at) => (list.split(" ").includes(concept) ? bits | (1 << at) : bits), 0),
  );
const SUBJECT_OF = bitsOf(SUBJECTS);
const MANNER_OF = bitsOf(MANNERS);

const pairOf = (one: number, other: number): number =>
  one < other ? PAIRS + (other * (other + 1)) / 2 + one : PAIRS + (one * (one + 1)) / 2 + other;

/** The feature of a concept, or of two that stand together. */
export function featureOf([one = 0, other]: readonly number[]): number {
  return other === undefined ? ALONE + one : pairOf(one, other);
}

/** Words that are further apart make no pair. */
const REACH = 9;
const RING = 16;
const STEP = 0x9e3779b1;
const LONGEST_WORD = 24;

let built: Vocabulary | null = null;

function vocabulary(): Vocabulary {
  built ??= buildVocabulary(
    Object.fromEntries(Object.entries(concepts).map(([name, list]) => [name, { all: list.replaceAll(/['’-]/g, "_") }])),
    {},
  );
  return built;
}

/** Reads plain sentences into features. What `features` holds is valid until the next {@link SentenceReader.read}. */
export class SentenceReader {
  /** Numbers of features, each once: words, letters, concepts. */
  features: Int32Array = new Int32Array(2_048);
  count = 0;
  readonly #seen: Uint32Array = new Uint32Array(FEATURES);
  #stamp = 0;
  #columns: Int8Array = new Int8Array(1_024);
  readonly #vocabulary: Vocabulary = vocabulary();
  readonly #ringConcept: Int32Array = new Int32Array(RING);
  readonly #ringAt: Int32Array = new Int32Array(RING);
  #ringNext = 0;
  #wordNumber = 0;
  #previous = 0;
  #subjects = 0;
  #manners = 0;

  /** Reads one sentence, as `plainSentence` gives it. */
  read(text: string): void {
    const { length } = text;
    if (this.#columns.length <= length) this.#columns = new Int8Array(2 * length);
    if (this.features.length < 12 * length + 64) this.features = new Int32Array(24 * length + 64);
    columnsOf(text, this.#columns);
    this.#stamp++;
    this.count = 0;
    this.#ringNext = 0;
    this.#wordNumber = 0;
    this.#previous = 0;
    this.#subjects = 0;
    this.#manners = 0;
    for (let at = 0; at < length; ) {
      const column = this.#columns[at]!;
      if (column >= 0 && column !== GAP) at = this.#readWord(at, length);
      else this.#readSign(text.charCodeAt(at++));
    }
    if (this.count > 0) this.#addFrames();
  }

  /** What the sentence does with its subjects, for each and for all of them; or that it has none. */
  #addFrames(): void {
    const manners = this.#manners;
    if (this.#subjects === 0) this.#add(FEATURES - 1);
    else this.#add(FRAMES + SUBJECTS.length * EACH + manners);
    for (let rest = this.#subjects, subject = 0; rest !== 0; rest >>= 1, subject++) {
      if ((rest & 1) === 1) this.#add(FRAMES + subject * EACH + manners);
    }
  }

  #readWord(start: number, end: number): number {
    const columns = this.#columns;
    let hash = 0;
    let three = 0;
    let at = start;
    for (let column = columns[at]!; column >= 0 && column !== GAP; column = columns[++at]!) {
      const symbol = column === DIGIT ? 30 : column + 1;
      hash = Math.imul(hash ^ symbol, STEP) ^ (hash >>> 15);
      if (at - start >= LONGEST_WORD) continue;
      const four = (three << 5) | symbol;
      three = four & 0x7fff;
      if (at - start > 1) this.#add(LETTERS + (Math.imul(four ^ 0x5bd1e995, STEP) >>> (32 - BITS)));
    }
    this.#add(LETTERS + (Math.imul((three << 5) ^ 0x5bd1e995, STEP) >>> (32 - BITS)));
    this.#add(Math.imul(hash, STEP) >>> (32 - BITS));
    this.#add(Math.imul(hash ^ Math.imul(this.#previous, 0x85ebca6b), STEP) >>> (32 - BITS));
    this.#previous = hash;
    const set = lookUp(this.#vocabulary, columns, { start, end });
    for (let rest = set; rest !== 0; rest >>= INTENT_BITS) this.#addConcept((rest & INTENT_MASK) - 1);
    this.#wordNumber++;
    return at;
  }

  #addConcept(concept: number): void {
    this.#add(ALONE + concept);
    this.#subjects |= SUBJECT_OF[concept]!;
    this.#manners |= MANNER_OF[concept]!;
    for (let back = 1; back <= RING && back <= this.#ringNext; back++) {
      const slot = (this.#ringNext - back) & (RING - 1);
      const distance = this.#wordNumber - this.#ringAt[slot]!;
      if (distance > REACH) break;
      if (distance > 0) this.#add(pairOf(concept, this.#ringConcept[slot]!));
    }
    const slot = this.#ringNext++ & (RING - 1);
    this.#ringConcept[slot] = concept;
    this.#ringAt[slot] = this.#wordNumber;
  }

  #readSign(code: number): void {
    if (code > 32 && code !== 95) this.#add(LETTERS + (Math.imul(code ^ 0x27d4eb2d, STEP) >>> (32 - BITS)));
  }

  #add(feature: number): void {
    if (this.#seen[feature] === this.#stamp) return;
    this.#seen[feature] = this.#stamp;
    this.features[this.count++] = feature;
  }
}
