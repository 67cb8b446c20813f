/** How far each category's evidence is moved, so that one threshold for all finds most and is wrong least. */
import { CATEGORY_COUNT } from "../../src/detect/safety/categories.ts";

/** Rows of one kind, each with its evidence by category, and what a share of them above the threshold is worth. */
export interface Valued {
  readonly evidence: readonly Float32Array[];
  readonly worth: number;
}

/** Where the threshold is taken to be, and how sharp it is while one looks for the best place. */
const AT = -0.2;
const SHARPNESS = 4;
/** Evidence further below it than this counts for nothing, wherever the categories are moved. */
const FAR = 5;
const STEPS = [0.8, 0.4, 0.2];
const ROUNDS = 3;

/** What to add to the evidence of each category. The same rows give the same. */
export function categoryOffsets(kinds: readonly Valued[]): Float32Array {
  const near = kinds.map(({ evidence, worth }) => ({
    near: evidence.filter((row) => Math.max(...row) > AT - FAR),
    each: worth / Math.max(1, evidence.length),
  }));
  const offsets = new Float32Array(CATEGORY_COUNT);
  const gain = (): number => {
    let sum = 0;
    for (const { near: rows, each } of near) {
      let found = 0;
      for (const row of rows) found += 1 / (1 + Math.exp(SHARPNESS * (AT - moved(row, offsets))));
      sum += each * found;
    }
    return sum;
  };
  let best = gain();
  for (const step of STEPS.flatMap((size) => Array.from({ length: ROUNDS }, () => size))) {
    for (let category = 0; category < CATEGORY_COUNT; category++) {
      for (const change of [step, -step]) {
        const before = offsets[category]!;
        offsets[category] = before + change;
        const now = gain();
        if (now > best + 1e-6) best = now;
        else offsets[category] = before;
      }
    }
  }
  return offsets;
}

/** The highest evidence once each category is moved. */
function moved(evidence: Float32Array, offsets: Float32Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let category = 0; category < CATEGORY_COUNT; category++) {
    most = Math.max(most, evidence[category]! + offsets[category]!);
  }
  return most;
}
