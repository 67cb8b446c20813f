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
  wordCount: number;
  letterCount: number;
  conceptCount: number;
  characters: number;
}

/** Counts at which features begin to say less each. */
export const FLOORS = { words: 10, letters: 24, concepts: 5 } as const;

/** Sentences of a window, and characters beyond which it takes no further one in. */
export const WINDOW = { sentences: 3, characters: 450 } as const;

/** Sums up the sentence that was read. */
export function sumsOf({ table }: SafetyModel, { features, count }: SentenceReader, characters: number): SentenceSums {
  const sums: SentenceSums = {
    words: new Float32Array(CATEGORY_COUNT),
    letters: new Float32Array(CATEGORY_COUNT),
    concepts: new Float32Array(CATEGORY_COUNT),
    wordCount: 0,
    letterCount: 0,
    conceptCount: 0,
    characters,
  };
  for (let at = 0; at < count; at++) {
    const feature = features[at]!;
    let sum = sums.concepts;
    if (feature < LETTERS) {
      sum = sums.words;
      sums.wordCount++;
    } else if (feature < ALONE) {
      sum = sums.letters;
      sums.letterCount++;
    } else sums.conceptCount++;
    const row = feature * CATEGORY_COUNT;
    for (let category = 0; category < CATEGORY_COUNT; category++) sum[category]! += table[row + category]!;
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
