/** Learns the weights of {@link SafetyModel}: one logistic regression per category over the best window of a text. */
import { CATEGORY_COUNT } from "../../src/detect/safety/categories.ts";
import { ALONE, FORM, LETTERS, SentenceReader } from "../../src/detect/safety/features.ts";
import { doubtOf, FLOORS, type SafetyModel, TABLE, windowLength } from "../../src/detect/safety/model.ts";
import { SentenceCutter } from "../../src/detect/safety/sentences.ts";
import { plainSentence } from "../../src/detect/safety/spelling.ts";
import { seeded } from "./learn.ts";
import { safetyPrior } from "./safety-prior.ts";
import type { SafetyRow } from "./safety-rows.ts";
import { type Thinned, thinnedWindows, type Window } from "./safety-thinned.ts";

/** One text, read. */
export interface SafetySample {
  readonly row: SafetyRow;
  readonly windows: readonly Window[];
}

const reader = new SentenceReader();
/** How much of a text is read: the rest of a long one is more of the same. */
const LONGEST = 2_000;

/** Reads a row into windows. */
export function safetySample(row: SafetyRow): SafetySample {
  const cutter = new SentenceCutter();
  const text = row.text.slice(0, LONGEST);
  const rest = [...cutter.push(text)];
  const last = cutter.end();
  if (last !== null) rest.push(last);
  const read: Int32Array[] = [];
  const lengths: number[] = [];
  const windows: Window[] = [];
  let about: number | undefined;
  for (const sentence of rest) {
    about = reader.read(plainSentence(sentence), about, row.isAnswer === true);
    if (reader.count === 0) continue;
    read.push(reader.features.slice(0, reader.count));
    lengths.push(sentence.length);
    const length = windowLength(lengths);
    windows.push(windowOf(read.slice(-length)));
    if (length > 1) windows.push(windowOf(read.slice(-1)));
  }
  return { row, windows };
}

function windowOf(sentences: readonly Int32Array[]): Window {
  const features = Int32Array.from(sentences.flatMap((list) => [...list]));
  const counts = [0, 0, 0];
  const kindOf = (feature: number): number => (feature < LETTERS ? 0 : feature < ALONE ? 1 : 2);
  for (const feature of features) counts[kindOf(feature)]!++;
  const floors = [FLOORS.words, FLOORS.letters, FLOORS.concepts];
  const norms = counts.map((count, kind) => 1 / Math.sqrt(count + floors[kind]!));
  return {
    features,
    values: Float32Array.from(features, (feature) => norms[kindOf(feature)]!),
  };
}

/** How weights are learnt. */
export const SAFETY_RECIPE = {
  seed: 11,
  epochs: 10,
  rate: 0.2,
  wordDecay: 2e-3,
  conceptDecay: 3e-3,
  /** Share of updates made without words and letters, so that concepts must do alone. */
  blind: 0.28,
  /** What a category not named by an unsafe row is told that it is not there. */
  otherWeight: 0,
  /** How fast what all categories share is learnt, as a share of `rate`. */
  sharedRate: 0.35,
  /** Share of a window's features that an update does without, so that none is relied on. */
  drop: 0.4,
};
type Recipe = typeof SAFETY_RECIPE;

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

class Learner {
  readonly table = safetyPrior();
  readonly #prior = safetyPrior();
  /** What speaks for any category: it is part of the weight of each. */
  readonly shared = new Float32Array(TABLE / CATEGORY_COUNT);
  readonly #sharedSquares = new Float32Array(TABLE / CATEGORY_COUNT).fill(0.005);
  readonly bias = new Float32Array(CATEGORY_COUNT).fill(-2);
  readonly #squares = new Float32Array(TABLE).fill(0.005);
  readonly #biasSquares = new Float32Array(CATEGORY_COUNT).fill(1);
  readonly #recipe: Recipe;

  constructor(recipe: Recipe) {
    this.#recipe = recipe;
  }

  evidence({ features, values, count }: Thinned, blind: boolean, out: Float32Array): void {
    const { table, shared } = this;
    out.set(this.bias);
    // four at a time: their sums stay in registers
    for (let category = 0; category < CATEGORY_COUNT; category += 4) {
      let first = 0;
      let second = 0;
      let third = 0;
      let fourth = 0;
      for (let at = 0; at < count; at++) {
        const feature = features[at]!;
        if (blind && feature < ALONE) continue;
        const value = values[at]!;
        const place = feature * CATEGORY_COUNT + category;
        const any = shared[feature]!;
        first += (table[place]! + any) * value;
        second += (table[place + 1]! + any) * value;
        third += (table[place + 2]! + any) * value;
        fourth += (table[place + 3]! + any) * value;
      }
      out[category]! += first;
      out[category + 1]! += second;
      out[category + 2]! += third;
      out[category + 3]! += fourth;
    }
  }

  /** Teaches what all categories share; `gradient` is of the one that is likest. */
  updateShared({ features, values, count }: Thinned, from: number, gradient: number): void {
    const { rate, wordDecay, conceptDecay, sharedRate } = this.#recipe;
    const { shared } = this;
    const squares = this.#sharedSquares;
    for (let at = 0; at < count; at++) {
      const feature = features[at]!;
      if (feature < from) continue;
      const slope = gradient * values[at]! + (feature < ALONE ? wordDecay : conceptDecay) * shared[feature]!;
      squares[feature]! += slope * slope;
      shared[feature]! -= (sharedRate * rate * slope) / Math.sqrt(squares[feature]!);
    }
  }

