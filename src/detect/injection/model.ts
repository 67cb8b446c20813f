import { BUCKETS, COUNTS, FEATURES, type FeatureReader, ROW } from "./features.ts";

/** Steps into which a rate is sorted. */
const STEPS = 6;
/** Number of weights for rates. */
export const RATES = ROW * STEPS;

/** Windows over a text: how many blocks wide, and how many blocks from one to the next. */
export interface Windows {
  readonly width: number;
  readonly stride: number;
}

/** For what people say: 300 characters, of which an attack fills a good part. */
export const WIDE: Windows = { width: 6, stride: 3 };
/** For a sentence within much else that people say, which a wide window would drown. */
export const CLOSE: Windows = { width: 2, stride: 1 };
/** How much more the model for people must show in what a tool returned: it has not learnt what pages and mails are like. */
export const RETURNED_DOUBT = 2;
/** For what tools return: each sentence alone, as the order is one sentence in a page of something else, … */
export const ONE: Windows = { width: 1, stride: 1 };
/** … and with the next. */
export const TWO: Windows = { width: 2, stride: 1 };

/** A trained model. Weights are whole numbers times a scale, so that the file is one byte per weight. */
export interface Model {
  /** One weight per feature: buckets of words and characters, then intents and their pairs. */
  readonly table: Int8Array | Float32Array;
  /** What a unit of `table` is worth below and from {@link BUCKETS} on. */
  readonly bucketScale: number;
  readonly intentScale: number;
  /** One weight per rate and step. */
  readonly rates: Float32Array;
  readonly bias: number;
  /** Evidence of the best window at the scores 0.5 (`strict`) and 0.8 (`balanced`). */
  readonly strictAt: number;
  readonly balancedAt: number;
}

/** What multiplies the sum of intents: many of them say less each. */
export const intentNorm = (count: number): number => 1 / Math.sqrt(count + INTENT_FLOOR);

const INTENT_FLOOR = 10;
const WORD_FLOOR = 12;
const LETTER_FLOOR = 24;

/** The evidence of the window of blocks `first` to `last`, both included: the higher, the more an attack. */
export function windowEvidence(model: Model, reader: FeatureReader, [first, last]: readonly [number, number]): number {
  const { table } = model;
  let buckets = 0;
  let intents = 0;
  const wordStart = first === 0 ? 0 : reader.wordEnds[first - 1]!;
  const wordEnd = reader.wordEnds[last]!;
  let bucketCount = 0;
  for (let at = wordStart; at < wordEnd; at++) {
    const index = reader.words[at]!;
    const weight = table[index]!;
    if (index < BUCKETS) {
      buckets += weight;
      bucketCount++;
    } else intents += weight;
  }
  let letters = 0;
  const letterStart = first === 0 ? 0 : reader.letterEnds[first - 1]!;
  const letterEnd = reader.letterEnds[last]!;
  for (let at = letterStart; at < letterEnd; at++) letters += table[reader.letters[at]!]!;
  const normed =
    buckets / Math.sqrt(bucketCount + WORD_FLOOR) + letters / Math.sqrt(letterEnd - letterStart + LETTER_FLOOR);
  return (
    model.bias +
    normed * model.bucketScale +
    intents * model.intentScale * intentNorm(wordEnd - wordStart - bucketCount) +
    ratesEvidence(model, reader, [first, last])
  );
}

/** Counts at which buckets of words and of letters begin to say less each. */
export const norms = { WORD_FLOOR, LETTER_FLOOR };

function ratesEvidence(model: Model, reader: FeatureReader, span: readonly [number, number]): number {
  let sum = 0;
  rateSteps(reader, span, steps);
  for (let at = 0; at < ROW; at++) sum += model.rates[steps[at]!]!;
  return sum;
}

const steps = new Int32Array(ROW);
const LENGTHS = [40, 80, 150, 250, 390];
const WORD_COUNTS = [6, 12, 25, 40, 70];
const SHARES = [0.2, 0.4, 0.5, 0.6, 0.7];
const RATE_EDGES = [0.0001, 0.01, 0.03, 0.08, 0.2];
const BY_WORDS: ReadonlySet<string> = new Set([
  "known",
  "sentences",
  "questions",
  "oddCase",
  "glued",
  "hardWords",
  "longWords",
  "repeats",
]);

/** One capital in a sentence is how people write: only shouting begins a step. */
const CAPITAL_EDGES = [0.04, 0.08, 0.2, 0.4, 0.6];
const OWN_EDGES: Readonly<Record<string, readonly number[]>> = {
  characters: LENGTHS,
  words: WORD_COUNTS,
  known: SHARES,
  capitals: CAPITAL_EDGES,
};

const EDGES = COUNTS.map((name) => OWN_EDGES[name] ?? RATE_EDGES);
const PER_WORD = COUNTS.map((name) => BY_WORDS.has(name));

/** The step of each rate of a window, as an index of {@link Model.rates}, into `out`. */
export function rateSteps(reader: FeatureReader, [first, last]: readonly [number, number], out: Int32Array): void {
  const { counts } = reader;
  let characters = 0;
  let words = 0;
  for (let block = first; block <= last; block++) {
    characters += counts[block * ROW]!;
    words += counts[block * ROW + 1]!;
  }
  for (let at = 0; at < ROW; at++) {
    let value = 0;
    for (let block = first; block <= last; block++) value += counts[block * ROW + at]!;
    if (at > 1) value /= PER_WORD[at] ? words + 1 : characters + 1;
    const edges = EDGES[at]!;
    let step = 0;
    while (step < edges.length && value >= edges[step]!) step++;
    // how long a text is says where it was collected, not what it wants
    out[at] = at < 2 ? 0 : at * STEPS + step;
  }
}

/** Number of features in {@link Model.table}. */
export const TABLE = FEATURES;

/** Number of windows over a text that was read. */
export function windowCount({ blocks }: FeatureReader, { width, stride }: Windows): number {
  return blocks <= width ? Math.min(blocks, 1) : Math.ceil((blocks - width) / stride) + 1;
}

/** The blocks of a window, first and last. */
export function windowSpan(
  { blocks }: FeatureReader,
  { width, stride }: Windows,
  window: number,
): readonly [number, number] {
  const first = window * stride;
  return [first, Math.min(first + width, blocks) - 1];
}
