import { CATEGORY_COUNT } from "./categories.ts";
import { ALONE, FEATURES, LETTERS, type SentenceReader } from "./features.ts";

/** Trained weights: for each feature one number per category. */
export interface SafetyModel {
  /** `FEATURES * CATEGORY_COUNT` weights, feature by feature. */
  readonly table: Int8Array | Float32Array;
  /** What a unit of `table` is worth below and from {@link ALONE} on. */
  readonly wordScale: number;
  readonly conceptScale: number;
  readonly bias: Float32Array;
  /** Evidence at the scores 0.5 (strict) and 0.8 (default), of any category. */
  readonly strictAt: number;
  readonly defaultAt: number;
}

/** Number of weights. */
export const TABLE: number = FEATURES * CATEGORY_COUNT;

/** What one sentence adds to the windows it is in: sums per category, and how many features they are of. */
export interface SentenceSums {
  readonly words: Float32Array;
  readonly letters: Float32Array;
  readonly concepts: Float32Array;
  readonly wordCount: number;
  readonly letterCount: number;
  readonly conceptCount: number;
  readonly characters: number;
}

/** Counts at which features begin to say less each. */
export const FLOORS = { words: 10, letters: 24, concepts: 8 } as const;

/** Sentences of a window, and characters beyond which it takes no further one in. */
export const WINDOW = { sentences: 3, characters: 450 } as const;

/** What each doubling of the windows takes from the evidence in a further one, and how many are counted at most. */
const DOUBT = { each: 0.3, windows: 16 } as const;

/** What the evidence in a window is doubted by, so that long texts, which have many, are no more often misread. */
export function doubtOf(windowsBefore: number): number {
  return DOUBT.each * Math.log2(Math.min(DOUBT.windows, 1 + windowsBefore));
}

/** Where the rows of the features stand in the table, by kind; grown where a sentence has more of them. */
let wordRows = new Int32Array(2_048);
let letterRows = new Int32Array(2_048);
let conceptRows = new Int32Array(2_048);

/** Sums up the sentence that was read. */
export function sumsOf({ table }: SafetyModel, { features, count }: SentenceReader, characters: number): SentenceSums {
  if (wordRows.length < count) {
    wordRows = new Int32Array(2 * count);
    letterRows = new Int32Array(2 * count);
    conceptRows = new Int32Array(2 * count);
  }
  let wordCount = 0;
  let letterCount = 0;
  let conceptCount = 0;
  for (let at = 0; at < count; at++) {
    const feature = features[at]!;
    const row = feature * CATEGORY_COUNT;
    if (feature < LETTERS) wordRows[wordCount++] = row;
    else if (feature < ALONE) letterRows[letterCount++] = row;
    else conceptRows[conceptCount++] = row;
  }
  const words = summed(table, wordRows, wordCount);
  const letters = summed(table, letterRows, letterCount);
  const concepts = summed(table, conceptRows, conceptCount);
  return {
    words,
    letters,
    concepts,
    wordCount,
    letterCount,
    conceptCount,
    characters,
  };
}

/** The sum of so many rows; four categories at a time, whose sums stay in registers. */
function summed(table: SafetyModel["table"], rows: Int32Array, count: number): Float32Array {
  const sums = new Float32Array(CATEGORY_COUNT);
  for (let category = 0; category < CATEGORY_COUNT; category += 4) {
    let first = 0;
    let second = 0;
    let third = 0;
    let fourth = 0;
    for (let at = 0; at < count; at++) {
      const place = rows[at]! + category;
      first += table[place]!;
      second += table[place + 1]!;
      third += table[place + 2]!;
      fourth += table[place + 3]!;
    }
    sums[category] = first;
    sums[category + 1] = second;
    sums[category + 2] = third;
    sums[category + 3] = fourth;
  }
  return sums;
}

/** How many of the latest sentences make the window that ends with the last one. */
export function windowLength(characters: readonly number[]): number {
  let taken = 0;
  let length = 0;
  for (let at = characters.length - 1; at >= 0 && taken < WINDOW.sentences; at--) {
    length += characters[at]!;
    if (taken > 0 && length > WINDOW.characters) break;
    taken++;
  }
  return taken;
}

/** The evidence for each category in a window, into `out`. */
export function windowEvidence(model: SafetyModel, window: readonly SentenceSums[], out: Float32Array): void {
  let words = 0;
  let letters = 0;
  let concepts = 0;
  for (const sums of window) {
    words += sums.wordCount;
    letters += sums.letterCount;
    concepts += sums.conceptCount;
  }
  const perWord = model.wordScale / Math.sqrt(words + FLOORS.words);
  const perLetter = model.wordScale / Math.sqrt(letters + FLOORS.letters);
  const perConcept = model.conceptScale / Math.sqrt(concepts + FLOORS.concepts);
  for (let category = 0; category < CATEGORY_COUNT; category++) {
    let evidence = model.bias[category]!;
    for (const sums of window) {
      evidence +=
        sums.words[category]! * perWord + sums.letters[category]! * perLetter + sums.concepts[category]! * perConcept;
    }
    out[category] = evidence;
  }
}

/** The score of evidence: a logistic curve through 0.5 at `strictAt` and 0.8 at `defaultAt`. */
export function scoreOf({ strictAt, defaultAt }: SafetyModel, evidence: number): number {
  return 1 / (1 + Math.exp((-Math.log(4) * (evidence - strictAt)) / (defaultAt - strictAt)));
}