  update({ features, values, count }: Thinned, from: number, gradients: Float32Array): void {
    const { rate, wordDecay, conceptDecay } = this.#recipe;
    const { table } = this;
    const prior = this.#prior;
    const squares = this.#squares;
    for (let category = 0; category < CATEGORY_COUNT; category++) {
      const gradient = gradients[category]!;
      if (gradient === 0) continue;
      for (let at = 0; at < count; at++) {
        const feature = features[at]!;
        if (feature < from) continue;
        const index = feature * CATEGORY_COUNT + category;
        const slope =
          gradient * values[at]! + (feature < ALONE ? wordDecay : conceptDecay) * (table[index]! - prior[index]!);
        squares[index]! += slope * slope;
        table[index]! -= (rate * slope) / Math.sqrt(squares[index]!);
      }
      if (from === FORM) continue;
      this.#biasSquares[category]! += gradient * gradient;
      this.bias[category]! -= (rate * gradient) / Math.sqrt(this.#biasSquares[category]!);
    }
  }
}

/** What a row weighs in training. */
export type Weigh = (row: SafetyRow) => number;

/** Trains on samples: the same ones and the same recipe give the same weights. */
export function learnSafety(
  samples: readonly SafetySample[],
  weigh: Weigh,
  recipe: Recipe = SAFETY_RECIPE,
): SafetyModel {
  const random = seeded(recipe.seed);
  const learner = new Learner(recipe);
  const sums = {
    table: new Float64Array(TABLE),
    bias: new Float64Array(CATEGORY_COUNT),
    count: 0,
  };
  const order = samples.map((_, at) => at);
  for (let epoch = 0; epoch < recipe.epochs; epoch++) {
    for (let at = order.length - 1; at > 0; at--) {
      const other = Math.floor(random() * (at + 1));
      [order[at], order[other]] = [order[other]!, order[at]!];
    }
    for (const at of order)
      learnRow(learner, samples[at]!, {
        recipe,
        weight: weigh(samples[at]!.row),
        random,
      });
    if (epoch < recipe.epochs / 2) continue;
    // late weights still sway with the last rows: their mean does not
    for (let at = 0; at < TABLE; at++)
      sums.table[at]! += learner.table[at]! + learner.shared[Math.floor(at / CATEGORY_COUNT)]!;
    learner.bias.forEach((value, at) => {
      sums.bias[at]! += value;
    });
    sums.count++;
  }
  return {
    table: Float32Array.from(sums.table, (sum) => sum / sums.count),
    wordScale: 1,
    conceptScale: 1,
    bias: Float32Array.from(sums.bias, (sum) => sum / sums.count),
    strictAt: 0,
    defaultAt: 1,
  };
}

interface Turn {
  readonly recipe: Recipe;
  readonly weight: number;
  readonly random: () => number;
}

const found = new Float32Array(CATEGORY_COUNT);
const gradients = new Float32Array(CATEGORY_COUNT);

const best = new Float32Array(CATEGORY_COUNT);
const where = new Int32Array(CATEGORY_COUNT);
/** A smaller gradient is of what is certain already, and teaches nothing. */
const CERTAIN = 2e-3;

function learnRow(learner: Learner, { row, windows }: SafetySample, { recipe, weight, random }: Turn): void {
  if (windows.length === 0 || weight === 0) return;
  const room = thinnedWindows(windows, recipe.drop, random);
  const blind = random() < recipe.blind;
  // what models say, and operators forbid, teaches nothing about what people ask
  const from = row.isAnswer === true || row.isRule === true ? FORM : blind ? ALONE : 0;
  best.fill(-Infinity);
  for (let at = 0; at < windows.length; at++) {
    learner.evidence(room[at]!, blind, found);
    for (let category = 0; category < CATEGORY_COUNT; category++) {
      if (found[category]! > best[category]!) {
        best[category] = found[category]!;
        where[category] = at;
      }
    }
  }
  const meant = row.categories.reduce(
    (one, other) => (best[other]! > best[one]! ? other : one),
    row.categories[0] ?? 0,
  );
  for (let at = 0; at < windows.length; at++) {
    let worst = 0;
    gradients.fill(0);
    for (let category = 0; category < CATEGORY_COUNT; category++) {
      if (where[category] !== at) continue;
      const right = row.unsafe && category === meant;
      const share = right || !row.unsafe ? 1 : row.categories.includes(category) ? 0 : recipe.otherWeight;
      const gradient = Math.fround(weight * share * (sigmoid(best[category]!) - (right ? 1 : 0)));
      if (Math.abs(gradient) < CERTAIN) continue;
      gradients[category] = gradient;
      if (Math.abs(gradient) > Math.abs(worst)) worst = gradient;
    }
    if (worst === 0) continue;
    learner.update(room[at]!, from, gradients);
    // where several are wrong the worst one tells what they share
    learner.updateShared(room[at]!, from, worst);
  }
}

/** The highest evidence of each category in a sample. */
export function evidencesOf(model: SafetyModel, { windows }: SafetySample): Float32Array {
  const best = new Float32Array(CATEGORY_COUNT).fill(-20);
  const now = new Float32Array(CATEGORY_COUNT);
  for (const [before, { features, values }] of windows.entries()) {
    now.set(model.bias);
    for (let at = 0; at < features.length; at++) {
      const value = values[at]! * (features[at]! < ALONE ? model.wordScale : model.conceptScale);
      const row = features[at]! * CATEGORY_COUNT;
      for (let category = 0; category < CATEGORY_COUNT; category++)
        now[category]! += model.table[row + category]! * value;
    }
    for (let category = 0; category < CATEGORY_COUNT; category++)
      best[category] = Math.max(best[category]!, now[category]! - doubtOf(before));
  }
  return best;
}
