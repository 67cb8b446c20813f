/** Learns the weights of {@link Model}: logistic regression over the best window of a text, by seeded AdaGrad. */
import { ROW } from "../../src/detect/injection/counting.ts";
import { BUCKETS, FeatureReader } from "../../src/detect/injection/features.ts";
import {
  intentNorm,
  type Model,
  norms,
  ONE,
  RATES,
  rateSteps,
  TABLE,
  TWO,
  WIDE,
  type Windows,
  windowCount,
  windowSpan,
} from "../../src/detect/injection/model.ts";
import {
  newTally,
  returnedEvidence,
  saidEvidence,
  sentenceEvidence,
  type Tally,
  tallyUp,
} from "../../src/detect/injection/tally.ts";

/** One text, read: its windows as lists of features. */
export interface Sample {
  readonly attack: boolean;
  readonly weight: number;
  readonly windows: readonly Window[];
  /** How many of the windows are sentences alone; 0: the text was not read by sentence. */
  readonly alone: number;
}
interface Window {
  /** Buckets of words, buckets of letters, intents. */
  readonly words: Int32Array;
  readonly letters: Int32Array;
  readonly intents: Int32Array;
  readonly rates: Int32Array;
}

/** How much of a text is read: the rest of a long one is more of the same. */
const LONGEST = 8_200;

const reader = new FeatureReader();

/** How much a sample weighs, and over which windows it is read. */
interface Reading {
  readonly weight?: number;
  readonly over?: Windows;
  /** Sentence by sentence, and by two: what tools return. */
  readonly bySentence?: boolean;
}

/** Reads a plain text into windows. */
export function sample(
  text: string,
  attack: boolean,
  { weight = 1, over = WIDE, bySentence = false }: Reading = {},
): Sample {
  reader.read(text.slice(0, LONGEST), bySentence);
  if (!bySentence) return { attack, weight, windows: windowsOver(over), alone: 0 };
  const alone = windowsOver(ONE);
  return { attack, weight, windows: [...alone, ...windowsOver(TWO)], alone: alone.length };
}

function windowsOver(over: Windows): readonly Window[] {
  return Array.from({ length: windowCount(reader, over) }, (_, at) => {
    const span = windowSpan(reader, over, at);
    const [first, last] = span;
    const all = reader.words.slice(first === 0 ? 0 : reader.wordEnds[first - 1], reader.wordEnds[last]);
    const rates = new Int32Array(ROW);
    rateSteps(reader, span, rates);
    return {
      words: all.filter((index) => index < BUCKETS),
      intents: all.filter((index) => index >= BUCKETS),
      letters: reader.letters.slice(first === 0 ? 0 : reader.letterEnds[first - 1], reader.letterEnds[last]),
      rates,
    };
  });
}

/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Recipe {
  readonly seed: number;
  readonly epochs: number;
  readonly rate: number;
  readonly bucketDecay: number;
  readonly intentDecay: number;
  /** Share of updates made without the buckets, so that intents must do alone. */
  readonly blind: number;
  /** Epochs in which only short attacks are learnt: in a long one nobody knows yet where the attack stands. */
  readonly shortFirst: number;
  /** Models that are averaged. */
  readonly runs: number;
  /** How much more an attack weighs than its opposite. */
  readonly attackWeight: number;
}
export const RECIPE: Recipe = {
  seed: 7,
  epochs: 16,
  rate: 0.1,
  bucketDecay: 1e-3,
  intentDecay: 1e-4,
  blind: 0.1,
  shortFirst: 2,
  runs: 2,
  attackWeight: 1,
};

class Learner {
  readonly table = new Float32Array(TABLE);
  readonly rates = new Float32Array(RATES);
  bias = -1;
  readonly #tableSquares = new Float32Array(TABLE).fill(0.1);
  readonly #rateSquares = new Float32Array(RATES).fill(0.1);
  #biasSquares = 1;
  readonly recipe: Recipe;

  constructor(recipe: Recipe) {
    this.recipe = recipe;
  }

  evidence(window: Window, blind: boolean): number {
    const { table } = this;
    let z = this.bias;
    let intents = 0;
    for (const index of window.intents) intents += table[index]!;
    z += intents * intentNorm(window.intents.length);
    for (const index of window.rates) z += this.rates[index]!;
    if (blind) return z;
    let words = 0;
    let letters = 0;
    for (const index of window.words) words += table[index]!;
    for (const index of window.letters) letters += table[index]!;
    return (
      z +
      words / Math.sqrt(window.words.length + norms.WORD_FLOOR) +
      letters / Math.sqrt(window.letters.length + norms.LETTER_FLOOR)
    );
  }

