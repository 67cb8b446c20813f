import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ROW } from "../../../src/detect/injection/counting.ts";
import { BUCKETS, FeatureReader } from "../../../src/detect/injection/features.ts";
import { shippedModels } from "../../../src/detect/injection/load.ts";
import {
  CLOSE,
  intentNorm,
  norms,
  rateSteps,
  summed,
  WIDE,
  windowCount,
  windowEvidence,
  windowSpan,
} from "../../../src/detect/injection/model.ts";

const { people } = shippedModels();
const reader = new FeatureReader();

/** The same, feature by feature. */
function slowly(first: number, last: number): number {
  const words = [...reader.words.slice(first === 0 ? 0 : reader.wordEnds[first - 1], reader.wordEnds[last])];
  const letters = [...reader.letters.slice(first === 0 ? 0 : reader.letterEnds[first - 1], reader.letterEnds[last])];
  const buckets = words.filter((index) => index < BUCKETS);
  const intents = words.filter((index) => index >= BUCKETS);
  const sum = (indices: readonly number[]): number => indices.reduce((total, index) => total + people.table[index]!, 0);
  const steps = new Int32Array(ROW);
  rateSteps(reader, [first, last], steps);
  const rates = steps.reduce((total, step) => total + people.rates[step]!, 0);
  return (
    people.bias +
    (sum(buckets) / Math.sqrt(buckets.length + norms.WORD_FLOOR) +
      sum(letters) / Math.sqrt(letters.length + norms.LETTER_FLOOR)) *
      people.bucketScale +
    sum(intents) * people.intentScale * intentNorm(intents.length) +
    rates
  );
}

describe("windowEvidence", () => {
  test("is what the features of the window's blocks come to, whatever was read before", () => {
    const word = fc.constantFrom("ignore", "alle", "instructions", "vorherigen", "cake", "DAN", "42", "—", "?", "mot");
    fc.assert(
      fc.property(fc.array(word, { maxLength: 300, size: "max" }), (words) => {
        reader.read(words.join(" "));
        const blocks = summed(people, reader);
        for (const over of [WIDE, CLOSE]) {
          for (let window = 0; window < windowCount(reader, over); window++) {
            const [first, last] = windowSpan(reader, over, window);
            expect(windowEvidence(blocks, [first, last])).toBeCloseTo(slowly(first, last), 9);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
