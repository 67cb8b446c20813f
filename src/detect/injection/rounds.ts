/** How many words a round may have. */
const LONGEST = 16;
/** A power of two, and enough that words seldom end alike. */
const ENDINGS = 256;
/** How many rounds count; what goes on after them says nothing new. */
const COUNTED = 2;

/** Knows words that only go round: somebody fills a page with them, and evidence would add up from nothing. */
export class Rounds {
  /** The latest words, and for each length of a round how many words in a row were those of the round before. */
  readonly #latest: Int32Array = new Int32Array(LONGEST);
  readonly #runs: Int32Array = new Int32Array(LONGEST + 1);
  /** How many of the latest words have a hash that ends so: most words are none of them. */
  readonly #endings: Uint8Array = new Uint8Array(ENDINGS);
  #isRunning = false;
  #words = 0;

  /** A new text begins. */
  begin(): void {
    this.#runs.fill(0);
    this.#endings.fill(0);
    this.#isRunning = false;
    this.#words = 0;
  }

  /** Takes the next word, by its hash; whether it belongs to a round that has been said {@link COUNTED} times before. */
  goesRound(hash: number): boolean {
    const latest = this.#latest;
    const runs = this.#runs;
    const words = this.#words++;
    const slot = words & (LONGEST - 1);
    let round = false;
    if (this.#isRunning || this.#endings[hash & (ENDINGS - 1)] !== 0) {
      this.#isRunning = false;
      const reach = Math.min(words, LONGEST);
      for (let length = 1; length <= reach; length++) {
        if (latest[(words - length) & (LONGEST - 1)] !== hash) runs[length] = 0;
        else {
          this.#isRunning = true;
          if (++runs[length]! > (COUNTED - 1) * length) round = true;
        }
      }
    }
    if (words >= LONGEST) this.#endings[latest[slot]! & (ENDINGS - 1)]! -= 1;
    this.#endings[hash & (ENDINGS - 1)]! += 1;
    latest[slot] = hash;
    return round;
  }
}
