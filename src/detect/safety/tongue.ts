import tongues from "../../../config/safety/tongues.json" with { type: "json" };
import { once } from "../../lib/once.ts";
import { GAP } from "../injection/vocabulary.ts";
import { hashOf, hashWith, symbolOf } from "./further.ts";

/** The languages that a sentence is told to be in, in the order of their numbers. */
export const TONGUES: readonly string[] = Object.keys(tongues);
/** A sentence that is in none of them for sure. */
export const NO_TONGUE = -1;

/** Slots of a table of hashes, as a power of two: four for each word. */
const SLOT_BITS = 13;
const SLOTS = 1 << SLOT_BITS;

/** Words that sentences are held together with, by their hashes; and the languages that have each, one bit each. */
interface SmallWords {
  readonly hashes: Int32Array;
  readonly languages: Uint8Array;
}

/** Put together at the first text that holds a word of two languages. */
const known = once((): SmallWords => {
  const words = { hashes: new Int32Array(SLOTS), languages: new Uint8Array(SLOTS) };
  for (const [tongue, list] of Object.values<string>(tongues).entries()) {
    for (const word of list.split(" ")) {
      const slot = slotOf(words, hashOf(word));
      words.hashes[slot] = hashOf(word);
      words.languages[slot]! |= 1 << tongue;
    }
  }
  return words;
});

/** Where the hash stands, or would stand. */
function slotOf({ hashes, languages }: SmallWords, hash: number): number {
  let slot = hash >>> (32 - SLOT_BITS);
  while (languages[slot] !== 0 && hashes[slot] !== hash) slot = (slot + 1) & (SLOTS - 1);
  return slot;
}

/** So many small words tell. */
const ENOUGH = 6;
const counts = new Uint8Array(TONGUES.length);

/**
 * The language of a sentence by the small words in it, as a number of {@link TONGUES}; {@link NO_TONGUE} where two have as
 * many. The sentence is what stands in `columns` from `start` to `length`.
 */
export function tongueOf(columns: Int8Array, length: number, start = 0): number {
  const words = known();
  counts.fill(0);
  let hash = 0;
  for (let at = start, found = 0; at <= length && found < ENOUGH; at++) {
    const column = at < length ? columns[at]! : GAP;
    if (column >= 0 && column !== GAP) {
      hash = hashWith(hash, symbolOf(column));
      continue;
    }
    if (hash === 0) continue;
    const languages = words.languages[slotOf(words, hash)]!;
    hash = 0;
    if (languages === 0) continue;
    found++;
    for (let rest = languages; rest !== 0; rest &= rest - 1) counts[31 - Math.clz32(rest & -rest)]!++;
  }
  return mostOf();
}

/** The language that was counted most often; {@link NO_TONGUE} where two were. */
function mostOf(): number {
  let best = NO_TONGUE;
  let most = 0;
  for (let tongue = 0; tongue < counts.length; tongue++) {
    if (counts[tongue]! > most) {
      most = counts[tongue]!;
      best = tongue;
    } else if (counts[tongue] === most) best = NO_TONGUE;
  }
  return best;
}
