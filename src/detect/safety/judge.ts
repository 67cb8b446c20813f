import { CATEGORY_COUNT } from "./categories.ts";
import { SentenceReader } from "./features.ts";
import {
  doubtOf,
  newSums,
  type SafetyModel,
  type SentenceSums,
  scoreOf,
  sumsOf,
  WINDOW,
  windowEvidence,
  windowLength,
} from "./model.ts";
import { SentenceCutter } from "./sentences.ts";
import { plainSentence } from "./spelling.ts";

let shared: SentenceReader | null = null;
const evidence = new Float32Array(CATEGORY_COUNT);

/** How a text is judged. */
export interface Judging {
  /** May mend the words of a plain sentence. */
  readonly spell?: ((sentence: string) => string) | undefined;
  /** A model says it: what names a deed explains or refuses it more often than it asks for it. */
  readonly isAnswer?: boolean;
}

/**
 * Judges one text as it grows, whenever a sentence is complete and at the end: sentence by sentence, and each with the two
 * before it. The same text comes to the same, whatever pieces it comes in.
 */
export class SafetyJudge {
  /** The highest score of each category so far, 0 to 1: 0.8 is the default operating point, 0.5 the strict one. */
  readonly scores: Float32Array = new Float32Array(CATEGORY_COUNT);
  /** The evidence behind them: the more of it, the higher the score. */
  readonly #most: Float32Array = new Float32Array(CATEGORY_COUNT).fill(Number.NEGATIVE_INFINITY);
  readonly #model: SafetyModel;
  readonly #spell: (sentence: string) => string;
  readonly #isAnswer: boolean;
  readonly #cutter = new SentenceCutter();
  /** The latest sentences, and how many characters each has. */
  readonly #latest: SentenceSums[] = [];
  readonly #lengths: number[] = [];
  #windows = 0;
  /** Whom the sentence before spoke of. */
  #about: number | undefined;

  /** Judges what a person says, or a model in its answer. */
  constructor(model: SafetyModel, { spell = (sentence) => sentence, isAnswer = false }: Judging = {}) {
    this.#model = model;
    this.#spell = spell;
    this.#isAnswer = isAnswer;
  }

  /** Takes more of the text; whether any sentence was judged. */
  push(text: string): boolean {
    const sentences = this.#cutter.push(text);
    for (const sentence of sentences) this.#judge(sentence);
    return sentences.length > 0;
  }

  /** Judges what is left. */
  end(): void {
    const last = this.#cutter.end();
    if (last !== null) this.#judge(last);
  }

  #judge(sentence: string): void {
    const model = this.#model;
    shared ??= new SentenceReader();
    this.#about = shared.read(this.#spell(plainSentence(sentence)), this.#about, this.#isAnswer);
    if (shared.count === 0) return;
    const latest = this.#latest;
    const lengths = this.#lengths;
    const isFull = latest.length === WINDOW.sentences;
    // the same few for all sentences: a text may have one in every second character
    const sums = isFull ? latest.shift()! : newSums();
    if (isFull) lengths.shift();
    sumsOf(model, shared, sums);
    latest.push(sums);
    lengths.push(sentence.length);
    const length = windowLength(lengths);
    this.#note(length);
    if (length > 1) this.#note(1);
  }

  /** Takes what so many of the latest sentences come to. */
  #note(sentences: number): void {
    windowEvidence(this.#model, this.#latest, { sentences, out: evidence });
    const doubt = doubtOf(this.#windows++);
    for (let category = 0; category < CATEGORY_COUNT; category++) {
      const found = evidence[category]! - doubt;
      if (found <= this.#most[category]!) continue;
      this.#most[category] = found;
      this.scores[category] = scoreOf(this.#model, found);
    }
  }
}
