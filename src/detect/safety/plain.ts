import elsewhere from "../../../config/safety/elsewhere.json" with { type: "json" };
import ordinary from "../../../config/safety/ordinary.json" with { type: "json" };
import plain from "../../../config/safety/plain.json" with { type: "json" };
import { once } from "../../lib/once.ts";
import { INTENT_BITS } from "../injection/vocabulary.ts";
import { CONCEPTS } from "./concepts.ts";
import { hashOf } from "./further.ts";
import { HashedSets } from "./hashed-sets.ts";
import { TONGUES } from "./tongue.ts";

/** The list of words that stand for no concept at all. */
const NONE = "none";

/** The packed set of concepts by their names, parted by blanks. */
function packed(names: string, file: string): number {
  if (names === NONE) return 0;
  let set = 0;
  for (const [at, name] of names.split(" ").entries()) {
    const value = CONCEPTS.indexOf(name) + 1;
    if (value === 0) throw new RangeError(`${file} names "${name}", which is no concept of concepts.json`);
    set |= value << (at * INTENT_BITS);
  }
  return set;
}

/** Words by their hashes, each with the packed set of what it does mean. */
function plainSets(): ReadonlyMap<number, number> {
  const sets = new Map<number, number>();
  for (const word of ordinary.whole.split(" ")) sets.set(hashOf(word), 0);
  for (const [names, list] of Object.entries<string>(plain)) {
    const set = packed(names, "plain.json");
    for (const word of list.split(" ")) sets.set(hashOf(word), set);
  }
  return sets;
}

/** Words by their hashes, each with its packed set by language; undefined: there it means what it does everywhere. */
function setsElsewhere(): ReadonlyMap<number, readonly (number | undefined)[]> {
  const sets = new Map<number, (number | undefined)[]>();
  for (const [language, lists] of Object.entries<Readonly<Record<string, string>>>(elsewhere)) {
    const tongue = TONGUES.indexOf(language);
    if (tongue < 0) throw new RangeError(`elsewhere.json names "${language}", which is no language of tongues.json`);
    for (const [names, list] of Object.entries(lists)) {
      const set = packed(names, "elsewhere.json");
      for (const word of list.split(" ")) {
        const own = sets.get(hashOf(word)) ?? TONGUES.map(() => undefined);
        own[tongue] = set;
        sets.set(hashOf(word), own);
      }
    }
  }
  return sets;
}

/** A packed set of concepts, or one by language. */
type Meaning = number | readonly (number | undefined)[];

/** What is known of words that mean something else, put together at the first text that is judged. */
const known = once(() => new HashedSets(new Map<number, Meaning>([...plainSets(), ...setsElsewhere()])));

/**
 * What a word means that begins like a telling one, or seems to be put together from such ("parchment", "transport"): its
 * packed set of concepts by its hash, 0 for none; of a word that means something else in some languages ("car") the set in
 * each of {@link TONGUES}, undefined where it means what it does everywhere; undefined: it is no such word.
 */
export const plainSet = (hash: number): Meaning | undefined => known().get(hash);
