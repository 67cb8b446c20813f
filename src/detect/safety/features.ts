import { columnsOf } from "../injection/columns.ts";
import { DIGIT, GAP, INTENT_BITS, INTENT_MASK, lookUp, type Vocabulary } from "../injection/vocabulary.ts";
import { nextStamp } from "../stamps.ts";
import { ageAt } from "./ages.ts";
import { CONCEPTS, MANNER_OF, MANNERS, SUBJECT_OF, SUBJECTS, tellingWords, vocabulary } from "./concepts.ts";
import { FORMS, formsOf } from "./forms.ts";
import { BEGINNING, furtherSet, gluedSet, hashWith, symbolOf } from "./further.ts";
import { partsOf, type Slips, type WordSpan } from "./guessed.ts";
import { plainSet } from "./plain.ts";
import { STANCES, Stance } from "./stance.ts";
import { NO_TONGUE, tongueOf } from "./tongue.ts";

const K = CONCEPTS.length;
/** Buckets of hashed words and pairs of words, and of hashed letters, as powers of two. */
const WORD_BITS = 15;
const LETTER_BITS = 13;
/** Where the features of letters, of concepts, of pairs of concepts and of such in their order begin. */
export const LETTERS: number = 1 << WORD_BITS;
/** See {@link LETTERS}. */
export const ALONE: number = LETTERS + (1 << LETTER_BITS);
const PAIRS = ALONE + K;
const ORDERED = PAIRS + (K * (K + 1)) / 2;
const FRAMES = ORDERED + K * K;

const EACH = 1 << MANNERS.length;
const STANCE = FRAMES + (SUBJECTS.length + 1) * EACH;
/** Where those begin that are of forms, and of what stands in answers only. */
export const FORM: number = STANCE + STANCES;
const EVERY = SUBJECTS.length + 1;
/** What a model says of a subject is told apart from what people say of it: by manners, by form and by concepts. */
const ANSWER = FORM + FORMS * EVERY;
const ANSWER_FRAMES = ANSWER + 1;
const ANSWER_FORMS = ANSWER_FRAMES + EVERY * EACH;
const ANSWER_CONCEPTS = ANSWER_FORMS + EVERY * (1 << FORMS);
/** Number of features. */
export const FEATURES: number = ANSWER_CONCEPTS + K + 1;

const pairOf = (one: number, other: number): number =>
  one < other ? PAIRS + (other * (other + 1)) / 2 + one : PAIRS + (one * (one + 1)) / 2 + other;

/** The feature of a concept, or of two that stand together. */
export function featureOf([one = 0, other]: readonly number[]): number {
  return other === undefined ? ALONE + one : pairOf(one, other);
}

/** Words that are further apart make no pair. */
const REACH = 9;
/** Of words that are no further apart it is also known which comes first. */
const NEAR = 6;
const RING = 16;
const STEP = 0x9e3779b1;
const QUOTE = 34;
/** What stands in quotation marks is said by somebody. */
const SAID = CONCEPTS.indexOf("said");
/** Whom "they" may mean in the sentence after. */
const GROUPS = new Set(
  "religion ethnic gender lgbt disabled trait slur".split(" ").map((name) => CONCEPTS.indexOf(name)),
);
/** Whom a verb is done to may be part of it: "matarte". */
const YOU = CONCEPTS.indexOf("you");
const THEY = CONCEPTS.indexOf("they");
const CHILD = CONCEPTS.indexOf("child");
const ADULT = CONCEPTS.indexOf("adult");
/** Who is younger is a child. */
const OF_AGE = 18;
/** How many numbers of a sentence may be ages. */
const MOST_NUMBERS = 4;
const NOTHING = -1;
const UNREAD = -2;
const LONGEST_WORD = 24;
/** How a longer word begins is a feature as well: its forms have that in common. */
const STEM_LETTERS = 5;
const SHORTEST_GUESS = 4;
/** Words that are so long may be several, even where they begin with one that is known. */
const RUN_TOGETHER = 14;

/** The feature of four letters in a row, five bits each. */
const fourLetters = (four: number): number => LETTERS + (Math.imul(four ^ 0x5bd1e995, STEP) >>> (32 - LETTER_BITS));

