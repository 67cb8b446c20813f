/** Counters kept per pool; kinds of requests that fall into the same one merely share their turns. */
const SLOTS = 256;

/**
 * Whose turn it is in a pool, counted apart for every kind of request and set of candidates: where kinds alternate, each
 * would otherwise see every second turn only. Bounded, and one array however many kinds there are.
 */
export class TurnCounters {
  readonly #counts = new Float64Array(SLOTS);

  /** The number of this request among those with the same key, from 0. */
  next(key: number): number {
    // multiplicative hashing (Knuth): the upper bits depend on all of the key's
    const slot = Math.imul(key, 0x9e3779b1) >>> 24;
    const turn = this.#counts[slot]!;
    this.#counts[slot] = turn + 1;
    return turn;
  }
}
