/** Parts a window is divided into: what is counted lies between 19/20 of the window and the whole of it. */
const SLOTS = 20;

/** Slots by their numbers, in ascending order: number, attempts, failed ones. */
export type OutcomeSlots = readonly (readonly [slot: number, total: number, failed: number])[];

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

  /** What is in it, to be kept elsewhere: per slot that is not empty its number, its attempts, and the failed ones. */
  dump(): OutcomeSlots {
    const slots: [number, number, number][] = [];
    for (let number = Math.max(0, this.#current - SLOTS + 1); number <= this.#current; number++) {
      const total = this.#totals[number % SLOTS]!;
      if (total > 0) slots.push([number, total, this.#failed[number % SLOTS]!]);
    }
    return slots;
  }

  /** Takes over what {@link dump} gave, in place of what is in it. */
  load(slots: OutcomeSlots): void {
    this.clear();
    this.#current = slots.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
    for (const [number, total, failed] of slots) {
      this.#totals[number % SLOTS] = total;
      this.#failed[number % SLOTS] = failed;
      this.#total += total;
      this.#failures += failed;
    }
  }

  #advance(to: number): void {
    // clocks that are agreed on over a network may go back a little
    if (to <= this.#current) return;
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
