import type { VocabularyName } from "./vocabulary.ts";

/** Counts of texts that were counted before: histories repeat. */
export interface CountCache {
  get(vocabulary: VocabularyName, text: string): number | undefined;
  set(vocabulary: VocabularyName, text: string, tokens: number): void;
  readonly size: number;
}

/**
 * A cache by a seeded 64-bit hash and the length of the text, so that no text is kept. It holds at most `capacity`
 * counts (about 100 bytes each); at the bound the one that was not used for longest goes.
 */
export function createCountCache(capacity: number): CountCache {
  const counts = new Map<string, number>();
  // a seed of the process: nobody outside can prepare two texts that share a hash
  const seed = crypto.getRandomValues(new BigUint64Array(1))[0]!;
  const keyOf = (vocabulary: VocabularyName, text: string) =>
    `${vocabulary}:${text.length}:${Bun.hash.xxHash64(text, seed).toString(36)}`;
  return {
    get(vocabulary, text) {
      const key = keyOf(vocabulary, text);
      const tokens = counts.get(key);
      if (tokens !== undefined) {
        counts.delete(key);
        counts.set(key, tokens);
      }
      return tokens;
    },
    set(vocabulary, text, tokens) {
      const key = keyOf(vocabulary, text);
      counts.delete(key);
      counts.set(key, tokens);
      if (counts.size > capacity) counts.delete(counts.keys().next().value!);
    },
    get size() {
      return counts.size;
    },
  };
}
