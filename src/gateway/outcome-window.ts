/** Parts a window is divided into: what is counted lies between 19/20 of the window and the whole of it. */
const SLOTS = 20;

/**
 * How many attempts there were in the last so many milliseconds, and how many of them failed. Takes the same room for one
 * attempt and for a million; adding one costs a few array accesses.
 */
export class OutcomeWindow {
  readonly #slotMs: number;
  readonly #totals = new Int32Array(SLOTS);
  readonly #failed = new Int32Array(SLOTS);
  /** Number of the slot that is filled now, counted from time zero. */
  #current = Number.NEGATIVE_INFINITY;
  #total = 0;
  #failures = 0;

  constructor(windowMs: number) {
    this.#slotMs = windowMs / SLOTS;
  }

  /** Counts one attempt that ended at `nowMs`. Times must not go back. */
  add(nowMs: number, failed: boolean): void {
    this.#advance(Math.floor(nowMs / this.#slotMs));
    const slot = this.#current % SLOTS;
    this.#totals[slot]! += 1;
    this.#total++;
    if (!failed) return;
    this.#failed[slot]! += 1;
    this.#failures++;
  }

  /** What is in the window since it was last added to. */
  get total(): number {
    return this.#total;
  }

  /** The failed ones of {@link total}. */
  get failures(): number {
    return this.#failures;
  }

  /** Forgets everything. */
  clear(): void {
    this.#totals.fill(0);
    this.#failed.fill(0);
    this.#total = 0;
    this.#failures = 0;
  }

  #advance(to: number): void {
    if (to === this.#current) return;
    if (to - this.#current >= SLOTS) this.clear();
    else {
      for (let passed = this.#current + 1; passed <= to; passed++) {
        const slot = passed % SLOTS;
        this.#total -= this.#totals[slot]!;
        this.#failures -= this.#failed[slot]!;
        this.#totals[slot] = 0;
        this.#failed[slot] = 0;
      }
    }
    this.#current = to;
  }
}
