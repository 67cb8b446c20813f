import { BUCKETS, type FeatureReader, intentsOf } from "./features.ts";
import type { Model } from "./model.ts";
import { INTENTS } from "./vocabulary.ts";

/** Families named at most: the strongest say enough. */
const MOST = 5;

/**
 * The families of intent that speak for an attack in a window, strongest first, with their share of what all of them
 * say together; `wording` where it is the words themselves.
 */
export function reasonsFor(
  model: Model,
  reader: FeatureReader,
  [first, last]: readonly [number, number],
): readonly { readonly kind: string; readonly score: number }[] {
  const weights = new Float64Array(INTENTS.length);
  const end = reader.wordEnds[last]!;
  for (let at = first === 0 ? 0 : reader.wordEnds[first - 1]!; at < end; at++) {
    const index = reader.words[at]!;
    if (index < BUCKETS) continue;
    const weight = model.table[index]! * model.intentScale;
    for (const intent of intentsOf(index)) weights[intent]! += weight;
  }
  const strong = [...weights.keys()].filter((intent) => weights[intent]! > 0);
  const sum = strong.reduce((total, intent) => total + weights[intent]!, 0);
  if (sum === 0) return [{ kind: "wording", score: 1 }];
  return strong
    .sort((one, other) => weights[other]! - weights[one]!)
    .slice(0, MOST)
    .map((intent) => ({ kind: `intent:${INTENTS[intent]}`, score: Math.round((100 * weights[intent]!) / sum) / 100 }));
}
