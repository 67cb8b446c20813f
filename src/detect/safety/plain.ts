import ordinary from "../../../config/safety/ordinary.json" with { type: "json" };
import plain from "../../../config/safety/plain.json" with { type: "json" };
import { once } from "../../lib/once.ts";
import { CONCEPTS } from "./concepts.ts";
import { hashOf } from "./further.ts";
import { HashedSets } from "./hashed-sets.ts";

/** The list in plain.json of words that stand for no concept at all. */
const NONE = "none";

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
const known = once(() => new HashedSets(plainSets()));

/**
 * What a word means that begins like a telling one, or seems to be put together from such ("parchment", "transport"): its
 * packed set of concepts by its hash, 0 for none; undefined: it is no such word.
 */
export const plainSet = (hash: number): number | undefined => known().get(hash);
