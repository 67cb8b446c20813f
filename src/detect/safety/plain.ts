import ordinary from "../../../config/safety/ordinary.json" with { type: "json" };
import plain from "../../../config/safety/plain.json" with { type: "json" };
import { CONCEPTS } from "./concepts.ts";
import { hashOf } from "./further.ts";

/** The list in plain.json of words that stand for no concept at all. */
const NONE = "none";
/** Most words are told by so many of the first bits of their hash to be none of these. */
const FILTER_BITS = 15;

/** Words by their hashes, each with the packed set of what it does mean. */
function plainSets(): ReadonlyMap<number, number> {
  const sets = new Map<number, number>();
  for (const word of ordinary.whole.split(" ")) sets.set(hashOf(word), 0);
  for (const [name, list] of Object.entries<string>(plain)) {
    const value = name === NONE ? 0 : CONCEPTS.indexOf(name) + 1;
    if (value === 0 && name !== NONE)
      throw new RangeError(`plain.json names "${name}", which is no concept of concepts.json`);
    for (const word of list.split(" ")) sets.set(hashOf(word), value);
  }
  return sets;
}

/** Put together at the first text that is judged. */
let known: ReadonlyMap<number, number> | null = null;
const filter = new Uint8Array(1 << FILTER_BITS);

/**
 * What a word means that begins like a telling one, or seems to be put together from such ("parchment", "transport"): its
 * packed set of concepts by its hash, 0 for none; undefined: it is no such word.
 */
export function plainSet(hash: number): number | undefined {
  if (known === null) {
    known = plainSets();
    for (const one of known.keys()) filter[one >>> (32 - FILTER_BITS)] = 1;
  }
  return filter[hash >>> (32 - FILTER_BITS)] === 0 ? undefined : known.get(hash);
}
