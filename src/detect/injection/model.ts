import { COUNTS, ROW } from "./counting.ts";
import { BUCKETS, FEATURES, type FeatureReader } from "./features.ts";

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
/** Of texts longer than so many characters that somebody says each sentence is looked at, too. */
export const LONG_SAID = 400;
/** Where the best close window comes to less, no sentence in it comes to enough. */
export const WORTH_A_LOOK = 0;
/** How much more the model for people must show in what a tool returned: it has not learnt what pages and mails are like. */
export const RETURNED_DOUBT = 0.8;
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

/** What the features of the blocks of a text come to in a model: windows share blocks, so each block is added up once. */
export interface Summed {
  readonly model: Model;
  readonly reader: FeatureReader;
  /** Running totals before each block and behind the last: as many numbers as {@link TOTAL} has. */
  readonly totals: Float64Array;
}

/** Behind these come the counts of {@link COUNTS}. */
const TOTAL = { buckets: 0, bucketCount: 1, intents: 2, letters: 3 } as const;
const COUNTED = 4;
const TOTALS = COUNTED + ROW;
let room = new Float64Array(64 * TOTALS);

/** Adds up the blocks of the text that was read; valid until the next call. */
export function summed(model: Model, reader: FeatureReader): Summed {
  const { table } = model;
  const { blocks, words, letters, wordEnds, letterEnds, counts } = reader;
  if (room.length < (blocks + 1) * TOTALS) room = new Float64Array(2 * (blocks + 1) * TOTALS);
  let [buckets, bucketCount, intents, letterSum] = [0, 0, 0, 0];
  let word = 0;
  let letter = 0;
  room.fill(0, 0, TOTALS);
  for (let block = 0; block < blocks; block++) {
    for (const end = wordEnds[block]!; word < end; word++) {
      const index = words[word]!;
      if (index < BUCKETS) {
        buckets += table[index]!;
        bucketCount++;
      } else intents += table[index]!;
    }
    for (const end = letterEnds[block]!; letter < end; letter++) letterSum += table[letters[letter]!]!;
    const row = (block + 1) * TOTALS;
    room[row + TOTAL.buckets] = buckets;
    room[row + TOTAL.bucketCount] = bucketCount;
    room[row + TOTAL.intents] = intents;
    room[row + TOTAL.letters] = letterSum;
    const before = row - TOTALS;
    for (let at = 0; at < ROW; at++) {
      room[row + COUNTED + at] = room[before + COUNTED + at]! + counts[block * ROW + at]!;
    }
  }
  return { model, reader, totals: room };
}

/** The evidence of the window of blocks `first` to `last`, both included: the higher, the more an attack. */
export function windowEvidence({ model, reader, totals }: Summed, [first, last]: readonly [number, number]): number {
  const from = first * TOTALS;
  const to = (last + 1) * TOTALS;
  const bucketCount = totals[to + TOTAL.bucketCount]! - totals[from + TOTAL.bucketCount]!;
  const buckets = totals[to + TOTAL.buckets]! - totals[from + TOTAL.buckets]!;
  const intents = totals[to + TOTAL.intents]! - totals[from + TOTAL.intents]!;
  const letters = totals[to + TOTAL.letters]! - totals[from + TOTAL.letters]!;
  const wordCount = reader.wordEnds[last]! - (first === 0 ? 0 : reader.wordEnds[first - 1]!);
  const letterCount = reader.letterEnds[last]! - (first === 0 ? 0 : reader.letterEnds[first - 1]!);
  const normed = buckets / Math.sqrt(bucketCount + WORD_FLOOR) + letters / Math.sqrt(letterCount + LETTER_FLOOR);
  return (
    model.bias +
    normed * model.bucketScale +
    intents * model.intentScale * intentNorm(wordCount - bucketCount) +
    ratesEvidence(model, totals, [from, to])
  );
}

/** Counts at which buckets of words and of letters begin to say less each. */
export const norms = { WORD_FLOOR, LETTER_FLOOR };

function ratesEvidence(model: Model, totals: Float64Array, [from, to]: readonly [number, number]): number {
  for (let at = 0; at < ROW; at++) inWindow[at] = totals[to + COUNTED + at]! - totals[from + COUNTED + at]!;
  stepsOf(inWindow, steps);
  let sum = 0;
  for (let at = 0; at < ROW; at++) sum += model.rates[steps[at]!]!;
  return sum;
}

const inWindow = new Float64Array(ROW);
const steps = new Int32Array(ROW);
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
  known: SHARES,
  capitals: CAPITAL_EDGES,
};

const EDGES = COUNTS.map((name) => OWN_EDGES[name] ?? RATE_EDGES);
const PER_WORD = COUNTS.map((name) => BY_WORDS.has(name));

/** The step of each rate of a window, as an index of {@link Model.rates}, into `out`. */
export function rateSteps(reader: FeatureReader, [first, last]: readonly [number, number], out: Int32Array): void {
  inWindow.fill(0);
  for (let block = first; block <= last; block++) {
    for (let at = 0; at < ROW; at++) inWindow[at]! += reader.counts[block * ROW + at]!;
  }
  stepsOf(inWindow, out);
}

/** The steps of what was counted in a window. */
function stepsOf(counted: Float64Array, out: Int32Array): void {
  const characters = counted[0]! + 1;
  const words = counted[1]! + 1;
  // how long a text is says where it was collected, not what it wants
  out[0] = 0;
  out[1] = 0;
  for (let at = 2; at < ROW; at++) {
    const count = counted[at]!;
    let step = 0;
    if (count > 0) {
      const value = count / (PER_WORD[at] ? words : characters);
      const edges = EDGES[at]!;
      while (step < edges.length && value >= edges[step]!) step++;
    }
    out[at] = at * STEPS + step;
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
