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
}

/** Sums of no sentence, to be filled by {@link sumsOf}. */
export const newSums = (): SentenceSums => ({
  words: new Float32Array(CATEGORY_COUNT),
  letters: new Float32Array(CATEGORY_COUNT),
  concepts: new Float32Array(CATEGORY_COUNT),
  wordCount: 0,
  letterCount: 0,
  conceptCount: 0,
});

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

/** Where rows of features stand in the table, and how many of them. */
interface Rows {
  places: Int32Array;
  count: number;
}

const newRows = (): Rows => ({ places: new Int32Array(2_048), count: 0 });

/** Those of the sentence that is summed up, by kind; grown where one has more of them. */
const wordRows = newRows();
const letterRows = newRows();
const conceptRows = newRows();
const ALL_ROWS = [wordRows, letterRows, conceptRows];

/** Sums up the sentence that was read, into `sums`. */
export function sumsOf({ table }: SafetyModel, { features, count }: SentenceReader, sums: SentenceSums): void {
  for (const rows of ALL_ROWS) {
    rows.count = 0;
    if (rows.places.length < count) rows.places = new Int32Array(2 * count);
  }
  for (let at = 0; at < count; at++) {
    const feature = features[at]!;
    const rows = feature < LETTERS ? wordRows : feature < ALONE ? letterRows : conceptRows;
    rows.places[rows.count++] = feature * CATEGORY_COUNT;
  }
  sums.wordCount = wordRows.count;
  sums.letterCount = letterRows.count;
  sums.conceptCount = conceptRows.count;
  sumUp(table, wordRows, sums.words);
  sumUp(table, letterRows, sums.letters);
  sumUp(table, conceptRows, sums.concepts);
}

/** The sums of rows; four categories at a time, whose sums stay in registers. */
function sumUp(table: SafetyModel["table"], rows: Rows, sums: Float32Array): void {
  const { places, count } = rows;
  for (let category = 0; category < CATEGORY_COUNT; category += 4) {
    let first = 0;
    let second = 0;
    let third = 0;
    let fourth = 0;
    for (let at = 0; at < count; at++) {
      const place = places[at]! + category;
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

/** The evidence for each category in the last so many sentences, into `out`. */
export function windowEvidence(
  model: SafetyModel,
  latest: readonly SentenceSums[],
  { sentences, out }: { readonly sentences: number; readonly out: Float32Array },
): void {
  const first = latest.length - sentences;
  let words = 0;
  let letters = 0;
  let concepts = 0;
  for (let at = first; at < latest.length; at++) {
    const sums = latest[at]!;
    words += sums.wordCount;
    letters += sums.letterCount;
    concepts += sums.conceptCount;
  }
  const perWord = model.wordScale / Math.sqrt(words + FLOORS.words);
  const perLetter = model.wordScale / Math.sqrt(letters + FLOORS.letters);
  const perConcept = model.conceptScale / Math.sqrt(concepts + FLOORS.concepts);
  for (let category = 0; category < CATEGORY_COUNT; category++) {
    let evidence = model.bias[category]!;
    for (let at = first; at < latest.length; at++) {
      const sums = latest[at]!;
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
