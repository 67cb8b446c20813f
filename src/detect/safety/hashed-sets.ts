/** Of a hash so many first bits are looked at first. */
const FIRST_BITS = 16;

/**
 * What is known of words, by hashes of 32 bits. Asked for every word of a text, and for beginnings of it: nearly all are
 * unknown, which a table of the first bits tells at a fraction of what a map costs.
 */
export class HashedSets<Known> {
  readonly #known: ReadonlyMap<number, Known>;
  readonly #firsts: Uint8Array = new Uint8Array(1 << FIRST_BITS);

  constructor(known: ReadonlyMap<number, Known>) {
    this.#known = known;
    for (const hash of known.keys()) this.#firsts[hash >>> (32 - FIRST_BITS)] = 1;
  }

  /** What is known of the word; undefined: nothing. */
  get(hash: number): Known | undefined {
    return this.#firsts[hash >>> (32 - FIRST_BITS)] === 0 ? undefined : this.#known.get(hash);
  }
}
