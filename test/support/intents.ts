import { BUCKETS, FeatureReader, intentsOf } from "../../src/detect/injection/features.ts";
import { INTENTS } from "../../src/detect/injection/vocabulary.ts";

const reader = new FeatureReader();

/** The names of the intents that the words of a text have. */
export function intentsIn(text: string): ReadonlySet<string> {
  reader.read(text);
  const indices = [...reader.words.slice(0, reader.wordEnds[reader.blocks - 1])].filter((index) => index >= BUCKETS);
  return new Set(indices.flatMap(intentsOf).map((intent) => INTENTS[intent]!));
}