/** Reads plain sentences into features. What `features` holds is valid until the next {@link SentenceReader.read}. */
export class SentenceReader {
  /** Numbers of features, each once: words, letters, concepts. */
  features: Int32Array = new Int32Array(2_048);
  count = 0;
  /** By feature the stamp of the sentence that had it last. */
  readonly #seen: Uint8Array = new Uint8Array(FEATURES);
  #stamp = 0;
  #text = "";
  #columns: Int8Array = new Int8Array(1_024);
  readonly #vocabulary: Vocabulary = vocabulary();
  readonly #slips: Slips = tellingWords();
  readonly #ringConcept: Int32Array = new Int32Array(RING);
  readonly #ringAt: Int32Array = new Int32Array(RING);
  readonly #beginnings: Int32Array = new Int32Array(BEGINNING.longest - BEGINNING.shortest + 1);
  #ringNext = 0;
  #wordNumber = 0;
  #numbers = 0;
  #previous = 0;
  #subjects = 0;
  #manners = 0;
  readonly #stance = new Stance();
  #group: number = NOTHING;
  #before: number = NOTHING;
  #isAnswer = false;
  /** The language of the sentence, once a word of it asked. */
  #tongue: number = UNREAD;

  /**
   * Reads one sentence, as `plainSentence` gives it. `before` is what the sentence before it gave, or nothing: the group
   * that was spoken of, which "they" means; gives that for the next one. `isAnswer`: a model says it.
   */
  read(text: string, before: number = NOTHING, isAnswer = false): number {
    this.#isAnswer = isAnswer;
    const { length } = text;
    if (this.#columns.length <= length) this.#columns = new Int8Array(2 * length);
    if (this.features.length < 12 * length + 64) this.features = new Int32Array(24 * length + 64);
    columnsOf(text, this.#columns);
    this.#text = text;
    this.#stamp = nextStamp(this.#seen, this.#stamp);
    this.count = 0;
    this.#ringNext = 0;
    this.#wordNumber = 0;
    this.#numbers = 0;
    this.#previous = 0;
    this.#subjects = 0;
    this.#manners = 0;
    this.#group = NOTHING;
    this.#before = before;
    this.#tongue = UNREAD;
    this.#stance.clear();
    for (let at = 0; at < length; ) {
      const column = this.#columns[at]!;
      if (column >= 0 && column !== GAP) at = this.#readWord(at, length);
      else this.#readSign(text.charCodeAt(at++));
    }
    if (this.count > 0) this.#addFrames();
    return this.#group;
  }

  /** What the sentence does with its subjects, for each and for all of them; or that it has none. */
  #addFrames(): void {
    const { features } = this.#stance;
    for (let at = 0, count = this.#stance.end(); at < count; at++) this.#add(STANCE + features[at]!);
    if (this.#isAnswer) this.#add(ANSWER);
    if (this.#subjects === 0) {
      this.#add(FEATURES - 1);
      return;
    }
    const forms = formsOf(this.#text);
    this.#addSubject(SUBJECTS.length, forms);
    for (let rest = this.#subjects, subject = 0; rest !== 0; rest >>= 1, subject++) {
      if ((rest & 1) === 1) this.#addSubject(subject, forms);
    }
  }

  #addSubject(subject: number, forms: number): void {
    this.#add(FRAMES + subject * EACH + this.#manners);
    for (let rest = forms, form = 0; rest !== 0; rest >>= 1, form++) {
      if ((rest & 1) === 1) this.#add(FORM + form * EVERY + subject);
    }
    if (!this.#isAnswer) return;
    this.#add(ANSWER_FRAMES + subject * EACH + this.#manners);
    this.#add(ANSWER_FORMS + (subject << FORMS) + forms);
  }

  #readWord(start: number, end: number): number {
    const columns = this.#columns;
    const { features } = this;
    const seen = this.#seen;
    const stamp = this.#stamp;
    const beginnings = this.#beginnings;
    // kept out of the object: this runs for every character
    let { count } = this;
    let hash = 0;
    let three = 0;
    let stem = 0;
    let at = start;
    for (let column = columns[at]!; column >= 0 && column !== GAP; column = columns[++at]!) {
      const symbol = symbolOf(column);
      hash = hashWith(hash, symbol);
      if (at - start === STEM_LETTERS - 1) stem = hash;
      const letters = at - start + 1;
      if (letters >= BEGINNING.shortest && letters <= BEGINNING.longest)
        beginnings[letters - BEGINNING.shortest] = hash;
      if (at - start >= LONGEST_WORD) continue;
      const four = (three << 5) | symbol;
      three = four & 0x7fff;
      if (letters <= 2) continue;
      const feature = fourLetters(four);
      if (seen[feature] === stamp) continue;
      seen[feature] = stamp;
      features[count++] = feature;
    }
    this.count = count;
    this.#add(fourLetters(three << 5));
    this.#add(Math.imul(hash, STEP) >>> (32 - WORD_BITS));
    this.#add(Math.imul(hash ^ Math.imul(this.#previous, 0x85ebca6b), STEP) >>> (32 - WORD_BITS));
    if (at - start > STEM_LETTERS) this.#add(Math.imul(stem ^ 0x68e31da4, STEP) >>> (32 - WORD_BITS));
    this.#previous = hash;
    this.#addMeaning({ start, end: at }, hash, end);
    this.#wordNumber++;
    return at;
  }

  /** What a word of this hash means, alone or with those after it up to `last`. */
  #addMeaning({ start, end }: WordSpan, hash: number, last: number): void {
    const plain = plainSet(hash);
    const own = typeof plain === "object" ? this.#setElsewhere(plain, { start, end }, last) : plain;
    if (own !== undefined) {
      this.#addConcepts(own);
      return;
    }
    const columns = this.#columns;
    const set =
      lookUp(this.#vocabulary, columns, { start, end: last }) || furtherSet(hash, end - start, this.#beginnings);
    if (set !== 0) {
      // a sentence without gaps begins with a word, too
      if (end - start < RUN_TOGETHER || !this.#addParts({ start, end })) this.#addConcepts(set);
    } else if (columns[start] === DIGIT) this.#addAge(start);
    else if (end - start >= SHORTEST_GUESS) this.#guess(start, end);
  }

  /** What a word means in this sentence's language, if something else; not where it begins an entry of several words. */
  #setElsewhere(sets: readonly (number | undefined)[], span: WordSpan, last: number): number | undefined {
    if (this.#tongue === UNREAD) this.#tongue = tongueOf(this.#columns, last);
    const own = this.#tongue === NO_TONGUE ? undefined : sets[this.#tongue];
    if (own === undefined) return undefined;
    const alone = lookUp(this.#vocabulary, this.#columns, span);
    return lookUp(this.#vocabulary, this.#columns, { start: span.start, end: last }) === alone ? own : undefined;
  }

  #addAge(start: number): void {
    if (this.#numbers++ >= MOST_NUMBERS) return;
    const age = ageAt(this.#text, start);
    if (age > 0) this.#addConcept(age < OF_AGE ? CHILD : ADULT);
  }

  #addConcepts(set: number): void {
    for (let rest = set; rest !== 0; rest >>= INTENT_BITS) this.#addConcept((rest & INTENT_MASK) - 1);
  }

  /** What a word means that is in no vocabulary: as it is put together, or as it was meant. */
  #guess(start: number, end: number): void {
    const span = { start, end };
    const slip = this.#slips.setOf(this.#text, this.#columns, span);
    if (slip !== 0) this.#addConcepts(slip);
    else if (!this.#addParts(span)) this.#addConcepts(gluedSet(this.#vocabulary, this.#columns, span));
  }

  /** What a word is put together from, if it is: words of their own. */
  #addParts(span: WordSpan): boolean {
    const sets = partsOf(this.#vocabulary, this.#columns, span);
    for (const set of sets) {
      this.#addConcepts(set);
      this.#wordNumber++;
    }
    return sets.length > 0;
  }

  #addConcept(concept: number): void {
    if (concept === THEY && this.#before !== NOTHING && this.#group === NOTHING) this.#addConcept(this.#before);
    if (GROUPS.has(concept)) this.#group = concept;
    this.#add(ALONE + concept);
    if (this.#isAnswer) this.#add(ANSWER_CONCEPTS + concept);
    this.#stance.take(concept, this.#wordNumber);
    this.#subjects |= SUBJECT_OF[concept]!;
    this.#manners |= MANNER_OF[concept]!;
    for (let back = 1; back <= RING && back <= this.#ringNext; back++) {
      const slot = (this.#ringNext - back) & (RING - 1);
      const distance = this.#wordNumber - this.#ringAt[slot]!;
      if (distance > REACH) break;
      const other = this.#ringConcept[slot]!;
      if (distance > 0) {
        this.#add(pairOf(concept, other));
        if (distance <= NEAR) this.#add(ORDERED + other * K + concept);
      } else if (concept === YOU || other === YOU) this.#add(pairOf(concept, other));
    }
    const slot = this.#ringNext++ & (RING - 1);
    this.#ringConcept[slot] = concept;
    this.#ringAt[slot] = this.#wordNumber;
  }

  #readSign(code: number): void {
    if (code === QUOTE && !this.#isQuoted()) this.#addConcept(SAID);
    if (code > 32 && code !== 95) this.#add(LETTERS + (Math.imul(code ^ 0x27d4eb2d, STEP) >>> (32 - LETTER_BITS)));
  }

  /** Whether a quotation mark was the last thing that counted, and no word stands in between. */
  #isQuoted(): boolean {
    const last = (this.#ringNext - 1) & (RING - 1);
    return this.#ringNext > 0 && this.#ringConcept[last] === SAID && this.#ringAt[last] === this.#wordNumber;
  }

  #add(feature: number): void {
    if (this.#seen[feature] === this.#stamp) return;
    this.#seen[feature] = this.#stamp;
    this.features[this.count++] = feature;
  }
}
