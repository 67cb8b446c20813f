import { SAFETY_CATEGORIES } from "../../detect/safety/categories.ts";
import type { SafetyJudge } from "../../detect/safety/judge.ts";
import { thousandths } from "../../lib/thousandths.ts";
import type { Finding } from "../policy.ts";
import { OWN_RULE } from "./patterns.ts";

/** The highest score of each category in all texts that were judged. */
export class Scores {
  readonly #highest = new Float32Array(SAFETY_CATEGORIES.length);
  /** How often words of one's own were found. */
  own = 0;
  readonly #thresholds: readonly number[];

  /** `thresholds`: from which score on each category counts, in the order of SAFETY_CATEGORIES; above 1: never. */
  constructor(thresholds: readonly number[]) {
    this.#thresholds = thresholds;
  }

  /** Takes in what a text came to. */
  add({ scores }: SafetyJudge): void {
    scores.forEach((score, category) => {
      if (score > this.#highest[category]!) this.#highest[category] = score;
    });
  }

  /** What is to be stopped, strongest first. */
  findings(): readonly Finding[] {
    const found = SAFETY_CATEGORIES.flatMap((kind, at) =>
      this.#highest[at]! >= this.#thresholds[at]! ? [{ kind, score: thousandths(this.#highest[at]!) }] : [],
    ).sort((one, other) => other.score - one.score);
    return this.own > 0 ? [{ kind: OWN_RULE, score: 1 }, ...found] : found;
  }

  /** The highest score of a category that is looked for. */
  highest(): number {
    const looked = this.#highest.filter((_, at) => this.#thresholds[at]! <= 1);
    return this.own > 0 ? 1 : thousandths(Math.max(0, ...looked));
  }
}
