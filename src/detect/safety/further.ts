import further from "../../../config/safety/further.json" with { type: "json" };
import { once } from "../../lib/once.ts";
import { columnOf, DIGIT, INTENT_BITS, lookUp, type Vocabulary } from "../injection/vocabulary.ts";
import { CONCEPTS } from "./concepts.ts";
import type { WordSpan } from "./guessed.ts";
import { HashedSets } from "./hashed-sets.ts";

/** Letters of the shortest and of the longest beginning of a word whose hash is kept. */
export const BEGINNING = { shortest: 2, longest: 12 } as const;
/** A stem has so many letters at least. */
const SHORTEST_STEM = 5;
/** What tells a stem from a whole word. */
const STEM = 0x2545f491;
/** How many concepts stand in a packed set. */
const MOST = 3;
const STEP = 0x9e3779b1;

/** The hash of a word with one more letter, which is given as its column of the vocabulary plus one. */
export const hashWith = (hash: number, symbol: number): number => Math.imul(hash ^ symbol, STEP) ^ (hash >>> 15);

/** What {@link hashWith} takes for a column of the vocabulary. */
export const symbolOf = (column: number): number => (column === DIGIT ? 30 : column + 1);

/** The hash of a plain word. */
export function hashOf(word: string): number {
  let hash = 0;
  for (let at = 0; at < word.length; at++) hash = hashWith(hash, columnOf(word.charCodeAt(at)) + 1);
  return hash;
}

/** Packed sets of concepts by the hashes of words, for which the trie of the vocabulary has no room. */
function packedSets(): ReadonlyMap<number, number> {
  const sets = new Map<number, number>();
  for (const [name, list] of Object.entries<string>(further)) {
    const value = CONCEPTS.indexOf(name) + 1;
    if (value === 0) throw new RangeError(`further.json names "${name}", which is no concept of concepts.json`);
    for (const entry of list.split(" ")) {
      const key = entry.endsWith("*") ? hashOf(entry.slice(0, -1)) ^ STEM : hashOf(entry);
      const before = sets.get(key) ?? 0;
      let shift = 0;
      while (before >> shift !== 0) shift += INTENT_BITS;
      if (shift < MOST * INTENT_BITS) sets.set(key, before | (value << shift));
    }
  }
  return sets;
}

/** Put together at the first text that is judged (some milliseconds). */
const known = once(() => new HashedSets(packedSets()));

/**
 * The packed set of a word of so many letters by its hash, and by those of its beginnings, which stand in `beginnings` from
 * {@link BEGINNING}'s shortest on; 0: it is not known.
 */
export function furtherSet(hash: number, letters: number, beginnings: Int32Array): number {
  const sets = known();
  const whole = sets.get(hash);
  if (whole !== undefined) return whole;
  for (let length = Math.min(letters, BEGINNING.longest); length >= SHORTEST_STEM; length--) {
    const set = sets.get(beginnings[length - BEGINNING.shortest]! ^ STEM);
    if (set !== undefined) return set;
  }
  return 0;
}

/** Small words that the gap is left out behind: "ichhasse". */
const SMALL =
  "the all are these those that such you like just only but most and your they ich ihr die der das den dem ein eine einen diese dieser diesen alle nur wie sind seid zu so viele zuviele mit von und als auch les des une ces tous sont vous que comme tres trop un plus los las una unos esos esas este esta todos todas son sois como muy tan de el gli questi queste tutti tutte sono siete come che cosi piu molto os as um uma uns esses essas sao tao eu voces mais ik jij jullie een deze zijn te veel zulke zoals niets maar dan dat van wszyscy ci ten ta to sa jak tylko takie tacy wy oni jest nie bardzo";
const small = once(() => new HashedSets(new Map(SMALL.split(" ").map((word) => [hashOf(word), true]))));

/** Letters that small words have at most, and what is known behind them at least. */
const GLUED = { longest: 7, shortest: 5 } as const;

/** Whether what has this hash is a small word. */
const isSmall = (hash: number): boolean => small().get(hash) === true;

/** The packed set of what stands behind a small word without a gap ("ichhasse"), the longest one that leaves something; 0: none. */
export function gluedSet(vocabulary: Vocabulary, columns: Int8Array, { start, end }: WordSpan): number {
  const most = Math.min(start + GLUED.longest, end - GLUED.shortest);
  let hash = 0;
  let found = 0;
  for (let at = start; at < most; at++) {
    hash = hashWith(hash, symbolOf(columns[at]!));
    if (at + 1 - start < BEGINNING.shortest || !isSmall(hash)) continue;
    found = lookUp(vocabulary, columns, { start: at + 1, end }) || found;
  }
  return found;
}
