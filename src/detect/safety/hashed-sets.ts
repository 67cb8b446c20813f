/** Of a hash so many first bits are looked at first. */
const FIRST_BITS = 19;
const FIRSTS = 32 - FIRST_BITS;

/**
 * What is known of words, by hashes of 32 bits. Asked for every word of a text, and for beginnings of it: nearly all are
 * unknown, which a table of the first bits tells at a fraction of what a map costs.
 */
export class HashedSets<Known> {
  readonly #known: ReadonlyMap<number, Known>;
  /** A bit each. */
  readonly #firsts: Uint8Array = new Uint8Array(1 << (FIRST_BITS - 3));

  constructor(known: ReadonlyMap<number, Known>) {
    this.#known = known;
    for (const hash of known.keys()) this.#firsts[hash >>> (FIRSTS + 3)]! |= 1 << ((hash >>> FIRSTS) & 7);
  }

  /** What is known of the word; undefined: nothing. */
  get(hash: number): Known | undefined {
    const isFirst = (this.#firsts[hash >>> (FIRSTS + 3)]! >> ((hash >>> FIRSTS) & 7)) & 1;
    return isFirst === 0 ? undefined : this.#known.get(hash);
  }
}