  update(window: Window, gradient: number, blind: boolean): void {
    const { recipe } = this;
    const step = (index: number, value: number, decay: number): void => {
      const slope = gradient * value + decay * this.table[index]!;
      this.#tableSquares[index]! += slope * slope;
      this.table[index]! -= (recipe.rate * slope) / Math.sqrt(this.#tableSquares[index]!);
    };
    const intent = intentNorm(window.intents.length);
    for (const index of window.intents) step(index, intent, recipe.intentDecay);
    for (const index of window.rates) {
      const slope = gradient * 0.3 + 1e-4 * this.rates[index]!;
      this.#rateSquares[index]! += slope * slope;
      this.rates[index]! -= (recipe.rate * slope) / Math.sqrt(this.#rateSquares[index]!);
    }
    this.#biasSquares += gradient * gradient;
    this.bias -= (recipe.rate * gradient) / Math.sqrt(this.#biasSquares);
    if (blind) return;
    const word = 1 / Math.sqrt(window.words.length + norms.WORD_FLOOR);
    const letter = 1 / Math.sqrt(window.letters.length + norms.LETTER_FLOOR);
    for (const index of window.words) step(index, word, recipe.bucketDecay);
    for (const index of window.letters) step(index, letter, recipe.bucketDecay);
  }
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Trains on samples, once per seed, and averages: the same samples and recipe give the same weights. */
export function learn(samples: readonly Sample[], recipe: Recipe = RECIPE): Model {
  const models = Array.from({ length: recipe.runs }, (_, at) =>
    learnOnce(samples, { ...recipe, seed: recipe.seed + at }),
  );
  const mean = (of: (model: Model) => Float32Array): Float32Array =>
    of(models[0]!).map((_, at) => models.reduce((sum, model) => sum + of(model)[at]!, 0) / models.length);
  return {
    ...models[0]!,
    table: mean(({ table }) => table as Float32Array),
    rates: mean(({ rates }) => rates),
    bias: models.reduce((sum, { bias }) => sum + bias, 0) / models.length,
  };
}

function learnOnce(samples: readonly Sample[], recipe: Recipe): Model {
  const random = seeded(recipe.seed);
  const learner = new Learner(recipe);
  const sums = { table: new Float64Array(TABLE), rates: new Float64Array(RATES), bias: 0, count: 0 };
  const order = samples.map((_, at) => at);
  for (let epoch = 0; epoch < recipe.epochs; epoch++) {
    for (let at = order.length - 1; at > 0; at--) {
      const other = Math.floor(random() * (at + 1));
      [order[at], order[other]] = [order[other]!, order[at]!];
    }
    for (const at of order) {
      const { windows, attack, weight } = samples[at]!;
      if (windows.length === 0) continue;
      const blind = random() < recipe.blind;
      const scores = windows.map((window) => learner.evidence(window, blind));
      let best = 0;
      scores.forEach((z, index) => {
        if (z > scores[best]!) best = index;
      });
      // at first nobody knows where in a long attack the attack stands
      if (attack && epoch < recipe.shortFirst && windows.length > 3) continue;
      const target = attack ? 1 : 0;
      learner.update(
        windows[best]!,
        weight * (attack ? recipe.attackWeight : 1) * (sigmoid(scores[best]!) - target),
        blind,
      );
      if (!attack && windows.length > 1) {
        const other = Math.floor(random() * windows.length);
        if (other !== best) learner.update(windows[other]!, weight * 0.5 * sigmoid(scores[other]!), blind);
      }
    }
    // late weights still sway with the last rows: their mean does not
    if (epoch >= recipe.epochs / 2) {
      learner.table.forEach((weight, at) => {
        sums.table[at]! += weight;
      });
      learner.rates.forEach((weight, at) => {
        sums.rates[at]! += weight;
      });
      sums.bias += learner.bias;
      sums.count++;
    }
  }
  return {
    table: Float32Array.from(sums.table, (sum) => sum / sums.count),
    bucketScale: 1,
    intentScale: 1,
    rates: Float32Array.from(sums.rates, (sum) => sum / sums.count),
    bias: sums.bias / sums.count,
    strictAt: 0,
    balancedAt: 1,
  };
}

/** Evidence of an empty text. */
export const NOTHING = -20;

/** The evidence of a sample, from that of its windows: sentences, or what `of` makes of windows. */
export function evidenceOf(model: Model, sample: Sample, of = saidEvidence): number {
  if (sample.windows.length === 0) return NOTHING;
  const [first, second] = tallies(model, sample);
  return sample.alone > 0 ? returnedEvidence(first, second) : of(first);
}

/** The evidence that the model for people finds in the sentences of a long text; the sample was read by sentence. */
export const sentenceEvidenceOf = (model: Model, sample: Sample): number => sentenceEvidence(...tallies(model, sample));

function tallies(model: Model, { windows, alone }: Sample): [first: Tally, second: Tally] {
  const first = newTally();
  const second = newTally();
  windows.forEach((window, at) => {
    tallyUp(alone > 0 && at >= alone ? second : first, evidenceIn(model, window));
  });
  return [first, second];
}

function evidenceIn(model: Model, window: Window): number {
  let z = model.bias;
  let intents = 0;
  for (const index of window.intents) intents += model.table[index]!;
  for (const index of window.rates) z += model.rates[index]!;
  let words = 0;
  let letters = 0;
  for (const index of window.words) words += model.table[index]!;
  for (const index of window.letters) letters += model.table[index]!;
  const buckets =
    words / Math.sqrt(window.words.length + norms.WORD_FLOOR) +
    letters / Math.sqrt(window.letters.length + norms.LETTER_FLOOR);
  return z + intents * model.intentScale * intentNorm(window.intents.length) + buckets * model.bucketScale;
}
